"""Whose name in the hub changes with Google's login, when domains are cut off that were not, or the other way round."""

from collections.abc import Iterator, Sequence

from classhub.config.chart.upgrade import order
from classhub.config.meaning.access import chosen
from classhub.config.meaning.accounts import hosted_domains
from classhub.config.meaning.google_names import are_addresses, cut_domains
from classhub.plan.consequence import About, Consequence
from classhub.plan.in_force import InForce
from classhub.plan.wording import Place

_HERE = "4.4.0"
"""This machine has strip_domain, whichever chart is configured."""


def new_names(old: InForce, new: InForce, place: Place) -> Iterator[Consequence]:
    """Each with the code of hub.extraConfig: where that has a say in names, nothing is known."""
    sections = [chosen(one.values)[1] for one in (old, new)]
    if not all(are_addresses(one.values, of) for one, of in zip((old, new), sections, strict=True)):
        return
    before, after = (_cut(one, of, place) for one, of in zip((old, new), sections, strict=True))
    limits = [hosted_domains(one.values, of) for one, of in zip((old, new), sections, strict=True)]
    there = place is Place.HERE and (old.login.stand_in or new.login.stand_in)
    for domains, kept, example in (
        ([one for one in before if one not in after], "strip_domain: true", ("alice", "alice@{}")),
        ([one for one in after if one not in before], "strip_domain: false", ("alice@{}", "alice")),
    ):
        known = [one for one in domains if all(not limit or one in limit for limit in limits)]
        if known:
            yield _changed(known, example, kept if known[0] in limits[1] else "", limits[1], there=there)


def _cut(one: InForce, sections: tuple[str, ...], place: Place) -> tuple[str, ...]:
    chart = max(one.chart, _HERE, key=order) if place is Place.HERE else one.chart
    return cut_domains(one.values, sections, chart)


def _changed(
    domains: Sequence[str], example: tuple[str, str], kept: str, limit: Sequence[str], *, there: bool
) -> Consequence:
    """kept: what would keep the names. there: on the cluster, as people enter by invitation here."""
    old, new = (name.format(domains[0]) for name in example)
    who = f"veryone with an account at {' or '.join(domains)} gets a new name, {new} in place of {old}"
    homes = "and with it a new, empty home; the old homes stay under the old names"
    alone = (
        ", as long as no two people have the same name before the @" if kept.endswith("true") and len(limit) > 1 else ""
    )
    keep = f" To keep the names: {kept}{alone}." if kept else ""
    return Consequence(About.HOMES, f"{'On the cluster: e' if there else 'E'}{who}, {homes}.{keep}")
