"""What git is started with: nothing of the account's own, and a secret for one host alone."""

import subprocess
from pathlib import Path

import pytest

from classhub.outside.git.isolated import ASKPASS, Access, environment, protocol

HOME = Path("/store/git/home")


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("https://college.edu/x", "https"),
        ("HTTP://college.edu/x", "http"),
        ("ssh://git@college.edu/x", "ssh"),
        ("git@college.edu:x", "ssh"),
        ("college.edu:x", "ssh"),
        ("/srv/git/x", "file"),
        ("/srv/a:b", "file"),
        ("file:///srv/git/x", "file"),
        ("ext::sh -c x", "ssh"),
    ],
)
def test_an_address_allows_its_own_protocol_alone(address: str, wanted: str) -> None:
    assert protocol(address) == wanted
    allowed = environment(HOME, address, Access(), {})["GIT_ALLOW_PROTOCOL"]
    assert allowed == ("http:https" if wanted == "http" else wanted)


def test_of_the_account_only_the_way_to_others_is_kept() -> None:
    account = {"PATH": "/bin", "HOME": "/home/ada", "GIT_DIR": "/x", "GIT_TRACE": "1", "https_proxy": "http://proxy"}
    found = environment(HOME, "https://college.edu/x", Access(), account)
    assert found["PATH"] == "/bin"
    assert found["https_proxy"] == "http://proxy"
    assert found["HOME"] == str(HOME)
    assert {"GIT_DIR", "GIT_TRACE", "CLASSHUB_GIT_SECRET", "GIT_SSH_COMMAND"}.isdisjoint(found)


def test_a_key_is_the_only_one_that_is_tried() -> None:
    with_key = environment(HOME, "git@college.edu:x", Access(key=Path("/config/x.key")), {})["GIT_SSH_COMMAND"]
    assert "-F /dev/null -i key -o IdentitiesOnly=yes -o IdentityAgent=none" in with_key
    without = environment(HOME, "git@college.edu:x", Access(), {})["GIT_SSH_COMMAND"]
    assert "-F" not in without
    assert "BatchMode=yes" in without


def asked(tmp_path: Path, prompt: str) -> tuple[int, str]:
    program = tmp_path / "askpass"
    program.write_text(ASKPASS)
    program.chmod(0o700)
    access = Access(user="tok en", secret="canary")
    env = environment(tmp_path, "https://college.edu:8443/cs/x", access, {"PATH": "/usr/bin:/bin"})
    done = subprocess.run([str(program), prompt], env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Username for 'https://college.edu:8443': ", "tok en\n"),
        ("Password for 'https://tok%20en@college.edu:8443': ", "canary\n"),
        ("Password for 'https://college.edu:8443': ", ""),
        ("Password for 'https://tok%20en@college.edu': ", ""),
        ("Password for 'https://tok%20en@evil.example.com': ", ""),
        ("Password for 'http://tok%20en@college.edu:8443': ", ""),
        ("Password for 'https://tok%20en@college.edu:8443.example.com': ", ""),
        ("Enter passphrase for key '/x': ", ""),
    ],
)
def test_only_its_own_host_gets_the_secret(tmp_path: Path, prompt: str, answer: str) -> None:
    assert asked(tmp_path, prompt) == (0 if answer else 1, answer)
