"""A mirror's store for tests, written as the mirror lays it out."""

import json
from hashlib import sha256
from pathlib import Path

from classhub.materials.manifest import Entry, Manifest, to_json


def entry(content: bytes) -> Entry:
    return Entry("file", sha256(content).hexdigest(), len(content))


def release(course: str, name: str, files: dict[str, bytes], **more) -> Manifest:
    return Manifest(course, name, {path: entry(content) for path, content in files.items()}, **more)


def publish(store: Path, course: str, name: str, files: dict[str, bytes], **more) -> Manifest:
    """Blobs first, the pointer last."""
    folder, made = store / course, release(course, name, files, **more)
    published = json.loads((folder / "published.json").read_text()) if (folder / "published.json").exists() else {}
    for path, content in files.items():
        digest = made.files[path].digest
        blob = folder / "blobs" / digest[:2] / digest
        blob.parent.mkdir(parents=True, exist_ok=True)
        if not blob.exists():
            blob.write_bytes(content)
        published[path] = sorted({*published.get(path, []), digest})
    (folder / "releases").mkdir(exist_ok=True)
    (folder / "releases" / f"{name}.json").write_text(to_json(made))
    (folder / "published.json").write_text(json.dumps(published))
    (folder / "current").write_text(f"{name}\n")
    return made
