"""Course material for 1, 30 and 100 students at once: ours over HTTP from a mirror, beside nbgitpuller and a plain copy.

One course of 365 files and 27 MB, one program for each student. nbgitpuller pulls from `git daemon` on loopback.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from doubles import big_course
from doubles.ports import free_port
from hub.student import eventually

PEER = "nbgitpuller==1.3.0"
SYNC = """
import os, sys, time
from pathlib import Path
from classhub.materials.fetch import HandedSource, HttpSource
from classhub.materials.sync import sync
url, files, home = sys.argv[1], sys.argv[2], Path(sys.argv[3])
def once():
    began = time.process_time()
    http = HttpSource(url, "big", "", home / "answer.json")
    done = sync(HandedSource(files, http) if files else http, home, "big", budget_s=600)
    assert done.status == "done", (done.status, done.error)
    return time.process_time() - began
how = sys.argv[4] if sys.argv[4:] else ""
if how == "when told":
    import ctypes, encodings.idna, classhub.materials.connection  # every Jupyter server has loaded what these need
    print("ready", flush=True)
    sys.stdin.readline()
    once()
    print("done", flush=True)
    os._exit(0)  # a server goes on; the end of an interpreter is no part of a delivery
once()
print(min(once() for _ in range(5)) if how == "again" else "")
"""
TURNS = 9
SETTLED_S = 60
"""After files were removed; until then ext4 makes new ones several times more slowly, whoever asks."""
WHO = ("-c", "user.name=Jane.Doe", "-c", "user.email=jane.doe@college.edu")
Rows = list[tuple[str, str, str]]


@dataclass
class Place:
    """folder: of everything. course: where the instructor works; exported: its files alone. url: of the mirror. git: of the repository."""

    folder: Path
    course: Path
    url: str
    git: str
    gitpuller: str

    def home(self, kind: str, number: int) -> Path:
        return self.folder / kind / str(number)

    def ours(self, number: int) -> list[str]:
        return [sys.executable, "-c", SYNC, self.url, "", str(self.home("ours", number))]

    def running(self, number: int, how: str = "running") -> list[str]:
        """As in a student's server, which has been started before. how: "running" on the mirror's machine, "remote" elsewhere."""
        files = str(self.folder / "files.sock") if how == "running" else ""
        return [sys.executable, "-c", SYNC, self.url, files, str(self.home(how, number)), "when told"]

    def theirs(self, number: int) -> list[str]:
        return [self.gitpuller, self.git, "main", str(self.home("theirs", number) / "big")]

    def copy(self, number: int) -> list[str]:
        return ["cp", "-r", str(self.folder / "exported"), str(self.home("copy", number) / "big")]

    def commit(self, what: str) -> None:
        for words in (("add", "-A"), (*WHO, "commit", "-qm", what)):
            subprocess.run(["git", "-C", str(self.course), *words], check=True)

    def change(self) -> None:
        """A correction: five notebooks, two tables, one that goes and one that comes."""
        for number in (3, 4, 5, 50, 90):
            path = self.course / f"week{number // 8:02}/lab{number:03}.ipynb"
            path.write_text(path.read_text().replace("the student", f"every student {time.time_ns()}", 3))
        for number in (7, 8):
            with (self.course / f"data/set{number:02}/table.csv").open("a") as table:
                table.write("2001,0.5,rain,1\n")
        self.commit("Correct")

    def release(self) -> str:
        with urllib.request.urlopen(f"{self.url}/courses/big/manifest") as answer:
            return str(json.load(answer)["release"])


def rows(folder: Path, counts: Sequence[int] = (1, 30, 100)) -> Rows:
    with running(folder) as place:
        found = []
        for count in counts:
            found += _of(place, count)
            for kind in ("ours", "running", "remote", "theirs", "copy"):
                shutil.rmtree(place.folder / kind, ignore_errors=True)
            time.sleep(SETTLED_S)
        return found


def _of(place: Place, count: int) -> Rows:
    who = "1 student" if count == 1 else f"{count} students"
    copied, running, remote = _in_turn(place, count)
    found: Rows = [(f"{who}: cp -r of the course", _shown(copied), "-")]

    def both(what: str) -> None:
        theirs = at_once([place.theirs(number) for number in _homes(place, "theirs", count)])
        ours = at_once([place.ours(number) for number in _homes(place, "ours", count)])
        assert not ours.failed, f"{ours.failed} of {count} failed: {place.ours(0)}"
        found.append((f"{who}: {what}, nbgitpuller", _shown(theirs), "1.0"))
        found.append((f"{who}: {what}, ours", _shown(ours), f"{ours.wall_s / theirs.wall_s:.2f}"))
        if what == "first delivery":
            found.append(("  the same beside cp -r", "", f"{ours.wall_s / copied.wall_s:.2f}"))

    both("first delivery")
    for took, where in ((running, "on the mirror's machine"), (remote, "elsewhere, over HTTP")):
        assert not took.failed, f"{took.failed} of {count} failed in servers that run, {where}"
        found.append((f"  in servers that run, {where}", _shown(took), "-"))
        found.append(("  the same beside cp -r", "", f"{took.wall_s / copied.wall_s:.2f}"))
    both("no-op")
    before = place.release()
    place.change()
    eventually(lambda: place.release() != before, 120)
    both("update of 7 files")
    if count == 1:
        found += [
            ("no-op in a server that runs, CPU", f"{_running_no_op(place):.3f} s", "-"),
            ("disk of a home, nbgitpuller", _disk(place.home("theirs", 0)), "1.0"),
            ("disk of a home, ours", _disk(place.home("ours", 0)), "-"),
        ]
    return found


class Took(NamedTuple):
    """Wall seconds until the last has ended, CPU seconds of all, and how many ended badly."""

    wall_s: float
    cpu_s: float
    failed: int


def _in_turn(place: Place, count: int) -> list[Took]:
    """A copy, and a first delivery in servers that run here and elsewhere: medians of up to TURNS each, fewer for a class."""
    turns = min(TURNS, max(1, 100 // count))
    taken: list[list[Took]] = [[], [], []]
    for turn in range(turns):
        first = turn * count
        taken[0].append(at_once([place.copy(number) for number in _homes(place, "copy", count, first)]))
        for how, took in (("running", taken[1]), ("remote", taken[2])):
            took.append(when_told([place.running(number, how) for number in _homes(place, how, count, first)]))
    return [sorted(took)[turns // 2]._replace(failed=sum(one.failed for one in took)) for took in taken]


def _homes(place: Place, kind: str, count: int, first: int = 0) -> range:
    numbers = range(first, first + count)
    for number in numbers:
        place.home(kind, number).mkdir(parents=True, exist_ok=True)
    return numbers


def at_once(commands: Sequence[Sequence[str]]) -> Took:
    before = os.times()
    start = time.perf_counter()
    children = [subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for argv in commands]
    failed = sum(child.wait() != 0 for child in children)
    took, after = time.perf_counter() - start, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(took, cpu, failed)


def when_told(commands: Sequence[Sequence[str]]) -> Took:
    """Programs that are ready, and wait for a line: how long they take from then on."""
    before = os.times()
    children = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for argv in commands]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    start = time.perf_counter()
    for child in children:
        assert child.stdin is not None
        child.stdin.close()
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()  # "done", or the end of one that failed
    took = time.perf_counter() - start
    failed = sum(child.wait() != 0 for child in children)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(took, cpu, failed)


def _shown(took: Took) -> str:
    return f"{took.wall_s:.2f} s ({took.cpu_s:.1f} CPU){f', {took.failed} failed' if took.failed else ''}"


def _running_no_op(place: Place) -> float:
    done = subprocess.run([*place.ours(0), "again"], check=True, capture_output=True, text=True)
    return float(done.stdout)


def _disk(home: Path) -> str:
    told = subprocess.run(["du", "-sm", str(home)], check=True, capture_output=True, text=True).stdout
    return f"{told.split()[0]} MiB"


@contextmanager
def running(folder: Path) -> Iterator[Place]:
    """The course, its repository, a mirror and a git server."""
    course = folder / "course"
    big_course.make(course)
    shutil.copytree(course, folder / "exported")  # without the repository
    subprocess.run(["git", "init", "-q", "-b", "main", str(course)], check=True)
    ports = [free_port(), free_port()]
    place = Place(folder, course, f"http://127.0.0.1:{ports[0]}", f"git://127.0.0.1:{ports[1]}/course", _peer())
    place.commit("All")
    source = {"kind": "git", "source": str(course), "branch": "main", "every_s": 2}
    settings = {
        "store": str(folder / "store"),
        "listen": f"127.0.0.1:{ports[0]}",
        "files": str(folder / "files.sock"),
        "courses": [{"name": "big", "source": source}],
    }
    (folder / "mirror.json").write_text(json.dumps(settings))
    mirror = [sys.executable, "-m", "classhub.materials.mirror", str(folder / "mirror.json")]
    daemon = ["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={ports[1]}", f"--base-path={folder}"]
    with _program(mirror, folder / "mirror.log"), _program([*daemon, "--max-connections=400"], folder / "git.log"):
        eventually(place.release, 120)
        yield place


@contextmanager
def _program(argv: Sequence[str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        child = subprocess.Popen(argv, stdout=out, stderr=out)
        try:
            yield
        finally:
            child.terminate()
            child.wait(30)


def _peer() -> str:
    """nbgitpuller in an environment of its own, made once."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "classhub" / "bench" / PEER
    program = folder / "bin" / "gitpuller"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "-q", PEER], check=True)
    return str(program)
