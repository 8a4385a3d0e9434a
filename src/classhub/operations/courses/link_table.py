"""Links as text for whatever they are pasted into. Pure."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape

from classhub.operations.courses.links import Link

HEADS = ("title", "file", "released", "due", "link")


def moment(text: str) -> str:
    """ "2027-01-22 17:00"; the course's own time zone, without a word on it."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M") if text else ""


def rows(links: Sequence[Link]) -> list[tuple[str, str, str, str, str]]:
    return [(one.title, one.path, moment(one.release), moment(one.due), one.url) for one in links]


def as_csv(links: Sequence[Link]) -> str:
    """With a line of heads. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    writer.writerows([_harmless(cell) for cell in row] for row in rows(links))
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def as_markdown(links: Sequence[Link]) -> str:
    lines = ["| assignment | released | due |", "|---|---|---|"]
    for title, _, release, due, url in rows(links):
        lines.append(f"| [{_plain(title)}]({url}) | {release} | {due} |")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text between brackets in a table's cell."""
    return "".join(f"\\{letter}" if letter in "\\[]|*_`<" else letter for letter in " ".join(text.split()))


def as_html(links: Sequence[Link]) -> str:
    """A table for Canvas' editor; each link opens a new tab, as the hub lets itself be shown in no frame."""
    lines = ["<table><thead><tr><th>Assignment</th><th>Released</th><th>Due</th></tr></thead><tbody>"]
    for title, _, release, due, url in rows(links):
        link = f'<a href="{escape(url)}" target="_blank" rel="noopener">{escape(title)}</a>'
        lines.append(f"<tr><td>{link}</td><td>{release}</td><td>{due}</td></tr>")
    return "\n".join([*lines, "</tbody></table>"]) + "\n"


FORMATS: dict[str, Callable[[Sequence[Link]], str]] = {"csv": as_csv, "markdown": as_markdown, "html": as_html}
