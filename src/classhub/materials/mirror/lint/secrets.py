"""Keys and tokens in a file, told without showing them."""

import re
from collections.abc import Iterator

from classhub.materials.mirror.lint.given import Given, Remark

_KINDS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40})",
    "a GitLab token": r"\bgl(?:pat|dt|rt)-[A-Za-z0-9_-]{20}",
    "an AWS key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a Google API key": r"\bAIza[A-Za-z0-9_-]{35}",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{20}",
    "an API key": r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{32}",
    "a password in an address": r"\b[a-z][a-z0-9+]{1,15}://[^\s/:@\"'<>{}$]{1,200}:[^\s/:@\"'<>{}$]{6,200}@[a-z0-9.-]{1,200}\.[a-z]{2,}",
}
_ANY = re.compile("|".join(f"(?P<k{number}>{form})" for number, form in enumerate(_KINDS.values())))
_NAMES = {".env", "id_rsa", "id_ed25519", "id_ecdsa", ".netrc", ".pypirc", ".git-credentials", "credentials.json"}
_HINT = re.compile("PRIVATE KEY|gh[pousr]_|github_pat_|gl(?:pat|dt|rt)-|AKIA|ASIA|AIza|xox[abprs]-|sk-|://[^\\s/]*@")
"""Cheap, and before the rest."""
_WHERE = "Take it out, and make the secret useless: it is in the source's history, too."


def secret(given: Given) -> Iterator[Remark]:
    for path in given.files:
        if path.rpartition("/")[2].lower() in _NAMES:
            yield Remark("error", "secret", path, "A file of this name holds secrets.", _WHERE)
    for path, text in given.texts.items():
        if _HINT.search(text) and (found := _ANY.search(text)):
            kind = [*_KINDS][int((found.lastgroup or "k0")[1:])]
            line = text.count("\n", 0, found.start()) + 1
            yield Remark("error", "secret", path, f"It holds {kind}.", _WHERE, line)
