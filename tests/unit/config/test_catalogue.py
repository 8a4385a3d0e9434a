"""The catalogue says of traits and values what the real classes say."""

import importlib.util
import json
import logging
import random
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from classhub.config.catalogue import read
from classhub.config.catalogue.kinds import accepts, found, parse, wanted

MAKER = Path(__file__).resolve().parents[3] / "scripts" / "make_catalogue.py"
VALUES = [
    None,
    True,
    False,
    0,
    1,
    -3,
    3600,
    2.5,
    float("inf"),
    "",
    "words",
    "WARN",
    "Https",
    "safe",
    "on_connect",
    "1G",
    "1.5M",
    "1GB",
    "lots",
    "/hub/",
    [],
    ["a", "b"],
    ["a", 1],
    [None],
    [1, 2],
    [["a"]],
    [{"name": "a"}],
    ["a", "b", "c"],
    {},
    {"a": "b"},
    {"a": 1},
    {"a": None},
    {"a": ["b"]},
    {"a": [["b"]]},
    {"a": {"b": "c"}},
    {"a": "b", "c": ["d"]},
]


@pytest.fixture(scope="module")
def maker() -> Any:
    spec = importlib.util.spec_from_file_location("make_catalogue", MAKER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def installed(maker: Any) -> Any:
    """What the maker says of the packages that are installed here."""
    return maker.catalogue()


def test_verdict_is_that_of_the_real_classes(maker: Any, installed: Any) -> None:
    logging.disable(logging.ERROR)
    catalogue = read.parse(installed.values())
    differences, compared = [], 0
    for class_ in maker.classes():
        traits = catalogue.traits(class_.__name__)
        for name, trait in catalogue.classes[class_.__name__].own.items():
            if trait.age in ("refused", "ignored") or trait.kind in ("gone", "any", "class"):
                continue
            for value in VALUES:
                real = takes(class_, name, value, trait.new_name or name)
                ours = accepts(parse(trait.kind), value)
                if trait.age == "renamed":
                    ours = ours and accepts(parse(traits[trait.new_name].kind), value)
                compared += 1
                # A class may add demands of its own to a trait (@validate): those are beyond a table.
                if real != ours and (real or not has_own_demands(class_, name)):
                    differences.append((class_.__name__, name, trait.kind, value, real))
    logging.disable(logging.NOTSET)
    assert differences == []
    assert compared > 8_000


def takes(class_: Any, name: str, value: Any, refuser: str) -> bool:
    """By the machinery of hub.config for authenticators; elsewhere the bare trait, as constructors want a hub."""
    try:
        if name in AUTHENTICATOR_TRAITS or "Authenticator" not in class_.__name__:
            setattr(class_.__new__(class_), name, value)
        else:
            class_(config=Config({class_.__name__: {name: value}}))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a constructor raises, is_of_trait looks at it
        return not any(is_of_trait(error, trait) for trait in (name, refuser))
    return True


AUTHENTICATOR_TRAITS = {"executor_threads"}
"""Would start that many threads."""


def is_of_trait(error: BaseException, name: str) -> bool:
    """A refusal of the value, not of what else a constructor or an observer misses."""
    if type(error).__name__ == "TraitError":
        return f"'{name}' trait" in str(error) or "memory specification" in str(error) or "{name}" in str(error)
    return isinstance(error, TypeError | OverflowError) and raised_in_traitlets(error)


def raised_in_traitlets(error: BaseException) -> bool:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and "traitlets" in trace.tb_frame.f_code.co_filename


def has_own_demands(class_: Any, name: str) -> bool:
    return name in class_.__new__(class_)._trait_validators


def same_versions() -> Iterator[tuple[str, str]]:
    for chart, packages in read.charts().items():
        for package in packages:
            name, _, pinned = package.rpartition("-")
            try:
                if version(name) == pinned:
                    yield chart, package
            except ModuleNotFoundError:
                continue


@pytest.mark.parametrize(("chart", "package"), list(same_versions()))
def test_shipped_file_is_what_the_maker_writes(chart: str, package: str, installed: Any) -> None:
    shipped = read.parse([(MAKER.parent.parent / f"src/classhub/config/catalogue/{package}.classes").read_text()])
    made = read.parse([installed[package]])
    for group, aliases in made.aliases.items():
        assert aliases.items() <= shipped.aliases[group].items()
    for name, class_ in made.classes.items():
        assert class_.lineage == shipped.classes[name].lineage
        # What a class inherits from JupyterHub may differ: the hub here is another release than the chart's.
        for trait in class_.own.keys() & shipped.classes[name].own.keys():
            assert class_.own[trait] == shipped.classes[name].own[trait], f"{name}.{trait}"


def test_every_chart_reads_and_every_kind_has_words() -> None:
    assert list(read.charts()) == ["3.3.8", "4.0.0", "4.3.2", "4.4.0", "5.0.0-0.dev"]
    for chart in read.charts():
        catalogue = read.catalogue(chart)
        assert {"JupyterHub", "KubeSpawner", "GoogleOAuthenticator", "LTI13Authenticator"} <= catalogue.classes.keys()
        for class_ in catalogue.classes.values():
            assert set(class_.lineage) <= catalogue.classes.keys()
            for trait in class_.own.values():
                assert trait.kind == "gone" or wanted(parse(trait.kind))


def test_a_chart_without_a_catalogue_is_said() -> None:
    with pytest.raises(KeyError):
        read.catalogue("0.1.0")


def test_all_files_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in Path(read.__file__).parent.glob("*.*s")) < 150_000


@pytest.mark.parametrize(
    ("chart", "class_", "trait", "expected"),
    [
        ("3.3.8", "CILogonOAuthenticator", "idps", None),
        ("4.4.0", "CILogonOAuthenticator", "allowed_idps", read.Trait("dict(any, any)", "renamed", "idps 17.4.0")),
        ("4.4.0", "CILogonOAuthenticator", "username_claim", read.Trait("text", "refused", "idps 16.0.0")),
        ("4.4.0", "LocalGoogleOAuthenticator", "hosted_domain", read.Trait("list(text)")),
        ("4.4.0", "KubeSpawner", "mem_limit", read.Trait("size?")),
        ("4.4.0", "KubeSpawner", "image_spec", read.Trait("gone", "renamed", "image 0.10")),
        ("4.4.0", "JupyterHub", "log_level", None),
    ],
)
def test_traits_as_people_meet_them(chart: str, class_: str, trait: str, expected: read.Trait | None) -> None:
    if trait == "log_level":
        assert read.catalogue(chart).traits(class_)[trait].kind.startswith('words(0, 10, 20, 30, 40, 50, "DEBUG"')
    else:
        assert read.catalogue(chart).traits(class_).get(trait) == expected


def test_no_description_shows_a_value() -> None:
    dice = random.Random(1)
    kinds = [trait.kind for class_ in read.catalogue("4.4.0").classes.values() for trait in class_.own.values()]
    for text in dice.sample([kind for kind in kinds if kind != "gone"], 200):
        for value in ("s3cret", 4711, ["s3cret", 4711], {"a": "s3cret", "b": 4711}, [["s3cret"]]):
            said = found(parse(text), value)
            assert "s3cret" not in said and "4711" not in said, json.dumps([text, value])
