"""A hostile file of any size costs what its size costs: twice of it takes twice the time, and the largest one ends."""

import time

import pytest

from classhub.config.load import look
from classhub.config.reading import LARGEST

HUB = "hub:\n  config:\n"
PROFILES = "singleuser:\n  profileList:\n"
OPTIONS = PROFILES + "    - display_name: n\n      profile_options:\n"
SHAPES = {
    "unknown keys": ("config.yaml", "", "k{}ab: 1\n"),
    "traits": ("config.yaml", HUB + "    JupyterHub:\n", "      admin_{}: 1\n"),
    "defaults": ("config.yaml", PROFILES, "    - {{display_name: n{}, default: true}}\n"),
    "limits": ("config.yaml", PROFILES, "    - {{display_name: n{}, kubespawner_override: {{mem_limit: 2Gi}}}}\n"),
    "options": ("config.yaml", OPTIONS, "        o{}: {{choices: {{a: {{default: true}}, b: {{default: true}}}}}}\n"),
    "choices": ("config.yaml", OPTIONS + "        o:\n          choices:\n", "            c{}: {{default: true}}\n"),
    "spawners": ("config.yaml", HUB, "    K{}Spawner: {{mem_limit: 2Gi}}\n"),
    "the same student": ("config.yaml", HUB + "    Authenticator:\n      allowed_users:\n", "        - alice\n"),
    "a course": ("courses/comp141.yaml", "name: x\n", "k{}: 1\n"),
    "files of values": ("classhub.yaml", "values:\n", "  - v{}.yaml\n"),
}
MOST_TOLD = 500


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "courses").mkdir()
    (tmp_path / "config.yaml").write_text("")
    (tmp_path / "courses/comp141.yaml").write_text("")
    return tmp_path


def filled(shape: str, size: int) -> dict[str, bytes]:
    name, head, line = SHAPES[shape]
    count = (size - len(head)) // len(line.format(100_000))
    return {name: (head + "".join(line.format(number) for number in range(count))).encode()}


def looked_for(folder, contents) -> float:
    """Seconds of the processor."""
    start = time.process_time()
    _, found = look(folder, {}, instead=contents)
    spent = time.process_time() - start
    assert 0 < len(found) <= MOST_TOLD
    return spent


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_file_is_four_times_the_time(folder, shape):
    """And not sixteen times, as what grows with the square of it."""
    small, large = (filled(shape, size) for size in (LARGEST // 16, LARGEST // 4))
    looked_for(folder, filled(shape, LARGEST // 100))  # the tables are read
    once = fourfold = float("inf")
    for _ in range(8):  # a busy machine makes one look slow, and seldom eight
        once, fourfold = min(once, looked_for(folder, small)), min(fourfold, looked_for(folder, large))
        if fourfold <= 8 * once:
            return
    raise AssertionError(f"{once:.2f} s, and {fourfold:.2f} s for four times of it")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("shape", ["defaults", "options", "spawners", "the same student"])
def test_the_largest_file_comes_to_an_end(folder, shape):
    looked_for(folder, filled(shape, LARGEST))
