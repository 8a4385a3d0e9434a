"""A repository is read commit by commit, whatever happened to its history, and nothing of it is ever run."""

import os
import shutil
import time
from hashlib import sha256
from pathlib import Path

import pytest

from classhub.materials.mirror import blobs, git_source
from classhub.materials.mirror.candidate import Candidate, Unavailable
from classhub.materials.mirror.git_source import GitSource, tree
from classhub.materials.mirror.store import Store
from classhub.outside import room
from classhub.outside.git import repository
from materials.sources.upstream import Upstream


def look(store: Store, source: GitSource, seen: dict | None = None) -> Candidate:
    found = source.look(store, seen or {})
    assert found is not None
    return found


def contents(store: Store, found: Candidate) -> dict[str, bytes]:
    return {path: store.blobs.read(entry.digest) for path, entry in found.files.items() if not entry.is_link}


def rules(found: Candidate) -> dict[str, str]:
    return {path: left.rule for path, left in found.left.items()}


def refusal(store: Store, source: GitSource) -> str:
    with pytest.raises(Unavailable) as raised:
        source.look(store, {})
    return str(raised.value)


def test_the_default_branch_is_read(store: Store, tmp_path: Path) -> None:
    upstream = Upstream.make(tmp_path / "upstream", "trunk")
    commit = upstream.commit({"labs/lab01.ipynb": b"lab\r\n", "empty": b""})
    found = look(store, GitSource(upstream.address))
    assert contents(store, found) == {"labs/lab01.ipynb": b"lab\r\n", "empty": b""}
    assert found.words == f"commit {commit[:7]} of trunk"


def test_a_path_is_as_good_as_an_address(store: Store, upstream: Upstream) -> None:
    upstream.commit({"a": b"1"})
    assert contents(store, look(store, GitSource(str(upstream.bare)))) == {"a": b"1"}
    assert contents(store, look(store, GitSource(str(upstream.tree)))) == {"a": b"1"}


@pytest.mark.parametrize("annotated", [True, False])
def test_a_branch_or_a_tag_is_read_by_its_name(store: Store, upstream: Upstream, annotated: bool) -> None:
    commit = upstream.commit({"a": b"old"})
    upstream.git("tag", *(["-m", "x"] if annotated else []), "autumn")
    upstream.commit({"a": b"new"})
    found = look(store, GitSource(upstream.address, "autumn"))
    assert contents(store, found) == {"a": b"old"}
    assert found.words == f"commit {commit[:7]} of tag autumn"
    upstream.git("branch", "autumn")
    upstream.push()
    assert contents(store, look(store, GitSource(upstream.address, "autumn"))) == {"a": b"new"}, "a branch wins"


def test_nothing_new_is_one_question(store: Store, upstream: Upstream) -> None:
    upstream.commit({"a": b"1"})
    source = GitSource(upstream.address)
    seen = look(store, source).seen
    assert source.look(store, seen) is None
    upstream.commit({"a": b"2"})
    assert source.look(store, seen) is not None


def test_a_folder_inside_is_the_material(store: Store, upstream: Upstream) -> None:
    upstream.commit({"course/labs/a": b"1", "b": b"2"})
    assert contents(store, look(store, GitSource(upstream.address, folder="course"))) == {"labs/a": b"1"}
    assert "it has no folder gone" in refusal(store, GitSource(upstream.address, folder="gone"))


def test_history_does_not_matter(store: Store, upstream: Upstream) -> None:
    source = GitSource(upstream.address)
    old = upstream.commit({"a": b"1"})
    look(store, source)
    upstream.git("checkout", "-q", "--orphan", "fresh")
    upstream.git("branch", "-D", "main")
    upstream.git("branch", "-m", "main")
    upstream.commit({"a": b"2"})
    assert contents(store, look(store, source)) == {"a": b"2"}
    assert tree(store, source, old) == {"a": sha256(b"1").hexdigest()}, "a student's clone may begin there"


def test_a_shallow_repository_is_read(store: Store, upstream: Upstream, tmp_path: Path) -> None:
    for data in (b"1", b"2", b"3"):
        upstream.commit({"a": data})
    upstream.git("clone", "-q", "--bare", "--depth", "1", upstream.address, str(tmp_path / "shallow.git"))
    assert contents(store, look(store, GitSource(f"file://{tmp_path}/shallow.git"))) == {"a": b"3"}


def test_a_branch_that_is_gone_is_told(store: Store, upstream: Upstream) -> None:
    upstream.commit({"a": b"1"})
    upstream.git("branch", "autumn")
    upstream.push()
    look(store, GitSource(upstream.address, "autumn"))
    upstream.git("branch", "-D", "autumn", at=upstream.bare)
    assert "no branch or tag named autumn" in refusal(store, GitSource(upstream.address, "autumn"))


