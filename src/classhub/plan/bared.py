"""What was in force and what is wanted, side by side and without secrets."""

from dataclasses import replace

from classhub.config.traits.lookup import get
from classhub.plan.consequence import Consequence
from classhub.plan.in_force import InForce
from classhub.plan.masking import Masking, bare


def without_secrets(*both: InForce) -> list[InForce]:
    """What is a secret in one of them is hidden in both."""
    known = [one.hidden for one in both]
    hidden = None if None in known else [way for ways in known for way in ways or ()]
    masking = Masking(hidden)
    return [replace(one, values=masking.over(one.values)) for one in both]


def with_code(one: InForce, whole: InForce) -> InForce:
    """Whether code has a say in who gets in is seen in the code itself."""
    hub = get(whole.values, "hub", {})
    code = {name: hub[name] for name in ("extraConfig", "extraFiles") if name in hub}
    return replace(one, values={**one.values, "hub": {**get(one.values, "hub", {}), **code}})


def shown(one: Consequence) -> Consequence:
    return Consequence(one.kind, bare(one.sentence), tuple(map(bare, one.names)))
