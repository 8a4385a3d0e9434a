"""Secrets within a text and within code: found in every form, and nothing else taken for one."""

import pytest

from classhub.config.secret import holds_secret
from classhub.config.secret_code import literals
from classhub.config.secret_texts import clean, is_obscure


@pytest.mark.parametrize(
    "text",
    [
        "postgres://hub:a'hush@db/x",
        'see "https://me:a\'hush@db/x", or ask',
        "https://abc/hush@git.example/x",
        "https://user:123/hush@host",
        "http://user:123/hush@host/x",
        "https://idp.college.edu/u?a=b&key=hush",
        "/lab?token=hush",
        "--token=hush",
        "run --api-token hush",
        "export SMTP_PASS=hush; run",
        'client_secret = b"hush"',
        'client_secret = """hu\nhush"""',
        'client_secret = ("hush")',
        'api_token=r"hush"',
        "-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nhush",
    ],
)
def test_a_secret_in_a_text_is_masked(text: str) -> None:
    assert "hush" not in clean(text) and "********" in clean(text)
    assert holds_secret(("singleuser", "x"), text)


@pytest.mark.parametrize(
    "text",
    [
        "http://hub:8081/user/alice@college.edu",
        "https://hub:443/user/alice@college.edu/lab",
        "https://hub.college.edu/user/alice@college.edu",
        "https://localhost:8443/user/alice@college.edu",
        "https://college.edu: ask alice@college.edu",
        "https://x.edu/a?b=c&redirect=https%3A%2F%2Fx.edu%2F2026",
        "export API_TOKEN=$TOKEN",
        "f(token=token)",
        "Your password: ask your teacher",
        "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
    ],
)
def test_what_holds_none_is_shown(text: str) -> None:
    assert clean(text) == text
    assert not holds_secret(("singleuser", "x"), text)


@pytest.mark.parametrize(
    ("text", "obscure"),
    [
        ("host=db password=x", True),
        ("custom", True),
        ("sqlite:///jupyterhub.sqlite", False),
        ("postgresql://hub@db.college.edu:5432/hub?sslmode=require", False),
        ("postgresql://hub:a/b@db/hub", False),
    ],
)
def test_a_database_that_is_no_address_may_hide_a_secret(text: str, obscure: bool) -> None:
    assert is_obscure(text) == obscure


@pytest.mark.parametrize(
    "code",
    [
        'client_secret = b"hush"',
        'client_secret = """hush"""',
        'client_secret = ("hush")',
        'client_secret = str("hush")',
        'api_token=r"hush"',
        'c.CryptKeeper.keys = ["hush"]',
        'token = bytes.fromhex("hush")',
        'os.environ.setdefault("API_TOKEN", "hush")',
        'c.Spawner.environment["API_TOKEN"] = "hush"',
        'client_secret: str = "hush"',
        'f(token="hush")',
        '{"api_token": "hush"}',
        'token = os.getenv("API_TOKEN") or "hush"',
        'a, password = "x", "hush"',
        'x = "postgres://hub:hush@db/x"',
        "client_secret = 'hush' if",
    ],
)
def test_a_secret_in_code_is_found(code: str) -> None:
    assert "hush" in list(literals(code))


@pytest.mark.parametrize(
    "code",
    [
        'token = os.getenv("API_TOKEN")',
        'client_secret = get_config("hub.config.X.client_secret")',
        'token = open("/srv/token").read().strip()',
        'token = os.environ["API_TOKEN"]',
        'if token == "x": pass',
        "password = None",
        'token_url = "https://idp.college.edu/token"',
    ],
)
def test_code_that_looks_a_secret_up_holds_none(code: str) -> None:
    assert list(literals(code)) == []
