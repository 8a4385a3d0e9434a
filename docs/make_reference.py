"""Write the pages of docs/reference from the program itself: .venv/bin/python docs/make_reference.py

Commands come from their --help, settings from the dataclasses of config/model.py and the docstrings under their
fields. What a setting means in practice is in the tables below. tests/unit/docs fails when a page is out of date.
"""

import ast
import dataclasses
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml
from click.testing import CliRunner

from classhub.cli.here import Here
from classhub.cli.root import SECTIONS, root
from classhub.config import model
from classhub.config.codes import CODES, GROUPS, Code
from classhub.config.settings import HTTPS
from classhub.targets.cluster import rights

FOLDER = Path(__file__).parent / "reference"
WRITTEN = "<!-- Written by docs/make_reference.py. Change the program or that script, then run it again. -->\n"

COMMANDS_HEAD = """# Commands

The program is `.venv/bin/classhub` in the folder of the clone; the pages write `classhub` for short
([how to shorten it](../../README.md#the-command)). Options of `classhub` itself, as `-C`, stand before the command.

- `WHO` is a user name or a part of the hub: `hub`, `proxy`, `mirror` (of course material), `culler`; for `logs`, `events` and
  `exec` also `supervisor`. A named server is `NAME/SERVER`.
- Answers go to stdout, everything about them to stderr. `--json` is for scripts.
- Exit codes: 0 fine, 1 mistakes found or refused, 2 wrong usage, 3 something outside failed, 4 a bug of ours
  (a log file is named), 130 stopped by Ctrl-C.
"""

CLASSHUB_HEAD = """# classhub.yaml

What ClassHub needs to know and the chart's values have no word for. The file and every key in it are optional. A key
that does not exist is a mistake with its line, never ignored. A change holds after the next `classhub up`.
"""

CLASSHUB = {
    "target": (
        "Text: `local` or `cluster`. Which hub a command is about while none runs on this machine; `-t` on the command line decides "
        "otherwise. `up` and `down` are about this machine, `deploy` and `rollback` about the cluster, whatever stands here."
    ),
    "chart.version": (
        "Text, in quotes. The Zero to JupyterHub chart that config.yaml is written for: its keys, types and defaults are "
        "what config.yaml is checked against. A version without a table here gives a warning and is "
        "checked as for the nearest version that has one."
    ),
    "chart.digest": (
        "Text: `sha256:` and 64 digits. Pins the chart: another package of this version is never used, whoever made it. "
        "ClassHub says the digest of the chart that it found while none is pinned."
    ),
    "chart.file": (
        "A path to the chart's package, `jupyterhub-VERSION.tgz`. If it is relative it starts at config/. For a machine without a "
        "way to the Helm repository, `https://hub.jupyter.org/helm-chart/`."
    ),
    "cluster.context": (
        "Text: a name that `kubectl config get-contexts` lists. With it no command ever touches another cluster, whichever context "
        "kubectl is set to."
    ),
    "release": (
        "Text: small letters, digits, dashes, at most 53. Helm's name for the hub on the cluster. On this machine only "
        "`hub.extraConfig` sees it."
    ),
    "namespace": "Text, as `release`. The Kubernetes namespace. Without effect on this machine.",
    "values": (
        "A list of file names, each inside config/, as `[autumn.yaml, exam/week.yaml]`. Values of the chart, laid over "
        "config.yaml in this order; secrets.yaml comes last, so it is not named here. As `helm upgrade -f config.yaml -f "
        "autumn.yaml -f exam/week.yaml -f secrets.yaml` would read them: maps merge, lists and words replace. Each must "
        "exist, and is checked as config.yaml is. A file outside of config/ is refused, since the folder is copied and kept "
        "in git as a whole; a link inside it may lead anywhere."
    ),
    "homes.folder": (
        "A path. If it is relative it starts at the folder that holds config/; `~` is allowed. It must not lie inside "
        "config/, and the folder above it must exist. Changing it moves nothing: stop the hub, move the folder, change "
        "the setting, start."
    ),
    "material.repositories": (
        "A list of https addresses in which `*` stands for anything, as `[https://github.com/college/*]`. A link of "
        "nbgitpuller to one of them brings it to whoever clicks, as a course of their own; a link to any other repository "
        "that no course names is answered by a page. See "
        "[Course material](../how-to/course-material.md#links-to-other-repositories)."
    ),
    "local.address": (
        "An IP address or `localhost`. `0.0.0.0` is all addresses of this machine. Other than loopback needs root. See "
        "[Open it to the college](../how-to/open-it-to-the-college.md)."
    ),
    "local.port": "A whole number from 1 to 65535. Where the hub is reached. Ports below 1024 need root.",
    "local.certificate": (
        "A path to a PEM file with the certificate and the chain. If it is relative it starts at config/. Needs "
        "`local.key`. The proxy reads it when it starts: after a renewal run `classhub restart proxy`."
    ),
    "local.key": "A path to the PEM file of the private key, as `local.certificate`. Nobody else should be able to read it.",
    "local.https": (
        f"Text: {', '.join(f'`{word}`' for word in HTTPS)}. With certificate and key given the default is `own`. `off`: what people "
        "type, passwords included, crosses the network readable; fine on 127.0.0.1 only. `acme`: `local.host` must lead "
        "to this machine, and ports 80 and 443 must be reachable from the internet. `internal` needs `local.host` too; "
        "browsers warn until Caddy's root certificate is installed in them, and as root Caddy adds it to what this machine "
        "trusts ([more](../how-to/open-it-to-the-college.md#without-either))."
    ),
    "local.host": (
        "A host name alone: no https://, port or path. Also the name in every address and link that ClassHub prints, "
        "with any `https`. Give it whenever others are to use the hub: without it links say the address, or 127.0.0.1."
    ),
    "local.servers": (
        "A whole number from 0. Over it a start is refused with a sentence; running servers go on. "
        "`classhub scale servers N` sets the same at once, without a restart, and wins from then on; 0 is no limit."
    ),
    "local.starts_at_once": (
        "A whole number from 0 to 1000. By default cores + 1, at most 8. Higher is not faster: starts then share the "
        "same cores, and all of them get slow."
    ),
}

