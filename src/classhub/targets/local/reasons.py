"""Why a part ended, in words: from the end of its log, or from what it wrote since it was started."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress

HOPELESS = re.compile(
    r"^(hub\.extraConfig\b|.*Bad config encountered|.*The '\w+' trait of |.*Refusing to run JupyterHub)"
)
"""The same settings will end the same way: no use in trying again before somebody changes them."""
STAMP = re.compile(r"^\[[A-Z] [-0-9]+ [0-9:.]+ \S+ \S+\]\s*")
"""As JupyterHub's log lines begin."""
TRAIT = re.compile(r"The '(\w+)' trait of an? (\w+) instance (.+?)\.?$")
EXCEPTION = re.compile(r"^\s*(?:\w+\.)*(\w+(?:Error|Exception)): (.+)$")
OUR_CLASSES = {"StandInAuthenticator": "Authenticator", "ClassHubSpawner": "KubeSpawner"}
COOKIE_FIX = "people then sign in once more"


def reason(lines: Sequence[str]) -> str:
    """One sentence without a full stop: the last line that tells something."""
    telling = [told for line in lines if (told := _told(line))]
    plain = [line.strip() for line in lines if line.strip() and not line.startswith((" ", "\t"))]
    return (telling or plain or ["its log is empty"])[-1][:400].rstrip(".")


def is_hopeless(lines: Sequence[str]) -> bool:
    """True when a new try would fail alike."""
    return any(HOPELESS.match(line) for line in lines)


def _told(line: str) -> str:
    """What a line says about a failure; empty for all other lines."""
    if line.startswith("{"):
        return _of_caddy(line)
    text = STAMP.sub("", line).strip().partition(" Fix it in ")[0]
    if found := TRAIT.search(text):
        owner = OUR_CLASSES.get(found[2], found[2])
        return f"the setting {owner}.{found[1]} of hub.config {found[3]}"
    if "invalid cookie_secret_file" in text:
        return f"{text.replace('error was: ', '')}; move that file away, {COOKIE_FIX}"
    if line.startswith(("[C", "[E", "Error", "hub.extraConfig")):
        return "" if text.startswith("Received signal") else text
    return f"{found[1]}: {found[2]}" if (found := EXCEPTION.match(line)) else ""


def _of_caddy(line: str) -> str:
    with suppress(ValueError, AttributeError):
        entry = json.loads(line)
        if entry.get("level") in ("error", "fatal", "panic"):
            words = f"{entry.get('msg', '')}: {entry['error']}" if entry.get("error") else str(entry.get("msg", ""))
            return words.removeprefix("loading initial config: ").removeprefix("loading new config: ")
    return ""
