"""What git says when a repository cannot be had, in words for whoever teaches the course."""

import re

_KNOWN = (
    ("Host key verification failed", "the host shows another key than the last time"),
    ("Permission denied (publickey", "the host does not know the key"),
    ("Load key", "the key's file cannot be used"),
    ("could not read Username", "the host asks for a token, and none is given"),
    ("could not read Password", "the host asks for a token, and none is given"),
    ("Authentication failed", "the host does not take the token"),
    ("The requested URL returned error: 401", "the host does not take the token"),
    ("The requested URL returned error: 403", "the host forbids it"),
    ("returned error: 404", "the host knows no such repository, or hides it from us"),
    ("not found", "the host knows no such repository, or hides it from us"),
    ("Could not resolve host", "the host's name is not known"),
    ("does not appear to be a git repository", "there is no git repository"),
    ("Connection refused", "the host does not answer"),
    ("Could not connect", "the host does not answer"),
    ("Failed to connect", "the host does not answer"),
    ("Connection timed out", "the host does not answer"),
    ("No route to host", "the host does not answer"),
    ("Operation too slow", "the host answered, then brought nothing more"),
    ("early EOF", "the transfer broke off"),
    ("unexpected disconnect", "the transfer broke off"),
    ("the remote end hung up", "the transfer broke off"),
    ("transfer closed", "the transfer broke off"),
    ("Empty reply", "the transfer broke off"),
    ("not allowed", "the address leads to another protocol, which is not followed"),
    ("No space left", "the disk is full"),
)
_OURS = re.compile(
    r"loose object|packfile|bad object|corrupt|unable to read tree|did not send all necessary|not a git repository: '/"
)


LONGEST = 300
"""Characters of git's own words, which the host may have chosen."""


def is_our_damage(said: str) -> bool:
    """The copy here is damaged: made anew it may work."""
    return bool(_OURS.search(said))


def reason(said: str) -> str:
    """Half a sentence. What is not known is git's own last word."""
    for words, meaning in _KNOWN:
        if words in said:
            return meaning
    lines = [line for line in said.splitlines() if line.startswith(("fatal:", "error:"))]
    last = lines[-1].partition(":")[2].strip() if lines else "git says no reason"
    return "".join(sign if sign.isprintable() else "?" for sign in last[:LONGEST])
