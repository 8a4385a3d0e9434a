"""A folder that `init` has written is a deployment without a mistake, whatever the answers were; or nothing was written."""

import itertools
import os
import re
import stat
from pathlib import Path

import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder
from hypothesis import given, settings
from hypothesis import strategies as st

from classhub.config.load import load, look
from classhub.config.model import Local, Settings
from classhub.errors import Refused, WrongUsage
from classhub.operations import init
from classhub.operations.questions import QUESTIONS, Answers, gather

REPOSITORY = Path(__file__).parents[3]
PLAIN = Answers("", "invitations", "", ("admin",), "comp141")
ODD = (
    "yes",
    "1e3",
    "alice:bob",
    "#b",
    "[x",
    "{y}",
    "*z",
    "&z",
    "!t",
    "%d",
    "null",
    "~",
    "'q",
    '"q"',
    "0x1f",
    "-",
    "ü",
    "12:30",
)
ADMINS = {
    "one": ("admin",),
    "addresses": ("jane.doe@college.edu", "o'neill+cs@college.edu"),
    "odd": ODD,
    "reserved": ("alice@example.com", "bob@test"),
}
PRODUCT = [
    Answers(host, login, domain, admins, course)
    for host, login, domain, admins, course in itertools.product(
        ("", "hub.college.edu", "a.bc"),
        ("invitations", "google"),
        ("", "college.edu", "cs.xn--bcher-kva.edu"),
        ADMINS.values(),
        ("", "comp141", "yes", "1e3"),
    )
]


def typed(answers: Answers) -> dict[str, str]:
    """As it is given on a command line."""
    found = {name: value or "none" for name, value in vars(answers).items()}
    return {**found, "admins": ",".join(answers.admins)}


def accepted(answers: Answers) -> bool:
    try:
        return gather(typed(answers)) == answers
    except WrongUsage:
        return False


ACCEPTED = [answers for answers in PRODUCT if accepted(answers)]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_product_has_what_it_is_for():
    assert len(ACCEPTED) > 60
    for name in ("host", "login", "domain", "admins", "course"):
        assert {getattr(answers, name) for answers in ACCEPTED} == {getattr(answers, name) for answers in PRODUCT}


def test_every_combination_of_answers_is_free_of_mistakes_and_read_back_as_it_was_given(tmp_path):
    for number, answers in enumerate(ACCEPTED):
        init.init(tmp_path / str(number), answers)
        config, found = look(tmp_path / str(number) / "config", {})
        # Google alone can give its client id and secret; until then people enter by invitation.
        told = ("CH1410",) if answers.login == "google" else ()
        wrong = [
            one for one in found if one.severity == "error" or (one.severity == "warning" and one.code not in told)
        ]
        assert wrong == [], answers
        assert config.login.admins == answers.admins
        assert config.login.stand_in
        assert [(one.name, one.title, one.folder) for one in config.courses] == [(answers.course,) * 3] * bool(
            answers.course
        )
        google = config.own_values["hub"]["config"].get("GoogleOAuthenticator")
        assert (google or {}).get("hosted_domain") == ([answers.domain] if answers.login == "google" else None)
        assert config.values["proxy"]["https"]["hosts"] == ([answers.host] if answers.host else [])
        assert config.settings == Settings(), "it starts on this machine alone"


@settings(max_examples=150)
@given(name=st.text(min_size=1, max_size=60), course=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,10}", fullmatch=True))
def test_any_name_that_is_taken_is_read_back(name, course):
    try:
        answers = gather({"admins": name, "course": course})
    except WrongUsage:
        return
    text = init.contents(answers)
    assert yaml.safe_load(text["config/config.yaml"])["hub"]["config"]["Authenticator"]["admin_users"] == [
        *answers.admins
    ]
    if answers.course:
        read = yaml.safe_load(text[f"config/courses/{course}.yaml"])
        assert (read["title"], read["people"]["instructor"]) == (course, answers.admins[0])


@pytest.mark.parametrize(
    ("question", "text", "right", "rest"),
    [
        ("host", "https://hub.college.edu/", "hub.college.edu", {}),
        ("host", "hub", "hub.college.edu", {}),
        ("host", "203.0.113.7", "hub.college.edu", {}),
        ("host", "hub.example.com", "hub.college.edu", {}),
        ("host", "hub_1.college.edu", "hub.college.edu", {}),
        ("login", "googel", "invitations", {}),
        ("domain", "college", "college.edu", {}),
        ("domain", "alice@college.edu", "college.edu", {}),
        ("domain", "none", "college.edu", {"login": "google"}),
        ("domain", "gmail.com", "college.edu", {"login": "google"}),
        ("domain", "none", "college.edu", {"host": "hub.college.edu"}),
        ("admins", "a/b", "x@college.edu", {}),
        ("admins", " , ", "x@college.edu", {}),
        ("admins", "a\x1bb", "x@college.edu", {}),
        ("admins", "x" * 256, "x@college.edu", {}),
        ("admins", "bob", "x@college.edu", {"login": "google", "domain": "college.edu"}),
        ("admins", "bob@other.edu", "x@college.edu", {"login": "google", "domain": "college.edu"}),
        ("course", "comp 141", "comp141", {}),
        ("course", "../x", "comp141", {}),
        ("course", ".x", "comp141", {}),
    ],
)
def test_what_is_no_answer_is_told_in_a_sentence_and_asked_again(question, text, right, rest):
    with pytest.raises(WrongUsage) as wrong:
        gather({**rest, question: text})
    assert re.fullmatch(r"\S[^\n]+[.?]", wrong.value.what)
    told: list[str] = []
    lines = iter([text, right])
    asked = {one.words for one in QUESTIONS if one.name == question}
    gather(rest, lambda words, default: next(lines) if words in asked else default, told.append)
    assert told == [wrong.value.what]


