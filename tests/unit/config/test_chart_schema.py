"""Our verdict is the chart's own schema's, on real files and on a great many slips in them."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from classhub.config.chart.table import defaults, table
from classhub.config.chart.verdict import problems
from classhub.config.merge import over_defaults
from unit.config.examples import PAIRS, needs_shared, shared
from unit.config.slips import KINDS, slip

SEED = 20260610
SLIPS_PER_FILE = 8
SCHEMAS = {"4.4.0": "values.schema-4.4.0", "5.0.0-0.dev": "values.schema-main"}
Accepts = Callable[[Any], bool]


def compiled(version: str) -> Accepts:
    """The schema as Python code: 20 times the speed of jsonschema, which is asked about a sample below."""
    import fastjsonschema  # type: ignore[import-untyped]

    check = fastjsonschema.compile(shared(SCHEMAS[version]), use_default=False)

    def accepts(values: Any) -> bool:
        try:
            check(values)
        except fastjsonschema.JsonSchemaValueException:
            return False
        return True

    return accepts


@needs_shared
@pytest.mark.parametrize("version", SCHEMAS)
def test_real_files_have_the_schemas_verdict(version: str) -> None:
    accepts = compiled(version)
    merged = {name: over_defaults(shared(f"values/{name}"), defaults(version)) for name in PAIRS}
    assert {name: not problems(values, table(version)) for name, values in merged.items()} == {
        name: accepts(values) for name, values in merged.items()
    }


@needs_shared
@pytest.mark.parametrize("version", SCHEMAS)
def test_thousands_of_slips_have_the_schemas_verdict(version: str) -> None:
    accepts = compiled(version)
    dice = random.Random(SEED)
    verdicts: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for name in PAIRS:
        own = shared(f"values/{name}")
        for _ in range(SLIPS_PER_FILE):
            values, what = slip(own, version, dice)
            merged = over_defaults(values, defaults(version))
            found, accepted = problems(merged, table(version)), accepts(merged)
            verdicts[what.partition(" at ")[0], accepted] += 1
            if bool(found) == accepted or not all(problem.fix for problem in found):
                wrong.append((name, what, accepted, [problem.message for problem in found]))
    assert wrong == []
    assert verdicts.total() >= 1000
    seldom = [kind for kind in KINDS for accepted in (True, False) if verdicts[kind, accepted] < 5]
    assert seldom == []


@needs_shared
@pytest.mark.parametrize("version", SCHEMAS)
def test_a_second_validator_agrees_on_a_sample(version: str) -> None:
    """Draft7Validator gave Helm's verdict on 256 of 256 real files (facts/z2jh.md)."""
    import jsonschema

    validator = jsonschema.Draft7Validator(shared(SCHEMAS[version]))
    dice = random.Random(SEED + 1)
    for name in PAIRS[::2]:
        values, what = slip(shared(f"values/{name}"), version, dice)
        merged = over_defaults(values, defaults(version))
        assert bool(problems(merged, table(version))) != validator.is_valid(merged), what
