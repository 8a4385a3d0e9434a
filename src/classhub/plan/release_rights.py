"""Who may do more, or less, on the cluster: roles, their bindings, accounts, and whom the network lets through."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from classhub.config.traits.lookup import get
from classhub.plan.account import NAMED, Account, fields
from classhub.plan.changes import some
from classhub.plan.consequence import About, Consequence
from classhub.plan.manifest import Manifest, items
from classhub.plan.objects import ObjectChange

_ROLES = ("Role", "ClusterRole")
_BINDINGS = ("RoleBinding", "ClusterRoleBinding")
_WHO = {
    "hub": "The hub",
    "proxy": "The proxy",
    "user-scheduler": "The user-scheduler",
    "image-puller": "The image puller",
    "singleuser": "Students' servers",
    "singleuser-server": "Students' servers",
}


def rights(account: Account) -> Iterator[Consequence]:
    yield from account.tell(_is_one_of(_ROLES), lambda one: map(_about, _role(one)))
    yield from account.tell(_is_one_of(_BINDINGS), lambda one: map(_about, _binding(one)))
    yield from account.tell(_is_one_of(("NetworkPolicy",)), lambda one: map(_about, _policy(one)))
    yield from map(_about, _accounts(account.take(_is_one_of(("ServiceAccount",)))))


def _is_one_of(kinds: Sequence[str]) -> Callable[[ObjectChange], bool]:
    return lambda one: one.kind in kinds and not one.hook


def _about(sentence: str) -> Consequence:
    return Consequence(About.RIGHTS, sentence)


def _who(one: ObjectChange) -> str:
    return _WHO.get(one.component, one.component or one.name)


def _role(one: ObjectChange) -> Iterator[str]:
    where = "in the whole cluster" if one.kind == "ClusterRole" else "in its namespace"
    before, after = _allowed(one.old), _allowed(one.new)
    if one.action == "delete":
        yield f"{_who(one)} loses all rights of {one.title} {where}."
        return
    more = {what: verbs - before.get(what, set()) for what, verbs in after.items()}
    less = {what: verbs - after.get(what, set()) for what, verbs in before.items()}
    if words := _verbs(more):
        yield f"{_who(one)} may {'also ' if before else ''}do this {where}: {words} ({one.title})."
    if words := _verbs(less):
        yield f"{_who(one)} may no longer do this {where}: {words} ({one.title})."


def _allowed(role: Manifest) -> dict[tuple[str, str, str], set[str]]:
    """Resource, its API group and the names of the objects, to verbs."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for rule in items(role.get("rules")):
        named = ", ".join(map(str, rule.get("resourceNames") or ()))
        verbs = set(map(str, rule.get("verbs") or ()))
        for group in rule.get("apiGroups") or [""]:
            for resource in (*(rule.get("resources") or ()), *(rule.get("nonResourceURLs") or ())):
                found.setdefault((str(resource), str(group), named), set()).update(verbs)
    return found


def _verbs(rights: Mapping[tuple[str, str, str], set[str]]) -> str:
    """ "get, list pods; delete secrets": resources with the same verbs stand together."""
    together: dict[str, list[str]] = {}
    for (resource, _, named), verbs in rights.items():
        if verbs:
            words = "do anything with" if "*" in verbs else ", ".join(sorted(verbs))
            what = f"{'everything' if resource == '*' else resource}{f' {named}' if named else ''}"
            together.setdefault(words, []).append(what)
    clauses = [f"{verbs} {', '.join(dict.fromkeys(what))}" for verbs, what in together.items()]
    return "; ".join(clauses[:NAMED]) + (f"; and {len(clauses) - NAMED} more" if len(clauses) > NAMED else "")