COURSES_HEAD = """# courses/NAME.yaml

One file is one course; its name, without `.yaml`, is the course's: letters, digits, dots and dashes. Every key is
optional, a key that does not exist is a mistake with its line. A change holds after the next `classhub up`.

```yaml
title: "COMP 141: Computer Science I"
timezone: America/Chicago
material:
  from: git@college.edu:cs/comp141.git
  branch: autumn
  key: comp141.key
people:
  instructor: instructor@college.edu
  tas: [ta@college.edu]
  students: {group: comp141}
sections:
  A: {students: [alice@college.edu], folders: [sections/a]}
  B: {students: [Jane.Doe], folders: [sections/b]}
assignments:
  lab03:
    path: labs/lab03.ipynb
    title: "Lab 3: Dictionaries and chance"
    release: {A: "2027-02-08 09:00", B: "2027-02-09 09:00"}
    due: "2027-02-19 17:00"
```
"""

COURSES = {
    "title": ("Text", "the file's name", "What people call the course."),
    "material": (
        "A path, an address, or a mapping",
        "none",
        "Where the material comes from. Without it students get nothing of this course. One of:\n\n"
        "- a folder on this machine; its path starts at the folder that holds config/, which it must not contain,\n"
        "- a git repository: `https://...`, `ssh://...`, `git@host:path`, `file://...`, or a path that ends in `.git`,\n"
        "- an archive, `.zip`, `.tar.gz` or `.tgz`, by its path or by `https://...`. One folder around all of it is left off.\n\n"
        "As a mapping, `from` is one of these, and:\n\n"
        "- `branch`: a branch or a tag. Default: the repository's own. With it a folder on this machine is a repository, too.\n"
        "- `folder`: a folder inside the source; only what lies in it is material.\n"
        "- `every`: how often the source is looked at, as `1m`, from `10s` to `7d`. Default: `10s` for a folder, else `30s`.\n"
        "- `key`: the file of a deploy key, for git over ssh. `token`: the file of a token, for https; where the host asks for a\n"
        "  name besides, it holds `NAME:TOKEN`. `hook`: the file of the secret that a webhook shows. Their paths start at config/, "
        "nobody else may read them (`chmod 600`), and they belong in no git repository. An address with a password in it is refused.\n"
        "- `hold`: `true` keeps a release with errors back until an instructor publishes it. A release that is empty, or lacks more than "
        "half of the files before it, is always kept back.",
    ),
    "folder": (
        "Text: one plain folder name, no dot first",
        "the file's name",
        "What the material is called in a student's home. Two courses must not share one. Keep it once students have "
        "the material: a new name is delivered as a second copy.",
    ),
    "libraries": (
        "A list of text: a requirement as `numpy>=2`, or a folder of the material as `./tools`",
        "none",
        "Packages that the course's kernels find besides those of the image. They are built once, by the students' interpreter, as "
        "an account that owns nothing and without any right in the hub; each home then has a read-only copy, and kernels that start "
        "from then on have it. A folder with a pyproject.toml is built, one without is taken as it is. A library goes to all of the "
        "course at once: a folder with something in it that is for a section alone, or has a release time to come, is refused. What "
        "cannot be built leaves the last good one, and `classhub course status` says why; it is built again when it changes, when "
        "staff publish, and after an hour. What is large or compiled belongs in the students' image.",
    ),
    "people": (
        "A mapping: `instructor`, `tas`, `students`; each a name, a list of names, or `{group: NAME}` of the hub",
        "`students: everyone`",
        "Who teaches and who takes the course, by the names they sign in with. Only these get its material, and the hub's admins. "
        "Instructors and TAs see what is not released yet.",
    ),
    "sections": (
        "A mapping of mappings: `students`, as in `people`, and `folders`, a list of paths inside the material",
        "none",
        "Sections of the course. A folder that a section names is for its students alone; all else is for everybody. Who is in no "
        "section gets what is for everybody.",
    ),
    "meetings": ("A list of mappings", "none", "When it meets. Checked for its form and kept for later."),
    "assignments": (
        "A mapping of mappings: `path`, `title`, `due`, `release`",
        "none",
        "What is handed out. `path` is a file or a folder inside the material. Until `release` no student can fetch any of it; without "
        '`release` it is there with the rest of the material. Times are in quotes, as "2027-01-11 09:00", in `timezone`; or one '
        'for each section, as `{A: "2027-01-11 09:00", B: "2027-01-12 09:00"}`: a section that is not named then does not get it. '
        "Two assignments must not have one path.",
    ),
    "timezone": (
        "Text, as `America/Chicago`",
        "this machine's",
        "Of the times in this file. Set it where commands run on more than one machine.",
    ),
}


