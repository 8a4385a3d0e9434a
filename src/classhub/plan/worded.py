"""Sentences for the settings that changed, by the tables of wording.py."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from classhub.config.document import Where
from classhub.plan.consequence import About, Consequence
from classhub.plan.difference import Change, short
from classhub.plan.wording import CLUSTER, COSTS, EVERYWHERE, HERE, Place, Words

_NAMES = ("strip_idp_domain", "username_claim", "username_map", "username_key")
"""Traits of a login, in any section of hub.config, that decide under which name the hub knows people. Google's: new_names.py."""

_BY_LENGTH = {
    place: sorted((*EVERYWHERE, *own), key=lambda words: len(words.key), reverse=True)
    for place, own in ((Place.HERE, HERE), (Place.CLUSTER, CLUSTER))
}


def words_for(change: Change, place: Place) -> Words | None:
    return next((words for words in _BY_LENGTH[place] if change.is_below(words.key)), None)


def worded(changes: Sequence[Change], place: Place) -> Iterator[Consequence]:
    """One sentence for each key of the table, or for each of its children, however much below it changed."""
    told: set[tuple[str, Where]] = set()
    for change in changes:
        words = words_for(change, place)
        about = (words.key, _child(words, change)) if words else None
        if words is None or about is None or about in told:
            continue
        told.add(about)
        if sentence := _sentence(words, change):
            yield Consequence(words.kind, sentence)
        if words.costs:
            costs = replace(words, changed=COSTS[place].format(what=words.costs), on="", off="", to={})
            yield Consequence(About.COST, _sentence(costs, change))
    if names := [
        change
        for change in changes
        if change.where[:2] == ("hub", "config") and change.where[3:4] and change.where[3] in _NAMES
    ]:
        why = "who comes under a new name is a new user, with an empty home"
        yield Consequence(About.HOMES, f"The names by which the hub knows people change ({names[0].path}): {why}.")


def _child(words: Words, change: Change) -> Where:
    return change.where[: words.key.count(".") + 2] if words.each else ()


def _sentence(words: Words, change: Change) -> str:
    template = words.to.get(str(change.new), words.changed)
    if words.on and change.new and not change.old:
        template = words.on
    elif words.off and change.old and not change.new:
        template = words.off
    return template.format(path=change.path, old=short(change.old), new=short(change.new))
