"""A repository of this machine, before it is fetched from. Its owner may read less than whoever fetches."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

PLACES = ("objects", "objects/info/alternates")


def is_borrowing(address: str, ask: Callable[..., list[str]]) -> bool:
    """Whether it takes objects from elsewhere: its owner would have those of anybody's repository by their ids.

    ask: git in a folder, with words -> its lines; none when it fails.
    """
    return any(
        _is_elsewhere(*(folder / place for place in places))
        for folder in _meant(address)
        if len(places := ask("-C", str(folder), "rev-parse", *(w for one in PLACES for w in ("--git-path", one)))) == 2
    )


def _meant(address: str) -> Iterator[Path]:
    """git adds .git itself."""
    path = unquote(address.removeprefix("file://")) if address.startswith("file://") else address
    return (folder for folder in (Path(path), Path(f"{path.rstrip('/')}.git")) if folder.is_dir())


def _is_elsewhere(objects: Path, lent: Path) -> bool:
    inside = (objects, lent, *objects.glob("*"), *objects.glob("pack/*"))
    return lent.exists() or any(path.is_symlink() for path in inside)
