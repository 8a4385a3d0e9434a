"""Complaints of the hub find their line in config/."""

import pytest

from classhub.config.blame import place
from classhub.config.extra_config import syntax_errors

CONFIG = """\
hub:
  config:
    Authenticator:
      any_allow_config: many
  extraConfig:
    short: x = 1
    mine: |
      y = 2
      z
"""
COMPLAINTS = {
    "hub: the setting Authenticator.any_allow_config of hub.config expected a boolean": "config.yaml:4",
    "hub: the setting Authenticator.other of hub.config expected a boolean": "",
    "hub.extraConfig.mine, line 2: NameError: z": "config.yaml:9",
    "hub.extraConfig.short, line 1: NameError": "config.yaml:6",
    "hub.extraConfig.gone, line 1: NameError": "",
    "set another local.port in config/classhub.yaml": "classhub.yaml:2",
    "correct local.address": "",
    "The disk is full.": "",
}


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_the_place(tmp_path, complaint):
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "classhub.yaml").write_text("local:\n  port: 80\n")
    assert place(complaint, tmp_path).rpartition("/")[2] == COMPLAINTS[complaint]


def test_a_folder_that_is_broken_names_no_place(tmp_path):
    (tmp_path / "config.yaml").write_text("hub: [\n")
    assert all(place(complaint, tmp_path) == "" for complaint in COMPLAINTS)


def test_snippets_are_parsed_and_never_run():
    sources = {"a": "raise SystemExit", "b": "x = (\n", "c": "y = '\\d'", "d": "\0"}
    found = list(syntax_errors({"hub": {"extraConfig": sources}}))
    assert [(key, line) for key, line, _ in found] == [("b", 1), ("d", 1)]
