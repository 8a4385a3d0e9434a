"""Scalars mean to us what they mean to Helm (facts/z2jh.md section 2)."""

import pytest

from classhub.config import scalars


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12:30:45", "12:30:45"),
        ("1e3", 1000),
        ("1.5e3", 1500),
        ("1e400", "1e400"),
        ("0o666", 438),
        ("0666", 438),
        ("0899", 899),
        ("-0x1F", -31),
        ("0b11", 3),
        ("+12", 12),
        ("2026-01-07", "2026-01-07"),
        ("2026_01_07", 20260107),
        ("1.10", 1.1),
        ("4.0", 4),
        (".5", 0.5),
        ("._5", "._5"),
        ("1.2.3", "1.2.3"),
        ("500m", "500m"),
        ("0x", "0x"),
        ("-", "-"),
        ("yes", True),
        ("on", True),
        ("NO", False),
        ("y", True),
        ("yEs", "yEs"),
        ("", None),
        ("~", None),
        ("Null", None),
        ("9" * 500, "9" * 500),
        ("12345678901234567890", 12345678901234567890),
        ("18446744073709551615", 18446744073709551615),
        ("18446744073709551616", 18446744073709551616),
        ("18446744073709551617", 18446744073709551616),
        ("-9223372036854775809", -9223372036854775808),
        ("1" + "0" * 21, 1e21),
        ("0x1FFFFFFFFFFFFFFFF", "0x1FFFFFFFFFFFFFFFF"),
    ],
)
def test_plain_scalars_are_typed_as_helm_types_them(text: str, value: object) -> None:
    found = scalars.resolve(text)
    assert found == value
    assert type(found) is type(value)


def test_infinity_is_refused_as_json_has_none() -> None:
    with pytest.raises(ValueError, match="infinity"):
        scalars.resolve("-.inf")


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("str", "5", "5"),
        ("int", "5", 5),
        ("float", "5", 5),
        ("bool", "yes", True),
        ("binary", "aGk=", "hi"),
        ("null", "~", None),
    ],
)
def test_tags_decide(tag: str, text: str, value: object) -> None:
    assert scalars.tagged(f"tag:yaml.org,2002:{tag}", text) == value


@pytest.mark.parametrize(
    ("tag", "text"), [("int", "five"), ("bool", "5"), ("null", "x"), ("binary", "*"), ("binary", "/w==")]
)
def test_a_tag_that_does_not_fit_is_refused(tag: str, text: str) -> None:
    with pytest.raises(ValueError, match="the tag !!"):
        scalars.tagged(f"tag:yaml.org,2002:{tag}", text)


@pytest.mark.parametrize(("value", "name"), [(12, "12"), (True, "true"), (1.5, "1.5"), ("a", "a")])
def test_keys_become_text(value: object, name: str) -> None:
    assert scalars.key(value) == name
