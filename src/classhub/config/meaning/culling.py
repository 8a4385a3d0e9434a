"""What the culler ends, and what it deletes."""

from collections.abc import Iterator

from classhub.config.meaning.access import chosen
from classhub.config.meaning.found import Values, whole
from classhub.config.problem import Problem
from classhub.config.traits.lookup import get

ACTIVITY_S = 300
"""How often a server tells the hub that it is in use (JUPYTERHUB_ACTIVITY_INTERVAL)."""


def problems(values: Values) -> Iterator[Problem]:
    if get(values, "cull.enabled") is not True:
        return
    timeout, every, age = (whole(get(values, f"cull.{name}")) for name in ("timeout", "every", "maxAge"))
    if get(values, "cull.users") is True:
        yield _users(values, timeout or 600)
    if timeout is not None and timeout <= ACTIVITY_S:
        yield _short(timeout)
    elif timeout and every and every > timeout:
        message = f"cull.every ({every} s) is longer than cull.timeout ({timeout} s)."
        why = "A server is ended up to that much later than cull.timeout says."
        yield Problem(("cull", "every"), message, why, f"every: {max(timeout // 6, 60)}", "note", "CH1812")
    if age and timeout and age < timeout:
        message = f"cull.maxAge ({_shown(age)}) is shorter than cull.timeout ({_shown(timeout)})."
        why = "Every server is ended by its age, in use or not, before it could be idle for that long."
        yield Problem(("cull", "maxAge"), message, why, "maxAge: 0", "warning", "CH1812")
    elif age and age > 0:
        message = f"cull.maxAge ends every server after {_shown(age)}, in use or not."
        yield Problem(("cull", "maxAge"), message, "What runs in it is lost.", "", "note", "CH1812")


def _users(values: Values, timeout: int) -> Problem:
    where = ("cull", "users")
    known = chosen(values)[0]
    if known and known.name == "tmp":
        return Problem(
            where, "cull.users: true deletes idle users; here each login makes a new one.", "", "", "note", "CH1811"
        )
    disk = (
        ""
        if get(values, "singleuser.storage.type") != "dynamic"
        else ", and with each user the disk with all their work"
    )
    admins = ", admins too" if get(values, "cull.adminUsers") is not False else ""
    message = f"cull.users: true deletes every user who was idle for {_shown(timeout)}{admins}{disk}."
    why = "There is no way back." if disk else "Their admin rights, groups and named servers are lost."
    return Problem(where, message, why, "users: false", "warning", "CH1811")


def _short(timeout: int) -> Problem:
    where = ("cull", "timeout")
    if timeout <= 0:
        message = f"cull.timeout: {timeout} does not mean never: the culler then takes its own 10 minutes."
        return Problem(where, message, "", "cull: {enabled: false}, if no server shall be ended", "warning", "CH1812")
    message = (
        f"cull.timeout ({timeout} s) is not longer than the {ACTIVITY_S} s in which a server says that it is in use."
    )
    return Problem(where, message, "Servers in use are ended too.", "timeout: 3600", "warning", "CH1812")


def _shown(seconds: int) -> str:
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} s"
