"""What a package's build does to harm: it gets nothing, keeps nothing, and nothing of root's goes through its hands."""

import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest

from classhub.materials.mirror import foreign, library_build, library_builder
from classhub.materials.mirror.libraries import Broken
from classhub.materials.mirror.library_builder import Builder, has_passwords, pip_settings, without_passwords
from classhub.walls.reach import needed_paths, plan_mounts
from classhub.walls.spec import Spec
from materials.test_libraries import BACKEND, PACKAGE, Course, imported, wheels  # noqa: F401 - a fixture

UIDS = range(begin := 60700 + os.getpid() % 1000 * 4, begin + 4)
"""No hub's: what runs as one of a builder's accounts is ended with each of its builds."""
NOBODY = 65534
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root")
SURVIVES = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        void = os.open(os.devnull, os.O_RDWR)
        for handle in (0, 1, 2):
            os.dup2(void, handle)
        while True:
            time.sleep(0.05)
            try:
                os.rename("{lib}", "{lib}.old")
                os.symlink("{target}", "{lib}")
            except OSError:
                pass
    os._exit(0)
"""


@pytest.fixture
def open_folder():
    """That other accounts may enter; not below /tmp, which a build sees as an empty one of its own."""
    parent = "/var/lib" if os.access("/var/lib", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="classhub-test-", dir=parent)).resolve()
    folder.chmod(0o755)
    yield folder
    foreign.remove(folder)


@pytest.fixture
def secret(open_folder):
    """A folder of root's, and of nobody else's."""
    folder = open_folder / "hub"
    folder.mkdir(0o700)
    (folder / "cookie_secret").write_text("hush")
    (folder / "cookie_secret").chmod(0o600)
    yield folder
    assert stat.S_IMODE((folder / "cookie_secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.fixture
def builder(open_folder, wheels, secret, monkeypatch):  # noqa: F811
    """As the mirror of a hub gets it from targets/local/mirror_ready.py; as an ordinary user, what that gives then."""
    monkeypatch.setattr(library_builder, "UIDS", UIDS)
    shown = shutil.copytree(wheels, open_folder / "wheels")
    os.environ["PIP_FIND_LINKS"] = str(shown)  # the fixture's monkeypatch takes it back
    if not IS_ROOT:
        return Builder(sys.executable)
    mounts = plan_mounts(NOBODY, NOBODY, show=[*needed_paths(sys.executable), shown], hide=[secret])
    spec = Spec(
        ["x"], {}, "/", uid=NOBODY, gid=NOBODY, hide=mounts.hide, show=mounts.show, links=mounts.links,
        private_tmp=True, hide_processes=True, nproc=512, memory_bytes=4 << 30, file_bytes=1 << 30, own_pids=True,
    )  # fmt: skip
    locks = open_folder / "locks"
    locks.mkdir()
    behind = {"command": spec.command(sys.executable), "spec": asdict(spec), "locks": str(locks)}
    return Builder(sys.executable, behind)


@pytest.fixture
def course(open_folder, builder):
    def made(backend: str) -> Course:
        """backend: code that runs while the package is built."""
        return Course(open_folder, {**PACKAGE, "tools/backend.py": BACKEND + backend}, builder)

    return made


def of_builders() -> list[int]:
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError):  # others end meanwhile
            if one.stat().st_uid in UIDS:
                found.append(int(one.name))
    return found


@needs_root
def test_a_build_runs_as_an_account_of_its_own_and_sees_nothing_of_the_hub(course, secret):
    look = f'(os.getuid(), os.path.exists({str(secret / "cookie_secret")!r}), os.listdir("/proc"), dict(os.environ))'
    spy = f"import os\nopen('dice.txt', 'w').write('SAW = ' + repr({look}))\n"
    built = course(spy).build("./tools")
    who, seen, processes, environ = eval(imported(built.folder, "import dice; print(dice.SAW)"))
    assert who in UIDS and not seen
    assert environ["HOME"].rpartition("/")[2].startswith("home-")
    assert sum(name.isdecimal() for name in processes) < 10, "only its own"
    assert {path.stat().st_uid for path in built.folder.rglob("*")} == {0}


@needs_root
def test_nothing_of_a_build_outlives_it(course, secret):
    course(SURVIVES.format(lib="/nowhere", target=secret)).build("./tools")
    assert of_builders() == []


@needs_root
def test_nothing_outlives_it_where_there_is_no_process_namespace(course, secret, builder):
    builder.behind["spec"]["own_pids"] = False
    course(SURVIVES.format(lib="/nowhere", target=secret)).build("./tools")
    assert of_builders() == []


@needs_root
def test_what_was_started_ends_with_the_time_limit(course, builder, monkeypatch):
    monkeypatch.setattr("classhub.materials.mirror.library_builder.BUILD_TIMEOUT_S", 4.0)
    began = time.monotonic()
    with pytest.raises(Broken, match="took longer than"):
        course("import os, time\nos.setsid() if os.fork() == 0 else None\ntime.sleep(100)\n").build("./tools")
    assert time.monotonic() - began < 90 and of_builders() == []


def test_the_library_s_folder_swapped_for_a_link_gives_nothing_of_its_target(course, secret):
    """With the folder that the build may find by its HOME."""
    swap = """
import os
lib = os.path.dirname(os.environ["HOME"]) + "/lib"
try:
    os.rename(lib, lib + ".old")
    os.symlink({target!r}, lib)
