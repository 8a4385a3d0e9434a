"""What the hub's log says of a failure quotes no value that may be a secret."""

import logging

import pytest
from traitlets import Bytes, Dict, HasTraits, Int, TraitError, Unicode

from classhub.hub import plain_words, unsaid
from classhub.hub.extra_config import BrokenExtraConfig, run_extra_config

CANARY = "canary7Wz0pQ2x9Lk"


class Wrong(HasTraits):
    client_secret = Unicode()
    cookie_secret = Bytes()
    port = Int()
    consumers = Dict(value_trait=Unicode())


def said(name, value):
    with pytest.raises(TraitError) as failed:
        setattr(Wrong(), name, value)
    return unsaid.of_trait(str(failed.value))


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("client_secret", 73319, "int"),
        ("client_secret", [CANARY], "list"),
        ("client_secret", {"a": f"x\n{CANARY}, not the str 'y'"}, "dict"),
        ("cookie_secret", CANARY, "str"),
        ("port", CANARY, "str"),
        ("port", "hunter2", "str"),
        ("consumers", {"college": 73319}, "int"),
        ("consumers", {"college": [CANARY]}, "list"),
    ],
)
def test_a_value_of_the_wrong_type_is_not_quoted(name, value, kind):
    text = said(name, value)
    assert text.endswith((f"not the {kind}.", f"a value of <class '{kind}'> was specified.")) and f"'{name}'" in text
    assert CANARY not in text and "73319" not in text


def test_a_plain_value_is_quoted():
    assert said("port", "many").endswith("not the str 'many'.")


def test_the_log_quotes_none_and_shows_no_whole_configuration(caplog):
    before = logging.getLogRecordFactory()
    plain_words.install()
    try:
        log = logging.getLogger("test")
        log.setLevel(logging.DEBUG)
        what = f"The 'client_secret' trait of a Wrong instance expected a unicode string, not the list ['{CANARY}']."
        log.critical("Bad config encountered during initialization: %s", TraitError(what))
        log.debug("Config at the time: %s", {"Wrong": {"client_secret": CANARY}})
    finally:
        logging.setLogRecordFactory(before)
    assert [one.getMessage() for one in caplog.records] == [
        "Bad config encountered during initialization: "
        "The 'client_secret' trait of a Wrong instance expected a unicode string, not the list.",
        "Config at the time: not shown, it holds secrets",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "raise RuntimeError('refused: ' + get_config('custom.it'))",
        "int(get_config('custom.it'))",
        f"int('{CANARY}')",
        "raise SystemExit(get_config('custom.it'))",
    ],
)
def test_a_snippet_that_fails_tells_no_secret(source):
    hub = {"extra_config": [["mine", source]], "values": {"custom": {"it": CANARY}}, "release": "r"}
    with pytest.raises((BrokenExtraConfig, SystemExit)) as failed:
        run_extra_config(object(), hub)
    assert CANARY not in str(failed.value) and "hub.extraConfig.mine" in str(failed.value)
