"""Amounts that would stop every start are refused with their place and the corrected line; real ones never are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyterhub.traitlets import ByteSpecification
from traitlets import Float, TraitError

from classhub.config.amounts import problems
from classhub.config.chart.table import defaults
from classhub.config.load import load
from classhub.config.merge import over_defaults
from classhub.config.quantities import memory, processors, quantity, quantity_meant
from classhub.errors import Mistakes
from unit.config.examples import PAIRS, needs_shared, shared

Make = Callable[..., Path]


def found(own: dict[str, Any]) -> list[str]:
    values = over_defaults(own, defaults("4.4.0"))
    return [f"{problem.severity}: {problem.message} Fix: {problem.fix}" for problem in problems(values, own)]


NEVER_RUN = {"z2jh-lint": ["error: singleuser.extraResource.guarantees.mock (3) is above "]}
"""The chart's own exercise for its schema asks for 3 of at most 1; Kubernetes would refuse that pod."""


@needs_shared
@pytest.mark.parametrize("name", PAIRS)
def test_no_amount_of_a_real_hub_is_refused(name: str) -> None:
    wrong = found(shared(f"values/{name}"))
    known = NEVER_RUN.get(name, [])
    assert len(wrong) == len(known)
    assert all(sentence.startswith(start) for sentence, start in zip(wrong, known, strict=True))


AMOUNT = st.one_of(
    st.integers(-10, 10**12),
    st.floats(-10, 1e12),
    st.from_regex(r"[-+]?[0-9]{0,3}(\.[0-9])?[ _e]?[0-9]?[KMGTPkmgi B]{0,2}", fullmatch=True),
    st.sampled_from(["", "G", "infG", "nanM", "1_0G", "1 G", " 1G", "1G ", "1e3K", "+1G", "2Gi", "512", "lots"]),
)


@given(AMOUNT)
def test_memory_is_read_as_the_spawner_reads_it(value: Any) -> None:
    assert outcome(memory, value) == outcome(lambda amount: ByteSpecification().validate(None, amount), value)


@given(AMOUNT)
def test_processors_are_read_as_the_spawner_reads_them(value: Any) -> None:
    assert outcome(processors, value) == outcome(lambda amount: Float().validate(None, amount), value)


def outcome(read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except (TraitError, ValueError, OverflowError):
        return "refused"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1Gi", 2**30),
        ("1G", 10**9),
        ("500m", 0.5),
        ("1e3", 1000),
        ("1E", 10**18),
        ("2E2", 200),
        (".5", 0.5),
        ("1.", 1),
        ("57350076Ki", 57350076 * 1024),
        (124062199808, 124062199808),
        (0.01, 0.01),
        (1e-07, 1e-07),
        ("-1Gi", -(2**30)),
        (" 1Gi ", 2**30),
    ],
)
def test_a_quantity_is_read_as_kubernetes_reads_it(text: Any, amount: float) -> None:
    assert float(quantity(text)) == amount


@pytest.mark.parametrize("text", ["", "1GB", "1 Gi", "5 gigs", "Gi", "1K", "1gi", "1,5Gi", "0x10", "1_000", True, []])
def test_what_kubernetes_cannot_read_is_refused(text: Any) -> None:
    with pytest.raises(ValueError):
        quantity(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("5 gigs", "5Gi"),
        ("10GB", "10G"),
        ("1 Gi", "1Gi"),
        ("1gi", "1Gi"),
        ("500MB", "500M"),
        ("10KB", "10k"),
        ("x", "10Gi"),
    ],
)
def test_the_quantity_that_was_meant(text: str, meant: str) -> None:
    assert quantity_meant(text, "10Gi") == meant
    quantity(meant)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("-1G", "1G"),
        ("2GB", "2G"),
        ("2 GB", "2G"),
        ("2Gi", "2G"),
        ("1.5gb", "1.5G"),
        ("1,5G", "1.5G"),
        ("512 MiB", "512M"),
        ("512", "512M"),
        ("2", "2G"),
        ("2 giga", "2G"),
        ("abc", "1G"),
        ("", "1G"),
        (2, "2G"),
        (512, "512M"),
        (True, "1G"),
    ],
)
def test_a_memory_limit_that_no_spawner_takes_is_refused_with_the_corrected_line(written: Any, line: str) -> None:
    (sentence,) = found({"singleuser": {"memory": {"limit": written, "guarantee": None}}})
    assert sentence.startswith("error: singleuser.memory.limit ")
    assert sentence.endswith(f" Fix: limit: {line}")


@pytest.mark.parametrize(
    ("written", "line"), [(-1, "1"), ("500m", "0.5"), ("2 cores", "2"), ("two", "1"), (-0.5, "0.5")]
)
def test_a_processor_limit_likewise(written: Any, line: str) -> None:
    (sentence,) = found({"hub": {"config": {"KubeSpawner": {"cpu_limit": written}}}})
    assert sentence.endswith(f" Fix: cpu_limit: {line}")


def test_zero_is_no_limit_to_a_spawner() -> None:
    assert found({"singleuser": {"memory": {"limit": 0}, "cpu": {"limit": 0, "guarantee": 1}}}) == []