except OSError:
    pass
"""
    made = course(swap.format(target=str(secret)))
    if IS_ROOT:
        names = [path.name for path in made.build("./tools").folder.rglob("*")]
        assert "cookie_secret" not in names and "dice" in names
    else:
        with pytest.raises(Broken):
            made.build("./tools")


def test_a_library_s_folder_that_is_a_link_is_refused(tmp_path, secret):
    (tmp_path / "lib").symlink_to(secret)
    (tmp_path / "into").mkdir()
    with pytest.raises(NotADirectoryError):
        foreign.Copy(os.geteuid(), 1000).take(tmp_path / "lib", tmp_path / "into")


def test_only_the_builder_s_own_plain_files_are_taken(tmp_path, secret):
    lib, into = tmp_path / "lib", tmp_path / "into"
    (lib / "pack").mkdir(parents=True)
    into.mkdir()
    (lib / "pack" / "dice.py").write_text("SIDES = 6")
    (lib / "link.py").symlink_to(secret / "cookie_secret")
    (lib / "folder").symlink_to(secret)
    os.mkfifo(lib / "pipe.py")
    copy = foreign.Copy(os.geteuid(), 1000)
    copy.take(lib, into)
    assert copy.names == ["pack/dice.py"]
    assert sorted(path.name for path in into.rglob("*")) == ["dice.py", "pack"]


@needs_root
def test_another_account_s_file_is_not_taken(tmp_path, secret):
    """As a hard link, where the kernel lets anybody make one."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "into").mkdir()
    (tmp_path / "lib" / "token.py").write_text("hush")
    copy = foreign.Copy(NOBODY, 1000)
    copy.take(tmp_path / "lib", tmp_path / "into")
    assert copy.names == []


@pytest.mark.parametrize("most", [10, 1_000_000])
def test_what_is_larger_or_deeper_than_will_be_taken_is_refused(tmp_path, most):
    deep = tmp_path.joinpath("lib", *["d"] * 60)
    deep.mkdir(parents=True)
    (tmp_path / "lib" / "a.py").write_text("x" * 100)
    (tmp_path / "into").mkdir()
    with pytest.raises(foreign.TooMuch):
        foreign.Copy(os.geteuid(), most).take(tmp_path / "lib", tmp_path / "into")


def test_a_report_is_read_from_a_plain_file_alone(tmp_path, secret):
    report = tmp_path / "report.json"
    os.mkfifo(report)
    assert foreign.read(report, 100) is None
    report.unlink()
    report.symlink_to(secret / "cookie_secret")
    assert foreign.read(report, 100) is None
    report.unlink()
    report.write_text("{}")
    assert foreign.read(report, 100, os.geteuid()) == b"{}" and foreign.read(report, 1) is None
    assert foreign.read(report, 100, os.geteuid() + 1) is None


@pytest.mark.parametrize("text", ["", "[", "[]", '{"install": [{}]}', '{"install": 5}', "[" * 100_000])
def test_a_report_that_is_none_is_a_sentence(tmp_path, text):
    class Place:
        folder, owner, builder = tmp_path, os.geteuid(), Builder(sys.executable)

        def download(self, argv):
            Path(argv[argv.index("--report") + 1]).write_text(text)

    (tmp_path / "out").mkdir()
    with pytest.raises(Broken, match="its report is no JSON"):
        library_build._chosen(["numpy"], Place())


PASSWORD = {"PIP_INDEX_URL": "https://someone:canary@127.0.0.1:9/simple", "https_proxy": "http://a:canary@127.0.0.1:9"}


def test_what_a_build_is_passed_holds_no_password():
    passed = without_passwords(
        pip_settings({**PASSWORD, "PIP_CONFIG_FILE": "/etc/p", "LANG": "C", "HUB_TOKEN": "canary"})
    )
    assert passed == {"PIP_INDEX_URL": "https://127.0.0.1:9/simple", "https_proxy": "http://127.0.0.1:9", "LANG": "C"}
    assert has_passwords(PASSWORD) and not has_passwords({"PIP_INDEX_URL": "https://127.0.0.1/simple"})


def test_code_that_is_built_sees_no_password_and_has_what_it_needs_all_the_same(course, wheels, monkeypatch):  # noqa: F811
    monkeypatch.setenv("https_proxy", PASSWORD["https_proxy"])
    spy = "import coins, os\nopen('dice.txt', 'w').write('SAW = ' + repr(dict(os.environ)))\n"
    made = course(spy)
    project = PACKAGE["tools/pyproject.toml"].replace("requires = []", 'requires = ["coins"]')
    made.manifest.files["tools/pyproject.toml"] = made._blob(project.encode())
    saw = imported(made.build("./tools").folder, "import dice; print(dice.SAW)")
    assert "canary" not in saw and "https_proxy" in saw


@needs_root
def test_a_step_with_a_password_can_start_no_program(course, builder):
    start = "import os, sys\ntry: os.fork()\nexcept OSError: sys.exit(0)\nsys.exit(1)"
    with builder.place(None) as place:
        assert place.download([sys.executable, "-I", "-c", start]).code == 0


@needs_root
def test_two_builds_at_once_are_two_accounts(builder):
    with builder.place(None) as one, builder.place(None) as other:
        assert one.uid != other.uid and {one.uid, other.uid} <= set(UIDS)