def test_an_empty_repository_is_told(store: Store, upstream: Upstream) -> None:
    assert "it is empty" in refusal(store, GitSource(upstream.address))


@pytest.mark.parametrize("what", ["gone", "no repository"])
def test_what_is_no_repository_is_told(store: Store, tmp_path: Path, what: str) -> None:
    if what != "gone":
        (tmp_path / "x").mkdir()
    assert "there is no git repository" in refusal(store, GitSource(f"file://{tmp_path}/x"))


def test_odd_names_are_left_and_stop_no_other(store: Store, upstream: Upstream) -> None:
    blob = upstream.blob(b"1")
    names = [
        b".GIT",
        b"git~1",
        b".git. ",
        b"caf\xe9",
        "caf\u00e9".encode(),
        b"tab\tin",
        b"line\nend",
        b"fine",
        b"x" * 300,
    ]
    upstream.commit_tree([b"100644 blob %s\t%s" % (blob, name) for name in names])
    found = look(store, GitSource(upstream.address))
    assert set(found.files) == {"caf\udce9", "caf\u00e9", "tab\tin", "line\nend", "fine"}
    assert rules(found) == dict.fromkeys([".GIT", "git~1", ".git. ", "x" * 300], "refused-name")


def test_a_git_folder_deep_inside_is_left(store: Store, upstream: Upstream) -> None:
    inner = upstream.git("mktree", "-z", stdin=b"100644 blob %s\tconfig\0" % upstream.blob(b"[core]"))
    outer = upstream.git("mktree", "-z", stdin=b"040000 tree %s\t.Git\0" % inner.encode())
    upstream.commit_tree([b"040000 tree %s\tsub" % outer.encode()])
    assert rules(look(store, GitSource(upstream.address))) == {"sub/.Git/config": "refused-name"}


def test_links_are_judged_and_submodules_left(store: Store, upstream: Upstream) -> None:
    targets = {b"in": b"a", b"abs": b"/etc/passwd", b"up": b"../x", b"git": b".git/config", b"long": b"x" * 5000}
    lines = [b"120000 blob %s\t%s" % (upstream.blob(target), name) for name, target in targets.items()]
    upstream.commit_tree(
        [*lines, b"160000 commit %s\tlibrary" % (b"1" * 40), b"100755 blob %s\ta" % upstream.blob(b"1")]
    )
    found = look(store, GitSource(upstream.address))
    assert {path: entry.kind for path, entry in found.files.items()} == {"in": "link", "a": "exec"}
    assert rules(found) == {
        "abs": "escaping-link",
        "up": "escaping-link",
        "git": "escaping-link",
        "long": "escaping-link",
        "library": "submodule",
    }


def test_bytes_come_as_they_are_in_git(store: Store, upstream: Upstream) -> None:
    upstream.commit({".gitattributes": b"* text eol=crlf ident filter=evil\n", "a": b"$Id$\none\n"})
    assert contents(store, look(store, GitSource(upstream.address)))["a"] == b"$Id$\none\n"


def pointer(data: bytes) -> bytes:
    digest = sha256(data).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n".encode()


def test_a_pointer_becomes_the_file_it_stands_for(store: Store, upstream: Upstream) -> None:
    data = b"a film" * 1000
    digest = sha256(data).hexdigest()
    upstream.commit({"film.mp4": pointer(data), "gone.mp4": pointer(b"x")})
    kept = upstream.bare / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
    kept.parent.mkdir(parents=True)
    kept.write_bytes(data)
    found = look(store, GitSource(upstream.address))
    assert contents(store, found) == {"film.mp4": data}
    assert rules(found) == {"gone.mp4": "lfs-pointer"}
    assert "the repository does not hold it" in found.left["gone.mp4"].why
    kept.write_bytes(data + b"!")
    kept.unlink()
    assert contents(store, look(store, GitSource(upstream.address), dict(found.seen))) == {"film.mp4": data}


def test_a_pointers_bytes_are_looked_at(store: Store, upstream: Upstream) -> None:
    digest = sha256(b"real").hexdigest()
    upstream.commit({"film.mp4": pointer(b"real")})
    kept = upstream.bare / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"fake")
    found = look(store, GitSource(upstream.address))
    assert (contents(store, found), rules(found)) == ({}, {"film.mp4": "lfs-pointer"})


