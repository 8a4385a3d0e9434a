"""The few pages that a link may lead to in place of a file: what is so, why, and what can be done. Pure; all is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from classhub.server.news import name, printable

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.05rem/1.6 system-ui,sans-serif;margin:0;display:grid;min-height:100vh;place-items:center}"
    "main{max-width:36rem;padding:2rem}h1{font-size:1.4rem;line-height:1.3;margin:0 0 .5rem;overflow-wrap:anywhere}"
    "p{margin:.5rem 0;overflow-wrap:anywhere}small{opacity:.75}"
)
SOON_S = 10


@dataclass(frozen=True)
class Page:
    """Plain texts; `html` makes them a page. links: words and address, below the server's own."""

    title: str
    texts: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    small: str = ""
    again_s: int = 0
    """The page asks again by itself after so many seconds; 0: it does not."""
    status: int = 200


def html(page: Page) -> str:
    again = f'<meta http-equiv="refresh" content="{page.again_s}">' if page.again_s else ""
    texts = "".join(f"<p>{_safe(text)}</p>" for text in page.texts)
    links = "".join(f'<p><a href="{_safe(address)}">{_safe(words)}</a></p>' for words, address in page.links)
    small = f"<p><small>{_safe(page.small)}</small></p>" if page.small else ""
    waits = ' aria-live="polite" aria-busy="true"' if page.again_s else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{again}<title>{_safe(page.title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main{waits}><h1>{_safe(page.title)}</h1>{texts}{links}{small}</main></body></html>"
    )


def _safe(text: str) -> str:
    return escape(printable(text), quote=True)


def waiting(path: str, course: str, waited_s: float) -> Page:
    what = name(path) or course
    if waited_s > 120:
        texts = (
            "Your server is still trying. The link may be clicked again at any time; nothing of yours is touched.",
        )
        return Page(f"{what} has not arrived yet", texts, (("Try again", ""),), status=503)
    if waited_s > 10:
        texts = ("This takes longer than it should. This page opens the file as soon as it is here.",)
        return Page(f"Still bringing {what}…", texts, again_s=3)
    texts = (f"It comes from the material of {course}. This page opens it as soon as it is here.",)
    return Page(f"Bringing {what}…", texts, again_s=1)


def coming(path: str, course: str, moment: datetime, folder: tuple[str, str] | None, now: datetime) -> Page:
    """Whoever waits for the moment need not ask again; a mirror's clock may be a little behind ours."""
    texts = (f"{name(path)} of {course} is released on {in_words(moment)}.", "The same link opens it then.")
    small = f"Time of the course ({_offset(moment)})."
    left_s = (moment - now).total_seconds()
    again_s = max(SOON_S, int(left_s) + 1) if abs(left_s) < 3600 else 0
    return Page("Not yet", texts, _maybe(folder), small, again_s, 404)


def in_words(moment: datetime) -> str:
    """As "Monday, 11 January 2027, at 9:00"; in English whatever the locale."""
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    day = f"{days[moment.weekday()]}, {moment.day} {months[moment.month - 1]} {moment.year}"
    return f"{day}, at {moment.hour}:{moment.minute:02}"


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def missing(path: str, course: str, near: Iterable[tuple[str, str]], folder: tuple[str, str] | None) -> Page:
    texts = (
        f"The material of {course} has no {path}.",
        "The link may have a slip, or the file was taken out. The person who gave you the link can tell.",
        "What was added to the course just now is here within a minute.",
    )
    links = (*((f"Did you mean {words}?", address) for words, address in near), ("Try again", ""), *_maybe(folder))
    return Page(f"There is no {name(path)}", texts, links, status=404)


def left_out(path: str, course: str, why: str, folder: tuple[str, str] | None) -> Page:
    texts = (
        f"{name(path)} is in the material of {course}, but is not handed out: {why}",
        "Your instructor can change that.",
    )
    return Page(f"{name(path)} is not handed out", texts, _maybe(folder), status=404)


def blocked(path: str, why: str, folder: tuple[str, str] | None) -> Page:
    texts = (f"Your server could not write it: {why or 'the disk did not let it'}.", "Nothing of yours was changed.")
    return Page(f"{name(path)} could not be brought", texts, (("Try again", ""), *_maybe(folder)), status=503)


def away(path: str, course: str, why: str, folder: tuple[str, str] | None) -> Page:
    texts = (
        why or "The place that hands out course material does not answer.",
        "What you already have is in your home and can be used. Your server keeps trying.",
    )
    what = f"{name(path)} is not here yet" if path else f"The material of {course} is not here yet"
    return Page(what, texts, (("Try again", ""), *_maybe(folder)), status=503)


def not_of_course(course: str, mine: Iterable[str]) -> Page:
    names = ", ".join(mine)
    texts = (
        f"You are not in the course {course}, or this hub has none of that name.",
        f"Your courses here: {names}." if names else "No course is handed out to you here.",
        "If you have just joined, your instructor can add you; the link works then.",
    )
    return Page("This course is not yours", texts, status=404)


def unknown_repository(repository: str) -> Page:
    texts = (
        f"The link asks for {repository}, which belongs to no course that is handed out to you here.",
        "The people who run this hub can allow a repository, or make it a course; send them this link.",
    )
    return Page("This repository is not handed out here", texts, status=404)


def bad_link(why: str) -> Page:
    return Page("This link does not work", (why, "The person who gave you the link can correct it."), status=400)


def _maybe(folder: tuple[str, str] | None) -> tuple[tuple[str, str], ...]:
    return (folder,) if folder else ()
