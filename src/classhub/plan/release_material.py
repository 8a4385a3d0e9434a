"""What a deploy brings students' servers of course material, in a sentence in place of bytes."""

from collections.abc import Iterator, Sequence

from classhub.config.overlay_servers import FILES, OURS, is_ours
from classhub.config.traits.lookup import get
from classhub.plan.account import Account
from classhub.plan.consequence import About, Consequence
from classhub.plan.difference import Change
from classhub.plan.manifest import Manifest
from classhub.plan.objects import ObjectChange
from classhub.plan.running import Running

_COMES = "Students' servers get ClassHub's course material"
_NEWER = "Students' servers get ClassHub's course material by another version of ClassHub"
_GOES = "Students' servers no longer get ClassHub's course material; what is in a home stays"


def material(account: Account, running: Running | None) -> Iterator[Consequence]:
    """From the Secret in which the chart keeps the files of students' servers."""
    for one in filter(_concerns, account.left):
        what = _COMES if not _files(one.old) else _NEWER if _files(one.new) else _GOES
        yield Consequence(About.SERVERS, f"{what}{_from_when(running, gone=what is _GOES)}.")
    account.take(lambda one: _concerns(one) and _is_all_ours(one))


def folded(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Of our files one line in place of three each."""
    ours = [one for one in changes if is_ours(one.where)]
    if not ours:
        return tuple(changes)
    first = changes.index(ours[0])
    others = [one for one in changes if not is_ours(one.where)]
    old = "(ClassHub's)" if any(one.old is not None for one in ours) else None
    new = "(ClassHub's)" if any(one.new is not None for one in ours) else None
    return (*others[:first], Change((*FILES, f"{OURS}*"), old, new), *others[first:])


def _files(manifest: Manifest) -> dict[str, object]:
    data = get(manifest, "data") or {}
    return {key: value for key, value in data.items() if str(key).startswith(OURS)}


def _concerns(one: ObjectChange) -> bool:
    return one.kind == "Secret" and not one.lost and _files(one.old) != _files(one.new)


def _is_all_ours(one: ObjectChange) -> bool:
    """Nothing of a college's own files comes, changes or goes with them."""
    old, new = (
        {key: value for key, value in (get(each, "data") or {}).items() if key not in _files(each)}
        for each in (one.old, one.new)
    )
    return old == new and all(change.where[0] in ("data", "metadata") for change in one.changes)


def _from_when(running: Running | None, *, gone: bool) -> str:
    count = len(running.servers) if running else 0
    if not count:
        return ""
    if gone:
        return f"; {count} running server{' goes' if count == 1 else 's go'} on with it until {_next(count)}"
    return f"; {count} running server{' has' if count == 1 else 's have'} it from {_next(count)} on"


def _next(count: int) -> str:
    return "its next start" if count == 1 else "their next start"
