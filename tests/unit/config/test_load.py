"""A whole folder: what is missing, all mistakes at once, secrets that others can read."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from classhub.config.load import load, look
from classhub.errors import Mistakes, NotFound, Refused

Make = Callable[..., Path]


def mistakes(folder: Path) -> Mistakes:
    with pytest.raises(Mistakes) as caught:
        load(folder, {})
    return caught.value


def test_a_folder_with_an_empty_config_yaml_is_enough(folder_with: Make) -> None:
    folder = folder_with()
    config = load(folder, {})
    assert config.folder == folder
    assert config.values["cull"]["timeout"] == 3600
    assert config.own_values == {}
    assert config.login.stand_in


@pytest.mark.parametrize("text", ["", "{}", "cull: {timeout: 1800}"])
def test_without_a_login_it_is_told_who_can_log_in_here_and_on_a_cluster(folder_with: Make, text: str) -> None:
    config = load(folder_with({"config.yaml": text}), {})
    (warning,) = [finding for finding in config.findings if finding.severity == "warning"]
    assert config.login.stand_in and warning.code == "CH1402"
    assert warning.message.startswith("Everybody can log in on the cluster: anyone, under any name and without")
    assert warning.why.endswith("On this machine people enter by invitation.")


def test_secrets_are_laid_over_config(folder_with: Make) -> None:
    google = "hub: {config: {JupyterHub: {authenticator_class: google}}}"
    secrets = "hub: {config: {GoogleOAuthenticator: {client_id: a, client_secret: b}}}"
    config = load(folder_with({"config.yaml": google, "secrets.yaml": secrets}), {})
    assert not config.login.stand_in
    assert config.own_values["hub"]["config"]["JupyterHub"]["authenticator_class"] == "google"
    assert config.values["hub"]["config"]["JupyterHub"]["admin_access"] is True


def test_settings_and_courses_are_read(folder_with: Make) -> None:
    files = {
        "classhub.yaml": "local: {port: 9000}",
        "courses/b.yaml": "title: B",
        "courses/a.yaml": "",
        "courses/.hidden.yaml": "[",
    }
    config = load(folder_with(files), {})
    assert config.settings.local.port == 9000
    assert [course.name for course in config.courses] == ["a", "b"]


def test_a_missing_folder_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound, match=r"There is no folder config\.") as caught:
        load(tmp_path / "config", {})
    assert "classhub --folder" in caught.value.fix


def test_a_file_in_place_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").write_text("")
    with pytest.raises(NotFound, match=r"config is not a folder\."):
        load(tmp_path / "config", {})


def test_a_folder_without_config_yaml_says_how_to_begin(folder_with: Make) -> None:
    folder = folder_with()
    (folder / "config.yaml").unlink()
    with pytest.raises(NotFound, match=r"config holds no config\.yaml\.") as caught:
        load(folder, {})
    assert caught.value.fix == "Begin with commented files: classhub init ."


def test_a_folder_with_other_files_is_not_sent_to_an_init_that_would_refuse(folder_with: Make) -> None:
    folder = folder_with({"classhub.yaml": ""})
    (folder / "config.yaml").unlink()
    with pytest.raises(NotFound) as caught:
        load(folder, {})
    assert caught.value.fix.startswith("Put the chart's values there") and "classhub init DIR" in caught.value.fix


def test_a_folder_that_may_not_be_entered(folder_with: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_with()

    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", forbidden)
    with pytest.raises(Refused, match=r"You may not look into config\.") as caught:
        load(folder, {})
    assert "ls -ld config" in caught.value.fix


def test_a_folder_in_place_of_config_yaml(folder_with: Make) -> None:
    folder = folder_with()
    (folder / "config.yaml").unlink()
    (folder / "config.yaml").mkdir()
    assert str(mistakes(folder)).startswith("error CH1002 config/config.yaml: This is a folder; a file is needed.")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_secrets_that_others_can_read_are_an_error_with_the_command(mode: int, folder_with: Make) -> None:
    folder = folder_with({"secrets.yaml": "hub: {cookieSecret: canary}"})
    (folder / "secrets.yaml").chmod(mode)
    text = str(mistakes(folder))
    assert "config/secrets.yaml: Other people on this machine can read or change this file" in text
    assert "Fix: chmod 600 config/secrets.yaml" in text
    assert "canary" not in text


def test_a_command_to_copy_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my college" / "config"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("")
    (folder / "secrets.yaml").write_text("")
    (folder / "secrets.yaml").chmod(0o644)
    monkeypatch.chdir(tmp_path)
    assert "chmod 600 'my college/config/secrets.yaml'" in str(mistakes(folder))


def test_all_mistakes_of_all_files_come_at_once_in_order(folder_with: Make) -> None:
    files: dict[str, str | bytes] = {
        "config.yaml": "hub:\n  baseUrll: /\ncull:\n  timeout: soon\n",
        "secrets.yaml": "a: 'b\n",
        "classhub.yaml": "targt: local\n",
        "courses/comp141.yaml": "title: M\xfcller\n".encode("latin1"),
        "courses/comp172.yaml": "title: [1]\n",
    }
    found = mistakes(folder_with(files))
    assert [(finding.file, finding.line, finding.column) for finding in found.findings] == [
        ("config/classhub.yaml", 1, 1),
        ("config/config.yaml", 2, 3),
        ("config/config.yaml", 4, 3),
        ("config/courses/comp141.yaml", 1, 9),
        ("config/courses/comp172.yaml", 1, 1),
        ("config/secrets.yaml", 1, 4),
    ]
    assert found.exit_code == 1
    assert found.what == "6 mistakes in the deployment folder."
    assert all(finding.fix for finding in found.findings)


def test_a_wrong_value_is_found_in_the_file_that_set_it(folder_with: Make) -> None:
    files = {"config.yaml": "hub:\n  cookieSecret: null\n", "secrets.yaml": "\nhub:\n  cookieSecret: 4711\n"}
    finding = mistakes(folder_with(files)).findings[0]
    assert (finding.file, finding.line) == ("config/secrets.yaml", 3)
    assert "4711" not in str(finding)


def test_what_null_removed_is_found_where_null_stands(folder_with: Make) -> None:
    finding = mistakes(folder_with({"config.yaml": "singleuser:\n  image:\n    tag: null\n"})).findings[0]
    assert (finding.line, finding.column) == (3, 5)
    assert "null deletes the chart's default" in finding.why


def test_warnings_are_kept_and_stop_nothing(folder_with: Make) -> None:
    login = "hub: {config: {JupyterHub: {authenticator_class: 'null'}}}"
    files = {"config.yaml": login, "classhub.yaml": "chart: {version: 9.9.9}", "courses/a.yml": ""}
    config = load(folder_with(files), {})
    warnings = [finding for finding in config.findings if finding.severity == "warning"]
    assert [finding.code for finding in warnings] == ["CH1906", "CH1007"]
    assert "mv config/courses/a.yml config/courses/a.yaml" in warnings[1].fix


def test_two_courses_cannot_share_a_folder(folder_with: Make) -> None:
    text = str(mistakes(folder_with({"courses/a.yaml": "folder: cs", "courses/b.yaml": "\nfolder: cs"})))
    assert "config/courses/b.yaml:2:1: The folder cs is already taken by config/courses/a.yaml." in text


def test_the_colleges_own_folder_has_no_mistake() -> None:
    load(Path(__file__).resolve().parents[3] / "config", {})


def test_a_variable_that_only_kubernetes_knows_is_noted(folder_with: Make) -> None:
    text = "singleuser:\n  extraEnv:\n    A: one\n    NODE: {valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}\n"
    (finding,) = [one for one in load(folder_with({"config.yaml": text}), {}).findings if one.code == "CH1602"]
    assert (finding.severity, finding.line) == ("note", 4)
    assert "singleuser.extraEnv.NODE takes its value from Kubernetes" in finding.message


@pytest.mark.parametrize("token", ["short", "12345678"])
def test_a_services_token_that_the_hub_would_refuse(folder_with: Make, token: str) -> None:
    found = mistakes(folder_with({"secrets.yaml": f"hub: {{services: {{grader: {{apiToken: {token}}}}}}}"}))
    assert "hub.services.grader.apiToken must be text of at least 8 characters." in str(found)
    assert token not in str(found)


def test_what_could_not_be_read_is_no_second_mistake(folder_with: Make) -> None:
    found = mistakes(folder_with({"config.yaml": "hub:\n  config: *shared\n"})).findings
    assert [(finding.code, finding.line) for finding in found] == [("CH1110", 2)]


def _as_anybody(do: Callable[[], str]) -> str:
    """What it says when an ordinary account of this machine does it: root may read everything."""
    if os.getuid():
        return do()
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os.write(theirs, do().encode())
        finally:
            os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    with os.fdopen(ours) as said:
        return said.read()


@pytest.mark.parametrize(
    ("name", "mode", "said"),
    [
        ("courses", 0o000, "config/courses: You may not look into this folder."),
        ("courses", 0o744, "config/courses: You may not look into this folder."),
        ("courses/comp141.yaml", 0o000, "config/courses/comp141.yaml: You may not read this file."),
        ("classhub.yaml", 0o000, "config/classhub.yaml: You may not read this file."),
        ("courses", 0o755, ""),
    ],
)
def test_what_others_keep_closed_is_told_and_not_passed_over(name: str, mode: int, said: str) -> None:
    with tempfile.TemporaryDirectory() as made:
        config = Path(made) / "config"
        (config / "courses").mkdir(parents=True)
        for file in ("config.yaml", "classhub.yaml", "courses/comp141.yaml"):
            (config / file).write_text("{}\n")
        Path(made).chmod(0o755)
        look(config, {})  # all that is imported late is there before the account changes
        (config / name).chmod(mode)

        def do() -> str:
            found = look(config, {})[1]
            return "\n".join(
                f"{Path(one.file).relative_to(made)}: {one.message}" for one in found if one.code == "CH1001"
            )

        assert _as_anybody(do) == said
        (config / name).chmod(0o755)
