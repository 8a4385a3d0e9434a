"""Who gets in, asked of the real authenticators: a stranger, a listed person, an admin."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from traitlets.config import Config

from classhub.config.authenticators import find
from classhub.config.meaning.access import access
from unit.config.meanings import merged

LISTED = {"allowed_users": {"jane"}, "admin_users": {"alice"}}


@pytest.mark.parametrize("name", ["github", "google", "dummy", "pam", "azuread", "shared-password", "null"])
@pytest.mark.parametrize(
    "traits",
    [{}, {"allow_all": True}, {"allow_all": False}, {"allowed_users": {"jane"}}, LISTED, {"admin_users": {"alice"}}],
)
def test_a_stranger_is_judged_as_the_authenticator_judges(name: str, traits: dict[str, Any]) -> None:
    if name == "null":
        traits = {}
    config = {"JupyterHub": {"authenticator_class": name}, "Authenticator": {k: _plain(v) for k, v in traits.items()}}
    who = access(merged({"hub": {"config": config}}))
    real = _real(name, traits)
    assert bool(who.others) == (real("stranger") and name != "null")
    assert ("jane" in who.names or bool(who.others)) == (real("jane") and name != "null")


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else value


def _real(name: str, traits: dict[str, Any]) -> Callable[[str], bool]:
    from importlib import import_module

    known = find(name)
    assert known
    module, _, class_ = known.path.rpartition(".")
    try:
        made = getattr(import_module(module), class_)(config=Config({"Authenticator": traits}))
    except ImportError:
        pytest.skip(f"{module} is not installed here")

    def judge(person: str) -> bool:
        user = {"email": f"{person}@college.edu", "verified_email": True, "domain": "college.edu"}
        state = {"google_user": user, "github_user": user, "user": user}
        model = {"name": person, "admin": None, "groups": [], "auth_state": state}
        answer = made.check_allowed(person, model)
        return bool(asyncio.run(_wait(answer)) if asyncio.iscoroutine(answer) else answer)

    return judge


async def _wait(answer: Any) -> Any:
    return await answer
