"""Servers that should not be: each a function of what it was asked and the socket that it may write to."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

from classhub.materials.manifest import to_json
from unit.materials.stores import release

FILES = {"a.txt": b"first\n", "b.bin": bytes(range(256)) * 300, "c.txt": b"last\n"}
MANIFEST = to_json(release("comp141", "1-aaaaaaa", FILES)).encode()
BY_DIGEST = {sha256(content).hexdigest(): content for content in FILES.values()}

Animal = Callable[[socket.socket, str, bytes], bool | None]
"""Gets the connection, what was asked ("manifest", "blobs", ...) and the body of the question. True: waits for the next one."""


def head(status: str = "200 OK", kind: str = "application/json", length: int | None = None, more: str = "") -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        *([f"Content-Length: {length}"] if length is not None else []),
    ]
    return "\r\n".join([*lines, *more.split("\n"), ""]).replace("\r\n\r\n", "\r\n").encode() + b"\r\n"


def whole(content: bytes, kind: str = "application/json", **given: str) -> bytes:
    return head(kind=kind, length=len(content), **given) + content


def frames(body: bytes) -> bytes:
    asked = json.loads(body)["digests"]
    return b"".join(f"{digest} {len(BY_DIGEST[digest])}\n".encode() + BY_DIGEST[digest] for digest in asked)


def honest(line: socket.socket, page: str, body: bytes) -> bool:
    line.sendall(whole(MANIFEST) if page == "manifest" else whole(frames(body), BYTES))
    return True


BYTES = "application/octet-stream"


def with_manifest(answer: Callable[[bytes], bytes]) -> Animal:
    """Honest but for the files: answer makes all of it, of the question's body."""

    def animal(line: socket.socket, page: str, body: bytes) -> bool:
        if page == "manifest":
            return honest(line, page, body)
        line.sendall(answer(body))
        return False

    return animal


def only(content: bytes) -> Animal:
    """The same to every question."""
    return lambda line, page, body: line.sendall(content)


def dripping(content: bytes, from_: int) -> Animal:
    """A byte now and then, for ever."""

    def animal(line: socket.socket, page: str, body: bytes) -> None:
        line.sendall(content[:from_])
        for byte in content[from_:] * 1000:
            line.sendall(bytes([byte]))
            time.sleep(0.02)

    return animal


def stalled(content: bytes) -> Animal:
    def animal(line: socket.socket, page: str, body: bytes) -> None:
        line.sendall(content)
        line.recv(1)  # until the other side has enough

    return animal


def flood(content: bytes, then: bytes) -> Animal:
    def animal(line: socket.socket, page: str, body: bytes) -> None:
        line.sendall(content)
        while True:
            line.sendall(then)

    return animal


def frame(body: bytes, change: Callable[[bytes], bytes]) -> bytes:
    content = change(frames(body))
    return whole(content, BYTES)


