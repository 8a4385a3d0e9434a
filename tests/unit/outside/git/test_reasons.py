"""What git says, in words."""

import pytest

from classhub.outside.git.reasons import is_our_damage, reason


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (
            "fatal: could not read Username for 'https://x': terminal prompts disabled",
            "the host asks for a token, and none",
        ),
        ("remote: Invalid\nfatal: Authentication failed for 'https://x/'", "the host does not take the token"),
        ("git@x: Permission denied (publickey).\nfatal: Could not read from", "the host does not know the key"),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", "the host's name is not known"),
        ("fatal: repository 'https://x/' not found", "the host knows no such repository, or hides it from us"),
        ("fatal: something new", "something new"),
        ("fatal: \x1b[31mred", "?[31mred"),
        ("", "git says no reason"),
    ],
)
def test_a_reason_is_half_a_sentence(said: str, wanted: str) -> None:
    assert reason(said).startswith(wanted)


def test_damage_of_our_copy_is_told_from_trouble_of_the_host() -> None:
    assert is_our_damage("error: inflate: data stream error\nfatal: loose object 12 (stored in ./x) is corrupt")
    assert not is_our_damage("fatal: the remote end hung up unexpectedly")
