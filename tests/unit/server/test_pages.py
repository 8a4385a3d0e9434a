"""The pages that a link may lead to."""

from datetime import datetime, timedelta

import pytest

from classhub.server import pages
from classhub.server.pages import Page, html

EVIL = "<img src=x onerror=alert(1)>\"'&\udcff\n"
MOMENT = datetime.fromisoformat("2027-01-11T09:05:00-06:00")
FOLDER = ("Open the folder", "/lab/tree/x")
ALL = [
    pages.waiting(EVIL, EVIL, 0),
    pages.coming(EVIL, EVIL, MOMENT, FOLDER, MOMENT),
    pages.missing(EVIL, EVIL, [(EVIL, EVIL)], FOLDER),
    pages.left_out(EVIL, EVIL, EVIL, None),
    pages.blocked(EVIL, EVIL, None),
    pages.away(EVIL, EVIL, EVIL, FOLDER),
    pages.not_of_course(EVIL, [EVIL]),
    pages.unknown_repository(EVIL),
    pages.bad_link(EVIL),
]


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.title[:20])
def test_nothing_that_a_link_or_a_disk_says_becomes_html(page):
    text = html(page)
    assert "<img" not in text and "onerror=alert(1)>" not in text
    assert text.encode("utf-8"), "a name that is no text is shown all the same"


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.title[:20])
def test_every_page_says_in_which_language_it_is_and_has_one_heading(page):
    assert html(page).count("<h1>") == 1 and '<html lang="en">' in html(page)


def test_a_page_that_waits_asks_again_by_itself_and_not_for_ever():
    at_first, later, in_the_end = (pages.waiting("a.ipynb", "COMP 141", waited) for waited in (0, 30, 500))
    assert at_first.again_s == 1 and later.again_s > 1 and in_the_end.again_s == 0
    assert 'http-equiv="refresh"' in html(at_first) and 'http-equiv="refresh"' not in html(in_the_end)
    assert in_the_end.links and in_the_end.status == 503


def test_a_release_time_is_in_the_time_of_the_course():
    page = pages.coming("labs/lab03.ipynb", "COMP 141", MOMENT, None, MOMENT - timedelta(days=1))
    assert "lab03.ipynb of COMP 141 is released on Monday, 11 January 2027, at 9:05." in page.texts
    assert page.small == "Time of the course (UTC-6)."


@pytest.mark.parametrize("text, offset", [("+05:30", "UTC+5:30"), ("+00:00", "UTC"), ("-03:30", "UTC-3:30")])
def test_offsets_of_half_hours_too(text, offset):
    assert offset in pages.coming("a", "c", datetime.fromisoformat(f"2027-01-11T09:00:00{text}"), None, MOMENT).small


def test_links_of_a_page_are_attributes_that_cannot_be_left():
    assert 'href="&quot; onclick=' in html(Page("t", links=(("x", '" onclick='),)))


@pytest.mark.parametrize(
    "before_s, again_s", [(90, 91), (0.5, pages.SOON_S), (-60, pages.SOON_S), (86400, 0), (-86400, 0)]
)
def test_who_waits_for_a_release_in_front_of_the_page_gets_it_then(before_s, again_s):
    assert pages.coming("a", "c", MOMENT, None, MOMENT - timedelta(seconds=before_s)).again_s == again_s
