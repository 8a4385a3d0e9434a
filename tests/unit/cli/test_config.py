"""`classhub config get` and `config set` as typed."""

import pytest


def test_set_and_get(classhub, folder):
    done = classhub("config", "set", "local.port", "8001")
    assert done.code == 0
    assert done.out == "config/classhub.yaml:2:\n    local:\n      port: 8001\n"
    assert "classhub up" in done.err
    done = classhub("config", "set", "local.port", "8002")
    assert done.out == "config/classhub.yaml:2: port: 8002\n"
    done = classhub("config", "get", "local.port")
    assert (done.code, done.out, done.err) == (0, "8002\n", "config/classhub.yaml:2\n")
    assert classhub("config", "get", "local.port", "--json").json == {
        "key": "local.port",
        "value": 8002,
        "file": "config/classhub.yaml",
        "line": 2,
    }
    assert "already" in classhub("config", "set", "local.port", "8002").out
    assert "taken out" in classhub("config", "set", "local.port", "--remove").out
    assert classhub("config", "get", "local.port").err == "A default; no file sets it.\n"


def test_a_course_stands_in_its_own_file(classhub, folder):
    assert classhub("config", "get", "courses").err == "A default; no file sets it.\n"
    (folder / "courses").mkdir()
    (folder / "courses/comp141.yaml").write_text("# Computing\nlibraries: [numpy]\n")
    (folder / "courses/comp142.yaml").touch()
    for key, place in (
        ("courses", "config/courses"),
        ("courses.comp141", "config/courses/comp141.yaml:1"),
        ("courses.comp141.libraries", "config/courses/comp141.yaml:2"),
        ("courses.comp142", "config/courses/comp142.yaml:1"),
    ):
        assert classhub("config", "get", key).err == f"{place}\n"
    assert classhub("config", "get", "courses.comp142.folder").err == "A default; no file sets it.\n"


def test_text_that_looks_like_a_number(classhub, folder):
    assert classhub("config", "set", "singleuser.image.tag", "1.10", "--string").out.endswith('tag: "1.10"\n')
    assert classhub("config", "get", "singleuser.image.tag").out == "1.10\n"


@pytest.mark.parametrize(
    ("key", "value"),
    [("singleuser.image.tag", "1.10"), ("courses.comp141.title", "COMP 141: New"), ("local.host", "[hub.college.edu")],
)
def test_the_way_to_give_text_is_named(classhub, folder, key, value):
    done = classhub("config", "set", key, value)
    assert done.code in (1, 2)
    assert "add --string" in done.err
    assert classhub("config", "set", key, value, "--string").code == (1 if key == "local.host" else 0)


@pytest.mark.parametrize(("key", "value"), [("local.port", "many"), ("local.port", "0")])
def test_text_is_not_advised_where_it_would_not_help(classhub, key, value):
    done = classhub("config", "set", key, value)
    assert done.code == 1
    assert "--string" not in done.err


def test_a_value_with_a_dash_in_front_says_how(classhub, folder):
    done = classhub("config", "set", "custom.offset", "-5")
    assert done.code == 2
    assert "stands behind --" in done.err
    assert classhub("config", "set", "custom.offset", "--", "-5").code == 0
    assert classhub("config", "get", "custom.offset", "--show-secrets").out == "-5\n"


def test_an_unset_variable_of_the_shell_changes_nothing(classhub, folder):
    before = (folder / "config.yaml").read_text()
    done = classhub("config", "set", "singleuser.memory.limit", "")
    assert done.code == 2
    assert "null" in done.err
    assert "--remove" in done.err
    assert (folder / "config.yaml").read_text() == before
    assert classhub("config", "set", "singleuser.memory.limit", "null").code == 0
    assert "limit: null" in (folder / "config.yaml").read_text()


def test_a_snippet_of_several_lines_is_text(classhub, folder):
    assert classhub("config", "set", "hub.extraConfig.one", "a = 1\nb = {1: 2}\n").code == 0
    assert "one: |\n      a = 1\n      b = {1: 2}\n" in (folder / "config.yaml").read_text()


def test_a_mapping_is_shown_as_yaml(classhub):
    assert classhub("config", "get", "hub.config.Authenticator").out == "admin_users: [rk@college.edu]\n"


def test_a_mistake_is_shown_and_not_written(classhub, folder):
    before = (folder / "config.yaml").read_text()
    done = classhub("config", "set", "hub.concurrentSpawnLimt", "3")
    assert done.code == 1
    assert "Did you mean concurrentSpawnLimit?" in done.err
    assert "Nothing was written" in done.err
    assert (folder / "config.yaml").read_text() == before


