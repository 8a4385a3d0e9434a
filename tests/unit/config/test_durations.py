"""Times that people write for settings that count seconds."""

import pytest

from classhub.config.durations import seconds


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90m", 5400),
        ("1h", 3600),
        ("2d", 172800),
        ("30 s", 30),
        ("1h30m", 5400),
        ("1 hour, 30 minutes", 5400),
        ("10 Min", 600),
        ("1 week", 604800),
        ("soon", None),
        ("", None),
        ("90", None),
        ("5 months", None),
        ("5ms", None),
        ("1.5h", None),
        ("-1h", None),
        ("9" * 30 + "h", None),
        ("1h" + " " * 20_000 + "x", None),
        (3600, None),
    ],
)
def test_a_time_is_read_as_its_seconds(text: object, meant: int | None) -> None:
    assert seconds("timeout", text) == meant


@pytest.mark.parametrize("name", ["timeout", "every", "maxAge", "startTimeout", "http_timeout", "poll_interval"])
def test_settings_that_count_seconds_are_known(name: str) -> None:
    assert seconds(name, "1m") == 60


@pytest.mark.parametrize("name", ["concurrentSpawnLimit", "replicas", "cookie_max_age_days", "port"])
def test_others_are_left_alone(name: str) -> None:
    assert seconds(name, "1m") is None
