"""classhub.yaml's values: further files of the chart's values, between config.yaml and secrets.yaml."""

from collections.abc import Callable
from pathlib import Path

import pytest

from classhub.config.blame import place
from classhub.config.load import load, look
from classhub.errors import Finding, Mistakes

Make = Callable[..., Path]
NAMED = "values:\n  - autumn.yaml\n  - exam/week.yaml\n"


def errors(folder: Path, **more: object) -> list[Finding]:
    return [one for one in look(folder, {}, **more)[1] if one.severity == "error"]  # type: ignore[arg-type]


def test_they_are_merged_in_helms_order(folder_with: Make) -> None:
    files = {
        "classhub.yaml": NAMED,
        "config.yaml": "cull: {every: 1, timeout: 1, maxAge: 1, users: false}\n",
        "autumn.yaml": "cull: {every: 2, timeout: 2, maxAge: 2}\n",
        "exam/week.yaml": "cull: {every: 3, timeout: 3}\n",
        "secrets.yaml": "cull: {every: 4}\n",
    }
    config = load(folder_with(files), {})
    assert config.own_values["cull"] == {"every": 4, "timeout": 3, "maxAge": 2, "users": False}
    assert config.settings.values == ("autumn.yaml", "exam/week.yaml")


def test_null_in_a_later_one_deletes(folder_with: Make) -> None:
    files = {
        "classhub.yaml": "values: [a.yaml]\n",
        "config.yaml": "cull: {every: 5}\n",
        "a.yaml": "cull: {every: null}\n",
    }
    assert "every" not in load(folder_with(files), {}).values["cull"]


def test_a_mistake_is_told_in_the_file_that_made_it(folder_with: Make) -> None:
    files = {
        "classhub.yaml": NAMED,
        "config.yaml": "cull:\n  every: 600\n",
        "autumn.yaml": "\n\ncull:\n  every: soon\n",
        "exam/week.yaml": "hub:\n\ta: 1\n",
    }
    found = errors(folder_with(files))
    assert [(one.file, one.line, one.code) for one in found] == [
        ("config/autumn.yaml", 4, "CH1202"),
        ("config/exam/week.yaml", 2, "CH1102"),
    ]


def test_one_that_is_not_there_is_told_once_at_its_line(folder_with: Make) -> None:
    folder = folder_with({"classhub.yaml": NAMED, "autumn.yaml": ""})
    (found,) = errors(folder)
    assert (found.file, found.line, found.column, found.code) == ("config/classhub.yaml", 3, 5, "CH1915")
    assert found.message == "There is no exam/week.yaml here."
    assert "touch config/exam/week.yaml" in found.fix
    assert not errors(folder, instead={"exam/week.yaml": b"cull: {every: 5}\n"}), "one that is about to be written"


def test_a_dangling_link_is_told_once(folder_with: Make) -> None:
    folder = folder_with({"classhub.yaml": "values: [a.yaml]\n"})
    (folder / "a.yaml").symlink_to("nowhere")
    assert [one.code for one in errors(folder)] == ["CH1001"]


@pytest.mark.parametrize("text", ["values: 5\n", "values: {a: 1}\n", "values: [[a], {b: 1}]\n", "values: null\n"])
def test_what_is_no_list_of_names_stops_nothing(text: str, folder_with: Make) -> None:
    assert {one.code for one in errors(folder_with({"classhub.yaml": text}))} <= {"CH1902"}


def test_files_given_instead_take_the_place_of_all(folder_with: Make) -> None:
    folder = folder_with({"classhub.yaml": "values: [a.yaml]\n", "a.yaml": "cull: {every: soon}\n"})
    assert not errors(folder, files=[folder / "config.yaml"])


def test_a_file_given_twice_counts_where_it_stands_last(folder_with: Make) -> None:
    folder = folder_with({"a.yaml": "cull: {every: 1}\n", "b.yaml": "cull: {every: 2}\n"})
    config, _ = look(folder, {}, files=[folder / "a.yaml", folder / "b.yaml", folder / "a.yaml"])
    assert config is not None
    assert config.own_values["cull"]["every"] == 1


SECRET = "proxy:\n  secretToken: " + "0123456789abcdef" * 4 + "\n"


def test_a_secret_in_one_is_told_there(folder_with: Make) -> None:
    folder = folder_with({"classhub.yaml": "values: [a.yaml]\n", "a.yaml": SECRET, "secrets.yaml": SECRET})
    _, found = look(folder, {}, tracked=lambda name: name in ("a.yaml", "config.yaml"))
    (told,) = [one for one in found if one.code == "CH1701"]
    assert (told.file, told.line, told.severity) == ("config/a.yaml", 2, "error")
    assert "stands in a.yaml, which git keeps" in told.message
    _, found = look(folder, {}, tracked=lambda name: name == "config.yaml")
    assert "CH1701" not in {one.code for one in found}


def test_a_config_yaml_in_a_folder_below_is_no_second_config_yaml(folder_with: Make) -> None:
    folder = folder_with({"classhub.yaml": "values: [x/config.yaml]\n", "x/config.yaml": "", "config.yaml": SECRET})
    (told,) = [one for one in look(folder, {}, tracked=lambda name: True)[1] if one.code == "CH1701"]
    assert told.file == "config/config.yaml"


def test_a_complaint_of_the_hub_is_placed_there(folder_with: Make) -> None:
    folder = folder_with(
        {"classhub.yaml": "values: [a.yaml]\n", "a.yaml": "\nhub:\n  extraConfig:\n    x: |\n      a\n      b\n"}
    )
    assert place("hub.extraConfig.x, line 2: NameError", folder) == "config/a.yaml:6"


def test_all_mistakes_come_at_once(folder_with: Make) -> None:
    folder = folder_with(
        {"classhub.yaml": "values: [gone.yaml]\nlocal: {prot: 1}\n", "config.yaml": "cull: {every: soon}\n"}
    )
    with pytest.raises(Mistakes) as caught:
        load(folder, {})
    assert [one.code for one in caught.value.findings] == ["CH1915", "CH1901", "CH1202"]
