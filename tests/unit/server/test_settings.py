"""What the environment says of course material."""

from pathlib import Path

import pytest

from classhub.server import settings


@pytest.mark.parametrize("environment", [{}, {settings.WHERE: ""}, {settings.WHERE: "  "}])
def test_without_a_place_there_is_no_material(environment):
    assert settings.from_environment(environment) is None


@pytest.mark.parametrize(
    "where, is_address", [("http://127.0.0.1/x", True), ("https://hub/x", True), ("/srv/store", False)]
)
def test_an_address_and_a_folder_are_told_apart(where, is_address):
    assert settings.from_environment({settings.WHERE: where}).is_address is is_address


@pytest.mark.parametrize("text", ["", "soon", "0", "-1", "nan", "inf", "1e-9"])
def test_a_pause_that_makes_no_sense_is_the_usual_one(text):
    assert settings.from_environment({settings.WHERE: "/x", settings.EVERY: text}).every_s == settings.USUAL_S


def test_the_token_is_asked_each_time(monkeypatch):
    monkeypatch.setenv(settings.TOKEN, "old")
    assert settings.token() == "old"
    monkeypatch.setenv(settings.TOKEN, "new")
    assert settings.token() == "new"


@pytest.mark.parametrize(
    "root, own, home",
    [
        ("/home/alice", "/home/alice", "/home/alice"),
        ("/home/jovyan/work", "/home/jovyan", "/home/jovyan/work"),
        ("/", "/home/jovyan", "/home/jovyan"),
        ("/data", "/home/jovyan", "/data"),
    ],
)
def test_material_goes_where_the_student_sees_it_and_never_above_the_home(root, own, home):
    assert settings.home_of(root, own) == Path(home)
