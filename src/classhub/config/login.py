"""Who can sign in on this machine: the configured authenticator if it can work here, else the stand-in's invitations.

Never a hub that anyone can enter, and nobody becomes a listed name by being first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classhub.config.authenticators import WITHOUT_SHORT_NAME, Authenticator, find, short_names
from classhub.config.document import Where
from classhub.config.extra_config import sets_authenticator
from classhub.config.model import Login
from classhub.config.secret_names import is_placeholder, is_secret
from classhub.config.spelling import nearest
from classhub.config.traits.lookup import Values, get

INVITATION = "people enter by invitation on this machine"
STAND_IN_ADMIN = "admin"


def login(
    values: Values,
    environ: Mapping[str, str] | None = None,
    *,
    secrets_exist: bool = True,
    installed: Callable[[str], bool] | None = None,
) -> Login:
    """values: merged. environ: what the hub will inherit. secrets_exist: whether there is a secrets.yaml to speak of.

    installed: whether this machine has a Python module of that name; the default asks Python without importing it.
    """
    given = _Given(values, environ or {}, secrets_exist, installed or _is_installed)
    known = find(given.configured)
    sections = known.sections if known else (given.configured.rpartition(".")[2], "Authenticator")
    obstacle = _obstacle(given, known)
    admins = names(values, sections, "admin_users")
    why = f"{obstacle}: {INVITATION}" if obstacle else f"{_label(given, known)} login, as config.yaml says"
    if not admins:
        why += f'; no admin is named, so "{STAND_IN_ADMIN}" is the admin' if obstacle else "; no admin is named"
        admins = (STAND_IN_ADMIN,) if obstacle else ()
    configured = known.name if known else given.configured
    return Login(configured, bool(obstacle), why, admins, names(values, sections, "allowed_users"), sections)


@dataclass(frozen=True)
class _Given:
    values: Values
    environ: Mapping[str, str]
    secrets_exist: bool
    installed: Callable[[str], bool]

    @property
    def configured(self) -> str:
        return str(get(self.values, "hub.config.JupyterHub.authenticator_class") or "dummy")


def _is_installed(module: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _label(given: _Given, known: Authenticator | None) -> str:
    return known.label if known else given.configured.rpartition(".")[2]


def _obstacle(given: _Given, known: Authenticator | None) -> str:
    """Why the configured login cannot be used here, as half a sentence; "" if it can."""
    if snippet := sets_authenticator(given.values):
        return f"hub.extraConfig.{snippet} brings a login of its own, which is for the cluster"
    if "." not in given.configured and (known is None or known.name in WITHOUT_SHORT_NAME):
        return _unknown_name(given.configured)
    label = _label(given, known)
    module = (known.path if known else given.configured).partition(".")[0]
    modules = [module, *(["mwoauth"] if known and known.name == "mediawiki" else [])]
    if known and known.never:
        return f"{label} login is configured, but {known.never}"
    for module in modules:
        if not given.installed(module):
            return f"{label} login is configured, but this machine has no Python package {module}"
    return _lack(given, known) if known else ""


def _unknown_name(configured: str) -> str:
    sentence = f'authenticator_class is "{configured}", a name that JupyterHub does not know'
    meant = WITHOUT_SHORT_NAME.get(configured) or nearest(configured, short_names())
    return f"{sentence} (did you mean {meant}?)" if meant else sentence


def _lack(given: _Given, known: Authenticator) -> str:
    """What is missing of the traits without which this authenticator lets nobody in, or everybody."""
    missing = [options for options in known.needs if not any(_is_set(given, known, name) for name in options)]
    if not missing:
        return ""
    if known.name == "dummy":
        return "Dummy login without a password is configured, but it would let in anyone under any name"
    left = [
        options[0]
        for options in missing
        if any(is_placeholder(_trait(given.values, known.sections, name)) for name in options)
    ]
    if left:
        verb = "is" if len(left) == 1 else "are"
        return f"{known.label} login is configured, but {_list(left, 'and')} {verb} still the example's placeholder"
    section = ("hub", "config", known.sections[0])
    secret = [options[0] for options in missing if goes_with_secrets((*section, options[0]))]
    if not secret:
        names = _list([f"hub.config.{known.sections[0]}.{options[0]}" for options in missing], "and")
        return f"{known.label} login is configured, but {names} {'is' if len(missing) == 1 else 'are'} not set"
    if not given.secrets_exist:
        return f"{known.label} login is configured, but there is no secrets.yaml with its {_list(secret, 'and')}"
    return f"{known.label} login is configured, but secrets.yaml has no {_list(secret, 'and no')}"


def goes_with_secrets(where: Where) -> bool:
    """Whether it is written in secrets.yaml. A client id is no secret, but comes with one from the same page."""
    return is_secret(where) or (where[:2] == ("hub", "config") and where[-1] == "client_id")


def _list(names: Sequence[str], word: str) -> str:
    return f" {word} ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _trait(values: Values, sections: Iterable[str], name: str) -> Any:
    """As traitlets finds it: the most specific section that has it."""
    for section in sections:
        found = get(values, f"hub.config.{section}.{name}")
        if found is not None:
            return found
    return None


def _is_set(given: _Given, known: Authenticator, name: str) -> bool:
    value = _trait(given.values, known.sections, name)
    if value is None:
        variables = (known.variables or {}).get(name, ())
        value = next((given.environ[variable] for variable in variables if given.environ.get(variable)), None)
    return bool(value) and not is_placeholder(value)


def names(values: Values, sections: Sequence[str], trait: str) -> tuple[str, ...]:
    """The names of a list as JupyterHub writes them: lower case, then through username_map."""
    username_map = _trait(values, sections, "username_map")
    username_map = username_map if isinstance(username_map, Mapping) else {}
    listed = _trait(values, sections, trait) or ()
    lowered = [str(name).strip().lower() for name in ([listed] if isinstance(listed, str) else listed)]
    return tuple(dict.fromkeys(str(username_map.get(name, name)) for name in lowered if name))