def test_defaults_follow_from_what_was_answered_before():
    assert gather({}) == PLAIN
    assert gather({"host": "hub.college.edu"}).domain == "college.edu"
    assert gather({"host": "college.edu"}).admins == ("admin@college.edu",)
    asked = []
    gather({}, lambda words, default: asked.append((words, default)) or "")  # type: ignore[func-returns-value]
    assert len(asked) == 5
    assert [default for _, default in asked] == ["none", "invitations", "none", "admin", "comp141"]


def test_modes(tmp_path):
    before = os.umask(0o022)
    try:
        init.init(tmp_path / "a hub", PLAIN)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a hub").rglob("*")}
    assert modes.pop("secrets.example.yaml") == 0o600, "a copy of it is as private"
    assert set(modes.values()) == {0o644, 0o755}


def test_git_ignores_what_it_must(tmp_path):
    init.init(tmp_path / "hub", PLAIN)
    assert {".classhub/", "config/secrets.yaml"} <= {*(tmp_path / "hub" / ".gitignore").read_text().split("\n")}


@pytest.mark.parametrize(
    "name", [".gitignore", "config.yaml", "config/notes.txt", "config", "material", "material/comp141"]
)
def test_what_is_there_is_named_and_kept(tmp_path, name):
    path = tmp_path / "hub" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(Refused, match=r"Nothing was written: .*there already"):
        init.init(tmp_path / "hub", PLAIN)
    assert files(tmp_path) == {f"hub/{name}": b"mine"}


def test_a_folder_with_other_things_and_material_of_ones_own_is_fine(tmp_path):
    (tmp_path / "material" / "comp141").mkdir(parents=True)
    (tmp_path / "material" / "comp141" / "README.md").write_text("mine")
    (tmp_path / "README.md").write_text("mine")
    written = init.init(tmp_path, PLAIN)
    assert "material/comp141/README.md" not in written
    assert (tmp_path / "material" / "comp141" / "README.md").read_text() == "mine"
    load(tmp_path / "config", {})


@pytest.mark.parametrize("name", ["plain", "plain/below", "link"])
def test_what_is_no_folder_is_named(tmp_path, name):
    (tmp_path / "plain").write_text("")
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(Refused, match=f"{name.partition('/')[0]} is there already"):
        init.init(tmp_path / name, PLAIN)


def test_the_folder_is_the_one_above_config(tmp_path):
    with pytest.raises(WrongUsage) as wrong:
        init.init(tmp_path / "a b" / "config", PLAIN)
    assert wrong.value.fix == f"classhub init '{tmp_path}/a b'"


@pytest.mark.parametrize("last", range(1, 8))
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_cut_short_it_leaves_nothing(tmp_path, monkeypatch, last, error):
    real, calls = os.fdopen, itertools.count(1)

    def fails(*args, **more):
        if next(calls) == last:
            raise error
        return real(*args, **more)

    (tmp_path / "kept").write_text("mine")
    monkeypatch.setattr(os, "fdopen", fails)
    with pytest.raises(type(error)):
        init.init(tmp_path / "a" / "b", PLAIN)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_whoever_was_quicker_keeps_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(init, "_taken", lambda *_: ())
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text("mine")
    with pytest.raises(Refused, match=r"config\.yaml is there already"):
        init.init(tmp_path, PLAIN)
    assert files(tmp_path) == {"config/config.yaml": b"mine"}


def test_config_yaml_comes_last_so_that_half_a_folder_is_no_deployment():
    assert [*init.contents(PLAIN)][-1] == "config/config.yaml"


@pytest.mark.parametrize(
    "answers", [PLAIN, Answers("hub.college.edu", "google", "college.edu", ("a@college.edu",), "")]
)
def test_every_setting_of_classhub_is_shown(answers):
    text = re.sub(r"(?m)^#(?=\w|  )", "", init.contents(answers)["config/classhub.yaml"])
    shown = yaml.safe_load(text)
    assert shown.pop("homes") == {"folder": ".classhub/homes"}
    assert shown.pop("local") == {**vars(Local()), "host": answers.host}
    default = Settings()
    assert shown == {
        "target": default.target,
        "chart": {"version": default.chart_version, "digest": "", "file": None},
        "cluster": {"context": default.cluster_context},
        "release": default.release,
        "namespace": default.namespace,
        "values": [],
    }


def test_the_image_is_the_charts_own_release():
    line = f"FROM quay.io/jupyterhub/k8s-singleuser-sample:{Settings().chart_version}"
    assert line in init.contents(PLAIN)["config/Dockerfile"].splitlines()


def test_no_mark_and_no_long_line_is_left():
    for answers in ACCEPTED:
        for name, text in init.contents(answers).items():
            assert not re.search(r"(?m)^@|\$\w", text), name
            assert max(map(len, text.splitlines())) <= 125, name


def test_the_package_brings_the_templates():
    shipped = {Path(file.relative_path).name for file in WheelBuilder(str(REPOSITORY)).recurse_included_files()}
    assert {path.name for path in init._STARTER.iterdir()} <= shipped