def ending_with_the_connection(line: socket.socket, page: str, body: bytes) -> None:
    """As HTTP/1.0 has it, and some proxies."""
    kind, content = ("application/json", MANIFEST) if page == "manifest" else (BYTES, frames(body))
    line.sendall(f"HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + content)
    line.shutdown(socket.SHUT_RDWR)


def in_chunks(line: socket.socket, page: str, body: bytes) -> bool:
    kind, content = ("application/json; charset=utf-8", MANIFEST) if page == "manifest" else (BYTES, frames(body))
    line.sendall(head(kind=kind, more="Transfer-Encoding: chunked"))
    for at in range(0, len(content), 1000):
        part = content[at : at + 1000]
        line.sendall(b"%x\r\n%s\r\n" % (len(part), part))
    line.sendall(b"0\r\n\r\n")
    return True


HONEST = {"as ours": honest, "ending with the connection": ending_with_the_connection, "in chunks": in_chunks}

BOMB = gzip.compress(b"x" * 50_000_000)

LIARS: dict[str, Animal] = {
    "closes at once": only(b""),
    "stalls before its head": stalled(b""),
    "stalls in its head": stalled(b"HTTP/1.1 200 OK\r\nContent-"),
    "stalls in a manifest": stalled(head(length=len(MANIFEST)) + MANIFEST[:-3]),
    "drips its head": dripping(head(length=len(MANIFEST), more="X: " + "x" * 60_000), 5),
    "drips a manifest": dripping(whole(MANIFEST), 200),
    "goes on saying that it will go on": flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
    "has no end of headers": flood(b"HTTP/1.1 200 OK\r\n", b"X-Y: z\r\n" * 50),
    "has a header without end": flood(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 5000),
    "sends a manifest without end": flood(head(), b" " * 100_000),
    "cuts a manifest": only(head(length=len(MANIFEST)) + MANIFEST[:-3]),
    "cuts a manifest in chunks": only(head(more="Transfer-Encoding: chunked") + b"fff\r\n{"),
    "lies in its chunks": only(head(more="Transfer-Encoding: chunked") + b"zz\r\n{}\r\n"),
    "promises too much": only(head(length=1 << 60) + MANIFEST),
    "promises less than nothing": only(head(length=-5) + MANIFEST),
    "is no HTTP": only(b"220 mail.college.edu ESMTP ready\r\n"),
    "is noise": only(bytes(range(256)) * 100),
    "shows a page": only(whole(b"<html>Sign in to the guest network</html>", "text/html")),
    "shows a page as JSON": only(whole(b"<html>Sign in to the guest network</html>")),
    "leads elsewhere": only(head("302 Found", length=0, more="Location: https://elsewhere.college.edu/")),
    "leads elsewhere for ever": only(
        head("308 Permanent Redirect", length=0, more="Location: /courses/comp141/manifest")
    ),
    "fails": only(head("500 Internal Server Error", length=4) + b"oops"),
    "fails at length": flood(head("502 Bad Gateway"), b"x" * 100_000),
    "says nothing is new to who has nothing": only(head("304 Not Modified", more='ETag: "x"')),
    "has nothing to say": only(head("204 No Content")),
    "packs a bomb": only(whole(BOMB, more="Content-Encoding: gzip")),
    "has another course": only(whole(MANIFEST.replace(b"comp141", b"comp142"))),
    "has a deep manifest": only(whole(b"[" * 1_000_000)),
    "speaks of a newer version": only(whole(MANIFEST.replace(b'"classhub":1', b'"classhub":2'))),
    "repeats the token": lambda line, page, body: line.sendall(
        head(f"500 {page} SECRET-TOKEN", more="X: SECRET-TOKEN")
    ),
    "switches protocols": only(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    "is HTTP 0.9": only(b"<html>"),
    "is HTTP 9": only(b"HTTP/9.9 200 OK\r\n\r\n"),
}
"""To all questions."""

FALSE_FILES: dict[str, Animal] = {
    "closes before the files": with_manifest(lambda body: b""),
    "cuts a file": with_manifest(lambda body: whole(frames(body), BYTES)[:-2]),
    "cuts a file, honestly": with_manifest(lambda body: frame(body, lambda all_: all_[:-2])),
    "sends a byte too many": with_manifest(lambda body: frame(body, lambda all_: all_ + b"x")),
    "sends a file too many": with_manifest(lambda body: frame(body, lambda all_: all_ + b"0" * 64 + b" 0\n")),
    "sends files for ever": with_manifest(lambda body: frame(body, lambda all_: all_ * 1000)),
    "sends other files": with_manifest(lambda body: frame(body, lambda all_: b"0" * 64 + b" 3\nabc")),
    "tells another size": with_manifest(lambda body: frame(body, lambda all_: all_.replace(b" 6\n", b" 600\n"))),
    "tells no size": with_manifest(lambda body: frame(body, lambda all_: all_.replace(b" 6\n", b" -6\n"))),
    "tells a size without end": with_manifest(
        lambda body: frame(body, lambda all_: all_.replace(b" 6\n", b" " + b"6" * 9999))
    ),
    "leaves out the line's end": with_manifest(lambda body: frame(body, lambda all_: all_.replace(b" 6\n", b" 6 "))),
    "changes the order": with_manifest(
        lambda body: frame(json.dumps({"digests": json.loads(body)["digests"][::-1]}).encode(), bytes)
    ),
    "changes the bytes": with_manifest(lambda body: frame(body, lambda all_: all_.replace(b"last", b"lost"))),
    "shows a page for files": with_manifest(lambda body: whole(b"<html>", "text/html")),
    "sends a page as files": with_manifest(lambda body: whole(b"<html>\n" * 99, BYTES)),
    "packs the files": with_manifest(
        lambda body: whole(gzip.compress(frames(body)), BYTES, more="Content-Encoding: gzip")
    ),
    "is not allowed": with_manifest(lambda body: head("403 Forbidden", length=0)),
    "leads elsewhere with files": with_manifest(
        lambda body: head("307 Temporary Redirect", length=0, more="Location: /x")
    ),
}
"""After an honest manifest."""


@contextmanager
def kept(animal: Animal) -> Iterator[int]:
    """The port where it waits; whoever asks gets it until the end of the block."""
    listening = socket.create_server(("127.0.0.1", 0))
    lines: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                line, _ = listening.accept()
                lines.append(line)
                threading.Thread(target=_speak, args=(line, animal), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for line in lines:
            line.close()


def _speak(line: socket.socket, animal: Animal) -> None:
    """One question, one answer, until the answer ends: then the next, or the end."""
    with suppress(OSError, ValueError), line, line.makefile("rb") as asked:
        while first := asked.readline():
            headers = dict(one.lower().split(b": ", 1) for one in iter(asked.readline, b"\r\n"))
            body = asked.read(int(headers.get(b"content-length", b"0")))
            if not animal(line, first.split()[1].rpartition(b"/")[2].decode(), body):
                return
