"""Every place where a secret may stand, and every way to write it there well or badly."""

from typing import Any

CANARY = "canary7Wz0pQ2x9Lk"

CONFIG = ("hub", "config")
PLACES: tuple[tuple[str | int, ...], ...] = (
    (*CONFIG, "GoogleOAuthenticator", "client_secret"),
    (*CONFIG, "GenericOAuthenticator", "client_secret"),
    (*CONFIG, "JupyterHub", "cookie_secret"),
    (*CONFIG, "JupyterHub", "api_token"),
    (*CONFIG, "ConfigurableHTTPProxy", "auth_token"),
    (*CONFIG, "CryptKeeper", "keys", 0),
    (*CONFIG, "DummyAuthenticator", "password"),
    (*CONFIG, "SharedPasswordAuthenticator", "user_password"),
    (*CONFIG, "SharedPasswordAuthenticator", "admin_password"),
    (*CONFIG, "LTI11Authenticator", "consumers", "moodle"),
    (*CONFIG, "LDAPAuthenticator", "lookup_dn_search_password"),
    (*CONFIG, "HMACAuthenticator", "secret_key"),
    (*CONFIG, "KubeSpawner", "environment", "API_TOKEN"),
    (*CONFIG, "JupyterHub", "service_tokens", CANARY),
    (*CONFIG, "JupyterHub", "db_url"),
    ("proxy", "secretToken"),
    ("proxy", "https", "manual", "key"),
    ("hub", "cookieSecret"),
    ("hub", "db", "password"),
    ("hub", "db", "url"),
    ("hub", "services", "grader", "apiToken"),
    ("hub", "services", "grader", "api_token"),
    ("hub", "services", "grader", "environment", "GRADER_SECRET"),
    ("hub", "extraEnv", "OAUTH_CLIENT_SECRET"),
    ("singleuser", "extraEnv", "AWS_SECRET_ACCESS_KEY"),
    ("singleuser", "initContainers", 0, "env", 0, "value"),
    ("singleuser", "extraFiles", "a", "stringData"),
    ("singleuser", "extraFiles", "a", "binaryData"),
    ("hub", "extraFiles", "a", "stringData"),
    ("hub", "extraFiles", "a", "data", "anything"),
    ("imagePullSecret", "password"),
    ("custom", "password"),
    ("custom", "repository"),
)
ADDRESSES = {"url": "postgres://hub:{}@db/x", "db_url": "mysql://hub:{}@db/x", "repository": "https://{}@git.example/x"}
"""Last names of places that hold an address with the secret in it."""


def written(where: tuple[str | int, ...]) -> Any:
    """The tree with the canary there."""
    last = str(where[-1])
    value: Any = "alice" if last == CANARY else ADDRESSES.get(last, "{}").replace("{}", CANARY)
    for part in reversed(where):
        value = [value] if isinstance(part, int) else {part: value}
    if where[:2] == ("singleuser", "initContainers"):
        value["singleuser"]["initContainers"][0]["env"][0]["name"] = "GIT_TOKEN"
    if "extraFiles" in where:
        value[where[0]]["extraFiles"]["a"]["mountPath"] = "/srv/a"
    return value


NUMBERS = ("73319444444444444", "73319.5")


def badly(where: tuple[str | int, ...]) -> dict[str, Any]:
    """Name of a slip to the tree: something of another type stands there. Of an address only the text is a secret."""
    slips: dict[str, Any] = {
        "list": [CANARY],
        "map": {"a": CANARY},
        "key": {CANARY: "a"},
        "deep": [{"a": [CANARY, 1]}],
        "number": int(NUMBERS[0]),
        "float": float(NUMBERS[1]),
    }
    if where[-1] in ADDRESSES:
        return {}
    made = {name: _replaced(where, slip) for name, slip in slips.items()}
    return {**made, "no space": _replaced(where[:-1], f"{where[-1]}:{CANARY}")}


def _replaced(where: tuple[str | int, ...], new: Any) -> Any:
    tree = written((*where, "password"))
    node = tree
    for part in where[:-1]:
        node = node[part]
    node[where[-1]] = new
    return tree


BROKEN = (
    'key: "{}',
    "key: '{}",
    "key: {}: x",
    "key: *{}",
    "key: &{}",
    "key: !{} x",
    "key: !!int {}",
    "key: @{}",
    "key: %{}",
    "\tkey: {}",
    "key: [{}",
    "key: {{{}",
    "key: {{a: {}",
    'key: "\\{}"',
    "key:{}",
    "{}",
    "- {}",
    "key: x\n {}: y\n  z: 1",
    "key: |{}",
    "key: x\n{}",
    "key: !!binary {}",
    "? [{}]\n: x",
    "key: {} \x00",
    "key: x\n--- {}",
    "%{}",
    "key: `{}`",
    "<<: {}",
)
"""Lines that are no YAML, or not the YAML that was meant."""
