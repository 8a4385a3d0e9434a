"""Files of the mirror's own machine come as open files: the same to the same people, and HTTP where that fails."""

import json
import os
import select
import socket
import stat
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from classhub.materials import handed, pack
from classhub.materials.fetch import HandedSource, HttpSource
from classhub.materials.mirror import handing
from classhub.materials.mirror.blobs import place
from classhub.materials.mirror.handing import Handing
from classhub.materials.mirror.listening import Listening
from classhub.materials.open_blob import OpenBlob
from classhub.materials.sync import sync
from doubles.histories import regular
from doubles.ports import free_port
from materials.conftest import FILES
from materials.test_process import eventually
from materials.test_process import mirror as process
from unit.materials.stores import entry, publish

UNSEEN = ("labs/lab03.ipynb", "labs/lab04/task.py", "sections/b/notes.txt")
SEEN = {path: content for path, content in FILES.items() if path not in UNSEEN}
BIG = FILES["data/big.bin"]


@pytest.fixture
def files(mirror, tmp_path):
    """The socket of a mirror that hands over files."""
    path = str(tmp_path / "files.sock")

    async def begin():
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(64)
        mirror.handing = Handing(mirror.desk)
        mirror.serving = handing.asyncio.ensure_future(mirror.handing.serve(listener))

    mirror.server.do(begin())
    return path


@pytest.fixture(autouse=True)
def much_time(monkeypatch):
    """Nothing comes over HTTP because the machine is busy."""
    monkeypatch.setattr(handed, "WAIT_S", 60)


def blobs(mirror, files, token, digests, course="comp141"):
    """By digest: how each came, and its bytes."""
    source = HandedSource(files, mirror.source(token, course))
    return {blob.digest: (isinstance(blob, OpenBlob), b"".join(blob.pieces())) for blob in source.blobs(digests)}


def handed_over(mirror, files, token, content, course="comp141") -> bool:
    """Without HTTP."""
    http = mirror.source(token, course)
    digests = [entry(content).digest]
    with HandedSource(files, http).handed(digests) as opened:
        return bool(list(opened([digests])))


