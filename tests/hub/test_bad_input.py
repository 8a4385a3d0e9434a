"""Mistakes in config/: each is one sentence with file:line, the reason and the fix; nothing is started, no traceback."""

import shutil
import subprocess
import sys

import pytest

from hub.conftest import CONFIG
from hub.sentences import logs, nothing_is_left, read, refused, says, told

# name: (what config.yaml holds, place, what is said, the fix)
YAML = {
    "a tab": ("hub:\n\tconfig: {}\n", "2:1", "A tab is used", "Replace the tab by spaces"),
    "an unclosed quote": (
        'hub:\n  baseUrl: "/x\n  config: {}\n',
        "2:12",
        "The quote that opens here is not closed",
        "Add the closing quote",
    ),
    "an alias of nothing": ("hub:\n  config: *nothing\n", "2:11", "no anchor of that name", "put it in quotes"),
    "a mark left by hand": (
        "proxy:\n  service:\n    loadBalancerIP: ***IP***\n",
        "3:21",
        "cannot start with *",
        "Write the value itself",
    ),
    "a key twice": (
        "hub:\n  baseUrl: /a\n  baseUrl: /b\n",
        "3:3",
        "baseUrl is here for the second time; line 2 has it already",
        "Keep one of them",
    ),
    "Latin 1": ("hub:\n  baseUrl: /caf\udce9\n", "2:16", "not UTF-8", "iconv -f latin1 -t utf-8"),
    "a list": ("- hub\n", "1:1", "not a mapping", "Write a colon and a space after each key"),
    "mere text": ("hello\n", "1:1", "not a mapping", "Write a colon"),
    "an unknown key": (
        "hub: {}\nsingelUser: {}\n",
        "2:1",
        "knows no key singelUser at the top level. Did you mean singleuser?",
        "singleuser: {}",
    ),
    "a word for a number": (
        "cull:\n  every: soon\n",
        "2:3",
        "cull.every must be a whole number or null; here it is text",
        "every: 600",
    ),
    "a list for a number": (
        "singleuser:\n  memory:\n    limit: [1]\n",
        "3:5",
        "singleuser.memory.limit cannot be read: a list.",
        "limit: 1G",
    ),
    "a snippet that is no Python": (
        "hub:\n  extraConfig:\n    mine: |\n      x = 1\n      y = = 2\n",
        "5:1",
        "hub.extraConfig.mine, line 2: this is not Python",
        "Correct the line",
    ),
}


@pytest.mark.parametrize("mistake", YAML)
def test_a_mistake_in_config_yaml_is_told_with_its_place(deployment, mistake):
    text, place, what, fix = YAML[mistake]
    (deployment.config / "config.yaml").write_bytes(text.encode(errors="surrogateescape"))
    says(
        refused(deployment, code=1), f"config.yaml:{place}: ", what, "Fix: ", fix, "1 mistake in the deployment folder."
    )
    assert not deployment.state.exists(), "nothing was made"


OURS = {
    "classhub.yaml": {
        "local:\n  prot: 8000\n": ("2:3", "no setting prot in local. Did you mean port?", "port: 8000"),
        "local:\n\tport: 8000\n": ("2:1", "A tab is used", "Replace the tab"),
        'local:\n  port: "8000"\n': ("2:3", "local.port must be a whole number; here it is text", "port: 8000"),
        "local:\n  address: hub.college.edu\n": ("2:3", "not an IP address", "127.0.0.1 (this machine only)"),
        "homes:\n  folder: config/homes\n": ("2:3", "lies inside the deployment folder", "folder: .classhub/homes"),
    },
    "courses/comp141.yaml": {
        "title: [a\n": ("1:8", "The bracket [ that opens here is not closed", "Add the missing ]"),
        "materiel: x\n": ("1:1", "no setting materiel. Did you mean material?", "material: x"),
        "material: .\n": ("1:1", "holds the deployment folder", "Put the material into a folder of its own"),
    },
    "secrets.yaml": {"hub:\n\tconfig: {}\n": ("2:1", "A tab is used", "Replace the tab")},
}


@pytest.mark.parametrize(("file", "text"), [(file, text) for file, texts in OURS.items() for text in texts])
def test_a_mistake_in_the_other_files_is_told_with_its_place(deployment, file, text):
    place, what, fix = OURS[file][text]
    deployment.write(file, text, 0o600)
    says(refused(deployment, code=1), f"{file}:{place}: ", what, "Fix: ", fix)
    assert not deployment.state.exists()


def test_all_mistakes_of_all_files_are_told_at_once(deployment):
    deployment.write("config.yaml", "hubb: {}\ncull:\n  every: soon\n")
    deployment.write("classhub.yaml", "lokal: {}\n")
    says(refused(deployment, code=1), "classhub.yaml:1:1", "config.yaml:1:1", "config.yaml:3:3", "3 mistakes")