def commands(group: click.Group = root, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command: (), ("up",), ("users", "invite"), ..."""
    yield words
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name)


def help_text(words: tuple[str, ...]) -> str:
    """What `classhub WORDS --help` prints in a terminal of 100 columns."""
    options = {"prog_name": "classhub", "terminal_width": 100, "obj": Here(), "catch_exceptions": False}
    return CliRunner().invoke(root, [*words, "--help"], **options).output


def commands_page() -> str:
    """docs/reference/commands.md"""
    parts = [WRITTEN + COMMANDS_HEAD, _help_of(())]
    for title, section in SECTIONS.items():
        parts.append(f"## {title}\n")
        parts += [_help_of(words) for words in commands() if words and words[0] in section]
    return "\n".join(parts)


def _help_of(words: tuple[str, ...]) -> str:
    heading = f"### {' '.join(('classhub', *words))}\n\n" if words else ""
    return f"{heading}```text\n{help_text(words).rstrip()}\n```\n"


def settings() -> dict[str, tuple[Any, str]]:
    """Every key of classhub.yaml in the file's order: its default, and the docstring under its field."""
    found = {}
    for name, default, words in _fields(model.Settings):
        key = re.sub(r"^(chart|cluster|homes|material)_", r"\1.", name)
        if name == "local":
            found.update({f"local.{inner}": (value, text) for inner, value, text in _fields(model.Local)})
        else:
            found[key] = (default, words)
    return found


def _fields(kind: type) -> Iterator[tuple[str, Any, str]]:
    """Name, default and docstring of each field of a dataclass that can be made without arguments."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    words, last = {}, ""
    for line in body.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            last = line.target.id
        elif last and isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
            words[last] = inspect.cleandoc(str(line.value.value))
    made = kind()
    for field in dataclasses.fields(made):
        default = getattr(made, field.name)
        yield field.name, list(default) if isinstance(default, tuple) else default, words.get(field.name, "")


def classhub_page() -> str:
    """docs/reference/classhub-yaml.md. KeyError for a key that the table above does not know."""
    parts = [WRITTEN + CLASSHUB_HEAD]
    for key, (default, words) in settings().items():
        parts.append(f"## {key}\n\nDefault: {_shown(default)}. {words}".rstrip() + f"\n\n{CLASSHUB[key]}\n")
    return "\n".join(parts)


def _shown(default: Any) -> str:
    if default in (None, "", []):
        return "none"
    return f'`"{default}"`' if default == "off" else f"`{default}`"


def courses_page() -> str:
    """docs/reference/courses-yaml.md"""
    parts = [
        f"## {key}\n\n{type_}. Default: {default}.\n\n{words}\n" for key, (type_, default, words) in COURSES.items()
    ]
    return "\n".join([WRITTEN + COURSES_HEAD, *parts])


CHECKS_HEAD = """# What `classhub check` finds

Each kind of mistake has a code that stays. `classhub check` prints it before the file and the line; `--json` gives it as
`code`. An error stops `up` before anything changes; a warning is probably not what you mean; a note is good to know.

No network is needed: ClassHub has a table of the values of five charts. Where the chart's package,
`jupyterhub-VERSION.tgz`, lies in `~/.cache/classhub/charts` or in Helm's cache, or `--schema FILE` names it, its own JSON schema is
asked in addition.

Whatever the files hold, `check` comes to an end: a file has at most 1 MiB, of mistakes of one code the first 100 of a file are
shown and the rest counted, 300 unknown words get a guess, a schema has ten seconds, and `--fix` says where it left off.
"""


def checks_page() -> str:
    parts = [WRITTEN + CHECKS_HEAD]
    for group, title in GROUPS.items():
        inside = {code: known for code, known in CODES.items() if int(code[2:4]) == group}
        if inside:
            parts.append(f"## {title}\n")
            parts += [_check(code, known) for code, known in inside.items()]
    return "\n".join(parts)


def _check(code: str, known: Code) -> str:
    text = f"### {code}: {known.title}\n\n{known.why}\n"
    if not known.bad:
        return text
    return f"{text}\nIn {known.file}, wrong:\n\n{_yaml(known.bad)}\nright:\n\n{_yaml(known.good)}"


def _yaml(text: str) -> str:
    return f"```yaml\n{text.rstrip()}\n```\n"


RIGHTS_HEAD = """# Rights on a cluster

What the account in your kubeconfig must be allowed to do, so that somebody can look after a hub without being an administrator
of the whole cluster. Save what you need, set the namespace and the name of the account, and let whoever runs the cluster
apply it with `kubectl apply -f FILE`. Where a right is missing ClassHub says which, and the command that grants it.

A deploy makes all that the chart makes, the hub's own Role included: Kubernetes' own role `admin` in the namespace, and
`cluster-admin` where the chart has a scheduler of its own (`scheduling.userScheduler.enabled`).
"""

RIGHTS = (
    ("To look", rights.LOOK, "Role", "classhub-look"),
    ("To look after it", rights.ACT, "Role", "classhub-act"),
    ("To see nodes and the room they have left", rights.EVERYWHERE, "ClusterRole", "classhub-nodes"),
)


def rights_page() -> str:
    """docs/reference/rights.md"""
    words = inspect.getsource(rights)
    return "\n".join([WRITTEN + RIGHTS_HEAD, *(_role(*one, words) for one in RIGHTS)])


def _role(title: str, rules: tuple[dict[str, Any], ...], kind: str, name: str, words: str) -> str:
    constant = next(key for key, value in vars(rights).items() if value is rules)
    found = re.search(rf'^{constant} = .*?^\)\n"""(.*?)"""', words, re.MULTILINE | re.DOTALL)
    metadata = {"name": name} | ({"namespace": "jhub"} if kind == "Role" else {})
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata, "rules": list(rules)}
    text = yaml.safe_dump(json.loads(json.dumps(role)), sort_keys=False)
    return f"## {title}\n\nFor {found[1] if found else ''}\n\n{_yaml(text)}"


PAGES = {
    "checks.md": checks_page,
    "rights.md": rights_page,
    "commands.md": commands_page,
    "classhub-yaml.md": classhub_page,
    "courses-yaml.md": courses_page,
}


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        FOLDER.joinpath(name).write_text(page(), encoding="utf-8")
        sys.stdout.write(f"docs/reference/{name}\n")


if __name__ == "__main__":
    main()
