"""Are the homes there, and do they belong to their students? Looks only; nothing is handed over or made."""

import os
from shlex import quote

from classhub.errors import ClasshubError, Refused
from classhub.plan.checks import Check
from classhub.targets.local.paths import Paths
from classhub.walls import names, uids

NAMED = 3


def owners(paths: Paths) -> Check:
    """As root: every home belongs to the uid that the map says, or its student's server does not start."""
    try:
        known = uids.users(paths.uids_json)
    except ClasshubError as error:
        return Check("homes", error.what, error.fix)
    wrong = {user: uid for user, uid in known.items() if _owner(paths, user) not in (None, uid)}
    if not wrong:
        return Check("homes", seen=f"each belongs to its student ({paths.homes})")
    first = ", ".join(list(wrong)[:NAMED]) + (" and others" if len(wrong) > NAMED else "")
    count = f"{len(wrong)} home{' belongs' if len(wrong) == 1 else 's belong'}"
    commands = [f"chown -hR {uid}:{uid} {quote(_home(paths, user))}" for user, uid in wrong.items()]
    return Check(
        "homes",
        f"{count} to another account than the student's, whose server cannot start: {first}",
        "\n  ".join(["hand over:", *commands]),
    )


def refuse_vanished(paths: Paths) -> None:
    """Raises Refused for an empty folder where homes were: work would pile up beneath a disk that is not mounted."""
    known = uids.users(paths.uids_json)
    if not known or any(paths.homes.iterdir()):
        return
    homes = quote(str(paths.homes))
    raise Refused(
        f"{paths.homes} is empty, and {len(known)} student{'s' if len(known) != 1 else ''} of this hub had homes there.",
        cause="a disk that is not mounted, or homes.folder in config/classhub.yaml names another place than before",
        fix=f"mount it, or correct homes.folder (`findmnt --target {homes}` shows what is there now). "
        f"If the homes are really gone, begin with new ones:\n  touch {homes}/.begin && classhub up",
    )


def _home(paths: Paths, user: str) -> str:
    return str(paths.homes / names.slug(user))


def _owner(paths: Paths, user: str) -> int | None:
    """None: no home yet."""
    try:
        return os.lstat(_home(paths, user)).st_uid
    except OSError:
        return None
