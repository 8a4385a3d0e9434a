"""A store as the mirror writes it, in a folder: what an instructor has published."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from classhub.materials.manifest import Entry, Manifest, to_json


class Store:
    """publish() one release after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def publish(self, files: Mapping[str, str | bytes], course: str = "comp141", **more) -> str:
        """All files of the release; more: fields of its manifest. Gives the release's name."""
        self.count += 1
        release = f"r{self.count}"
        entries = {path: self._entry(course, content) for path, content in files.items()}
        given = {"title": "COMP 141", "folder": course, "published": "2027-01-11T15:00:00+00:00", **more}
        manifest = Manifest(course=course, release=release, files=entries, **given)
        self._write(f"{course}/releases/{release}.json", to_json(manifest).encode())
        self._remember(course, entries)
        self._write(f"{course}/current", f"{release}\n".encode())
        return release

    def names_repositories(self, *keys: str, course: str = "comp141") -> None:
        self._write(f"{course}/status.json", json.dumps({"repositories": keys}).encode())

    def _entry(self, course: str, content: str | bytes) -> Entry:
        raw = content.encode() if isinstance(content, str) else content
        digest = sha256(raw).hexdigest()
        self._write(f"{course}/blobs/{digest[:2]}/{digest}", raw)
        return Entry("file", digest, len(raw))

    def _remember(self, course: str, entries: Mapping[str, Entry]) -> None:
        path = self.folder / course / "published.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        for name, entry in entries.items():
            known.setdefault(name, []).append(entry.digest)
        self._write(f"{course}/published.json", json.dumps(known).encode())

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
