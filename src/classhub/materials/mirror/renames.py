"""Which files of a release lay elsewhere before, so that links to the old place lead to the new one. Pure but for `read`."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from posixpath import basename, splitext

from classhub.materials.manifest import Entry

ALIKE = 0.6
"""Share of lines that two files have in common, for one to be the other."""
LARGEST = 1_000_000
MOST_PAIRS = 4000
"""Compared; a release that moves more has been turned over, and only equal files are followed."""

Files = Mapping[str, Entry]
Read = Callable[[str], bytes]


def moved(before: Files, after: Files, read: Read) -> dict[str, str]:
    """Old path -> new path, between two releases that follow each other. read: bytes by digest."""
    gone = [path for path in before if path not in after]
    new = [path for path in after if path not in before]
    same = dict(_equal(before, after, gone, new))
    gone = [path for path in gone if path not in same]
    new = [path for path in new if path not in same.values()]
    return same | dict(_alike(before, after, gone, new, read))


def all_over(known: Mapping[str, str], now: Mapping[str, str], after: Files) -> dict[str, str]:
    """Over all releases: known ones lead on to where their file is now; what is there itself, or nowhere, is none."""
    through = {old: now.get(new, new) for old, new in known.items()}
    return {old: new for old, new in {**through, **now}.items() if old not in after and new in after}


def _equal(before: Files, after: Files, gone: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    by_digest: dict[str, list[str]] = defaultdict(list)
    for path in new:
        by_digest[after[path].digest].append(path)
    for path in gone:
        places = by_digest[before[path].digest] if before[path].size else []
        if places:
            best = max(places, key=lambda place: _common(path, place))
            places.remove(best)
            yield path, best


def _alike(
    before: Files, after: Files, gone: Sequence[str], new: Sequence[str], read: Read
) -> Iterator[tuple[str, str]]:
    """Of the same kind of file; the most alike first."""
    if len(gone) * len(new) > MOST_PAIRS:
        return
    pairs = [(old, path) for old in gone for path in new if _may_be(before[old], after[path], old, path)]
    lines = {one: _lines(read, one) for old, path in pairs for one in (before[old].digest, after[path].digest)}
    scored = [
        (_share(lines[before[old].digest], lines[after[path].digest]), _common(old, path), old, path)
        for old, path in pairs
    ]
    taken: set[str] = set()
    for share, _, old, path in sorted(scored, reverse=True):
        if share >= ALIKE and taken.isdisjoint((f"-{old}", f"+{path}")):
            taken |= {f"-{old}", f"+{path}"}
            yield old, path


def _may_be(one: Entry, other: Entry, old: str, new: str) -> bool:
    sizes = sorted((one.size, other.size))
    is_near = sizes[0] > 0 and sizes[1] <= min(LARGEST, 4 * sizes[0])
    return is_near and not one.is_link and not other.is_link and splitext(old)[1] == splitext(new)[1]


def _lines(read: Read, digest: str) -> Counter[bytes]:
    return Counter(line for line in read(digest).splitlines() if line.strip())


def _share(one: Counter[bytes], other: Counter[bytes]) -> float:
    """By length, so that the braces and brackets of a notebook count for little."""
    total = max(_length(one), _length(other))
    return _length(one & other) / total if total else 0.0


def _length(lines: Counter[bytes]) -> int:
    return sum(len(line.strip()) * count for line, count in lines.items())


def _common(one: str, other: str) -> tuple[bool, int]:
    """How much two paths have in common: the name counts first."""
    ends = 0
    for a, b in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if a != b:
            break
        ends += 1
    return basename(one) == basename(other), ends
