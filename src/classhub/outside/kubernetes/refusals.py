"""The kinds of refusal that a caller may want to tell apart."""

from classhub.errors import OutsideFailed, Refused


class Forbidden(Refused):
    """Our account may not do this; `cause` names the role that may."""

    def __init__(self, what: str, cause: str = "", fix: str = "", *, verb: str = "", resource: str = "") -> None:
        super().__init__(what, cause, fix)
        self.verb = verb
        self.resource = resource
        """The plural, with "/subresource" if any."""


class AlreadyThere(Refused):
    """An object of that kind and name exists."""


class Conflicted(Refused):
    """Another tool holds fields that an apply would change; nothing was changed."""

    def __init__(self, what: str, cause: str, fix: str, conflicts: tuple[tuple[str, str], ...]) -> None:
        super().__init__(what, cause, fix)
        self.conflicts = conflicts
        """(manager, field) each, as ("helm", ".spec.replicas")."""


class Changed(Refused):
    """The object was changed, or is being deleted, since it was read: read it again and decide anew."""


class OverQuota(Refused):
    """The namespace's quota does not allow this."""


class Uncounted(OverQuota):
    """The quota counts what the object does not name: no room that is made helps."""


class RefusedByPolicy(Refused):
    """A webhook or a policy of the cluster refused it, in its own words."""


class Invalid(Refused):
    """The object itself is wrong. fields: (path, why) each."""

    def __init__(self, what: str, cause: str = "", fix: str = "", fields: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(what, cause, fix)
        self.fields = fields


class TooBusy(OutsideFailed):
    """The API server asks us to come later, more often than we are ready to."""


class Failing(OutsideFailed):
    """The API server itself is in trouble: a status of 500 or more."""


class Expired(OutsideFailed):
    """410: a page or a watch begins too far back. rest: where the server lets a list go on, or empty."""

    def __init__(self, what: str, cause: str = "", fix: str = "", *, rest: str = "") -> None:
        super().__init__(what, cause, fix)
        self.rest = rest
