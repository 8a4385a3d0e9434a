"""`make bench`: figures beside a reference in the same run, printed as a table and never asserted.

Walls on a shared machine are upper bounds: look at the ratios. The share of the processors that others took is printed.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import cluster, material, ours, plain
from bench.machine import others_share

REPOSITORY = Path(__file__).parents[2]


def median_s(run: Callable[[], object], times: int) -> float:
    """Median wall seconds."""
    return statistics.median(_timed(run) for _ in range(times))


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def program(*argv: str) -> Callable[[], object]:
    return lambda: subprocess.run(argv, check=True, capture_output=True, cwd=REPOSITORY)


def of_500_lines(folder: Path) -> str:
    """A deployment folder with the college's config.yaml, grown by profiles as real ones grow."""
    text = (REPOSITORY / "config" / "config.yaml").read_text()
    missing = 500 - len(text.splitlines()) - 2
    assert "profileList" not in text and "\nsingleuser:\n" in text and missing > 0
    profile = (
        "    - display_name: Course {n}",
        "      description: More memory for the {n}th course",
        "      kubespawner_override:",
        "        mem_limit: {n}G",
        "        cpu_limit: 2",
    )
    lines = [line.format(n=2 + number) for number in range(100) for line in profile][: missing // 5 * 5]
    grown = text.replace("\nsingleuser:\n", "\n".join(["\nsingleuser:", "  profileList:", *lines, ""]), 1)
    folder.joinpath("config.yaml").write_text(grown)
    return str(folder)


def command_line(folder: Path) -> list[tuple[str, str, str]]:
    """The command line beside an empty Python. folder: an empty one."""
    grown = of_500_lines(folder)
    nothing = median_s(program(sys.executable, "-c", "pass"), 15)
    rows = [("python -c pass", f"{nothing:.3f} s", "1.0")]
    load = "from pathlib import Path; from classhub.config.load import load; load(Path('config'), {})"
    for name, argv in {
        "classhub --help": (sys.executable, "-m", "classhub", "--help"),
        "reading config/": (sys.executable, "-c", load),
        "classhub check": (sys.executable, "-m", "classhub", "check"),
        "classhub check, 500 lines": (sys.executable, "-m", "classhub", "--folder", grown, "check"),
        "classhub status": (sys.executable, "-m", "classhub", "status"),
    }.items():
        took = median_s(program(*argv), 11)
        rows.append((name, f"{took:.3f} s", f"{took / nothing:.1f}"))
    return rows


def hubs(folder: Path, at_once: int) -> list[tuple[str, str, str]]:
    """Our hub beside plain JupyterHub, in turn, in one run."""
    rows = []
    with plain.running(folder / "plain") as theirs:
        rows += [("plain JupyterHub: start to login page", f"{theirs.start_s:.2f} s", "1.0")]
        one = statistics.median(theirs.start_server(f"one{number}") for number in range(3))
        many = theirs.start_many([f"many{number}" for number in range(at_once)])
    rows += [
        ("plain: one server, request to ready", f"{one:.2f} s", "1.0"),
        (f"plain: {at_once} at once, all ready", f"{many:.1f} s", "1.0"),
    ]
    with ours.running(folder / "ours") as hub:
        rows.append(("up: command to login page, warm", f"{hub.start_s:.2f} s", f"{hub.start_s / theirs.start_s:.2f}"))
        own = statistics.median(hub.start_server(f"one{number}") for number in range(3))
        rows.append(("one server, request to ready", f"{own:.2f} s", f"{own / one:.2f}"))
        own = hub.start_many([f"many{number}" for number in range(at_once)])
        rows.append((f"{at_once} at once, all ready", f"{own:.1f} s", f"{own / many:.2f}"))
        rows += [(f"{part} killed, pages answer again", f"{hub.kill(part):.2f} s", "-") for part in ("hub", "proxy")]
        rows += [(f"memory of the {name} (PSS)", f"{mib:.0f} MiB", "-") for name, mib in hub.memory_mib().items()]
    return rows


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--at-once", type=int, default=12, help="servers started at the same moment")
    options.add_argument("--no-hubs", action="store_true", help="the command line only")
    options.add_argument("--no-material", action="store_true", help="without the course for 1, 30 and 100 students")
    options.add_argument(
        "--only-material", action="store_true", help="the course for 1, 30 and 100 students, nothing else"
    )
    options.add_argument("--no-cluster", action="store_true", help="without the cluster of 5,000 users")
    chosen = options.parse_args()
    others = others_share()
    rows = []
    if not chosen.only_material:
        with tempfile.TemporaryDirectory() as folder:
            rows += command_line(Path(folder))
    if not chosen.no_material:
        with tempfile.TemporaryDirectory() as folder:
            rows += material.rows(Path(folder))
    if not chosen.no_cluster and not chosen.only_material:
        rows += cluster.rows()
    if not chosen.no_hubs and not chosen.only_material:
        with tempfile.TemporaryDirectory() as folder:
            rows += hubs(Path(folder), chosen.at_once)
    width = max(len(row[0]) for row in rows)
    print(f"{'work':{width}}  {'median':>10}  ratio to the reference above")
    for name, figure, ratio in rows:
        print(f"{name:{width}}  {figure:>10}  {ratio}")
    print(f"Others took {others():.0%} of the processors meanwhile; above 15 % run it again.")


if __name__ == "__main__":
    main()
