"""`classhub sync`: always an end with a record, never a lost byte, no secret kept, and a copy for when the source is away."""

import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from classhub.operations.sync_here import Wanted, meant
from materials.sources.git_http import TOKEN, serving
from materials.sources.in_proc import command_lines
from materials.sources.upstream import ENV, Upstream


@dataclass
class Alice:
    """Somebody with a home, at her command line."""

    home: Path

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        env = {**ENV, "HOME": str(self.home), "PYTHONPATH": ":".join(sys.path)}
        argv = [sys.executable, "-m", "classhub", "sync", *words]
        return subprocess.run(argv, cwd=self.home, env=env, capture_output=True, text=True, check=False)

    def sync(self, *words: str) -> dict[str, Any]:
        done = self.run("--json", *words)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert isinstance(found, dict)
        return found


@pytest.fixture
def alice(tmp_path: Path) -> Alice:
    (tmp_path / "alice").mkdir()
    return Alice(tmp_path / "alice")


def test_a_repository_comes_and_edits_stay(alice: Alice, upstream: Upstream) -> None:
    upstream.commit({"labs/lab01.txt": b"one\ntwo\nthree\n", "data.csv": b"1"})
    found = alice.sync(upstream.address, "cs1")
    assert (found["status"], found["counts"]) == ("done", {"new": 2})
    lab = alice.home / "cs1" / "labs" / "lab01.txt"
    lab.write_text("one\ntwo\nthree, by Alice\n")
    upstream.commit({"labs/lab01.txt": b"ONE\ntwo\nthree\n", "data.csv": None, "new": b"2"})
    again = alice.sync(upstream.address, "cs1")
    assert again["counts"] == {"merged": 1, "removed": 1, "new": 1}
    assert lab.read_text() == "ONE\ntwo\nthree, by Alice\n"
    assert alice.sync(upstream.address, "cs1")["message"] == "Nothing new."
    assert not (alice.home / "cs1" / ".git").exists()


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_a_folder_or_an_archive_comes(alice: Alice, tmp_path: Path, kind: str) -> None:
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "a").write_text("1")
    source = tmp_path / "material"
    if kind == "archive":
        source = tmp_path / "material.zip"
        with zipfile.ZipFile(source, "w") as file:
            file.writestr("top/a", b"1")
    alice.sync(str(source), "deep/er/cs1")
    assert (alice.home / "deep" / "er" / "cs1" / "a").read_text() == "1"


@pytest.mark.parametrize("words", [["autumn", "cs1"], ["cs1", "--branch", "autumn"]])
def test_it_takes_the_order_of_gitpuller(alice: Alice, upstream: Upstream, words: list[str]) -> None:
    upstream.commit({"a": b"old"})
    upstream.git("branch", "autumn")
    upstream.commit({"a": b"new"})
    alice.sync(upstream.address, *words)
    assert (alice.home / "cs1" / "a").read_bytes() == b"old"


def test_the_source_that_is_named_decides_and_not_the_last_one(alice: Alice, upstream: Upstream) -> None:
    upstream.commit({"a": b"old"})
    upstream.git("branch", "autumn")
    upstream.commit({"a": b"new", "b": b"1"})
    alice.sync(upstream.address, "cs1")
    alice.sync(upstream.address, "cs1", "--branch", "autumn")
    assert (alice.home / "cs1" / "a").read_bytes() == b"old"
    assert not (alice.home / "cs1" / "b").exists()


def test_without_its_source_the_last_copy_serves(alice: Alice, upstream: Upstream) -> None:
    upstream.commit({"a": b"1"})
    alice.sync(upstream.address, "cs1")
    shutil.rmtree(upstream.bare)
    (alice.home / "cs1" / "a").unlink()
    found = alice.sync(upstream.address, "cs1")
    assert (alice.home / "cs1" / "a").read_bytes() == b"1"
    assert found["error"]["code"] == "source"
    assert f"fetched last: The repository {upstream.address} cannot be had" in found["message"]


@pytest.mark.parametrize(
    "source", ["/nowhere", "/nowhere.zip", "http://127.0.0.1:1/x", "ext::sh", "--help-me", "ftp://x"]
)
def test_a_source_that_was_never_there_is_a_record_too(alice: Alice, source: str) -> None:
    found = alice.sync("--", source, "cs1") if source.startswith("-") else alice.sync(source, "cs1")
    assert (found["status"], found["error"]["code"]) == ("offline", "source")
    assert found["message"].startswith("Nothing was changed. ")
    assert not (alice.home / "cs1").exists()
    (kept,) = (alice.home / ".classhub" / ".folders").glob("*/result.json")
    assert json.loads(kept.read_text())["message"] == found["message"]


def test_a_source_that_is_empty_takes_nothing_away(alice: Alice, tmp_path: Path) -> None:
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "a").write_text("1")
    alice.sync(str(tmp_path / "material"), "cs1")
    (tmp_path / "material" / "a").unlink()
    found = alice.sync(str(tmp_path / "material"), "cs1")
    assert (alice.home / "cs1" / "a").read_text() == "1"
    assert "The source holds no file." in found["message"]


def test_an_archive_that_is_not_there_is_called_an_archive(alice: Alice) -> None:
    assert alice.sync("zz.zip", "cs1")["message"] == f"Nothing was changed. There is no archive {alice.home}/zz.zip."