def open_files() -> list[str]:
    """Of this process."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(one.readlink()))
    return found


def test_a_course_comes_without_a_byte_over_http(mirror, files, alice, tmp_path, monkeypatch):
    source = HandedSource(files, mirror.source(alice))
    monkeypatch.setattr(source._http, "blobs", lambda _: pytest.fail("asked over HTTP"))
    assert sync(source, tmp_path, "comp141").status == "done"
    assert regular(tmp_path / "comp141") == SEEN
    eventually(
        lambda: not [path for path in open_files() if path.startswith(f"{mirror.store}/")]
    )  # the mirror's are in this process, too


def test_more_files_than_one_answer_holds_all_come(mirror, files, alice, tmp_path):
    many = {f"{number}.txt": b"%d" % number for number in range(3 * handed.AT_ONCE)}
    mirror.publish("2-ddddddd", many)
    found = blobs(mirror, files, alice, [entry(content).digest for content in many.values()])
    assert {content for is_open, content in found.values() if is_open} == set(many.values())


def test_what_somebody_may_not_see_is_handed_to_nobody(mirror, files, alice):
    jane, stranger = mirror.hub.user("jane.doe"), mirror.hub.user("somebody")
    assert handed_over(mirror, files, alice, b"of A\n")
    assert not handed_over(mirror, files, alice, b"of B\n")
    assert handed_over(mirror, files, jane, b"of B\n")
    assert not handed_over(mirror, files, alice, FILES["labs/lab03.ipynb"]), "not released"
    assert not handed_over(mirror, files, alice, b"physics", course="phys101")
    for token in (stranger, "invented", ""):
        assert not handed_over(mirror, files, token, b"Welcome\n")
    assert not handed_over(mirror, files, alice, b"Welcome\n", course="none")
    mirror.clock.pass_(days=2)
    assert handed_over(mirror, files, alice, FILES["labs/lab03.ipynb"])


def test_while_the_hub_is_away_only_whom_it_knew_gets_files(mirror, files, alice):
    assert handed_over(mirror, files, alice, BIG)
    jane = mirror.hub.user("jane.doe")
    mirror.hub.mood = "failing"
    mirror.clock.pass_(minutes=6)
    assert handed_over(mirror, files, alice, BIG)
    assert not handed_over(mirror, files, jane, BIG)


@pytest.mark.skipif(os.geteuid() != 0, reason="plays another account, which only root can")
def test_a_student_can_read_what_he_is_handed_and_nothing_more(mirror, files, alice):
    blob = place(mirror.store / "comp141" / "blobs", entry(BIG).digest)
    blob.chmod(stat.S_IRUSR)
    (descriptor,) = [
        os.dup(one.descriptor) for one in HandedSource(files, mirror.source(alice)).blobs([entry(BIG).digest])
    ]
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        refused = 0
        for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
            try:
                os.open(f"/proc/self/fd/{descriptor}", flags)
            except PermissionError:
                refused += 1
        for change in (
            lambda: os.write(descriptor, b"x"),
            lambda: os.fchmod(descriptor, 0o666),
            lambda: os.ftruncate(descriptor, 0),
        ):
            try:
                change()
            except OSError:
                refused += 1
        os._exit(refused if os.pread(descriptor, 4, 0) == BIG[:4] else 0)
    os.close(descriptor)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 6
    assert blob.read_bytes() == BIG


def test_a_damaged_file_is_handed_to_nobody(mirror, files, alice, tmp_path, caplog):
    assert handed_over(mirror, files, alice, BIG), "and is known to be whole"
    place(mirror.store / "comp141" / "blobs", entry(BIG).digest).write_bytes(BIG[:-1] + b"?")
    assert not handed_over(mirror, files, alice, BIG)
    assert "is damaged" in caplog.text
    result = sync(HandedSource(files, mirror.source(alice)), tmp_path, "comp141")
    assert (result.status, result.error["code"]) == ("partial", "source")
    assert regular(tmp_path / "comp141") == {path: content for path, content in SEEN.items() if content != BIG}


def test_where_nothing_listens_http_brings_all(mirror, alice, tmp_path):
    source = HandedSource(str(tmp_path / "none.sock"), mirror.source(alice))
    assert sync(source, tmp_path, "comp141").status == "done"
    assert regular(tmp_path / "comp141") == SEEN


def test_everything_else_is_asked_over_http(mirror, files, alice):
    source = HandedSource(files, mirror.source(alice))
    assert source.manifest().files == source._http.manifest().files
    assert source.published() and source.tree("0" * 40) is None and source.library() == {}
    source.close()


def ones(count: int) -> bytes:
    return b"1" * count + b"\n"


PIPES: set[str] = set()


def pipe() -> int:
    reading, writing = os.pipe()
    os.close(writing)
    PIPES.add(str(Path(f"/proc/self/fd/{reading}").readlink()))
    return reading


def sent_and_closed(guest, words, descriptors, send_fds=socket.send_fds):
    try:
        send_fds(guest, words, descriptors)
    finally:
        for one in descriptors:
            os.close(one)


LIES = {
    "silence": lambda guest, asked: threading.Event().wait(2),
    "the end": lambda guest, asked: None,
    "no answer": lambda guest, asked: guest.sendall(b"x" * 10_000),
    "no line": lambda guest, asked: guest.sendall(b"1"),
    "not ASCII": lambda guest, asked: guest.sendall(b"\xff" * asked + b"\n"),
    "too few answers": lambda guest, asked: guest.sendall(b"0\n"),
    "too few files": lambda guest, asked: socket.send_fds(guest, [ones(asked)], [pipe()]),
    "no files": lambda guest, asked: guest.sendall(ones(asked)),
    "more files": lambda guest, asked: socket.send_fds(guest, [b"0" * asked + b"\n"], [pipe() for _ in range(5)]),
    "other letters": lambda guest, asked: guest.sendall(b"x" * asked + b"\n"),
    "pipes": lambda guest, asked: socket.send_fds(guest, [ones(asked)], [pipe() for _ in range(asked)]),
}


@contextmanager
def liar(path: Path, lie):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(8)

    def serve():
        with suppress(OSError):
            while True:
                guest, _ = listener.accept()
                with guest:
                    if line := guest.recv(65536).partition(b"\n")[0]:
                        lie(guest, len(json.loads(line).get("digests", "1")))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(60)
        listener.close()


@pytest.mark.parametrize("asks", ["for files", "for a pack"])
@pytest.mark.parametrize("lie", LIES)
def test_what_is_no_answer_costs_nothing_but_the_try(mirror, alice, tmp_path, monkeypatch, lie, asks):
    monkeypatch.setattr(handed, "WAIT_S", 0.3)
    monkeypatch.setattr(pack, "WORTH", 1 if asks == "for a pack" else 1000)
    monkeypatch.setattr(socket, "send_fds", sent_and_closed)
    tries = []
    lying = LIES[lie]
    with liar(tmp_path / "files.sock", lambda *given: [tries.append(1), lying(*given)]):
        result = sync(HandedSource(str(tmp_path / "files.sock"), mirror.source(alice)), tmp_path, "comp141")
    assert result.status == "done" and regular(tmp_path / "comp141") == SEEN
    assert not [one for one in open_files() if one.startswith("pipe:") and one in PIPES]
    assert len(tries) <= 2 or lie in ("pipes", "more files"), "one for each thread"


@contextmanager
def guest(files: str):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(60)
        sock.connect(files)
        yield sock


HOSTILE = [
    b"\n",
    b"[]\n",
    b"{}\n",
    b"\xff\n",
    b"[" * 5000 + b"\n",
    b"x" * 100_000,
    b'{"token": "", "course": "comp141", "digests": []}\n',
    b'{"token": "TOKEN", "course": ["comp141"], "digests": []}\n',
    b'{"token": "TOKEN", "course": "comp141", "digests": 5}\n',
    b'{"token": "TOKEN", "course": "comp141", "digests": {}}\n',
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_whoever_talks_nonsense_is_sent_away_and_the_next_one_is_served(mirror, files, alice, words, caplog):
    with guest(files) as sock, suppress(ConnectionError):
        sock.sendall(words.replace(b"TOKEN", alice.encode()))
        assert sock.recv(100) == b""
    assert handed_over(mirror, files, alice, BIG)
    assert not [one for one in caplog.records if one.exc_info]


def test_paths_in_place_of_digests_lead_nowhere(mirror, files, alice, tmp_path):
    (tmp_path / "secret").write_text("secret")
    asked = [str(tmp_path / "secret"), "../../../secret", "", "a" * 64, None, 5]
    with guest(files) as sock:
        sock.sendall(json.dumps({"token": alice, "course": "comp141", "digests": asked}).encode() + b"\n")
        assert socket.recv_fds(sock, 100, 10)[:2] == (b"0" * len(asked) + b"\n", [])


def test_more_guests_than_it_has_room_for_keep_nobody_else_away(mirror, files, alice, monkeypatch):
    monkeypatch.setattr(handing, "MOST_GUESTS", 3)
    idle = [socket.socket(socket.AF_UNIX) for _ in range(6)]
    for sock in idle:
        sock.connect(files)
    eventually(lambda: sum(map(_is_kept, idle)) <= 3)
    assert sum(map(_is_kept, idle)) == 3
    found = blobs(mirror, files, alice, [entry(BIG).digest])
    assert found == {entry(BIG).digest: (False, BIG)}, "over HTTP"
    for sock in idle:
        sock.close()
    eventually(lambda: not mirror.handing._guests)
    assert handed_over(mirror, files, alice, BIG)


def _is_kept(sock: socket.socket) -> bool:
    sock.settimeout(0.1)
    try:
        return sock.recv(1) != b""
    except TimeoutError:
        return True


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_guest_who_never_reads_gets_one_answer_and_keeps_his_place(mirror, files, alice, monkeypatch, hangs_up):
    """What he does not read lies in the kernel, also after the mirror has closed its end."""
    monkeypatch.setattr(handing, "READ_S", 0.2)
    question = json.dumps({"token": alice, "course": "comp141", "digests": [entry(BIG).digest] * 50}).encode() + b"\n"
    with guest(files) as sock:
        sock.sendall(question * 4)
        if hangs_up:
            sock.shutdown(socket.SHUT_WR)
        select.select([sock], [], [], 60)
        mirror.server.do(handing.asyncio.sleep(1))
        assert len(mirror.handing._guests) == 1
        assert handed_over(mirror, files, alice, BIG), "others are served"
        _, given, _, _ = socket.recv_fds(sock, 1000, 200)
        assert len(given) == 50
        for one in given:
            os.close(one)
        assert sock.recv(1000) == b"", "and that was all"
    eventually(lambda: not mirror.handing._guests)


def test_of_one_account_a_few_are_let_in(mirror, files, alice, monkeypatch):
    monkeypatch.setattr(handing.os, "geteuid", lambda: 4711)
    idle = [socket.socket(socket.AF_UNIX) for _ in range(6)]
    for sock in idle:
        sock.connect(files)
    eventually(lambda: sum(map(_is_kept, idle)) <= handing.MOST_OF_ONE)
    assert sum(map(_is_kept, idle)) == handing.MOST_OF_ONE
    for sock in idle:
        sock.close()
    eventually(lambda: not mirror.handing._guests)
    assert handed_over(mirror, files, alice, BIG)


def test_a_file_is_compared_once_however_many_ask_at_a_time(mirror, files, alice, monkeypatch):
    compared = []
    real = handing.file_digest
    monkeypatch.setattr(handing, "file_digest", lambda *given: [time.sleep(0.2), compared.append(1), real(*given)][-1])
    threads = [threading.Thread(target=handed_over, args=(mirror, files, alice, BIG)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(compared) == 1


def test_pages_are_answered_while_files_are_compared(mirror, files, alice, monkeypatch):
    going_on = threading.Event()
    monkeypatch.setattr(handing, "file_digest", lambda *_: going_on.wait(10) and None)
    monkeypatch.setattr(handed, "WAIT_S", 0.2)
    try:
        found = blobs(mirror, files, alice, [entry(BIG).digest])
        assert found == {entry(BIG).digest: (False, BIG)}
    finally:
        going_on.set()


@pytest.mark.parametrize("token", ["a\nb", "a\x00b", "\ud800", " ", "a b", "\u00e9", "x" * 5000])
def test_what_can_be_no_token_does_not_make_the_hub_look_away(mirror, files, token):
    assert not handed_over(mirror, files, token, BIG)
    assert mirror.hub.asked == []
    assert handed_over(mirror, files, mirror.hub.user("jane.doe"), BIG), "whom the mirror did not know before"


def test_a_mirror_that_cannot_hand_over_serves_pages(tmp_path):
    publish(tmp_path / "store", "open", "1-aaaaaaa", {"a.txt": b"text"})
    port = free_port()
    with process(tmp_path, listen=f"127.0.0.1:{port}", files=str(tmp_path / "none" / "files.sock")):
        assert HttpSource(f"http://127.0.0.1:{port}", "open", "").manifest().release == "1-aaaaaaa"
    assert f"{tmp_path}/none/files.sock cannot be listened on" in (tmp_path / "log").read_text()


def test_the_process_listens_where_it_is_told(tmp_path):
    publish(tmp_path / "store", "open", "1-aaaaaaa", {"a.txt": b"text"})
    files = tmp_path / "m" / "files.sock"
    files.parent.mkdir()
    port = free_port()
    for _ in range(2):  # the second finds what the first left
        with process(tmp_path, listen=f"127.0.0.1:{port}", files=str(files)):
            assert files.stat().st_mode & 0o777 == 0o666
            source = HandedSource(str(files), HttpSource(f"http://127.0.0.1:{port}", "open", ""))
            assert [isinstance(blob, OpenBlob) for blob in source.blobs([entry(b"text").digest])] == [True]
            source.close()


def test_a_whole_class_finds_room_at_the_door(tmp_path):
    """Who finds none asks over HTTP, which costs mirror and student several times as much."""
    class_of = min(400, int(Path("/proc/sys/net/core/somaxconn").read_text()))
    path = str(tmp_path / "files.sock")
    waiting = [socket.socket(socket.AF_UNIX) for _ in range(class_of)]
    with Listening(listen="127.0.0.1:0", files=path).files_socket():
        for one in waiting:
            one.setblocking(False)
            one.connect(path)
            one.close()
