"""Strict reading of our own files (classhub.yaml, courses/*.yaml): unknown keys and wrong types become findings."""

from collections.abc import Mapping, Sequence
from typing import Any

from classhub.config.belongs import belongs
from classhub.config.document import Document, Where
from classhub.config.edit.render import flow, text
from classhub.config.spelling import dotted, is_slip, kind, nearest, written
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

    def only(self, *known: str, file: str = "") -> None:
        """Report every other key. file: what these are the outermost keys of."""
        for name in self._values:
            if name not in known:
                self._no_setting(name, known, file)

    def _no_setting(self, name: str, known: Sequence[str], file: str) -> None:
        meant = nearest(name, known)
        place = f" in {dotted(self.where)}" if self.where else ""
        message = f"There is no setting {name}{place}."
        if (other := belongs(name, file) if file else "") and not is_slip(name, meant):
            message = f"{message} It is a key of {other}."
            self.wrong(name, "CH1901", message, "", f"Move it to {other}, with all below it.")
            return
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

    def is_text(self, name: str) -> bool:
        return isinstance(self._values.get(name), str)

    def is_mapping(self, name: str) -> bool:
        return isinstance(self._values.get(name), Mapping)

    def value(self, name: str) -> Any:
        """As it is written; None if it is not there."""
        return self._values.get(name)

    def names(self) -> list[str]:
        """Of all keys that are there."""
        return list(self._values)

    def text(self, name: str, default: str = "") -> str:
        return str(self._read(name, str, "text", default, default or "..."))

    def yes(self, name: str, default: bool = False) -> bool:
        return bool(self._read(name, bool, "true or false", default, not default))

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self._read(name, int, "a whole number", default, default)
        if not least <= value <= most:
            self.wrong(
                name, "CH1903", f"{self._dotted(name)} must be from {least} to {most}.", "", f"{name}: {default}"
            )
            return default
        return int(value)

    def choice(self, name: str, default: str, words: Sequence[str], on: tuple[str, str] = ("", "")) -> str:
        """on: the fix and the reason where it is only said that there shall be something, in place of what."""
        value = self._values.get(name)
        if on[0] and str(value).lower() in ("true", "on", "yes"):
            message = f"{self._dotted(name)} must be one of {', '.join(words)}; on names none of them."
            self.wrong(name, "CH1904", message, on[1], on[0])
            return default
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
        value = self._read(name, Mapping, "a mapping", None, {})
        return None if value is None else Fields(self.document, self._mistakes, (*self.where, name))

    def items(self, name: str, of: type, words: str) -> list[Any]:
        """A list whose items are all of one type. words: that type in plain words, as "text"."""
        return [item for _, item in self.places(name, of, words)]

    def places(self, name: str, of: type, words: str) -> list[tuple[int, Any]]:
        """The same, each with its place in the list."""
        values = self._read(name, list, "a list", [], [])
        for index, item in enumerate(values):
            if not isinstance(item, of):
                self._wrong_type_inside(name, index, item, of, words)
        return [(index, item) for index, item in enumerate(values) if isinstance(item, of)]

    def entries(self, name: str, of: Any, words: str) -> dict[str, Any]:
        """A mapping with free keys whose values are all of one type (or one of several, joined by |)."""
        values = self._read(name, Mapping, "a mapping", {}, {})
        for key, value in values.items():
            if not isinstance(value, of):
                self._wrong_type_inside(name, key, value, of, words)
        return {key: value for key, value in values.items() if isinstance(value, of)}

    def _wrong_type_inside(self, name: str, part: str | int, value: Any, of: Any, words: str) -> None:
        """words end in an example of it, as "text, as numpy>=2"."""
        message = f"{dotted((*self.where, name, part))} must be {words}; here it is {kind(value)}."
        meant = as_meant(value, of)
        example = "..." if of is not dict else {}
        shown = flow(example if meant is None else meant)
        line = f"- {shown}" if isinstance(part, int) else f"{text(part)}: {shown}"
        edit = None if meant is None else Edit("set", (*self.where, name, part), meant)
        self.wrong_inside((name, part), "CH1902", message, "", line, edit=edit)

    def wrong_inside(
        self, below: Where, code: str, message: str, why: str, fix: str, *, edit: Edit | None = None
    ) -> None:
        """A finding at an item of a list, or an entry of a mapping."""
        where = (*self.where, *below)
        place = (self.document.file, *self.document.place(where))
        self._mistakes.append(Finding("error", *place, message, why, fix, code, where, edit))

    def warn_inside(self, below: Where, code: str, message: str, why: str, fix: str) -> None:
        where = (*self.where, *below)
        place = (self.document.file, *self.document.place(where))
        self._mistakes.append(Finding("warning", *place, message, why, fix, code, where))

    def _read(self, name: str, type_: Any, words: str, default: Any, example: Any) -> Any:
        """example: what may stand there where nothing better is known."""
        value = self._values.get(name)
        if value is None:
            return default
        if not isinstance(value, type_) or (isinstance(value, bool) and type_ is int):
            meant = as_meant(value, type_)
            line = f"{text(name)}: {flow(example if meant is None else meant)}"
            edit = None if meant is None else Edit("set", (*self.where, name), meant)
            message = f"{self._dotted(name)} must be {words}; here it is {kind(value)}."
            self.wrong(name, "CH1902", message, "", line, edit=edit)
            return default
        return value

    def _dotted(self, name: str) -> str:
        return dotted((*self.where, name))


def as_meant(value: Any, wanted: Any) -> Any:
    """The value of the wanted type that was certainly meant: a number in quotes, a text without, one item without its list."""
    if wanted is int:
        return written(value, as_bool=False, as_number=True)
    if isinstance(value, Mapping | list | float | None):  # 1.10 has become 1.1
        return None
    if wanted is list and value != "":
        return [str(value)]
    takes_text = wanted is str or wanted == str | list
    return str(value) if takes_text and not isinstance(value, bool) else None
