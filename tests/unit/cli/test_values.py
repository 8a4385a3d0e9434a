"""`classhub values` as typed."""

import json

import pytest


def test_yaml_by_default_and_json_when_asked(classhub, folder):
    done = classhub("values")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("hub:\n")
    assert "\n      admin_users: [rk@college.edu]\n" in done.out
    for asked in (["--json"], ["-o", "json"], ["--output", "json"]):
        assert classhub("values", *asked).json["hub"]["config"]["Authenticator"]["admin_users"] == ["rk@college.edu"]


def test_traits(classhub, folder):
    done = classhub("values", "--traits", "--json")
    assert done.code == 0
    assert done.json["Authenticator"] == {"admin_users": ["rk@college.edu"]}
    assert done.json["JupyterHub"]["spawner_class"] == "kubespawner.KubeSpawner"


def test_secrets_are_shown_only_when_asked_for(classhub, folder):
    (folder / "secrets.yaml").write_text("hub: {cookieSecret: hush, extraEnv: {PLAIN: hush}}\n")
    (folder / "secrets.yaml").chmod(0o600)
    assert "hush" not in classhub("values").out
    shown = json.loads(classhub("values", "--json", "--show-secrets").out)["hub"]
    assert (shown["cookieSecret"], shown["extraEnv"]) == ("hush", {"PLAIN": "hush"})


@pytest.mark.parametrize("more", [[], ["--traits"], ["--json"]])
def test_mistakes_are_shown_instead(classhub, folder, more):
    (folder / "config.yaml").write_text("hub:\n  concurrentSpawnLimt: 3\n")
    done = classhub("values", *more)
    assert (done.code, done.out) == (1, "")
    assert "config/config.yaml:2:3" in done.err
    assert "Did you mean concurrentSpawnLimit?" in done.err


@pytest.mark.parametrize("command", ["values", "check"])
def test_a_file_that_is_not_there(classhub, folder, command):
    done = classhub(command, "-f", "none.yaml")
    assert (done.code, done.out) == (2, "")
    assert "none.yaml" in done.err


@pytest.mark.parametrize("command", [["values", "--json"], ["check"], ["plan"]])
def test_files_need_no_folder_and_go_by_the_own_settings_of_one(classhub, folder, tmp_path, monkeypatch, command):
    file = tmp_path / "values" / "a.yaml"
    file.parent.mkdir()
    file.write_text("cull: {every: 60}\n")
    monkeypatch.chdir(file.parent)
    assert classhub(*command).code == 1
    done = classhub(*command, "-f", "a.yaml")
    assert (done.code, "every" in done.out) == (0, command[0] == "values")
    (folder / "classhub.yaml").write_text("local: {prt: 1}\n")
    for found in (["-C", str(folder), *command, "-f", "a.yaml"], [*command, "-f", str(file)]):
        monkeypatch.chdir(file.parent if found[0] == "-C" else folder)
        done = classhub(*found)
        assert done.code == 1
        assert "prt" in done.out + done.err


@pytest.mark.parametrize("command", [["check"], ["values"], ["config", "get", "hub"]])
def test_only_traits_run_the_colleges_code(classhub, folder, tmp_path, command):
    (folder / "config.yaml").write_text(f"hub: {{extraConfig: {{a: \"open('{tmp_path}/ran', 'w')\"}}}}\n")
    assert classhub(*command).code == 0
    assert not (tmp_path / "ran").exists()


def test_merged_is_what_deploy_gives_helm(classhub, folder):
    hub = classhub("values", "--merged", "--json").json["hub"]
    assert hub["config"]["KubeSpawner"] == {"delete_pvc": False}
    assert hub["config"]["Authenticator"]["admin_users"] == ["rk@college.edu"]
    assert hub["services"] == {"classhub": {}} and list(hub["loadRoles"]) == ["classhub"]
    assert "concurrentSpawnLimit" not in hub, "no defaults of the chart"


def test_merged_and_traits_are_two_questions(classhub, folder):
    assert classhub("values", "--merged", "--traits").code == 2
