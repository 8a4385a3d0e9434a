"""Strict reading of our own files (classhub.yaml, courses/*.yaml): unknown keys and wrong types become findings."""

from collections.abc import Mapping, Sequence
from typing import Any

from classhub.config.document import Document, Where
from classhub.config.spelling import dotted, is_slip, kind, nearest
from classhub.errors import Edit, Finding


class Fields:
    """One mapping of a document. Each reader gives the default where the key is absent, null or wrong."""

    def __init__(self, document: Document, mistakes: list[Finding], where: Where = ()) -> None:
        self.document = document
        self.where = where
        self._mistakes = mistakes
        values: Any = document.values
        for part in where:
            values = values[part]
        self._values: Mapping[str, Any] = values

    def only(self, *known: str) -> None:
        """Report every other key."""
        for name in self._values:
            if name not in known:
                meant = nearest(name, known)
                place = f" in {dotted(self.where)}" if self.where else ""
                message = f"There is no setting {name}{place}."
                fix = f"Write {meant}: in place of {name}:" if meant else f"Remove it; known are {', '.join(known)}."
                edit = Edit("rename", (*self.where, name), meant) if is_slip(name, meant) else None
                self.wrong(name, "CH1901", message + (f" Did you mean {meant}?" if meant else ""), "", fix, edit=edit)

    def wrong(
        self,
        name: str,
        code: str,
        message: str,
        why: str = "",
        fix: str = "",
        *,
        severity: str = "error",
        edit: Edit | None = None,
    ) -> None:
        """A finding at this key."""
        where = (*self.where, name)
        place = (self.document.file, *self.document.place(where))
        self._mistakes.append(Finding(severity, *place, message, why, fix, code, where, edit))

    def given(self, name: str) -> bool:
        return self._values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        return str(self._read(name, str, "text", default, f'Put the value in quotes: {name}: "..."'))

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self._read(name, int, "a whole number", default, "Write the number alone, without quotes.")
        if not least <= value <= most:
            self.wrong(
                name, "CH1903", f"{self._dotted(name)} must be from {least} to {most}.", "", f"{name}: {default}"
            )
            return default
        return int(value)

    def choice(self, name: str, default: str, words: Sequence[str]) -> str:
        value = self._values.get(name)
        if value is False and "off" in words:
            return "off"  # YAML reads off as false
        if value is None or value in words:
            return default if value is None else str(value)
        meant = nearest(value, words) if isinstance(value, str) else ""
        message = f"{self._dotted(name)} must be one of {', '.join(words)}."
        edit = Edit("set", (*self.where, name), meant) if is_slip(str(value), meant) else None
        message += f" Did you mean {meant}?" if meant else ""
        self.wrong(name, "CH1904", message, "", f"{name}: {meant or default}", edit=edit)
        return default

    def section(self, name: str) -> "Fields | None":
        """The mapping below a key; None if there is none."""
        value = self._read(name, Mapping, "a mapping", None, "Write its settings below it, indented.")
        return None if value is None else Fields(self.document, self._mistakes, (*self.where, name))

    def items(self, name: str, of: type, words: str) -> list[Any]:
        """A list whose items are all of one type. words: that type in plain words, as "text"."""
        return [item for _, item in self.places(name, of, words)]

    def places(self, name: str, of: type, words: str) -> list[tuple[int, Any]]:
        """The same, each with its place in the list."""
        values = self._read(name, list, "a list", [], "Write each item on a line of its own, after a dash.")
        for index, item in enumerate(values):
            if not isinstance(item, of):
                self._wrong_type_inside(name, index, item, words)
        return [(index, item) for index, item in enumerate(values) if isinstance(item, of)]

    def entries(self, name: str, of: Any, words: str) -> dict[str, Any]:
        """A mapping with free keys whose values are all of one type (or one of several, joined by |)."""
        values = self._read(name, Mapping, "a mapping", {}, "Write `key: value` lines below it, indented.")
        for key, value in values.items():
            if not isinstance(value, of):
                self._wrong_type_inside(name, key, value, words)
        return {key: value for key, value in values.items() if isinstance(value, of)}

    def _wrong_type_inside(self, name: str, part: str | int, value: Any, words: str) -> None:
        message = f"{dotted((*self.where, name, part))} must be {words}; here it is {kind(value)}."
        self.wrong_inside((name, part), "CH1902", message, "", f"Write it as {words}.")

    def wrong_inside(self, below: Where, code: str, message: str, why: str, fix: str) -> None:
        """A finding at an item of a list, or an entry of a mapping."""
        where = (*self.where, *below)
        place = (self.document.file, *self.document.place(where))
        self._mistakes.append(Finding("error", *place, message, why, fix, code, where))

    def _read(self, name: str, type_: Any, words: str, default: Any, fix: str) -> Any:
        value = self._values.get(name)
        if value is None:
            return default
        if not isinstance(value, type_) or (isinstance(value, bool) and type_ is int):
            self.wrong(name, "CH1902", f"{self._dotted(name)} must be {words}; here it is {kind(value)}.", "", fix)
            return default
        return value

    def _dotted(self, name: str) -> str:
        return dotted((*self.where, name))
