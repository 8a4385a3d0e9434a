"""Who gains or loses the right to log in, or to be an admin, when the hub is given other settings.

What JupyterHub keeps counts too: whom it made admin stays admin, and with a list of names it lets in whoever it knows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from classhub.config.authenticators import find
from classhub.config.chart.upgrade import order
from classhub.config.login import STAND_IN_ADMIN, names
from classhub.config.meaning.access import Access, access, admin_groups, chosen
from classhub.config.meaning.accounts import at_domains, hosted_domains
from classhub.config.meaning.found import Values, trait
from classhub.config.model import Login
from classhub.config.traits.lookup import get
from classhub.plan.consequence import About, Consequence, people
from classhub.plan.in_force import InForce
from classhub.plan.masking import is_masked
from classhub.plan.wording import Place

_HERE = "4.4.0"
"""The hub on this machine goes by the rules of JupyterHub 5 and later, whichever chart is configured."""


@dataclass(frozen=True)
class _Gate:
    """Who gets through, by one configuration."""

    access: Access
    admins: tuple[str, ...]
    listed: tuple[str, ...]
    blocked: frozenset[str]
    limit: frozenset[str]
    """Domains outside of which Google turns everybody away; empty: none."""
    pattern: str
    """Names that do not fit it are turned away; empty: all fit."""
    admin_groups: tuple[str, ...]
    keeps: bool
    """Whoever the hub knows may log in."""
    code: tuple[Any, ...]
    """What the college wrote in Python."""

    @property
    def doors(self) -> tuple[str, ...]:
        """Whom it lets in without a name, in words."""
        who, together = self.access, at_domains(self.access.domains)
        doors = [who.others] if who.others and who.others != together else []
        if who.others == together or together not in who.others:
            doors += [at_domains([domain]) for domain in who.domains]
        return tuple(doors) if who.kind == "unknown" else (*doors, *(f"everyone in {group}" for group in who.groups))

    def fits(self, name: str) -> bool:
        domain = name.rpartition("@")[2] if "@" in name else ""
        return name not in self.blocked and (not self.limit or not domain or domain in self.limit)

    def lets_in(self, name: str) -> bool:
        """As far as the settings alone tell."""
        if not self.fits(name):
            return False
        by_domain = "@" in name and name.rpartition("@")[2] in self.access.domains
        return self.access.kind == "everybody" or by_domain or name in self.listed or name in self.admins


def _gate(values: Values, admins: tuple[str, ...], chart: str) -> _Gate:
    found = access(values, chart)
    _, sections, _ = chosen(values)
    limit = hosted_domains(values, sections) if sections[0] == "GoogleOAuthenticator" else ()
    blocked, keeps = (trait(values, sections, name)[1] for name in ("blocked_users", "allow_existing_users"))
    return _Gate(
        access=found,
        admins=found.admins or admins,
        listed=found.names,
        blocked=frozenset(names(values, sections, "blocked_users")) if isinstance(blocked, str | list) else frozenset(),
        limit=frozenset(limit),
        pattern=str(trait(values, sections, "username_pattern")[1] or ""),
        admin_groups=admin_groups(values, sections, chart),
        keeps=not trait(values, sections, "allow_all")[1] and bool(found.names if keeps is None else keeps),
        code=tuple(get(values, f"hub.{name}") for name in ("extraConfig", "extraFiles")),
    )


def entry(old: InForce, new: InForce, place: Place) -> Iterator[Consequence]:
    """Values without secrets, but with the code of hub.extraConfig: only whether it decides is told."""
    there = [_gate(one.values, one.login.admins if one.login.stand_in else (), one.chart) for one in (old, new)]
    before, after = _here(old, new) if place is Place.HERE else there
    if _provider(old.login) != _provider(new.login):
        yield _about(f"{_other_login(new.login)} {after.access.sentence if not new.login.stand_in else ''}".strip())
    elif old.login.stand_in:
        yield from _by_invitation(before, after)
        yield from _on_the_cluster([*_doors(*there), *_by_group(*there)])
    else:
        here = [*_doors(before, after), *_by_group(before, after)]
        yield from (_about(f"{sentence[0].upper()}{sentence[1:]}") for sentence in here)
        yield from _by_list(before, after)
        yield from _on_the_cluster([sentence for sentence in _doors(*there) if sentence not in here])
    yield from _fitting(before, after)
    yield from _blocked(before, after, new.login.stand_in)
    yield from _admins(before, after)


def _here(old: InForce, new: InForce) -> list[_Gate]:
    return [
        _gate(one.values, one.login.admins if one.login.stand_in else (), max(one.chart, _HERE, key=order))
        for one in (old, new)
    ]


def _on_the_cluster(sentences: Iterable[str]) -> Iterator[Consequence]:
    return (_about(f"On the cluster: {sentence[0].lower()}{sentence[1:]}") for sentence in sentences)


def _about(sentence: str, of: Iterable[str] = ()) -> Consequence:
    return Consequence(About.ACCESS, sentence, tuple(of))


def _provider(login: Login) -> str:
    return "" if login.stand_in else login.configured


def _other_login(login: Login) -> str:
    if login.stand_in:
        return f"People enter by invitation from now on: {login.why}."
    known = find(login.configured)
    label = known.label if known else login.configured.rpartition(".")[2]
    return f"People log in with {label} from now on; who has another name there is another user, with an empty home."


def _doors(old: _Gate, new: _Gate) -> Iterator[str]:
    """Whole groups of people, and what the rule is where it changes altogether."""
    gained = [door for door in new.doors if door not in old.doors]
    if "unknown" in (old.access.kind, new.access.kind):
        yield from _by_code(old, new)
        return
    if gained and old.access.kind != "everybody":
        yield f"{' and '.join(gained)} may now log in."
    lost = [door for door in old.doors if door not in new.doors]
    if lost and new.access.kind != "everybody":
        one = len(lost) == 1 and not lost[0].startswith("those")
        yield f"{' and '.join(lost)} {'loses' if one else 'lose'} the right to log in. {_left(new)}"
    elif new.access.kind in ("nobody", "admins") and old.access.kind != new.access.kind:
        yield new.access.sentence
    if new.keeps and not old.keeps and not lost and "everybody" not in (old.access.kind, new.access.kind):
        yield "whoever the hub knows already may log in too, as long as allow_existing_users is not false."


def _by_code(old: _Gate, new: _Gate) -> Iterator[str]:
    if new.access.kind != "unknown":
        yield f"no longer {old.access.others} decides who can log in. {new.access.sentence}"
    elif old.access.others != new.access.others:
        yield new.access.sentence
    elif old.code != new.code:
        yield f"who can log in may change: {new.access.others} decides it, and code of the college differs."


def _left(new: _Gate) -> str:
    """Who may after a loss."""
    known = " Whoever the hub knows already still may (allow_existing_users)." if new.keeps else ""
    if new.doors:
        listed = ", and who is listed" if new.listed or new.admins else ""
        return f"Who still may: {' and '.join(new.doors)}{listed}.{known}"
    return f"{new.access.sentence}{known}"


def _by_list(old: _Gate, new: _Gate) -> Iterator[Consequence]:
    """One by one, whoever is on a list."""
    if "unknown" in (old.access.kind, new.access.kind):
        return
    everybody = dict.fromkeys((*new.listed, *new.admins, *old.listed, *old.admins))
    gained = [name for name in everybody if new.lets_in(name) and not old.lets_in(name) and name not in old.blocked]
    lost = [name for name in everybody if old.lets_in(name) and not new.lets_in(name) and name not in new.blocked]
    known = [name for name in lost if new.keeps and new.fits(name)]
    gone = [name for name in lost if name not in known]
    if gained:
        yield _about(f"{people(gained)} may now log in.", gained)
    if gone:
        yield _about(f"{people(gone)} {_verb(gone, 'loses', 'lose')} the right to log in.", gone)
    if known:
        yield _still(known, "can still log in, because the hub knows them")


def _by_invitation(old: _Gate, new: _Gate) -> Iterator[Consequence]:
    """The stand-in: a list lets nobody in by itself, and an account stays until it is removed."""
    gained = [name for name in new.listed if name not in old.listed and name not in new.blocked]
    listed = (*new.listed, *new.admins, *new.blocked)
    lost = [name for name in old.listed if name not in listed]
    if gained:
        how = _command("invite", gained)
        yield _about(
            f"{people(gained)} may now be invited, and {_verb(gained, 'enters', 'enter')} with that: {how}", gained
        )
    if lost:
        yield _still(lost, "can still log in if an account was made here")


def _still(who: list[str], why: str) -> Consequence:
    """Taking a name off the list is less than it seems."""
    taken = f"{people(who)} {_verb(who, 'is', 'are')} on no list any more, but {why}"
    return _about(f"{taken}: {_command('remove', who)}", who)


def _by_group(old: _Gate, new: _Gate) -> Iterator[str]:
    """Members of a group that makes admins; the providers' groups are asked at each login."""
    gained = [group for group in new.admin_groups if group not in old.admin_groups]
    lost = [group for group in old.admin_groups if group not in new.admin_groups]
    if gained:
        alone = "" if old.admin_groups else "; who is neither in it nor in admin_users is none any more from then on"
        yield f"everyone in {' or '.join(gained)} becomes an admin with the next login, and may log in for that{alone}."
    if lost and new.admin_groups:
        yield f"everyone in {' or '.join(lost)} is no admin any more from the next login on, and may log in only as others may."
    elif lost:
        page = "until you take the mark away on the admin page (/hub/admin, Edit User)"
        yield f"everyone in {' or '.join(lost)} may log in only as others may; who was an admin by that stays one {page}."