@pytest.mark.parametrize("folder", ["notes", "notes/cs1"])
def test_a_file_in_the_place_of_the_folder_is_named_and_stays(alice: Alice, tmp_path: Path, folder: str) -> None:
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "a").write_text("1")
    (alice.home / "notes").write_text("mine")
    found = alice.sync(str(tmp_path / "material"), folder)
    assert (found["status"], found["error"]["code"]) == ("failed", "folder")
    assert found["message"] == f"Nothing was changed. {alice.home}/notes is a file, and no folder."
    assert (alice.home / "notes").read_text() == "mine"


@pytest.mark.parametrize("words", [["m", "m/cs1"], ["m/deep", "m"], ["m", "m"], ["m", "link/cs1"]])
def test_a_folder_within_its_source_or_about_it_is_wrong_usage(alice: Alice, words: list[str]) -> None:
    (alice.home / "m" / "deep").mkdir(parents=True)
    (alice.home / "m" / "deep" / "a").write_text("1")
    (alice.home / "link").symlink_to("m")
    done = alice.run(*words)
    assert done.returncode == 2 and "Neither SOURCE nor FOLDER may lie in the other" in done.stderr
    assert sorted(path.name for path in (alice.home / "m").rglob("*")) == ["a", "deep"]


def test_a_repository_that_is_not_there_is_named_without_a_secret(alice: Alice) -> None:
    assert f"The repository {alice.home}/gone.git cannot be had" in alice.sync("gone.git", "cs1")["message"]
    told = alice.sync("http://alice:canary@127.0.0.1:1/x?token=canary", "cs1")["message"]
    assert "The repository http://127.0.0.1:1/x cannot be had" in told and "canary" not in told


def test_a_home_that_cannot_be_written_is_a_record_too(alice: Alice, tmp_path: Path) -> None:
    (tmp_path / "material").mkdir()
    (alice.home / ".classhub").write_text("a file")
    found = alice.sync(str(tmp_path / "material"), "cs1")
    assert (found["status"], found["error"]["code"]) == ("failed", "source")
    assert "cannot be written" in found["message"]


@pytest.mark.parametrize("words", [[], ["x"], ["a", "b", "c", "d"], ["a", "b", "c", "--branch", "x"], ["a", ""]])
def test_wrong_usage_alone_is_exit_code_2(alice: Alice, words: list[str]) -> None:
    assert alice.run(*words).returncode == 2


@pytest.mark.parametrize("source", ["https://[::1/x", "https://college.edu:99999/x", "ssh://college.edu:port/x"])
def test_what_can_be_no_address_is_wrong_usage(alice: Alice, source: str) -> None:
    done = alice.run(source, "cs1")
    assert done.returncode == 2
    assert "SOURCE is no address" in done.stderr


def test_a_password_in_the_address_is_used_and_kept_nowhere(alice: Alice, upstream: Upstream) -> None:
    upstream.commit({"a": b"1"})
    with serving(upstream.bare.parent) as server:
        server.token = TOKEN
        address = server.address.replace("://", f"://x-access-token:{TOKEN}@") + "/comp141.git"
        with command_lines() as seen:
            done = alice.run(address, "cs1")
    assert (alice.home / "cs1" / "a").read_bytes() == b"1"
    assert [line for line in seen if TOKEN in line and "classhub" not in line] == []
    assert TOKEN not in done.stdout + done.stderr
    for path in alice.home.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_a_folder_that_git_cloned_goes_on_from_where_it_is(alice: Alice, upstream: Upstream) -> None:
    upstream.commit({"a": b"one\ntwo\nthree\n"})
    upstream.git("clone", "-q", upstream.address, str(alice.home / "cs1"))
    (alice.home / "cs1" / "a").write_text("one\ntwo\nthree, by Alice\n")
    upstream.commit({"a": b"ONE\ntwo\nthree\n"})
    assert alice.sync(upstream.address, "cs1")["counts"] == {"merged": 1}
    assert (alice.home / "cs1" / "a").read_text() == "ONE\ntwo\nthree, by Alice\n"


def test_a_line_for_each_file_that_needs_a_word(alice: Alice, tmp_path: Path) -> None:
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "a.bin").write_bytes(b"\0one")
    alice.sync(str(tmp_path / "material"), "cs1")
    (alice.home / "cs1" / "a.bin").write_bytes(b"\0mine")
    (tmp_path / "material" / "a.bin").write_bytes(b"\0two")
    said = alice.run(str(tmp_path / "material"), "cs1").stdout
    assert said.startswith("beside    a.bin (a.new-")
    assert said.splitlines()[-1] == "kept your a.bin and put the new one beside"


SOURCES = [
    ("https://college.edu/x.git", "", Wanted("git", "https://college.edu/x.git")),
    ("https://tok@college.edu/x", "b", Wanted("git", "https://college.edu/x", "b", "", "tok")),
    ("https://ada:p%40ss@college.edu:8443/x", "", Wanted("git", "https://college.edu:8443/x", "", "ada", "p@ss")),
    ("https://college.edu/x.zip", "", Wanted("archive", "https://college.edu/x.zip")),
    ("https://college.edu/x.zip", "main", Wanted("git", "https://college.edu/x.zip", "main")),
    ("ssh://git@college.edu/x", "", Wanted("git", "ssh://git@college.edu/x")),
    ("git@college.edu:x", "", Wanted("git", "git@college.edu:x")),
    ("x", "", Wanted("folder", "/here/x")),
    ("/srv/x.git", "", Wanted("git", "/srv/x.git")),
    ("x", "main", Wanted("git", "/here/x", "main")),
]


@pytest.mark.parametrize(("text", "branch", "wanted"), SOURCES)
def test_a_source_is_told_by_its_form(text: str, branch: str, wanted: Wanted) -> None:
    assert meant(text, branch, Path("/here")) == wanted
    assert wanted.secret == "" or wanted.secret not in wanted.name
