"""The student's end and the mirror's, against each other over real HTTP."""

import hashlib
import json
import logging

import pytest

from classhub.materials.fetch import HttpSource
from classhub.materials.result import Item, Result
from classhub.materials.source import Offline
from classhub.server.origin import MirrorOrigin
from materials.asking import ask
from materials.conftest import FILES, LAB03
from unit.materials.stores import entry

SEEN_BY_ALICE = {"readme.md", "sections/a/notes.txt", "data/big.bin", "empty.txt"}


def get(mirror, path, token, **headers):
    return ask(mirror, "GET", path, token, headers={name.replace("_", "-"): value for name, value in headers.items()})


def taken(source, digests) -> dict[str, bytes]:
    return {blob.digest: b"".join(blob.pieces()) for blob in source.blobs(digests)}


def test_a_student_gets_a_release_whole(mirror, alice):
    source = mirror.source(alice)
    manifest = source.manifest()
    assert set(manifest.files) == SEEN_BY_ALICE
    assert manifest.coming == {"labs/lab03.ipynb": LAB03}
    got = taken(source, [one.digest for one in manifest.files.values()])
    for path, one in manifest.files.items():
        assert got[one.digest] == FILES[path]


def test_hundreds_of_files_come_in_order_over_one_connection(mirror):
    files = {f"{number}": b"%d" % number * (number % 50) for number in range(1, 700)}
    release = mirror.publish("2-ccccccc", files, course="open")
    source = mirror.source(mirror.hub.user("any"), "open")
    digests = list(dict.fromkeys(one.digest for one in source.manifest().files.values()))
    ports = set()
    for blob in source.blobs(list(digests)):
        assert hashlib.sha256(b"".join(blob.pieces())).hexdigest() == blob.digest == digests.pop(0)
        ports.add(source._connection._socket._sock.getsockname())
    assert not digests
    assert len(ports) == 1
    assert len(release.files) == 699


def test_files_that_the_mirror_lacks_and_pieces_that_nobody_read_are_passed_over(mirror, alice):
    source = mirror.source(alice)
    big, small = source.manifest().files["data/big.bin"].digest, source.manifest().files["readme.md"].digest
    (mirror.store / "comp141" / "blobs" / big[:2] / big).rename(mirror.store / "aside")
    assert list(taken(source, [big, "0" * 64, small])) == [small]
    (mirror.store / "aside").rename(mirror.store / "comp141" / "blobs" / big[:2] / big)
    blobs = source.blobs([big, small])
    next(next(blobs).pieces())
    assert b"".join(next(blobs).pieces()) == FILES["readme.md"]
    next(source.blobs([big, small]))
    assert source.manifest().release == "1-aaaaaaa", "an answer that was left half read is no harm to the next question"


def test_nothing_new_costs_no_body(mirror, alice, tmp_path):
    cache = tmp_path / "manifest.json"
    first = mirror.source(alice, cache=cache).manifest()
    content = cache.read_bytes()
    lying = cache.read_bytes().replace(b"Computing", b"CompuTing")
    assert mirror.source(alice, cache=cache).manifest() == first
    assert cache.read_bytes() == content
    cache.write_bytes(lying)
    assert mirror.source(alice, cache=cache).manifest() == first, "a damaged one is not believed"
    mirror.publish("2-ddddddd", {**FILES, "new.md": b"new"})
    assert "new.md" in mirror.source(alice, cache=cache).manifest().files


def test_the_tag_of_a_manifest_is_strong_and_changes_with_what_a_person_sees(mirror, alice):
    first = get(mirror, "/courses/comp141/manifest", alice)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    bearer = {"Authorization": f"Bearer {alice}", "If-None-Match": tag}
    again = ask(mirror, "GET", "/courses/comp141/manifest", headers=bearer)
    assert (again.status_code, again.content) == (304, b"")
    mirror.clock.pass_(days=1)
    assert get(mirror, "/courses/comp141/manifest", alice).headers["ETag"] != tag


def test_courses_are_those_of_the_person(mirror, alice, monkeypatch, tmp_path):
    def listed(token):
        monkeypatch.setenv("JUPYTERHUB_API_TOKEN", token)
        return [(one.name, one.title, one.folder, one.release) for one in MirrorOrigin(mirror.url, tmp_path).courses()]

    assert listed(alice) == [("comp141", "Computing", "comp141", "1-aaaaaaa"), ("open", "", "open", "1-ccccccc")]
    assert [name for name, *_ in listed(mirror.hub.user("bob", "physics"))] == ["phys101", "open"]


