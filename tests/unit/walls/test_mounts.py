"""The plan: hide what this uid may not enter, show what it needs, in whatever way the folders lie in each other."""

import os

import pytest

from classhub.errors import ClasshubError
from classhub.walls import mounts
from classhub.walls.mounts import Mounts, plan_mounts

pytestmark = pytest.mark.skipif(not hasattr(os, "O_PATH"), reason="mount namespaces are Linux's")
UID = 51234


@pytest.fixture
def folder(open_folder, monkeypatch):
    monkeypatch.setattr(mounts, "TEMPORARY", ())
    return open_folder


def make(path, mode=0o755):
    path.mkdir(parents=True)
    path.chmod(mode)
    return path


def plan(show=(), hide=(), uid=UID):
    return plan_mounts(uid, uid, show=show, hide=hide)


def test_what_is_open_to_all_needs_nothing(folder):
    assert plan([make(folder / "python")]) == Mounts()


def test_a_closed_folder_is_hidden_and_what_is_needed_bound_back(folder):
    root = make(folder / "root", 0o700)
    python = make(root / ".pyenv" / "versions" / "3.11")
    assert plan([python]) == Mounts((str(root),), (str(python),))


def test_the_topmost_closed_folder_is_the_one(folder):
    top = make(folder / "a", 0o700)
    make(top / "b", 0o700)
    inner = make(top / "b" / "c")
    assert plan([inner]).hide == (str(top),)


def test_homes_are_hidden_but_the_own(folder):
    homes = make(folder / "homes")
    own = make(homes / "alice")
    assert plan([own], [homes]) == Mounts((str(homes),), (str(own),))


def test_closed_inside_shown_inside_closed(folder):
    """A checkout that must be shown, below a closed folder, with a closed state folder and the home inside."""
    top = make(folder / "srv", 0o700)
    checkout = make(top / "checkout")
    state = make(checkout / ".classhub", 0o700)
    home = make(state / "homes" / "alice")
    assert plan([home, checkout]) == Mounts((str(top), str(state)), (str(checkout), str(home)))


def test_what_is_hidden_already_is_not_hidden_again(folder):
    top = make(folder / "root", 0o700)
    homes = make(top / "homes")
    own = make(homes / "alice")
    assert plan([own], [homes]) == Mounts((str(top),), (str(own),))


def test_a_path_below_another_that_is_shown_comes_with_it(folder):
    top = make(folder / "root", 0o700)
    prefix = make(top / "prefix")
    inner = make(prefix / "lib" / "site")
    assert plan([inner, prefix]).show == (str(prefix),)


def test_hiding_and_showing_the_same_folder_shows_it(folder):
    both = make(folder / "both")
    assert plan([both], [both]) == Mounts()


def test_hidden_folders_that_are_not_there_are_left_out(folder):
    assert plan([], [folder / "none"]) == Mounts()


def test_links_in_a_hidden_folder_are_made_again(folder):
    """uv: .venv/bin/python -> /srv/closed/python/3.11/bin/python, where 3.11 is a link to 3.11.7."""
    top = make(folder / "root", 0o700)
    real = make(top / "python" / "3.11.7")
    (top / "python" / "3.11").symlink_to("3.11.7")
    venv = make(folder / "venv")
    (venv / "python").symlink_to(top / "python" / "3.11" / "x")
    (real / "x").touch()
    made = plan([venv / "python", real])
    assert made == Mounts((str(top),), (str(real),), ((str(top / "python" / "3.11"), "3.11.7"),))


def test_temporary_folders_are_always_taken_as_hidden(open_folder, monkeypatch):
    monkeypatch.setattr(mounts, "TEMPORARY", (str(open_folder),))
    home = make(open_folder / "alice")
    assert plan([home]) == Mounts((), (str(home),))


def test_the_owner_may_enter_its_own_closed_folder(folder):
    own = make(folder / "own", 0o700)
    inner = make(own / "deep")
    assert plan([inner], uid=os.getuid()) == Mounts()


def test_a_path_that_is_not_there_is_a_sentence(folder):
    with pytest.raises(ClasshubError, match="cannot be shown"):
        plan([folder / "none"])


def test_a_link_in_a_circle_is_a_sentence(folder):
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    with pytest.raises(ClasshubError, match="never ends"):
        plan([folder / "a"])


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="gives a link to another account")
@pytest.mark.parametrize("owner", [UID, 50099])
def test_a_link_that_a_student_made_is_refused(folder, owner):
    secret = make(folder / "secret")
    (folder / "home").symlink_to(secret)
    os.lchown(folder / "home", owner, owner)
    with pytest.raises(ClasshubError, match="student made"):
        plan([folder / "home"])


@pytest.mark.parametrize(
    ("mode", "owner", "group", "expected"),
    [
        (0o700, 1, 1, False),
        (0o701, 1, 1, True),
        (0o710, 1, UID, True),
        (0o706, 1, UID, False),
        (0o100, UID, 1, True),
        (0o077, UID, 1, False),
    ],
)
def test_the_mode_is_read_as_the_kernel_does(mode, owner, group, expected):
    status = os.stat_result((mode | 0o40000, 0, 0, 1, owner, group, 0, 0, 0, 0))
    assert mounts.may(status, UID, UID, 0o1) == expected
