"""What the REST calls and the instructor's page both do: make a link, approve or decline a request.

Functions over a handler of the hub; they raise HTTPError with a sentence.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlencode

from jupyterhub.utils import maybe_future, url_path_join
from tornado.web import HTTPError

from classhub.hub import invitations, login_requests
from classhub.hub.invitations import Kind
from classhub.hub.login import StandInAuthenticator, is_presentable
from classhub.hub.pages import elsewhere
from classhub.walls.names import PARTS


def stand_in_of(handler: Any) -> StandInAuthenticator:
    """The hub's stand-in; 409 where people sign in with something real."""
    if isinstance(handler.authenticator, StandInAuthenticator):
        return handler.authenticator
    how, section = elsewhere(handler.authenticator), type(handler.authenticator).__name__
    raise HTTPError(
        409,
        f"People sign in with {how} here, and need no invitation: in config/config.yaml, add the name to "
        f"hub.config.{section}.allowed_users, or let a whole domain or group in below hub.config.{section}.",
    )


def make_link(handler: Any, name: str, kind: Kind) -> dict[str, str]:
    """A single-use link for a name: {"name" as normalised, "path" from the address's root, "expires" in ISO 8601}."""
    if kind is Kind.INVITATION:
        stand_in_of(handler)
    name = usable_name(handler, name)
    if name in handler.authenticator.blocked_users:
        raise HTTPError(409, f"{name} is in blocked_users and cannot be let in.")
    user = handler.find_user(name)
    check_raises_nobody(handler, name, kind, bool(user and user.admin))
    if kind is Kind.INVITATION:
        login_requests.drop(handler.db, name)
    code, expires = invitations.make(handler.db, name, kind, user.id if user else None)
    handler.log.info("%s made an %s link for %s.", handler.current_user.name, kind.value, name)
    page = url_path_join(handler.hub.base_url, kind.value)
    return {
        "name": name,
        "path": f"{page}?{urlencode({'code': code})}",
        "expires": iso(expires),
    }


def iso(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def check_raises_nobody(handler: Any, name: str, kind: Kind, is_admin: bool) -> None:
    """To be let in as somebody is as much as a token of theirs: it takes the scope that mints one (a TA raises nobody).

    The same for an admin's invitation, which resets the admin's password.
    """
    is_admin = is_admin or name in handler.authenticator.admin_users
    if (kind is Kind.ENTER or is_admin) and not handler.has_scope(f"tokens!user={name}"):
        raise HTTPError(403, f"Only who may make tokens for {name} may make this link.")


async def answer_request(handler: Any, name: str, approve: bool) -> str:
    """Approve (the person may sign in) or decline; gives the normalised name. 404: no request, 409: listed since."""
    stand_in = stand_in_of(handler)
    name = usable_name(handler, name)
    request = login_requests.find(handler.db, name)
    if request is None:
        raise HTTPError(404, f"No request for access by {name} is open.")
    password = bytes(request.password)
    taken = approve and stand_in.is_taken(name)
    login_requests.drop(handler.db, name)
    handler.db.commit()
    if taken:
        raise HTTPError(409, f"{name} is on the list by now: the request is dropped, send an invitation instead.")
    if approve:
        stand_in.give_password(name, password)
        await maybe_future(stand_in.add_user(handler.user_from_username(name)))
    handler.log.info("%s %s the request of %s.", handler.current_user.name, "approved" if approve else "declined", name)
    return name


def withdraw(handler: Any, name: str) -> None:
    """Make an invitation that nobody used worthless. 404 when there is none."""
    if not invitations.is_invited(handler.db, name):
        raise HTTPError(404, f"No invitation for {name} is open.")
    invitations.revoke(handler.db, name, Kind.INVITATION)
    handler.db.commit()
    handler.log.info("%s withdrew the invitation for %s.", handler.current_user.name, name)


def usable_name(handler: Any, name: Any) -> str:
    """As the hub writes it; 400 with a sentence when it cannot be a user's name."""
    known = as_written(handler, name) if isinstance(name, str) else ""
    if wrong := complaint(handler, known):
        raise HTTPError(400, wrong)
    return known


def as_written(handler: Any, typed: str) -> str:
    """Normalised as JupyterHub does: small letters, then username_map."""
    try:
        return str(handler.authenticator.normalize_username(typed.strip()))
    except KeyError:  # PAM's asks the machine for an account
        return typed.strip()


def complaint(handler: Any, name: str) -> str:
    """Why a normalised name cannot be a user's, in a sentence; empty when it can.

    JupyterHub's own rules: a space within a name is fine, and so is "root", which is no account of this machine here.
    """
    if not name or not is_presentable(name):
        return "A user name has 1 to 255 bytes, and no invisible characters."
    if name in PARTS:
        return f"{name!r} cannot be a user name here: it is a part of the hub, and `classhub exec {name}` means that."
    if handler.authenticator.validate_username(name):
        return ""
    if "/" in name:
        why = "it has a slash"
    elif not unquote(name).strip("."):
        why = "it is made of dots only"
    else:
        why = "username_pattern in config.yaml does not allow it"
    return f"{name!r} cannot be a user name here: {why}."