def _binding(one: ObjectChange) -> Iterator[str]:
    where = "in the whole cluster" if one.kind == "ClusterRoleBinding" else "in the namespace"
    before, after = _holders(one.old), _holders(one.new)
    if gained := [who for who in after if who not in before]:
        yield f"{some([who for who, _ in gained], NAMED)} may do {where} what {gained[0][1]} allows ({one.title})."
    if lost := [who for who in before if who not in after]:
        yield f"{some([who for who, _ in lost], NAMED)} may no longer do {where} what {lost[0][1]} allows ({one.title})."


def _holders(binding: Manifest) -> list[tuple[str, str]]:
    """Who holds which role."""
    reference = binding.get("roleRef") or {}
    role = f"{reference.get('kind', 'Role')} {reference.get('name', '')}"
    return [(f"{one.get('kind', '')} {one.get('name', '')}", role) for one in items(binding.get("subjects"))]


def _accounts(found: Sequence[ObjectChange]) -> Iterator[str]:
    made, gone = ([one.name for one in found if one.action == action] for action in ("create", "delete"))
    if made:
        yield f"Accounts for programs on the cluster are made: {some(made, NAMED)}."
    if gone:
        what = "what still runs under one can no longer ask the cluster for anything"
        yield f"Accounts for programs on the cluster are deleted: {some(gone, NAMED)}; {what}."
    for one in found:
        if one.action == "change":
            yield f"{one.title} changes{fields(one)}: on a cloud this may say as whom its pods act."


def _policy(one: ObjectChange) -> Iterator[str]:
    if one.action == "create":
        yield f"{_who(one)}: the network is limited from now on to what {one.title} allows."
    elif one.action == "delete":
        yield f"{_who(one)}: the network is no longer limited ({one.title})."
    else:
        for way, words in (("ingress", ("be reached from", "Ingress")), ("egress", ("reach", "Egress"))):
            yield from _way(one, way, *words)
        if get(one.old, "spec.podSelector") != get(one.new, "spec.podSelector"):
            yield f"{one.title} holds for other pods than before."


def _way(one: ObjectChange, way: str, verb: str, kind: str) -> Iterator[str]:
    before, after = (_peers(each, way, kind) for each in (one.old, one.new))
    if before is None or after is None:
        if before != after:
            limits = "only what is listed" if before is None else "anything"
            yield f"{_who(one)} may {verb} {limits} from now on ({one.title})."
        return
    if more := [peer for peer in after if peer not in before]:
        yield f"{_who(one)} may also {verb} {some(more, NAMED)} ({one.title})."
    if less := [peer for peer in before if peer not in after]:
        yield f"{_who(one)} may no longer {verb} {some(less, NAMED)} ({one.title})."


def _peers(policy: Manifest, way: str, kind: str) -> list[str] | None:
    """In words, each with its ports; None: this way is not limited."""
    rules = get(policy, f"spec.{way}")
    if rules is None and kind not in (get(policy, "spec.policyTypes") or ["Ingress"]):
        return None
    side = "from" if way == "ingress" else "to"
    found = []
    for rule in items(rules):
        ports = ", ".join(str(port.get("port", "")) for port in items(rule.get("ports")))
        on = f" on port {ports}" if ports else ""
        found += [f"{_peer(peer)}{on}" for peer in items(rule.get(side)) or [{}]]
    return list(dict.fromkeys(found))


def _peer(peer: Mapping[str, Any]) -> str:
    if not peer:
        return "anybody"
    if block := peer.get("ipBlock"):
        but = some([str(one) for one in block.get("except") or ()], 2)
        return f"{block.get('cidr')}{f' (but not {but})' if but else ''}"
    pods, namespaces = (get(peer, f"{one}.matchLabels") for one in ("podSelector", "namespaceSelector"))
    who = "pods" if not pods else f"pods labelled {_labels(pods)}"
    if "namespaceSelector" in peer:
        return f"{who} of {f'namespaces labelled {_labels(namespaces)}' if namespaces else 'all namespaces'}"
    return who


def _labels(labels: Mapping[str, Any]) -> str:
    own = {name: value for name, value in labels.items() if name not in ("app", "release")}
    return " and ".join(f"{name}={value}" for name, value in (own or labels).items())