def _fitting(old: _Gate, new: _Gate) -> Iterator[Consequence]:
    """Where everybody is let in, the sentence on them has the pattern."""
    if new.pattern and new.pattern != old.pattern and new.pattern not in new.access.others:
        yield _about(f"Only whoever has a name that fits {new.pattern} can log in.")
    elif old.pattern and not new.pattern and old.pattern not in old.access.others:
        yield _about(f"A name need not fit {old.pattern} any more.")


def _blocked(old: _Gate, new: _Gate, stand_in: bool) -> Iterator[Consequence]:
    blocked = sorted(new.blocked - old.blocked)
    let_go = sorted(old.blocked - new.blocked)
    if blocked:
        yield _about(f"{people(blocked)} {_verb(blocked, 'is', 'are')} blocked and can no longer log in.", blocked)
    free = [name for name in let_go if new.lets_in(name) and not stand_in]
    if free:
        yield _about(f"{people(free)} {_verb(free, 'is', 'are')} no longer blocked and may log in.", free)
    others = [name for name in let_go if name not in free]
    if others:
        yield _about(f"{people(others)} {_verb(others, 'is', 'are')} no longer blocked.", others)


def _admins(old: _Gate, new: _Gate) -> Iterator[Consequence]:
    gained = [name for name in new.admins if name not in old.admins]
    lost = [name for name in old.admins if name not in new.admins]
    if gained:
        yield _about(f"{_called(gained)} {_verb(gained, 'becomes admin', 'become admins')}.", gained)
    if lost:
        page = "until you take the mark away on the admin page (/hub/admin, Edit User)"
        stays = _verb(lost, "stays", "stay")
        if lost == [STAND_IN_ADMIN]:
            yield _about(f"{_called(lost)} is no longer the one who is made admin, but {stays} admin {page}.", lost)
            return
        yield _about(
            f"{people(lost)} {_verb(lost, 'is', 'are')} taken off admin_users, but {stays} admin {page}.", lost
        )


def _called(names: list[str]) -> str:
    """The name that stands in where none is written is a word too."""
    return f"The user named {names[0]}" if names == [STAND_IN_ADMIN] else people(names)


def _command(verb: str, who: list[str]) -> str:
    return f"`classhub users {verb} {who[0] if len(who) == 1 and not is_masked(who[0]) else 'NAME'}`."


def _verb(who: list[str], one: str, many: str) -> str:
    return one if len(who) == 1 else many
