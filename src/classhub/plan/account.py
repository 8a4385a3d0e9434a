"""The objects of a release that change, and which of them were spoken of."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from classhub.plan.changes import some
from classhub.plan.consequence import About, Consequence
from classhub.plan.objects import ObjectChange

NAMED = 6
"""Objects or fields that one sentence names."""
Sentences = Iterator[Consequence]


class Account:
    """What nothing was said of is named at the end."""

    def __init__(self, objects: Sequence[ObjectChange]) -> None:
        self._changed = [one for one in objects if not one.only_labels]
        self._told: set[int] = set()

    @property
    def left(self) -> list[ObjectChange]:
        return [one for one in self._changed if id(one) not in self._told]

    def tell(
        self, which: Callable[[ObjectChange], bool], words: Callable[[ObjectChange], Iterable[Consequence]]
    ) -> Sentences:
        """The words for those that fit and were not spoken of. One without words is left for another."""
        for one in self.left:
            if which(one) and (said := list(words(one))):
                self._told.add(id(one))
                yield from said

    def take(self, which: Callable[[ObjectChange], bool]) -> list[ObjectChange]:
        """Those that fit and were not spoken of; now they are."""
        found = [one for one in self.left if which(one)]
        self._told.update(map(id, found))
        return found


def fields(one: ObjectChange) -> str:
    """ " (spec.loadBalancerIP: 203.0.113.7 -> 203.0.113.8)"."""
    changed = [each.sentence for each in one.changes if each.where[:2] != ("metadata", "labels")]
    return f" ({some(changed, NAMED)})" if changed else ""


def others(account: Account) -> Sentences:
    """What nothing was said of, so that nobody believes it stays."""
    for action, verb in (("create", "Is made"), ("change", "Changes"), ("delete", "Is deleted")):
        if names := [one.title for one in account.left if one.action == action]:
            yield Consequence(About.SETTING, f"{verb} too: {some(names, NAMED)}.")
