"""One setting shown or changed: the right file, checked first, written whole or not at all."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from classhub.config.edit.typed import below, value, way
from classhub.config.secret import masked
from classhub.config.secret_names import is_secret
from classhub.errors import Edit, Mistakes, NotFound, Refused, WrongUsage
from classhub.operations import configure
from classhub.operations.rewriting import rewrite
from classhub.targets.local.target import LocalTarget

FILES = {
    "config.yaml": "# the hub\nhub:\n  concurrentSpawnLimit: 120  # a class\n  config:\n    JupyterHub:\n"
    "      authenticator_class: google\n",
    "secrets.yaml": "hub:\n  config:\n    GoogleOAuthenticator:\n      client_id: abc\n      client_secret: 's3cret'\n",
    "classhub.yaml": "local:\n  servers: 5\n",
    "courses/comp141.yaml": "title: Old  # c\n",
}


@pytest.fixture
def college(tmp_path, monkeypatch):
    """A folder with each kind of file."""
    for name, text in FILES.items():
        path = tmp_path / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config"


def set_(folder, key, new, **more):
    return configure.change(folder, {}, Edit("set", way(key), new), **more)


def contents(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("key", "new", "file", "after"),
    [
        ("hub.concurrentSpawnLimit", 64, "config.yaml", FILES["config.yaml"].replace("120", "64")),
        ("local.servers", 6, "classhub.yaml", "local:\n  servers: 6\n"),
        ("local.port", 8001, "classhub.yaml", "local:\n  servers: 5\n  port: 8001\n"),
        ("courses.comp141.title", "New", "courses/comp141.yaml", "title: New  # c\n"),
        (
            "hub.config.GoogleOAuthenticator.client_id",
            "xyz",
            "secrets.yaml",
            FILES["secrets.yaml"].replace("abc", "xyz"),
        ),
        (
            "hub.config.GoogleOAuthenticator.client_secret",
            "new",
            "secrets.yaml",
            FILES["secrets.yaml"].replace("s3cret", "new"),
        ),
        ("cull.every", 300, "config.yaml", FILES["config.yaml"] + "cull:\n  every: 300\n"),
    ],
)
def test_a_key_is_written_where_it_belongs_and_nothing_else_is(college, key, new, file, after):
    done = set_(college, key, new)
    assert done.file == f"config/{file}"
    assert contents(college) == {**FILES, file: after}
    assert after.split("\n")[done.line - 1].strip().startswith(key.rpartition(".")[2])
    assert configure.get(college, way(key), show_secrets=True).value == new


def test_what_is_already_so_writes_nothing(college):
    before = (college / "config.yaml").stat()
    assert not set_(college, "hub.concurrentSpawnLimit", 120).done
    assert (college / "config.yaml").stat() == before


@pytest.mark.parametrize(
    ("key", "new"),
    [("hub.concurrentSpawnLimt", 3), ("hub.concurrentSpawnLimit", "many"), ("local.port", 0), ("local.prt", 1)],
)
def test_a_mistake_is_shown_and_not_written(college, key, new):
    with pytest.raises(Mistakes) as mistakes:
        set_(college, key, new)
    assert len(mistakes.value.findings) == 1
    assert mistakes.value.findings[0].line
    assert "Nothing was written" in str(mistakes.value)
    assert contents(college) == FILES


def test_an_older_mistake_elsewhere_does_not_hinder(college):
    (college / "classhub.yaml").write_text("local:\n  prt: 1\n")
    set_(college, "hub.concurrentSpawnLimit", 64)
    assert "concurrentSpawnLimit: 64" in (college / "config.yaml").read_text()


def test_a_first_secret_makes_a_private_file(college):
    (college / "secrets.yaml").unlink()
    done = set_(college, "hub.services.grader.apiToken", "0123456789")
    assert (college / "secrets.yaml").stat().st_mode & 0o777 == 0o600
    assert done.lines == ""
    assert (college / "secrets.yaml").read_text().endswith('apiToken: "0123456789"\n')


def test_a_secret_that_stands_in_the_open_is_told_of(college):
    text = FILES["config.yaml"] + "proxy:\n  secretToken: abcdef\n"
    (college / "config.yaml").write_text(text)
    done = set_(college, "proxy.secretToken", "fedcba")
    assert done.file == "config/secrets.yaml"
    assert "--remove --file config.yaml" in done.notes[0]


def test_a_secret_is_never_written_to_another_file(college):
    with pytest.raises(Refused, match="is a secret"):
        set_(college, "proxy.secretToken", "fedcba", file="config.yaml")
    with pytest.raises(Refused, match="is a secret"):
        set_(college, "proxy", {"secretToken": "fedcba"}, file="config.yaml")


def test_the_file_that_wins_is_told_of(college):
    done = set_(college, "hub.config.GoogleOAuthenticator.client_id", "x", file="config.yaml")
    assert done.notes == ("secrets.yaml has it too, and wins.",)


def test_a_key_is_taken_out(college):
    configure.change(college, {}, Edit("remove", way("hub.concurrentSpawnLimit")))
    assert (college / "config.yaml").read_text() == FILES["config.yaml"].replace(
        "  concurrentSpawnLimit: 120  # a class\n", ""
    )
    with pytest.raises(NotFound, match="stands in no file"):
        configure.change(college, {}, Edit("remove", way("hub.concurrentSpawnLimit")))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("local:\n  servers: 5\nhomes:\n  folder: homes  # big\n", "local:\n  servers: 5\n"),
        ("homes: {folder: homes}\nlocal: {servers: 5}\n", "local: {servers: 5}\n"),
        ("homes:\n  folder: homes\n", ""),
        ("homes:  # the disk\n  folder: homes\n", "homes: {}  # the disk\n"),
        ("homes:\n  # the disk\n  folder: homes\n", "homes: {}\n  # the disk\n"),
        ("homes:\n  folder: homes\n  # the disk\nrelease: hub\n", "homes: {}\n  # the disk\nrelease: hub\n"),
    ],
)
def test_an_empty_section_goes_too_unless_it_has_a_comment(college, before, after):
    (college.parent / "homes").mkdir()
    (college / "classhub.yaml").write_text(before)
    configure.change(college, {}, Edit("remove", way("homes.folder")))
    assert (college / "classhub.yaml").read_text() == after
    assert configure.get(college, way("homes.folder")).file == ""


def test_only_empty_sections_go_with_a_key(college):
    text = "hub:\n  db: {pvc: {storage: 2Gi}}\n  services:\n    a:\n      command: [x]\n"
    (college / "config.yaml").write_text(text)
    configure.change(college, {}, Edit("remove", way("hub.db.pvc.storage")))
    assert (college / "config.yaml").read_text() == "hub:\n" + text.partition("}}\n")[2]
    configure.change(college, {}, Edit("remove", way("hub.services.a.command[0]")))
    assert (college / "config.yaml").read_text().endswith("command: []\n")


def test_a_client_id_is_written_beside_its_secret(college):
    assert set_(college, "hub.config.GitHubOAuthenticator.client_id", "Iv1.a629723b").file == "config/secrets.yaml"
    done = set_(college, "hub.config.GitHubOAuthenticator.client_id", "Iv1.a629723c", file="config.yaml")
    assert done.file == "config/config.yaml"
    assert set_(college, "custom.client_id", "x").file == "config/config.yaml"


@pytest.mark.parametrize(
    "file", ["Dockerfile", "../x.yaml", "courses/../config.yaml", "courses/.x.yaml", "x/config.yaml"]
)
def test_only_files_of_settings_are_written(college, file):
    with pytest.raises(WrongUsage):
        set_(college, "a", 1, file=file)


@pytest.mark.parametrize("name", ["../../evil", "../config", "a/b", "/tmp/abs", ".x", "..", "a\0b", "", "x" * 64])
@pytest.mark.parametrize("rest", ["", ".title"])
def test_a_course_is_no_way_out_of_its_folder(college, tmp_path, name, rest):
    key = f'courses."{name}"{rest}'
    with pytest.raises(WrongUsage, match="cannot be the name of a course"):
        set_(college, key, "x")
    with pytest.raises(WrongUsage, match="cannot be the name of a course"):
        set_(college, key, "x", file="courses/comp141.yaml")
    with pytest.raises(WrongUsage, match="cannot be the name of a course"):
        configure.get(college, way(key))
    assert contents(college) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


def test_a_course_is_set_as_a_whole(college):
    done = set_(college, "courses.bio101", {"title": "Biology", "libraries": ["numpy"]})
    assert (college / "courses/bio101.yaml").read_text() == "title: Biology\nlibraries: [numpy]\n"
    assert (done.file, done.line, done.lines) == ("config/courses/bio101.yaml", 1, "title: Biology\nlibraries: [numpy]")
    assert done.notes == ("config/courses/bio101.yaml is a new course file.",)
    done = set_(college, "courses.bio101", {"title": "Biology", "folder": "bio"})
    assert (college / "courses/bio101.yaml").read_text() == "title: Biology\nfolder: bio\n"
    assert done.notes == ()
    set_(college, "courses.comp141", {"title": "Old", "folder": "comp"})
    assert (college / "courses/comp141.yaml").read_text() == "title: Old  # c\nfolder: comp\n"


def test_what_is_no_course_is_not_written(college):
    for new in ("Biology", None, {}, ["a"]):
        with pytest.raises(WrongUsage, match=r"courses\.comp141 is a course, and so a mapping"):
            set_(college, "courses.comp141", new)
    with pytest.raises(WrongUsage, match="Courses are files"):
        set_(college, "courses", {"bio101": {"title": "Biology"}})
    with pytest.raises(Mistakes):
        set_(college, "courses.bio101", {"titel": "Biology"})
    with pytest.raises(Refused, match="a file of its own") as refused:
        configure.change(college, {}, Edit("remove", way("courses.comp141")))
    assert refused.value.fix.endswith("rm config/courses/comp141.yaml")
    with pytest.raises(NotFound):
        configure.change(college, {}, Edit("remove", way("courses.bio101")))
    assert contents(college) == FILES


def test_a_typing_error_in_a_course_name_is_told_of(college):
    done = set_(college, "courses.comp114.title", "New")
    assert done.notes == (
        "config/courses/comp114.yaml is a new course file. If you meant comp141: rm config/courses/comp114.yaml",
    )
    assert set_(college, "courses.comp114.title", "Newer").notes == ()


def test_a_link_is_followed_and_mode_and_owner_stay(college, tmp_path):
    real = tmp_path / "elsewhere.yaml"
    (college / "config.yaml").rename(real)
    (college / "config.yaml").symlink_to(real)
    real.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(real, 1234, 1235)
    before = real.stat()
    set_(college, "hub.concurrentSpawnLimit", 64)
    after = real.stat()
    assert (college / "config.yaml").is_symlink()
    assert "64" in real.read_text()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


KILLED = """
import os, signal, sys
from pathlib import Path
from classhub.errors import Edit
from classhub.operations import configure
from classhub.operations.rewriting import rewrite
from classhub.targets.local.target import LocalTarget
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
configure.change(Path(sys.argv[1]), {}, Edit("set", ("hub", "concurrentSpawnLimit"), 64))
"""


def test_killed_before_the_last_step_the_old_file_is_whole(college):
    done = subprocess.run([sys.executable, "-c", KILLED, str(college)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (college / "config.yaml").read_text() == FILES["config.yaml"]
    set_(college, "hub.concurrentSpawnLimit", 64)
    assert (college / "config.yaml").read_text() == FILES["config.yaml"].replace("120", "64")


def test_a_full_disk_leaves_the_old_file_and_nothing_else(college, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        set_(college, "hub.concurrentSpawnLimit", 64)
    assert contents(college) == FILES


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no /proc")
def test_the_file_that_could_not_be_written_is_named():
    with pytest.raises(OSError) as failed:
        rewrite(Path("/proc/config.yaml"), None, b"")
    assert failed.value.filename == "/proc/config.yaml"


def test_what_an_editor_saved_meanwhile_is_not_lost(college, monkeypatch):
    check = configure._check

    def slow(folder, *rest):
        (folder / "config.yaml").write_text("# theirs\n")
        return check(folder, *rest)

    monkeypatch.setattr(configure, "_check", slow)
    with pytest.raises(Refused, match="changed by somebody else"):
        set_(college, "hub.concurrentSpawnLimit", 64)
    assert (college / "config.yaml").read_text() == "# theirs\n"


def test_sets_at_once_all_hold(college):
    keys = [f"custom.key{number}" for number in range(8)]

    def change(key, number):
        with LocalTarget(college).alone(lambda _: None):
            set_(college, key, number)

    threads = [threading.Thread(target=change, args=(key, number)) for number, key in enumerate(keys)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [configure.get(college, way(key), show_secrets=True).value for key in keys] == list(range(8))
    assert not (college.parent / ".classhub").exists()


def test_get_says_where_it_stands(college):
    setting = configure.get(college, way("hub.concurrentSpawnLimit"))
    assert (setting.value, setting.file, setting.line) == (120, "config/config.yaml", 3)
    default = configure.get(college, way("hub.activeServerLimit"))
    assert (default.file, default.line) == ("", 0)
    assert configure.get(college, way("local.port")).value == 8000
    assert configure.get(college, way("courses.comp141.folder")).value == "comp141"


def test_get_masks_secrets_and_all_of_secrets_yaml(college):
    found = configure.get(college, way("hub.config.GoogleOAuthenticator")).value
    assert found == {"client_id": "********", "client_secret": "********"}
    shown = configure.get(college, way("hub.config.GoogleOAuthenticator.client_secret"), show_secrets=True)
    assert shown.value == "s3cret"


def test_get_knows_near_names(college):
    with pytest.raises(NotFound) as none:
        configure.get(college, way("hub.concurrentSpawnLimt"))
    assert "hub.concurrentSpawnLimit" in none.value.fix
    with pytest.raises(NotFound) as none:
        configure.get(college, way("port"))
    assert "local.port" in none.value.fix


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("a.b", ("a", "b")),
        ("a[0].b", ("a", 0, "b")),
        ('a."b.c".d', ("a", "b.c", "d")),
        ("a.'b.c'", ("a", "b.c")),
        ('"x\\"y"', ('x"y',)),
        ("a.zo\u00eb", ("a", "zo\u00eb")),
    ],
)
def test_keys(key, parts):
    assert way(key) == parts


@pytest.mark.parametrize("key", ["", ".", "a..b", "a.", ".a", 'a."b', "a[x]", "a]b["])
def test_what_is_no_key(key):
    with pytest.raises(WrongUsage):
        way(key)


def test_numbers_are_places_only_in_lists():
    assert below(("a", "0", "0"), {"a": [{"0": 1}]}) == ("a", 0, "0")
    assert below(("a", "2"), {"a": [1]}) == ("a", 2)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1", 1),
        ("yes", True),
        ("[a, 1]", ["a", 1]),
        ("null", None),
        ("~", None),
        ("'1'", "1"),
        ("1.10", 1.1),
        ("a b", "a b"),
    ],
)
def test_values_are_read_as_in_a_file(text, read):
    assert value(text) == read


@pytest.mark.parametrize("text", ["", "  ", "# 5", "---"])
def test_nothing_is_not_taken_for_null(text):
    with pytest.raises(WrongUsage, match="empty"):
        value(text)


def test_lines_of_a_snippet_are_not_folded():
    where = ("hub", "extraConfig", "a")
    assert value("a = 1\nb = 2\n", where) == "a = 1\nb = 2\n"
    assert value('"""What."""\nb = {1: 2}', where) == '"""What."""\nb = {1: 2}'
    assert value("|\n  a = 1\n  b = 2\n", where) == "a = 1\nb = 2\n"
    assert value("null", where) is None
    assert value("a\nb", ("hub", "templateVars", "a")) == "a b"


@pytest.mark.parametrize("text", ["[a", "*x", "a: 1\na: 2", "{", ".inf", "a\n---\nb"])
def test_what_is_no_value(text):
    with pytest.raises(WrongUsage, match="cannot be read"):
        value(text)


@pytest.mark.parametrize(
    "key",
    [
        "hub.config.GoogleOAuthenticator.client_secret",
        "hub.services.x.apiToken",
        "hub.services.x.api_token",
        "hub.db.password",
        "hub.cookieSecret",
        "proxy.secretToken",
        "hub.config.CryptKeeper.keys",
        "hub.config.LTI11Authenticator.consumers.abc",
        "proxy.https.manual.key",
        "singleuser.extraEnv.OPENAI_API_KEY",
        "imagePullSecret.password",
        "hub.config.DummyAuthenticator.password",
    ],
)
def test_secrets_are_known_by_name(key):
    assert is_secret(way(key))


@pytest.mark.parametrize(
    "key",
    [
        "hub.existingSecret",
        "imagePullSecrets[0].name",
        "hub.config.GenericOAuthenticator.token_url",
        "local.key",
        "local.port",
    ],
)
def test_what_is_no_secret(key):
    assert not is_secret(way(key))


def test_a_password_in_an_address_is_masked():
    assert masked("postgres://hub:pw@db/x", ("hub", "db", "url")) == "postgres://********@db/x"


@pytest.fixture
def autumn(college):
    """Two further files of values, of which the second wins."""
    (college / "classhub.yaml").write_text("values: [autumn.yaml, exam/week.yaml]\n")
    (college / "autumn.yaml").write_text("hub:\n  concurrentSpawnLimit: 80  # autumn\ncull: {every: 300}\n")
    (college / "exam").mkdir()
    (college / "exam" / "week.yaml").write_text("cull: {timeout: 7200}  # exam\n")
    return college


def test_get_and_set_know_the_further_files(autumn):
    setting = configure.get(autumn, way("hub.concurrentSpawnLimit"))
    assert (setting.value, setting.file, setting.line) == (80, "config/autumn.yaml", 2)
    assert set_(autumn, "hub.concurrentSpawnLimit", 90).file == "config/autumn.yaml"
    assert set_(autumn, "cull.timeout", 3600).file == "config/exam/week.yaml"
    assert (autumn / "autumn.yaml").read_text().startswith("hub:\n  concurrentSpawnLimit: 90  # autumn\n")
    assert (autumn / "exam" / "week.yaml").read_text() == "cull: {timeout: 3600}  # exam\n"
    assert set_(autumn, "hub.activeServerLimit", 5).file == "config/config.yaml"
    assert (autumn / "config.yaml").read_text() == FILES["config.yaml"] + "  activeServerLimit: 5\n"


def test_the_further_file_that_wins_or_now_holds_is_told_of(autumn):
    assert set_(autumn, "hub.concurrentSpawnLimit", 60, file="config.yaml").notes == (
        "autumn.yaml has it too, and wins.",
    )
    taken = configure.change(autumn, {}, Edit("remove", way("hub.concurrentSpawnLimit")))
    assert taken.file == "config/autumn.yaml"
    assert taken.notes == ("config.yaml has it too, and now holds.",)
    assert set_(autumn, "cull.every", 200, file="exam/week.yaml").notes == ()
    with pytest.raises(WrongUsage):
        set_(autumn, "cull.every", 200, file="spring.yaml")


def test_a_mistake_in_a_further_file_is_not_written(autumn):
    before = contents(autumn)
    for key, new in (("hub.concurrentSpawnLimit", "many"), ("values", ["gone.yaml"]), ("values", ["secrets.yaml"])):
        with pytest.raises(Mistakes):
            set_(autumn, key, new)
    assert contents(autumn) == before


def test_every_file_that_is_named_for_secrets_is_hidden_whole(college):
    (college / "term.secrets.yaml").write_text("hub:\n  templateVars: {motto: quiet}\n")
    with (college / "classhub.yaml").open("a") as file:
        file.write("values: [term.secrets.yaml]\n")
    found = configure.get(college, ("hub", "templateVars", "motto"))
    assert found.value == "********"
    assert configure.get(college, ("hub", "templateVars", "motto"), show_secrets=True).value == "quiet"