def test_only_new_files_are_read(store: Store, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    from classhub.outside.git.repository import Repository

    upstream.commit({"a": b"1", "b": b"2"})
    source = GitSource(upstream.address)
    look(store, source)
    asked = []
    real = Repository.blobs
    monkeypatch.setattr(Repository, "blobs", lambda self, ids: asked.extend(ids) or real(self, ids))
    upstream.commit({"a": b"new"})
    assert contents(store, look(store, source)) == {"a": b"new", "b": b"2"}
    assert len(asked) == 1


def test_nothing_of_a_hostile_repository_or_account_is_run(
    store: Store, upstream: Upstream, tmp_path: Path, monkeypatch
):
    upstream.commit({"a": b"1"})
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    evil.chmod(0o755)
    for name in ("post-upload", "pre-receive", "reference-transaction", "post-checkout", "upload-pack"):
        (upstream.bare / "hooks").mkdir(exist_ok=True)
        shutil.copy(evil, upstream.bare / "hooks" / name)
    settings = f"""[core]
    hooksPath = {tmp_path}
    fsmonitor = {evil}
    sshCommand = {evil}
    alternateRefsCommand = {evil}
[uploadpack]
    packObjectsHook = {evil}
[credential]
    helper = !{evil}
[url "ext::{evil} "]
    insteadOf = file://
"""
    home = tmp_path / "account"
    home.mkdir()
    (home / ".gitconfig").write_text(settings)
    with (upstream.bare / "config").open("a") as file:
        file.write(settings)
    for name, value in {
        "HOME": str(home),
        "GIT_DIR": str(tmp_path),
        "GIT_SSH_COMMAND": str(evil),
        "GIT_PROXY_COMMAND": str(evil),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(evil),
        "GIT_TEMPLATE_DIR": str(tmp_path),
        "GIT_TRACE": str(tmp_path / "ran"),
    }.items():
        monkeypatch.setenv(name, value)
    assert contents(store, look(store, GitSource(upstream.address))) == {"a": b"1"}
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: somebody else owns the repository")
def test_who_owns_a_repository_does_not_matter(store: Store, upstream: Upstream) -> None:
    upstream.commit({"a": b"1"})
    for path in [upstream.bare, *upstream.bare.rglob("*")]:
        os.chown(path, 12345, 12345)
    assert contents(store, look(store, GitSource(upstream.address))) == {"a": b"1"}


def test_what_a_killed_git_left_is_no_obstacle(store: Store, upstream: Upstream) -> None:
    source = GitSource(upstream.address)
    upstream.commit({"a": b"1"})
    look(store, source)
    mirror = store.folder / "git" / "mirror.git"
    for name in ("shallow.lock", "packed-refs.lock", "refs/classhub/wanted.lock", "config.lock", "HEAD.lock"):
        (mirror / name).touch()
    upstream.commit({"a": b"2"})
    assert contents(store, look(store, source)) == {"a": b"2"}


@pytest.mark.parametrize("harm", ["objects", "HEAD", "all"])
def test_a_damaged_mirror_is_made_anew(store: Store, upstream: Upstream, harm: str) -> None:
    source = GitSource(upstream.address)
    upstream.commit({"a": b"1"})
    look(store, source)
    mirror = store.folder / "git" / "mirror.git"
    if harm == "objects":
        for path in mirror.glob("objects/*/*"):
            path.chmod(0o644)
            path.write_bytes(b"garbage")
    else:
        shutil.rmtree(mirror) if harm == "all" else (mirror / "HEAD").unlink()
    (store.folder / "cache" / "git.json").unlink()
    upstream.commit({"a": b"2", "b": b"1"})
    assert contents(store, look(store, source)) == {"a": b"2", "b": b"1"}


def test_trees_of_commits_are_told_and_kept(store: Store, upstream: Upstream) -> None:
    source = GitSource(upstream.address)
    old = upstream.commit({"a": b"old", "gone": b"1"})
    upstream.commit({"a": b"new", "gone": None})
    look(store, source)
    wanted = {"a": sha256(b"old").hexdigest(), "gone": sha256(b"1").hexdigest()}
    assert tree(store, source, old) == wanted
    shutil.rmtree(store.folder / "git")
    assert tree(store, source, old) == wanted
    for unknown in ("f" * 40, "main", "--help", "../x", ""):
        assert tree(store, source, unknown) is None


def test_an_address_that_looks_like_an_option_is_none(store: Store, tmp_path: Path) -> None:
    assert "cannot be had" in refusal(store, GitSource(f"--upload-pack=touch {tmp_path}/ran"))
    assert "cannot be had" in refusal(store, GitSource(f"ext::touch {tmp_path}/ran"))
    assert not (tmp_path / "ran").exists()


def test_files_too_large_are_named_and_a_repository_too_large_is_refused(store: Store, upstream: Upstream, monkeypatch):
    upstream.commit({"a": b"1" * 5, "film.mp4": b"2" * 11})
    monkeypatch.setattr(blobs, "LARGEST", 10)
    found = look(store, GitSource(upstream.address))
    assert (contents(store, found), rules(found)) == ({"a": b"1" * 5}, {"film.mp4": "too-large"})
    monkeypatch.setattr(blobs, "LARGEST_TOGETHER", 4)
    with pytest.raises(Unavailable, match="more than 4 bytes"):
        look(store, GitSource(upstream.address))


@pytest.mark.parametrize("look_s", [0.5, 0.001])
@pytest.mark.parametrize("limit", ["bytes", "time", "room"])
def test_a_fetch_that_brings_too_much_is_stopped_and_leaves_nothing(
    store, upstream, monkeypatch, limit, look_s
) -> None:
    """Whether that is seen at its end or before."""
    monkeypatch.setattr(repository, "LOOK_S", look_s)
    upstream.commit({"a": os.urandom(5000)})
    if limit == "room":
        monkeypatch.setattr(room, "RESERVE", 1 << 70)
        monkeypatch.setattr(room, "RESERVE_PART", 1.0)
    else:
        monkeypatch.setattr(repository, {"bytes": "LARGEST_FETCH", "time": "FETCH_S"}[limit], 0)
    with pytest.raises(Unavailable, match=r"more than 0 bytes|too long|nearly full"):
        look(store, GitSource(upstream.address))
    assert not [path for path in store.folder.rglob("*") if path.is_file() and path.stat().st_size > 4000]
    monkeypatch.undo()
    assert set(contents(store, look(store, GitSource(upstream.address)))) == {"a"}


def test_a_repository_of_more_paths_than_anybody_could_list_is_refused(store: Store, upstream: Upstream) -> None:
    """10 names for each of 10 in each of ...: 20 kB that are 10**9 paths."""
    what = b"100644 blob " + upstream.blob(b"1")
    for _ in range(9):
        lines = [what + b"\td%d" % number for number in range(10)]
        commit = upstream.commit_tree(lines)
        what = b"040000 tree " + upstream.git("rev-parse", f"{commit}^{{tree}}").encode()
    began = time.monotonic()
    with pytest.raises(Unavailable, match="more than 50,000 files"):
        look(store, GitSource(upstream.address))
    assert time.monotonic() - began < 60


def _lend(upstream: Upstream, of: Path) -> None:
    (upstream.bare / "objects" / "info" / "alternates").write_text(f"{of / 'objects'}\n")


def _link_folder(upstream: Upstream, of: Path) -> None:
    shutil.rmtree(upstream.bare / "objects")
    (upstream.bare / "objects").symlink_to(of / "objects")


def _link_objects(upstream: Upstream, of: Path) -> None:
    for path in (of / "objects").glob("??"):
        shutil.rmtree(upstream.bare / "objects" / path.name, ignore_errors=True)
        (upstream.bare / "objects" / path.name).symlink_to(path)


@pytest.mark.parametrize("borrow", [_lend, _link_folder, _link_objects])
@pytest.mark.parametrize("form", ["{}", "file://{}", "short"])
def test_a_repository_that_borrows_anothers_objects_is_refused(
    store: Store, upstream: Upstream, tmp_path: Path, borrow, form: str
) -> None:
    other = Upstream.make(tmp_path / "other")
    commit = other.commit({"exam.md": b"secret"})
    upstream.commit({"a": b"1"})
    borrow(upstream, other.bare)
    (upstream.bare / "refs" / "heads" / "main").write_text(f"{commit}\n")
    address = str(upstream.bare).removesuffix(".git") if form == "short" else form.format(upstream.bare)
    with pytest.raises(Unavailable, match="objects from another repository"):
        look(store, GitSource(address))


def test_a_pointer_that_lies_about_the_size_is_left(store: Store, upstream: Upstream) -> None:
    digest = sha256(b"real").hexdigest()
    upstream.commit({"film.mp4": pointer(b"real").replace(b"size 4", b"size 9")})
    kept = upstream.bare / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"real")
    for _ in range(2):  # the second time its bytes are in the store
        found = look(store, GitSource(upstream.address))
        assert (contents(store, found), rules(found)) == ({}, {"film.mp4": "lfs-pointer"})


def test_what_of_lfs_takes_too_long_follows_at_the_next_look(store: Store, upstream: Upstream, monkeypatch) -> None:
    digest = sha256(b"real").hexdigest()
    upstream.commit({"film.mp4": pointer(b"real")})
    kept = upstream.bare / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"real")
    monkeypatch.setattr(git_source, "LFS_S", -1.0)
    found = look(store, GitSource(upstream.address))
    assert rules(found) == {"film.mp4": "lfs-pointer"}
    monkeypatch.undo()
    assert contents(store, look(store, GitSource(upstream.address), dict(found.seen))) == {"film.mp4": b"real"}
