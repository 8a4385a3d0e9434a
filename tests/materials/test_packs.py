"""The pack of a release: a first delivery on the mirror's machine is copied from one open file, by whoever may see just that."""

import errno
import json
import logging
import os
import socket
import stat
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from classhub.materials import arriving, handed, pack
from classhub.materials.fetch import HandedSource
from classhub.materials.manifest import Entry, Manifest
from classhub.materials.mirror import handing, packs
from classhub.materials.mirror.blobs import PART, place
from classhub.materials.sync import sync
from doubles.histories import regular
from materials.test_handed import SEEN, files, open_files  # noqa: F401 - a fixture
from materials.test_process import eventually
from unit.materials.stores import entry

MANY = {f"week{number % 5}/lab{number:02}.ipynb": b"%d" % number * 500 for number in range(40)}
MANY |= {"film.mp4": b"f" * 3_000_000, "copy.ipynb": b"7" * 500, "empty": b""}


WAIT_S, SHOWN_AFTER_S = packs.WAIT_S, arriving.SHOWN_AFTER_S


@pytest.fixture(autouse=True)
def much_time(monkeypatch):
    """No pack is given up because the machine is busy."""
    monkeypatch.setattr(packs, "WAIT_S", 60)
    monkeypatch.setattr(handed, "WAIT_S", 60)
    monkeypatch.setattr(arriving, "SHOWN_AFTER_S", 120)


@pytest.fixture
def taught(mirror, files, alice):  # noqa: F811
    """A source whose release is worth a pack."""
    mirror.publish("2-ddddddd", MANY)
    return HandedSource(files, mirror.source(alice))


@pytest.fixture
def given(monkeypatch):
    """What each answer of the mirror held: how many descriptors."""
    found = []
    real = handing._give
    monkeypatch.setattr(handing, "_give", lambda guest, these: [found.append(len(these)), real(guest, these)][-1])
    return found


def open_packs(mirror) -> set[str]:
    """Of this mirror, which is in this process; one that is being handed over is open twice."""
    folder = f"{mirror.store}/comp141/blobs/"
    return {path for path in open_files() if path.startswith(folder) and path.endswith("(deleted)")}


def manifest(sizes: dict[str, int], **links: str) -> Manifest:
    entries = {path: Entry("file", sha256(path.encode()).hexdigest(), size) for path, size in sizes.items()}
    entries.update({path: Entry("link", "f" * 64, len(target), target) for path, target in links.items()})
    return Manifest("comp141", "1-aaaaaaa", entries)


def test_both_ends_find_out_the_same_in_whatever_order_they_read_it(monkeypatch):
    sizes = {f"{number}.txt": number for number in range(30)}
    one = pack.of(manifest(sizes, link="0.txt"))
    assert one == pack.of(manifest(dict(reversed(sizes.items()))))
    assert one.size == sum(sizes.values()) and len(one.places) == 30
    ends = [0, *(span.begin + span.size for span in one.places.values())]
    assert [span.begin for span in one.places.values()] == ends[:-1] and ends[-1] == one.size


def test_other_bytes_or_another_order_are_another_pack():
    sizes = {f"{number}.txt": number for number in range(30)}
    assert pack.of(manifest(sizes)).name != pack.of(manifest({**sizes, "0.txt": 1})).name
    assert pack.of(manifest(sizes)).name != pack.of(manifest({**sizes, "new.txt": 1})).name


def test_few_large_and_too_many_bytes_are_left_out(monkeypatch):
    few = {f"{number}.txt": 10 for number in range(pack.WORTH)}
    assert pack.of(manifest(dict(list(few.items())[1:]))) is None
    assert len(pack.of(manifest({**few, "large": pack.LARGEST + 1})).places) == pack.WORTH
    monkeypatch.setattr(pack, "MOST", 10 * pack.WORTH + 9)
    assert len(pack.of(manifest({**few, "9more": 10})).places) == pack.WORTH


def test_a_first_delivery_is_copied_from_one_file(mirror, taught, given, tmp_path, monkeypatch):
    monkeypatch.setattr(taught._http, "blobs", lambda _: pytest.fail("asked over HTTP"))
    assert sync(taught, tmp_path, "comp141").status == "done"
    assert regular(tmp_path / "comp141") == MANY
    assert sum(given) <= 2 * (1 + 1), "the pack and the film, for each of two threads"
    assert len(open_packs(mirror)) == 1 and not list((mirror.store / "comp141" / "blobs").glob(f"{PART}*")), (
        "it has no name"
    )


def test_files_from_a_pack_are_whole_also_where_the_kernel_cannot_copy(taught, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EXDEV, "not between these")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    assert sync(taught, tmp_path, "comp141").status == "done"
    assert regular(tmp_path / "comp141") == MANY