@pytest.mark.parametrize("value", ["abcdefgh", "[a]"])
def test_a_secret_on_the_command_line_is_refused(classhub, folder, value):
    done = classhub("config", "set", "proxy.secretToken", value)
    assert done.code == 1
    assert "command line" in done.err
    assert value not in done.err
    assert classhub("config", "set", "proxy", "{secretToken: abcdefgh}").code == 1
    assert not (folder / "secrets.yaml").exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hub.db.url", "postgres://hub:hunter2@db/x"),
        ("hub.extraEnv.SMTP_PASS", "hunter2"),
        ("hub.extraEnv", "{SMTP_PASS: hunter2}"),
        ("hub.extraConfig.mail", 'password = "hunter2"'),
    ],
)
def test_what_holds_a_secret_is_asked_for_and_goes_to_secrets_yaml(classhub, folder, key, value):
    before = (folder / "config.yaml").read_text()
    done = classhub("config", "set", key, value)
    assert done.code == 1
    assert "command line" in done.err
    assert "hunter2" not in done.err
    done = classhub("config", "set", key, "-", stdin=value)
    assert (done.code, "hunter2" in done.out + done.err) == (0, False)
    assert "hunter2" in (folder / "secrets.yaml").read_text()
    assert (folder / "config.yaml").read_text() == before


@pytest.mark.parametrize("argv", [(), ("-",)])
def test_a_secret_comes_from_stdin_as_it_stands(classhub, folder, argv):
    done = classhub("config", "set", "hub.services.x.apiToken", *argv, stdin="[0123: 456\n")
    assert done.code == 0
    assert "0123" not in done.out + done.err
    assert "'[0123: 456'" in (folder / "secrets.yaml").read_text().replace('"', "'")
    assert (folder / "secrets.yaml").stat().st_mode & 0o777 == 0o600
    assert classhub("config", "get", "hub.services.x.apiToken").out == "********\n"
    assert classhub("config", "get", "hub.services.x.apiToken", "--show-secrets").out == "[0123: 456\n"


def test_an_empty_secret_is_not_written(classhub, folder):
    assert classhub("config", "set", "proxy.secretToken", stdin="\n").code == 1
    assert not (folder / "secrets.yaml").exists()


def test_a_value_from_stdin(classhub, folder):
    assert classhub("config", "set", "hub.extraConfig.one", "-", "--string", stdin="a = 1\nb = 2\n").code == 0
    assert "one: |-\n      a = 1\n      b = 2\n" in (folder / "config.yaml").read_text()


@pytest.mark.parametrize(
    "argv",
    [("set", "local.port"), ("set", "local.port", "1", "--remove"), ("set", "a..b", "1"), ("set", "local.port", "[")],
)
def test_wrong_usage(classhub, argv):
    assert classhub("config", *argv).code == 2


def test_what_there_is_not(classhub):
    done = classhub("config", "get", "hub.concurrentSpawnLimt")
    assert done.code == 1
    assert "hub.concurrentSpawnLimit" in done.err


@pytest.mark.parametrize(
    ("key", "value", "way"),
    [
        ("hub.db.url", "postgres://hub:hunter2@db/x", "Leave VALUE away"),
        ("hub.db.url", "host=db password=hunter2", "Leave VALUE away"),
        ("hub.extraEnv.SMTP_PASS", "hunter2", "Leave VALUE away"),
        ("hub.extraEnv.DB", "mysql://hub:hunter2@db/x", "Give - in place of VALUE"),
        ("hub.extraConfig.a", 'client_secret = "hunter2"', "Give - in place of VALUE"),
        ("singleuser.cmd", "[a, --token=hunter2]", "Give - in place of VALUE"),
    ],
)
def test_what_holds_a_secret_is_refused_there_too_and_goes_to_secrets_yaml(classhub, folder, key, value, way):
    before = (folder / "config.yaml").read_text()
    done = classhub("config", "set", key, value)
    assert done.code == 1 and way in done.err and "hunter2" not in done.out + done.err
    assert not (folder / "secrets.yaml").exists()
    given = [] if way.startswith("Leave") else ["-"]
    done = classhub("config", "set", key, *given, stdin=value)
    assert done.code == 0 and "hunter2" not in done.out + done.err
    assert "hunter2" in (folder / "secrets.yaml").read_text() and (folder / "config.yaml").read_text() == before
    assert (folder / "secrets.yaml").stat().st_mode & 0o777 == 0o600
    assert "hunter2" not in classhub("config", "get", key).out


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hub.extraEnv.COLOUR", "blue"),
        ("hub.db.url", "sqlite:///hub.sqlite"),
        ("hub.extraEnv.GOOGLE_APPLICATION_DIR", "/srv/google"),
    ],
)
def test_what_holds_none_may_stand_on_the_command_line(classhub, folder, key, value):
    done = classhub("config", "set", key, value)
    assert done.code == 0, done.err
    assert value in done.out and value in (folder / "config.yaml").read_text()


def test_a_changed_line_shows_nothing_else_that_may_be_secret(classhub, folder):
    (folder / "config.yaml").write_text("hub: {extraEnv: {A: hush, B: x}}\n")
    assert classhub("config", "set", "hub.extraEnv.B", "z").out == (
        "config/config.yaml:1: hub: {extraEnv: {A: ********, B: z}}\n"
    )