def test_a_guarantee_above_its_limit_is_refused() -> None:
    own = {"singleuser": {"memory": {"limit": "1G", "guarantee": "2G"}}}
    assert found(own) == [
        "error: singleuser.memory.guarantee (2G) is above singleuser.memory.limit (1G). Fix: guarantee: 1G"
    ]


def test_the_charts_own_guarantee_above_a_limit_is_only_warned_of() -> None:
    assert found({"singleuser": {"memory": {"limit": "512M"}}}) == [
        "warning: singleuser.memory.guarantee (1G), the chart's default, is above singleuser.memory.limit (512M). "
        "Fix: guarantee: 512M"
    ]


CHOICE = {"profile_options": {"size": {"choices": {"big": {"kubespawner_override": {"mem_guarantee": "4GB"}}}}}}


@pytest.mark.parametrize(
    ("own", "where"),
    [
        (
            {"singleuser": {"profileList": [{"kubespawner_override": {"mem_limit": "2Gi"}}]}},
            "singleuser.profileList[0]",
        ),
        ({"singleuser": {"profileList": [{}, CHOICE]}}, "singleuser.profileList[1].profile_options.size.choices.big"),
        ({"hub": {"config": {"KubeSpawner": {"profile_list": [CHOICE]}}}}, "hub.config.KubeSpawner.profile_list[0]"),
        ({"hub": {"config": {"Spawner": {"mem_limit": "2GB"}}}}, "hub.config.Spawner.mem_limit"),
        ({"singleuser": {"storage": {"capacity": "5 gigs"}}}, "singleuser.storage.capacity"),
        ({"singleuser": {"storage": {"capacity": "0Gi"}}}, "singleuser.storage.capacity"),
        ({"hub": {"db": {"pvc": {"storage": "1GB"}}}}, "hub.db.pvc.storage"),
        ({"singleuser": {"extraResource": {"limits": {"nvidia.com/gpu": "one"}}}}, "singleuser.extraResource.limits"),
        ({"hub": {"resources": {"requests": {"memory": "512MB"}}}}, "hub.resources.requests.memory"),
        ({"proxy": {"chp": {"resources": {"limits": {"cpu": "half"}}}}}, "proxy.chp.resources.limits.cpu"),
        (
            {"hub": {"resources": {"requests": {"cpu": 2}, "limits": {"cpu": "200m"}}}},
            "hub.resources.requests.cpu (2) is above",
        ),
        (
            {"singleuser": {"initContainers": [{"resources": {"limits": {"memory": "1GB"}}}]}},
            "singleuser.initContainers[0].resources.limits.memory",
        ),
    ],
)
def test_amounts_are_found_wherever_they_stand(own: dict[str, Any], where: str) -> None:
    (sentence,) = found(own)
    assert sentence.startswith(f"error: {where}")


@pytest.mark.parametrize(
    "own",
    [
        {"custom": {"resources": {"limits": {"memory": "lots"}}}},
        {
            "singleuser": {
                "profileList": ["x", {"kubespawner_override": ["x"], "profile_options": {"a": {"choices": []}}}]
            }
        },
        {"singleuser": {"memory": "1G", "extraResource": None, "profileList": {}}},
        {"hub": {"config": {"KubeSpawner": None}, "resources": {"limits": []}}},
    ],
)
def test_what_is_free_or_oddly_shaped_is_left_to_others(own: dict[str, Any]) -> None:
    assert found(own) == []


def test_the_folder_is_refused_at_the_line(folder_with: Make) -> None:
    text = "singleuser:\n  cpu:\n    limit: 500m\n  memory:\n    guarantee: 1G\n    limit: 2GB\n"
    with pytest.raises(Mistakes) as caught:
        load(folder_with({"config.yaml": text}), {})
    assert [str(finding).splitlines()[0].removeprefix("error CH1501 config/") for finding in caught.value.findings] == [
        "config.yaml:3:5: singleuser.cpu.limit cannot be read: 500m. It is a number of processors, without a unit.",
        "config.yaml:6:5: singleuser.memory.limit cannot be read: 2GB. It is a number with K, M, G or T right after it.",
    ]
    assert caught.value.findings[1].fix == "limit: 2G"


def test_a_warning_does_not_stop_the_folder(folder_with: Make) -> None:
    config = load(folder_with({"config.yaml": "singleuser:\n  memory:\n    limit: 512M\n"}), {})
    (finding,) = [one for one in config.findings if one.code.startswith("CH15")]
    assert (finding.severity, finding.line, finding.fix) == ("warning", 2, "guarantee: 512M")


@pytest.mark.parametrize(("kind", "codes"), [("dynamic", ["CH1501"]), ("none", []), ("static", [])])
def test_a_capacity_is_judged_where_disks_are_made(kind: str, codes: list[str]) -> None:
    own = {"singleuser": {"storage": {"type": kind, "capacity": "lots"}}}
    assert [one.code for one in problems(over_defaults(own, defaults("4.4.0")), own)] == codes