def test_what_comes_in_sight_is_taken_from_it_too(taught, given, tmp_path):
    (tmp_path / "comp141").mkdir()  # so that nothing is hidden
    assert sync(taught, tmp_path, "comp141").status == "done"
    assert regular(tmp_path / "comp141") == MANY and sum(given) == 2, "the pack and the film"


def test_a_few_files_are_worth_no_pack(mirror, taught, given, tmp_path):
    assert sync(taught, tmp_path, "comp141", first=["week0"], only_first=True).status == "done"
    assert not open_packs(mirror)
    assert sum(given) == len([path for path in MANY if path.startswith("week0/")])


def home(path: Path) -> Path:
    path.mkdir()
    return path


def asked(mirror, path, token, name, course="comp141"):
    """The descriptor of a pack that is asked for by hand; -1 for no."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(60)
        sock.connect(path)
        sock.sendall(json.dumps({"token": token, "course": course, "pack": name}).encode() + b"\n")
        said, descriptors, _, _ = socket.recv_fds(sock, 100, 10)
    assert len(descriptors) == (said == b"1\n")
    return descriptors[0] if descriptors else -1


def test_only_who_has_this_release_gets_this_pack(mirror, files, alice, monkeypatch):  # noqa: F811
    """jane.doe is in the other section: hers holds other files."""
    monkeypatch.setattr(pack, "WORTH", 1)
    jane, stranger = mirror.hub.user("jane.doe"), mirror.hub.user("somebody")
    name = {token: pack.of(mirror.source(token, "comp141").manifest()).name for token in (alice, jane)}
    assert name[alice] != name[jane]
    for token in (alice, jane):
        descriptor = asked(mirror, files, token, name[token])
        content = os.pread(descriptor, pack.MOST, 0)
        os.close(descriptor)
        assert (b"of A\n" in content, b"of B\n" in content) == (token == alice, token == jane)
    assert b"secret" not in content, "which is not released"
    for token, other in ((alice, jane), (jane, alice), (stranger, alice), ("", alice), ("invented", alice)):
        assert asked_or_gone(mirror, files, token, name[other]) == -1
    for odd in (None, 5, "", [], "../" * 5, {"a": 1}):
        assert asked(mirror, files, alice, odd) == -1


def asked_or_gone(*given) -> int:
    """Strangers are sent away without a word."""
    try:
        return asked(*given)
    except ConnectionError:
        return -1


def test_whoever_has_a_pack_can_read_it_and_nothing_more(mirror, files, alice, taught):  # noqa: F811
    descriptor = asked(mirror, files, alice, pack.of(taught.manifest()).name)
    for change in (lambda: os.write(descriptor, b"x"), lambda: os.ftruncate(descriptor, 0)):
        with pytest.raises(OSError):
            change()
    assert stat.S_IMODE(os.fstat(descriptor).st_mode) == stat.S_IRUSR
    os.close(descriptor)


@pytest.mark.parametrize("how", ["damaged", "gone", "longer", "full"])
def test_where_no_pack_can_be_made_the_files_come_one_by_one(mirror, taught, tmp_path, monkeypatch, caplog, how):
    content = MANY["week1/lab01.ipynb"]
    blob = place(mirror.store / "comp141" / "blobs", entry(content).digest)
    {
        "damaged": lambda: blob.write_bytes(b"?" * len(content)),
        "gone": blob.unlink,
        "longer": lambda: blob.write_bytes(content + b"?"),
        "full": lambda: monkeypatch.setattr(packs, "has_room", lambda *_: False),
    }[how]()
    caplog.set_level(logging.ERROR)
    result = sync(taught, tmp_path, "comp141")
    lost = set() if how == "full" else {path for path in MANY if MANY[path] == content}
    assert result.status == ("partial" if lost else "done")
    assert regular(tmp_path / "comp141") == {path: content for path, content in MANY.items() if path not in lost}
    assert caplog.text.count("A pack cannot be made") == 1, "and is not tried by everybody"
    assert not list((mirror.store / "comp141" / "blobs").glob(f"{PART}*"))


def test_nobody_waits_for_one_that_takes_long(taught, tmp_path, monkeypatch):
    going_on = threading.Event()
    real = packs._written
    monkeypatch.setattr(packs, "WAIT_S", WAIT_S)
    monkeypatch.setattr(packs, "_written", lambda *given: [going_on.wait(60), real(*given)][-1])
    try:
        assert sync(taught, tmp_path, "comp141").status == "done"
        assert regular(tmp_path / "comp141") == MANY and WAIT_S < SHOWN_AFTER_S / 2
    finally:
        going_on.set()


@pytest.fixture
def time_passes(mirror, monkeypatch):
    """Call it, and the last question was KEEP_S ago."""
    timers, loop = [], mirror.server._loop
    real = loop.call_later

    def call_later(wait_s, *given):
        if wait_s == packs.KEEP_S:
            timers.append(given)
        return real(wait_s, *given)

    def passes():
        with monkeypatch.context() as patch:
            patch.setattr(packs, "KEEP_S", 0)
            for given in timers:
                loop.call_soon_threadsafe(*given)
            eventually(lambda: mirror.handing._packs._made == {})

    monkeypatch.setattr(loop, "call_later", call_later)
    return passes


def test_one_is_made_for_all_who_ask_and_let_go_afterwards(mirror, taught, tmp_path, monkeypatch, time_passes):
    made = []
    real = packs._written
    monkeypatch.setattr(packs, "_written", lambda *given: [made.append(1), real(*given)][-1])
    for number in range(3):
        assert sync(taught, home(tmp_path / str(number)), "comp141").status == "done"
    assert len(made) == 1
    time_passes()
    eventually(lambda: not open_packs(mirror))
    assert sync(taught, home(tmp_path / "later"), "comp141").status == "done" and len(made) == 2


def takes(source) -> bool:
    """Whether the first files of a delivery come from a pack."""
    digests = list(pack.of(source.manifest()).places)
    with source.handed(digests) as opened:
        return [blob.begin for blob in opened([digests[:9]])][1:] != [0] * 8


def test_packs_that_are_in_use_make_no_room_for_more(mirror, files, alice, monkeypatch):  # noqa: F811
    """So nobody who asks for many has all of them made again and again, and each on the disk for as long as he holds it."""
    monkeypatch.setattr(packs, "MOST", 2)
    got = []
    for number in range(4):
        mirror.publish(f"{number + 2}-ddddddd", {**MANY, "new": b"%d" % number})
        got.append(takes(HandedSource(files, mirror.source(alice))))
    assert got == [True, True, False, False] and len(open_packs(mirror)) == 2
    monkeypatch.setattr(packs, "REST_S", 0)
    assert takes(HandedSource(files, mirror.source(alice)))
    eventually(lambda: len(open_packs(mirror)) == 2)  # it took the oldest one's place


def test_who_holds_a_pack_for_ever_holds_no_room_of_the_disk(mirror, files, alice, taught, time_passes):  # noqa: F811
    descriptor = asked(mirror, files, alice, pack.of(taught.manifest()).name)
    assert os.fstat(descriptor).st_size > 0
    time_passes()
    eventually(lambda: os.fstat(descriptor).st_size == 0)
    os.close(descriptor)


def test_many_questions_wake_nobody_later(mirror, files, alice, taught, monkeypatch):  # noqa: F811
    name, timers = pack.of(taught.manifest()).name, []
    loop = mirror.server._loop
    real = loop.call_later
    monkeypatch.setattr(loop, "call_later", lambda wait_s, *given: [timers.append(wait_s), real(wait_s, *given)][-1])
    for _ in range(20):
        os.close(asked(mirror, files, alice, name))
    assert timers.count(packs.KEEP_S) == 1


def test_a_pack_that_was_cut_short_meanwhile_is_noticed(taught, tmp_path, monkeypatch):
    real = packs._written

    def cut(*given):
        file = real(*given)
        os.ftruncate(file.fileno(), 9000)
        return file

    monkeypatch.setattr(packs, "_written", cut)
    with monkeypatch.context() as believing:
        believing.setattr(HandedSource, "_pack_for", as_if_it_had_the_right_size(HandedSource._pack_for))
        assert sync(taught, tmp_path, "comp141").status == "partial"
    came = regular(tmp_path / "comp141")
    assert came and came.items() < MANY.items(), "nothing but what is right"
    assert sync(taught, tmp_path, "comp141").status == "done"
    assert regular(tmp_path / "comp141") == MANY


def as_if_it_had_the_right_size(real):
    return lambda self, wanted: (found := real(self, wanted)) and found._replace(size=9000)


def test_a_pack_of_another_size_than_promised_is_not_used(mirror, taught, tmp_path, monkeypatch):
    def short(folder: Path, wanted):
        file = packs.tempfile.TemporaryFile(dir=folder, prefix=PART)
        file.write(b"x")
        file.flush()
        return file

    monkeypatch.setattr(packs, "_written", short)
    assert sync(taught, tmp_path, "comp141").status == "done"
    assert regular(tmp_path / "comp141") == MANY


def test_a_few_files_have_no_pack(mirror, files, alice, given, tmp_path):  # noqa: F811
    assert sync(HandedSource(files, mirror.source(alice)), tmp_path, "comp141").status == "done"
    assert regular(tmp_path / "comp141") == SEEN and not open_packs(mirror)
