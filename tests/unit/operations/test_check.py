"""check: every finding with its corrected line, for people, scripts and GitHub; --fix writes what is certain."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from classhub.config.edit import edit
from classhub.config.spelling import dotted
from classhub.errors import Edit, WrongUsage
from classhub.operations import check
from classhub.operations.check import Wanted

SLIPS = """\
# our hub
cull:
  enabed: true   # at night
  every: '600'
singleuser:
  memory: {limit: 2Gi}
  image:
    name: gcr.io/college-cs/jserver
    tag: v7
hub:
  config:
    Authenticator:
      admin_user: [alice@college.edu]
"""
MENDED = """\
# our hub
cull:
  enabled: true   # at night
  every: 600
singleuser:
  memory: {limit: 2G}
"""


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wanted:
    config = tmp_path / "config"
    config.mkdir()
    config.joinpath("config.yaml").write_text(SLIPS)
    monkeypatch.chdir(tmp_path)
    return Wanted(config, {})


def errors(found: list[check.Finding]) -> dict[str, tuple[int, str]]:
    return {one.code: (one.line, one.fix) for one in found if one.severity == "error"}


def test_every_mistake_is_found_at_once_with_its_line_and_the_corrected_one(wanted):
    found = errors(check.findings(wanted))
    assert found["CH1201"] == (3, "  enabled: true   # at night")
    assert found["CH1202"] == (4, "  every: 600")
    assert found["CH1501"] == (6, "  memory: {limit: 2G}")
    assert found["CH1302"][0] == 13 and "admin_users" in found["CH1302"][1]


def test_fix_writes_what_is_certain_and_keeps_comments(wanted):
    written = check.fix(wanted)
    assert {one.code for one in written} >= {"CH1201", "CH1202", "CH1501"}
    assert (wanted.folder / "config.yaml").read_text().startswith(MENDED)
    left = errors(check.findings(wanted))
    assert not left.keys() & {"CH1201", "CH1202", "CH1501"}
    assert check.fix(wanted) == []


@pytest.mark.parametrize("key", ["maxAge: 5", "extra: 2", "memry: 3", "capacity: {a: 1}"])
def test_a_guess_is_told_and_not_written(wanted, key):
    """Likely another word, or the right word with a value that does not fit it."""
    text = f"singleuser:\n  {key}\n"
    (wanted.folder / "config.yaml").write_text(text)
    assert "CH1201" in errors(check.findings(wanted))
    assert check.fix(wanted) == []
    assert (wanted.folder / "config.yaml").read_text() == text


def test_files_take_the_place_of_the_folder_and_later_ones_win(tmp_path):
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("cull: {enabled: maybe}\n")
    second.write_text("cull: {enabled: true}\nhubb: {}\n")
    found = errors(check.findings(Wanted(tmp_path, {}, (first, second))))
    assert found.keys() == {"CH1201"} and found["CH1201"][0] == 2


def test_the_upgrade_check_names_what_the_new_chart_lost(tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    config.joinpath("config.yaml").write_text("httpRoute:\n  enabled: true\n  gateway: {name: edge}\n")
    assert "CH1206" not in errors(check.findings(Wanted(config, {})))
    found = check.findings(Wanted(config, {}, chart="5.0.0-0.dev"))
    assert any("parentRefs" in f"{one.message}{one.fix}" for one in found)
    assert any(one.code == "CH1252" for one in found)


def test_an_unknown_chart_is_refused_with_the_known_ones(wanted):
    with pytest.raises(WrongUsage) as refused:
        check.findings(replace(wanted, chart="9.9.9"))
    assert str(refused.value).startswith("ClassHub has no table of chart 9.9.9; it knows 4.4.0, 5.0.0-0.dev, ")


@pytest.mark.parametrize(
    ("version", "like"),
    [
        ("4.4.1", "4.4.0"),
        ("4.3.1", "4.3.2"),
        ("4.1.0", "4.0.0"),
        ("2.0.0", "3.3.8"),
        ("5.0.1", "5.0.0-0.dev"),
        ("9.0.0", "5.0.0-0.dev"),
        ("latest", "4.4.0"),
    ],
)
def test_a_hub_of_a_chart_without_a_table_is_checked_as_for_the_nearest(wanted, version, like):
    (wanted.folder / "classhub.yaml").write_text(f'chart: {{version: "{version}"}}\n')
    (one,) = [one for one in check.findings(wanted) if one.code == "CH1906"]
    assert one.severity == "warning" and one.message.endswith(f"checked as for {like}.")


def test_an_upgrade_is_told_from_the_chart_that_runs_though_it_has_no_table(wanted):
    def told(version: str) -> str:
        (wanted.folder / "classhub.yaml").write_text(f'chart: {{version: "{version}"}}\n')
        found = check.findings(replace(wanted, chart="4.4.0"))
        return " ".join(one.message for one in found if one.code == "CH1252")

    assert "Chart 4.0" in told("2.0.0") and "Chart 3.0" in told("2.0.0")
    assert "Chart 4.0" in told("3.3.8") and "Chart 3.0" not in told("3.3.8")


def test_an_old_name_is_told_once_before_an_upgrade(wanted):
    (wanted.folder / "classhub.yaml").write_text('chart: {version: "2.0.0"}\n')
    login = "JupyterHub: {authenticator_class: generic-oauth}\n    GenericOAuthenticator: {username_key: email}"
    (wanted.folder / "config.yaml").write_text(f"hub:\n  config:\n    {login}\n")
    found = check.findings(replace(wanted, chart="4.4.0"))
    assert [one.code for one in found if one.path[-1:] == ("username_key",)] == ["CH1304"]


def test_scripts_get_every_part_of_a_finding(wanted):
    one = next(one for one in check.as_json(check.findings(wanted)) if one["code"] == "CH1201")
    assert set(one) == {"code", "severity", "file", "line", "column", "path", "message", "why", "fix", "count"}
    assert (one["severity"], one["line"], one["column"], one["path"]) == ("error", 3, 3, "cull.enabed")
    assert json.loads(json.dumps(one)) == one


def test_github_shows_it_beside_its_line(wanted):
    lines = check.as_github(check.findings(wanted))
    assert any(line.startswith("::error file=config/config.yaml,line=3,col=3,title=CH1201::") for line in lines)
    assert all("\n" not in line for line in lines)


HIDDEN = """\
hub:
  config:
    JupyterHub:
      GoogleOAuthenticator:  # too far in
        client_id: one
        client_secret: canary-1
    CryptKeeper: {kesy: [canary-2], keys: [canary-3], key: x}
    LTI11Authenticator:
      consumers: {college: canary-4}
  db: {password: "canary-5", tipe: sqlite-pvc}
  services: {grader: {apiToken: canary-6, url: http://grader}}
  secretToken: canary-7
auth:
  google:
    clientSecret: |
      canary-8
      canary-9
"""


def test_no_corrected_line_shows_a_secret(wanted):
    (wanted.folder / "config.yaml").write_text(HIDDEN)
    found = check.findings(wanted)
    assert sum(one.edit is not None for one in found) >= 4
    assert "client_secret: ********" in str(found) and "tipe" not in " ".join(one.fix for one in found)
    assert "canary" not in str(check.as_json(found)) + "".join(check.as_github(found))


def test_nothing_is_made_of_a_file_that_cannot_be_read(wanted):
    (wanted.folder / "config.yaml").write_text("hub: [\n")
    secrets = wanted.folder / "secrets.yaml"
    secrets.write_text("hub: {config: {GoogleOAuthenticator: {client_id: a}}}\ncull: {enabed: true}\n")
    secrets.chmod(0o600)
    assert [one.code for one in check.findings(wanted)] == ["CH1199", "CH1201"]


def test_secrets_that_git_keeps_are_found(tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    config.joinpath("config.yaml").write_text("cull: {enabled: true}\n")
    secrets = config / "secrets.yaml"
    secrets.write_text(f"hub: {{cookieSecret: {'0123456789abcdef' * 4}}}\n")
    secrets.chmod(0o600)
    assert errors(check.findings(Wanted(config, {}))) == {}
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "-f", "config/secrets.yaml"], check=True)
    assert "CH1702" in errors(check.findings(Wanted(config, {})))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("classhub.yaml", "local: {port: eight}"),
        ("classhub.yaml", "local: {host: [hub.college.edu]}"),
        ("classhub.yaml", "local: 8001"),
        ("classhub.yaml", "namespace: 5"),
        ("classhub.yaml", "release: {a: b}"),
        ("courses/comp141.yaml", "people: alice"),
        ("courses/comp141.yaml", "people: {instructors: 5}"),
        ("courses/comp141.yaml", "people: {instructors: {a: b}}"),
        ("courses/comp141.yaml", "libraries: [[numpy]]"),
        ("courses/comp141.yaml", "meetings: [Mon]"),
        ("courses/comp141.yaml", "assignments: {lab01: lab01.ipynb}"),
        ("config.yaml", "hub: null"),
        ("config.yaml", "debug: {enabled: null}"),
        ("config.yaml", "singleuser: {networkTools: {image: {name: null}}}"),
        ("config.yaml", "singleuser: {storage: {type: null, homeMountPath: null}}"),
    ],
)
def test_the_fix_of_a_wrong_or_missing_value_is_the_line_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "config" / file
    path.parent.mkdir(parents=True)
    (tmp_path / "config/config.yaml").write_text("{}")
    path.write_text(text + "\n")
    wanted = Wanted(tmp_path / "config", {})
    while hits := [one for one in check.findings(wanted) if one.code in ("CH1203", "CH1902")]:
        shown = yaml.safe_load(check.with_line(replace(hits[0], edit=None)).fix)
        new = shown[0] if isinstance(shown, list) else shown.get(hits[0].path[-1], shown)
        path.write_text(edit(path.read_text(), Edit("set", hits[0].path, new)))
        assert hits[0].message not in {one.message for one in check.findings(wanted)}


def repository(folder, *files):
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "add", "-f", *files], check=True)


def secrets_told(found):
    return {(one.code, one.severity, one.file, dotted(one.path)) for one in found if one.code.startswith("CH17")}


PEM = "-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "key", "severity"),
    [
        ('hub: {db: {type: postgres, url: "postgresql://hub:pw@db/x"}}', "hub.db.url", "error"),
        ("hub: {db: {type: postgres, url: host=db password=pw}}", "hub.db.url", "warning"),
        ("hub: {extraConfig: {a: 'client_secret = \"pw\"'}}", "hub.extraConfig.a", "warning"),
        (f'hub: {{extraFiles: {{a: {{mountPath: /a, stringData: "{PEM}"}}}}}}', "hub.extraFiles.a.stringData", "error"),
        (f'custom: {{a: "{PEM}"}}', "custom.a", "error"),
        ("singleuser: {cmd: [jupyterhub-singleuser, --token=pw]}", "singleuser.cmd[1]", "warning"),
        ("singleuser: {cmd: [jupyterhub-singleuser, --token, pw]}", "singleuser.cmd[2]", "warning"),
        ("hub: {extraEnv: {SMTP_PASS: pw}}", "hub.extraEnv.SMTP_PASS", "error"),
        ("hub: {extraEnv: {DB: 'mysql://hub:pw@db/x'}}", "hub.extraEnv.DB", "warning"),
        ("hub: {extraEnv: {GOOGLE_APPLICATION_CREDENTIALS: /srv/a.json}}", "hub.extraEnv.GOOGLE_APPLICATION_CREDENTIALS", "warning"),
    ],
)  # fmt: skip
def test_a_secret_that_git_keeps_is_told_whatever_it_is_called(tmp_path, monkeypatch, text, key, severity):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text(f"{text}\n")
    assert {severity for _, severity, *_ in secrets_told(check.findings(Wanted(tmp_path / "config", {})))} == {
        "warning"
    }
    repository(tmp_path, "config/config.yaml")
    found = check.findings(Wanted(tmp_path / "config", {}))
    assert secrets_told(found) == {("CH1701", severity, "config/config.yaml", key)}
    assert "pw" not in check.as_json(found).__repr__() and "MIIE" not in str(found)


@pytest.mark.parametrize(
    "text",
    [
        "hub: {db: {type: postgres, url: 'postgresql://hub:<password>@db/x'}}",
        "hub: {extraConfig: {a: 'client_secret = os.getenv(\"OAUTH_CLIENT_SECRET\")'}}",
        "singleuser: {cmd: [jupyterhub-singleuser, --token=$TOKEN]}",
        "hub: {extraEnv: {COLOUR: blue}}",
    ],
)
def test_what_only_looks_like_one_is_not_told(tmp_path, text):
    (tmp_path / "config.yaml").write_text(f"{text}\n")
    repository(tmp_path, "config.yaml")
    assert not secrets_told(check.findings(Wanted(tmp_path, {})))


CLIENT_SECRET = "hub: {config: {GoogleOAuthenticator: {client_secret: abcdefghijkl}}}\n"


def test_git_is_asked_about_each_file_where_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    key = "hub.config.GoogleOAuthenticator.client_secret"
    for name in ("a/config.yaml", "b/config.yaml", "c/prod.yaml", "d/config.yaml"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(CLIENT_SECRET)
    repository(tmp_path / "a", "config.yaml")
    repository(tmp_path / "c", "prod.yaml")
    subprocess.run(["git", "init", "-q", str(tmp_path / "d")], check=True)
    files = tuple(Path(name) for name in ("a/config.yaml", "b/config.yaml", "c/prod.yaml", "d/config.yaml"))
    assert secrets_told(check.findings(Wanted(tmp_path / "a", {}, files))) == {
        ("CH1701", "error", "a/config.yaml", key),
        ("CH1701", "warning", "b/config.yaml", key),
        ("CH1701", "error", "c/prod.yaml", key),
    }


def test_a_further_file_of_secrets_is_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config"
    config.mkdir()
    (config / "config.yaml").write_text("{}\n")
    (config / "classhub.yaml").write_text("values: [prod.secrets.yaml]\n")
    (config / "prod.secrets.yaml").write_text(CLIENT_SECRET)
    (config / "prod.secrets.yaml").chmod(0o644)
    found = check.findings(Wanted(config, {}))
    assert not secrets_told(found)
    (open_to_others,) = [one for one in found if one.code == "CH1006"]
    assert (open_to_others.file, open_to_others.fix) == (
        "config/prod.secrets.yaml",
        "chmod 600 config/prod.secrets.yaml",
    )
    (config / "prod.secrets.yaml").chmod(0o600)
    assert "CH1006" not in {one.code for one in check.findings(Wanted(config, {}))}
    repository(tmp_path, "config/prod.secrets.yaml")
    (kept,) = [one for one in check.findings(Wanted(config, {})) if one.code.startswith("CH17")]
    assert (kept.code, kept.file, kept.message) == (
        "CH1702",
        "config/prod.secrets.yaml",
        "prod.secrets.yaml is kept by git.",
    )
    assert kept.fix.startswith("git rm --cached config/prod.secrets.yaml, write prod.secrets.yaml in config/.gitignore")


def test_a_corrected_line_stands_without_its_indent(tmp_path):
    (tmp_path / "config.yaml").write_text("cull:\n  timout: 60\n")
    found = check.findings(check.Wanted(tmp_path, {}))
    assert "\n    Fix: timeout: 60" in "".join(map(str, found))
    assert any("%0AFix: timeout: 60" in line for line in check.as_github(found))


def test_homes_below_a_folder_that_is_not_there_are_told(tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "config.yaml").touch()

    def codes(path):
        (folder / "classhub.yaml").write_text(f"homes: {{folder: {path}}}\n")
        return [(one.code, one.severity) for one in check.findings(check.Wanted(folder, {})) if one.code == "CH1918"]

    assert codes("/nonexistent/a/b") == [("CH1918", "warning")]
    assert codes(".classhub/homes") == codes("homes") == codes(tmp_path) == []