def test_secrets_that_others_can_read_are_told_with_the_command_that_closes_them(deployment):
    deployment.write("secrets.yaml", "hub: {config: {GoogleOAuthenticator: {client_secret: hush-hush-hush}}}\n", 0o644)
    text = refused(deployment, code=1)
    says(text, "secrets.yaml: Other people on this machine can read", "its mode is 0644", "Fix: chmod 600 '")
    assert "hush" not in text


def test_a_secret_is_in_no_message(deployment):
    deployment.write("secrets.yaml", 'hub:\n  config:\n    X: {client_secret: "hush-hush-hush}\n', 0o600)
    assert "hush" not in refused(deployment, code=1)


def test_a_folder_without_config_yaml_is_told_with_a_beginning(deployment):
    (deployment.config / "config.yaml").unlink()
    says(refused(deployment, code=1), "holds no config.yaml.", "the one file that", "Next: ", "classhub init")


def test_a_folder_that_is_not_there_is_wrong_usage(deployment):
    shutil.rmtree(deployment.config)
    text = told(deployment, code=2)
    says(text, f"There is no folder {deployment.config}.", "Next: Name the folder that holds config.yaml")
    deployment.config.mkdir()  # `down` of the fixture finds a folder again


def test_nowhere_at_all_is_told_with_the_option_that_names_a_folder(deployment, tmp_path):
    argv = [sys.executable, "-m", "classhub", "up"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    says(read(deployment, done, 1), "There is no deployment folder in", "Next: ", "`classhub -C PATH/config")


def test_an_empty_config_yaml_is_fine(deployment):
    deployment.write("config.yaml", "")
    out = deployment.up()
    says(out, f"The hub is at {deployment.address}", "people enter by invitation", "no admin is named")


def with_hub_config(lines: str) -> str:
    return CONFIG.replace("  config:\n", f"  config:\n{lines}", 1)


def test_a_snippet_that_fails_is_told_with_its_line_and_nothing_is_left_running(deployment):
    snippet = "hub:\n  extraConfig:\n    fine: |\n      x = 1\n    mine: |\n      y = 2\n      undefined_name\n"
    deployment.write("config.yaml", CONFIG.replace("hub:\n", snippet, 1))
    text = refused(deployment, code=3)
    says(text, "The hub does not start. What had started was stopped again.", "config.yaml:7: ")
    says(text, "hub.extraConfig.mine, line 2: NameError: name 'undefined_name' is not defined", "Next: Mend that")
    says(logs(deployment)["hub.log"], "hub.extraConfig.mine, line 2")


@pytest.mark.parametrize(
    ("lines", "section"),
    [
        ('    Authenticator:\n      auth_refresh_strict: "many"\n', "Authenticator.auth_refresh_strict"),
        ("    JupyterHub:\n      oauth_require_pkce: many\n", "JupyterHub.oauth_require_pkce"),
    ],
)
def test_a_setting_of_the_hub_of_the_wrong_type_is_told_in_its_own_words(deployment, lines, section):
    """Traits of JupyterHub 6, which the chart's 5.5 has not: the check leaves them to the college's own hub image."""
    deployment.write("config.yaml", f"hub:\n  config:\n{lines}  image: {{name: gcr.io/college-cs/hub, tag: v6}}\n")
    text = refused(deployment, code=3)
    says(text, "The hub does not start.", "config.yaml:4: ", f"the setting {section} of hub.config expected a")
    says(text, "not the str 'many'", "Next: Mend that, then `classhub -C ")
    assert logs(deployment)["supervisor.log"].count("ended") == 1, "no use in trying such settings again"
    nothing_is_left(deployment)


@pytest.mark.parametrize(
    ("lines", "sentence", "fix"),
    [
        (
            '    Authenticator:\n      any_allow_config: "many"\n',
            "hub.config.Authenticator.any_allow_config must be true or false; here it is text.",
            "any_allow_config: true",
        ),
        (
            "    JupyterHub:\n      active_server_limit: many\n",
            "hub.config.JupyterHub.active_server_limit must be a whole number; here it is text.",
            "active_server_limit: 1",
        ),
    ],
)
def test_a_setting_of_the_hub_of_the_wrong_type_is_found_before_anything_starts(deployment, lines, sentence, fix):
    deployment.write("config.yaml", f"hub:\n  config:\n{lines}")
    text = refused(deployment, code=1)
    says(text, f"config.yaml:4:7: {sentence}", "The hub does not start with it.", fix, "1 mistake")
    assert not deployment.state.exists()
