"""Manifests without their secrets, in such a way that a change of a secret still shows.

The chart keeps all values in the hub's Secret. What is secret among them is looked for in all other objects too, where no
key tells of it: an argument of a container, a line of a configuration.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from classhub.config.document import Where
from classhub.config.reading import parse
from classhub.config.secret import masked
from classhub.config.secret_names import is_secret
from classhub.plan.manifest import Manifest
from classhub.plan.masking import Masking, is_masked

VALUES = "values.yaml"
"""The key under which the chart keeps its values; no other Secret has it, whatever its name."""
_TELLING = 6
"""Characters. A shorter text says nothing where it stands within others."""


class ManifestMasking:
    """One for all that is compared. hidden: ways to what secrets.yaml holds; None hides every value."""

    def __init__(self, manifests: Iterable[Manifest], hidden: Iterable[Where] | None) -> None:
        self._values = Masking(hidden)
        self._whole = Masking(None)
        self._read: dict[str, Mapping[str, Any] | None] = {}
        texts = {text for text in self._secret_texts(manifests) if len(text) >= _TELLING}
        self._found = [
            (text, str(self._whole.over(text))) for text in sorted(texts, key=lambda text: (-len(text), text))
        ]
        """The longest first, as one may hold another."""

    def over(self, manifest: Manifest) -> dict[str, Any]:
        """A copy. A Secret's data is decoded, and all of it hidden but the values."""
        copy = {key: self._over(value, (key,)) for key, value in manifest.items() if not _is_data(manifest, key)}
        if manifest.get("kind") == "Secret":
            copy |= self._secret(manifest)
        return copy

    def _secret(self, manifest: Manifest) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in _data(manifest):
            values = self._values_of(value) if key == VALUES else None
            if values is None:
                found.setdefault("data", {})[key] = self._whole.over(value)
            else:
                found[VALUES] = self._values.over(values)
        return found

    def _over(self, value: Any, where: Where) -> Any:
        if isinstance(value, Mapping):
            variable = where[-2:-1] == ("env",) and isinstance(value.get("name"), str)
            return {
                key: self._whole.over(inner) if variable and key == "value" else self._over(inner, (*where, key))
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self._over(inner, (*where, number)) for number, inner in enumerate(value)]
        if not isinstance(value, str):
            return self._whole.over(value) if is_secret(where) else value
        return "".join(self._line(line, where) for line in value.splitlines(keepends=True))

    def _line(self, line: str, where: Where) -> str:
        """A secret that is named as one goes with its whole line: where it begins and ends is not sure."""
        text = line.rstrip("\r\n")
        if text and masked(text, where) != text:
            return str(self._whole.over(text)) + line[len(text) :]
        for found, token in self._found:
            line = line.replace(found, token)
        return line

    def _values_of(self, text: Any) -> Mapping[str, Any] | None:
        """The values that a Secret holds; None where it is no YAML of a mapping."""
        text = str(text)
        if text not in self._read:
            document = parse(text.encode(), VALUES, [])
            self._read[text] = document.values if document else None
        return self._read[text]

    def _secret_texts(self, manifests: Iterable[Manifest]) -> Iterator[str]:
        """Every text that is hidden where it is known to be a secret."""
        for key, value in (pair for one in manifests if one.get("kind") == "Secret" for pair in _data(one)):
            values = self._values_of(value) if key == VALUES else None
            if values is None:
                yield str(value)
            else:
                yield from _hidden(values, self._values.over(values))


def _is_data(manifest: Manifest, key: str) -> bool:
    return manifest.get("kind") == "Secret" and key in ("data", "stringData")


def _data(manifest: Manifest) -> Iterator[tuple[str, Any]]:
    """Key and text; data that is no text stays as it is written."""
    for key, value in (manifest.get("data") or {}).items():
        yield key, _decoded(value)
    yield from (manifest.get("stringData") or {}).items()


def _decoded(value: Any) -> Any:
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, ValueError):
        return value


def _hidden(value: Any, shown: Any) -> Iterator[str]:
    """The texts within `value` that are not in `shown`, its copy."""
    if is_masked(shown):
        yield from _texts(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _hidden(inner, shown[key])
    elif isinstance(value, list):
        for inner, other in zip(value, shown, strict=True):
            yield from _hidden(inner, other)


def _texts(value: Any) -> Iterator[str]:
    """Keys too: a secret may have become one."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif value not in (None, "") and not isinstance(value, bool):
        yield str(value)