def test_a_file_by_its_digest_comes_in_parts_and_for_ever(mirror, alice):
    content = FILES["data/big.bin"]
    path = f"/courses/comp141/blobs/{entry(content).digest}"
    answer = get(mirror, path, alice)
    assert answer.content == content
    assert "immutable" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "status", "wanted"),
    [
        ("bytes=10-19", 206, slice(10, 20)),
        ("bytes=1048570-", 206, slice(1048570, None)),
        ("bytes=-6", 206, slice(-6, None)),
        ("bytes=0-99999999", 200, slice(None)),
        ("bytes=5-2", 200, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("bytes=1048576-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
def test_parts_of_a_file(mirror, alice, asked, status, wanted):
    content = FILES["data/big.bin"]
    answer = get(mirror, f"/courses/comp141/blobs/{entry(content).digest}", alice, Range=asked)
    assert answer.status_code == status
    if wanted is not None:
        assert answer.content == content[wanted]


def test_what_was_published_and_the_files_of_a_commit(mirror, alice):
    mirror.publish("2-ddddddd", {**FILES, "readme.md": b"Welcome back\n"}, hour=2)
    source = mirror.source(alice)
    assert source.published()["readme.md"] == {entry(b"Welcome\n").digest, entry(b"Welcome back\n").digest}
    (mirror.store / "comp141" / "commits").mkdir()
    tree = {"readme.md": "d", "sections/b/notes.txt": "d", "labs/lab03.ipynb": "d"}
    (mirror.store / "comp141" / "commits" / f"{'ab' * 20}.json").write_text(json.dumps({"files": tree}))
    assert source.tree("ab" * 20) == {"readme.md": "d"}
    assert source.tree("cd" * 20) is None
    assert source.tree("../x") is None


def test_an_older_version_can_be_had_for_a_merge(mirror, alice):
    mirror.publish("2-ddddddd", {**FILES, "readme.md": b"Welcome back\n"}, hour=2)
    assert taken(mirror.source(alice), [entry(b"Welcome\n").digest]) == {entry(b"Welcome\n").digest: b"Welcome\n"}


RESULT = Result(
    "comp141", "partial", "1-aaaaaaa", "1-aaaaaaa", items=(Item("lab1", "beside", "lab1.new"), Item("x", "new"))
)


def test_staff_see_what_students_reported(mirror, alice):
    assert mirror.source(alice).report(RESULT)
    prof = mirror.hub.user("prof@college.edu")
    status = get(mirror, "/courses/comp141/status", prof).json()
    (student,) = status["students"]
    assert (student["name"], student["release"], student["is_behind"]) == ("alice@college.edu", "1-aaaaaaa", False)
    assert [item["path"] for item in student["conflicts"]] == ["lab1"]
    assert status["never"] == ["absent@college.edu", "jane.doe"]
    mirror.publish("2-ddddddd", FILES)
    assert get(mirror, "/courses/comp141/status", prof).json()["students"][0]["is_behind"]


def test_a_long_report_is_cut_to_what_the_mirror_takes(mirror, alice):
    items = tuple(Item(f"{number}" * 50, "new") for number in range(10_000))
    assert mirror.source(alice).report(Result("comp141", "done", items=items))
    (kept,) = (mirror.store / "comp141" / "results").iterdir()
    assert kept.stat().st_size < 300_000


def test_a_report_that_does_not_arrive_harms_nothing(mirror, alice):
    assert not mirror.source("nobody's").report(RESULT)
    assert not mirror.source(alice, "phys101").report(RESULT)
    assert not HttpSource("http://127.0.0.1:9/", "comp141", alice).report(RESULT)
    assert not HttpSource("no address", "comp141", alice).report(RESULT)


def test_a_token_can_be_asked_for_each_time(mirror, alice):
    tokens = ["wrong", alice]
    source = HttpSource(mirror.url, "comp141", lambda: tokens.pop(0))
    with pytest.raises(Offline, match="does not know this server's token"):
        source.manifest()
    assert source.manifest().release == "1-aaaaaaa"


def test_a_connection_that_the_mirror_closed_is_opened_again(mirror, alice):
    source = mirror.source(alice)
    source.manifest()
    mirror.server.do(mirror.server._server.close_all_connections())
    assert source.manifest().release == "1-aaaaaaa"


def test_no_token_is_in_any_log(mirror, alice, caplog):
    caplog.set_level(logging.DEBUG)
    (mirror.store / "hook.secret").write_text("hook-secret\n")
    mirror.source(alice).manifest()
    ask(mirror, "POST", "/courses/comp141/hook?key=hook-secret")
    ask(mirror, "POST", "/courses/comp141/hook?key=hook-wrong")
    get(mirror, "/courses/comp141/manifest", "unknown-token")
    mirror.hub.mood = "failing"
    get(mirror, "/courses/comp141/manifest", "other-token")
    mirror.publisher.look_soon = None
    assert ask(mirror, "POST", "/courses/comp141/hook?key=hook-secret").status_code == 500
    told = caplog.text + "".join(record.getMessage() for record in caplog.records if record.name.startswith("classhub"))
    ours = [record for record in caplog.records if record.name.startswith(("classhub", "tornado"))]
    assert {record.levelno for record in ours} >= {logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR}
    for record in ours:
        assert not any(secret in record.getMessage() for secret in (alice, "hook-", "unknown-token", "other-token")), (
            told
        )
