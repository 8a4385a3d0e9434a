"""Snippets of hub.extraConfig that are too new for an older Python, and those that no Python reads."""

import sys
from pathlib import Path

import pytest

from classhub.config.load import look
from classhub.config.newer_python import is_read_by, of_chart

NEW: list[tuple[tuple[int, int], str]] = [
    ((3, 12), 'x = f"{d["k"]}"\n'),
    ((3, 12), "x = f'{\"a\\n\".join(b)} # {{'\ny = 'it is'\n"),
    ((3, 12), "x = f'''{\n  1  # one\n}'''\n"),
    ((3, 12), "x = f'{f'{f'{1}'}'}'  # don't\n"),
    ((3, 12), "type Names = list[str]\n"),
    ((3, 12), "async def first[T](of: list[T]) -> T:\n    return of[0]\n"),
    ((3, 12), "class Box[T]:\n    pass\n"),
    ((3, 14), "try:\n    pass\nexcept KeyError, OSError:\n    pass\n"),
    ((3, 14), "x = t'{name}'\n"),
]
NEVER = (
    "print('hello'\n",
    "x = f'{a'\n",
    "def f[T(a):\n    pass\n",
    "x = 'a\n",
    "type = \n",
    'x = f"{d["k"]}"\nif x\n    pass\n',
    "except A, B:\n    pass\n",
    "x = f'" + "{f'" * 5000,
)


@pytest.mark.parametrize(("since", "source"), NEW)
def test_what_came_with_a_release_is_read_from_it_on(since: tuple[int, int], source: str) -> None:
    assert is_read_by(source, since, (3, 11))
    assert not is_read_by(source, (since[0], since[1] - 1), (3, 11))
    if sys.version_info >= since:
        compile(source, "newer", "exec")


@pytest.mark.parametrize("source", NEVER)
def test_what_no_python_reads_stays_a_mistake(source: str) -> None:
    assert not is_read_by(source, (3, 14), (3, 11))


def test_each_chart_has_its_python() -> None:
    assert [of_chart(chart) for chart in ("3.3.8", "4.4.0", "5.0.0-0.dev")] == [(3, 11), (3, 12), (3, 14)]


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads all of them")
@pytest.mark.parametrize(("chart", "severity"), [("4.4.0", "error"), ("5.0.0-0.dev", "warning")])
def test_what_the_hub_reads_and_this_machine_does_not_is_a_warning(tmp_path: Path, chart: str, severity: str) -> None:
    lines = ["hub:", "  extraConfig:", "    late: |", *(f"      {line}" for line in NEW[7][1].splitlines())]
    (tmp_path / "config.yaml").write_text("\n".join(lines) + "\n")
    _, found = look(tmp_path, {}, chart=chart)
    assert [(one.severity, one.line) for one in found if one.code == "CH1603"] == [(severity, 6)]
