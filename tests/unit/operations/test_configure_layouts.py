"""`config set` on files as people lay them out: one line differs, byte for byte, and mode and owner stay."""

import difflib
import os

import pytest
import yaml

from classhub.config.spelling import dotted
from classhub.errors import Edit
from classhub.operations import configure, init
from classhub.operations.questions import Answers
from unit.config.layouts import LAYOUTS


def differing(before, after):
    """The lines that went and the lines that came, with their ends."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed = [(old[a:b], new[c:d]) for kind, a, b, c, d in blocks if kind != "equal"]
    return [line for gone, _ in changed for line in gone], [line for _, come in changed for line in come]


ONE_LINE = [one for one in LAYOUTS if [*map(len, differing(one.text.encode(), one.after.encode()))] == [1, 1]]


def test_there_are_enough_layouts():
    assert len(ONE_LINE) >= 20


def set_in(folder, text, where, value):
    """The file's bytes after `config set`; mode and owner are looked at."""
    path = folder / "config.yaml"
    path.write_bytes(text)
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1234, 1235)
    before = path.stat()
    assert configure.change(folder, {}, Edit("set", where, value)).done
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert [one.name for one in folder.iterdir()] == ["config.yaml"], "nothing of ours is left beside it"
    return path.read_bytes()


@pytest.mark.parametrize("one", ONE_LINE, ids=lambda one: one.name)
def test_the_one_line_differs(tmp_path, one):
    after = set_in(tmp_path, one.text.encode(), one.where, one.value)
    assert after == one.after.encode()
    assert [*map(len, differing(one.text.encode(), after))] == [1, 1]


HUB = init.contents(Answers("hub.college.edu", "google", "college.edu", ("rk@college.edu", "a@college.edu"), ""))[
    init.CONFIG
]
CHANGES = {
    ("hub", "concurrentSpawnLimit"): 64,
    ("hub", "config", "GoogleOAuthenticator", "hosted_domain"): ["college.edu", "cs.college.edu"],
    ("hub", "config", "GoogleOAuthenticator", "hosted_domain", 0): "cs.college.edu",
    ("hub", "config", "GoogleOAuthenticator", "strip_domain"): True,
    ("hub", "config", "Authenticator", "admin_users", 1): "yes # no",
    ("proxy", "https", "letsencrypt", "contactEmail"): "rk@college.edu, a",
    ("singleuser", "defaultUrl"): "/tree",
    ("singleuser", "startTimeout"): 300,
    ("singleuser", "memory", "limit"): "2G",
    ("singleuser", "cpu", "guarantee"): 0.5,
    ("cull", "timeout"): 7200,
    ("cull", "users"): None,
}


@pytest.mark.parametrize("where", CHANGES, ids=dotted)
def test_the_one_line_differs_in_a_file_full_of_comments(tmp_path, where):
    text = HUB.encode()
    after = set_in(tmp_path, text, where, CHANGES[where])
    gone, come = differing(text, after)
    assert (len(gone), len(come)) == (1, 1)
    value = yaml.safe_load(after)
    for part in where:
        value = value[part]
    assert value == CHANGES[where]
