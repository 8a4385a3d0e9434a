"""A student's sync as it runs on any Python from 3.9 on: no test framework, no syntax of later versions."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from classhub.materials import restore
from classhub.materials.manifest import Entry, Manifest
from classhub.materials.sync import sync


class Blob:
    def __init__(self, content: bytes) -> None:
        self.digest = sha256(content).hexdigest()
        self.content = content

    def pieces(self):
        yield self.content


class Source:
    """Publishes a mapping."""

    def __init__(self, files) -> None:
        self.known = {}
        self.publish(files)

    def publish(self, files) -> None:
        blobs = {path: Blob(content) for path, content in files.items()}
        self.known.update({blob.digest: blob for blob in blobs.values()})
        entries = {path: Entry("file", blob.digest, len(blob.content)) for path, blob in blobs.items()}
        self.release = Manifest("comp141", f"r{len(self.known)}", entries)

    def manifest(self):
        return self.release

    def blobs(self, digests):
        return (self.known[digest] for digest in digests if digest in self.known)

    def published(self):
        return {}

    def tree(self, commit):
        return None


def play(home: Path) -> None:
    home.mkdir()
    source = Source({"lab.txt": b"one\ntwo\nthree", "week/a.txt": b"a", "old.txt": b"old"})
    assert sync(source, home, "comp141").status == "done"
    course = home / "comp141"
    (course / "lab.txt").write_bytes(b"one\ntwo\nmine")
    source.publish({"lab.txt": b"ONE\ntwo\nthree", "week/a.txt": b"b"})
    merges = {"": lambda base, mine, theirs: b"ONE\ntwo\nmine", ".ipynb": lambda base, mine, theirs: None}
    result = sync(source, home, "comp141", merges=merges)
    assert result.message == "1 updated, 1 merged with your changes, 1 removed", result
    assert (course / "lab.txt").read_bytes() == b"ONE\ntwo\nmine" and not (course / "old.txt").exists()
    versions = restore.versions(home / ".classhub" / "comp141", "lab.txt")
    assert restore.restore(home, "comp141", "lab.txt", versions[0].name).status == "done"
    assert (course / "lab.txt").read_bytes() == b"one\ntwo\nmine"
    print("all is well")  # noqa: T201
