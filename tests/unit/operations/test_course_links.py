"""Links for Canvas: right in every paste, and honest about what they lead to."""

import csv
import io
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from classhub.config.model import Assignment, Course, Material
from classhub.errors import NotFound, WrongUsage
from classhub.operations.courses import found, link_table, links

HUB = "https://hub.college.edu/"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "lab 01.ipynb").write_text("{}")
    return Course(
        name="comp141",
        title="COMP 141",
        source=Material("folder", str(tmp_path)),
        folder="comp141",
        assignments=(
            Assignment("lab01", "labs/lab 01.ipynb", "Lab 1: <First> | steps", due={"": "2027-01-22T17:00:00-06:00"}),
            Assignment("lab02", "labs/lab02.ipynb", "=HYPERLINK(1)", release={"": "2027-01-11T09:00:00-06:00"}),
        ),
    )


def test_a_link_names_course_and_file_once_encoded(course):
    made = links.links(course, HUB, ["labs/lab 01.ipynb"])
    split = urlsplit(made[0].url)
    assert split.path == "/hub/user-redirect/classhub/open"
    assert parse_qs(split.query) == {"course": ["comp141"], "path": ["labs/lab 01.ipynb"]}


def test_without_files_every_assignment_has_one(course):
    made = links.links(course, HUB)
    assert [one.title for one in made] == ["Lab 1: <First> | steps", "=HYPERLINK(1)"]
    assert [one.missing for one in made] == [False, True]


def test_a_file_may_be_named_as_it_lies_on_this_machine(course):
    assert links.links(course, HUB, [f"{course.material}/labs/lab 01.ipynb"])[0].path == "labs/lab 01.ipynb"
    assert links.links(course, HUB, [str(course.material)])[0].path == ""


@pytest.mark.parametrize("file", ["../secrets", "/etc/passwd", "labs/.hidden/x"])
def test_a_file_outside_of_the_material_is_refused(course, file):
    with pytest.raises(WrongUsage):
        links.links(course, HUB, [file])


def test_a_hub_below_a_path_keeps_it(course):
    assert links.links(course, "https://college.edu/jupyter", ["a.md"])[0].url.startswith(
        "https://college.edu/jupyter/hub/user-redirect/"
    )


def test_a_spreadsheet_takes_no_title_for_a_formula(course):
    read = list(csv.reader(io.StringIO(link_table.as_csv(links.links(course, HUB)))))
    assert read[0] == list(link_table.HEADS)
    assert read[2][0] == "'=HYPERLINK(1)" and read[2][2] == "2027-01-11 09:00"
    assert all(urlsplit(row[-1]).netloc == "hub.college.edu" for row in read[1:])


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = []
        self.words = ""

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs))
        assert tag in ("table", "thead", "tbody", "tr", "th", "td", "a"), tag

    def handle_data(self, data):
        self.words += data


def test_canvas_gets_a_table_whose_links_open_new_tabs(course):
    page = Links()
    page.feed(link_table.as_html(links.links(course, HUB)))
    assert [one["target"] for one in page.found] == ["_blank", "_blank"]
    assert page.found[0]["href"] == links.links(course, HUB)[0].url
    assert "Lab 1: <First> | steps" in page.words


def test_markdown_keeps_its_columns(course):
    lines = link_table.as_markdown(links.links(course, HUB)).splitlines()
    assert lines[2].replace("\\|", "").count("|") == 4


@pytest.mark.parametrize(
    ("hub", "is_here"), [("http://127.0.0.1:8000/", True), (HUB, False), ("http://localhost/", True)]
)
def test_an_address_of_this_machine_is_known(hub, is_here):
    assert links.is_of_this_machine(hub) is is_here


def test_a_course_is_found_by_name_or_as_the_only_one(course):
    other = replace(course, name="bio101")
    assert found.one([course], "") is course
    assert found.one([course, other], "bio101") is other
    with pytest.raises(WrongUsage, match="Which course"):
        found.one([course, other], "")
    with pytest.raises(NotFound) as caught:
        found.one([course, other], "comp41")
    assert "did you mean comp141" in caught.value.cause
    with pytest.raises(NotFound):
        found.one([], "comp141")


@pytest.mark.parametrize("hub", ["hub.college.edu", "ftp://hub.college.edu", "https://"])
def test_half_an_address_is_refused(hub):
    with pytest.raises(WrongUsage):
        links.hub_address(None, None, hub)
