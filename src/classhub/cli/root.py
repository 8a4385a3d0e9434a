"""The command line's first word: global options and the list of commands."""

from pathlib import Path

import click

from classhub import __version__
from classhub.cli.group import Lazy, LazyGroup
from classhub.cli.here import Here

SECTIONS = {
    "The hub": {
        "up": Lazy("classhub.cli.up", "up", "Run the hub of this folder; on a running hub, apply what changed."),
        "down": Lazy("classhub.cli.down", "down", "Stop the hub and students' servers; homes stay."),
        "status": Lazy("classhub.cli.status", "status", "Is it up, where, which parts and servers run."),
        "open": Lazy("classhub.cli.opening", "open_", "Show the hub in a browser."),
        "history": Lazy("classhub.cli.history", "history", "What was applied when, and by whom."),
        "remove": Lazy(
            "classhub.cli.down",
            "remove",
            "Remove the hub from this machine, or with `-t cluster` from the cluster: everything but homes.",
        ),
    },
    "The cluster": {
        "deploy": Lazy(
            "classhub.cli.deploy",
            "deploy",
            "Bring this folder to its cluster: check, plan, ask, copy the database, apply, wait until the hub answers.",
        ),
        "rollback": Lazy(
            "classhub.cli.deploy",
            "rollback",
            "Put an earlier revision in force again; without a number, the one before.",
        ),
    },
    "The folder": {
        "init": Lazy("classhub.cli.init", "init", "Begin a hub of your own: a folder with commented files."),
        "check": Lazy(
            "classhub.cli.check", "check", "Every mistake in config/, with its line, the reason and the fix."
        ),
        "plan": Lazy(
            "classhub.cli.plan",
            "plan",
            "What `up` would change, or `deploy` with -t cluster, in words; changes nothing.",
        ),
        "config": Lazy(
            "classhub.cli.config", "config", "Show or change one setting; the rest of its file stays as it is."
        ),
        "values": Lazy("classhub.cli.values", "values", "What Helm would see, or the traitlets that it becomes."),
    },
    "Course material": {
        "course": Lazy(
            "classhub.cli.course", "course", "Course material: what is handed out, who has it, links to it."
        ),
        "sync": Lazy(
            "classhub.cli.sync",
            "sync",
            "Bring course material into a folder of your own, and never lose what you changed in it. No hub is needed.",
        ),
    },
    "People": {
        "servers": Lazy("classhub.cli.servers", "servers", "Students' servers: which run; start one; stop one or all."),
        "users": Lazy("classhub.cli.users", "users", "List, invite, approve, add and remove users."),
        "homes": Lazy("classhub.cli.homes", "homes", "Students' homes: whose, how big, how old; delete one."),
        "token": Lazy("classhub.cli.token", "token", "A token of the hub's API for a script."),
    },
    "Look inside": {
        "logs": Lazy("classhub.cli.records", "logs", "The log of a user's server or of a part."),
        "events": Lazy("classhub.cli.records", "events", "What happened to a user's server or a part."),
        "top": Lazy("classhub.cli.top", "top", "Who uses how much CPU and memory; most memory first."),
        "exec": Lazy("classhub.cli.inside", "exec_", "Run a program where a user's server runs, as that user."),
        "shell": Lazy("classhub.cli.inside", "shell", "A shell where a user's server runs, as that user."),
        "restart": Lazy(
            "classhub.cli.parts", "restart", "Restart one part and wait until it is well; students' servers go on."
        ),
        "scale": Lazy(
            "classhub.cli.parts",
            "scale",
            "How many servers may run at the same time; on a cluster, how many places are kept free.",
        ),
    },
    "This machine": {
        "doctor": Lazy("classhub.cli.doctor", "doctor", "What is missing here, with the command that mends it."),
        "parity": Lazy("classhub.cli.parity", "parity", "What of config.yaml holds here."),
    },
}


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 found mistakes or refused, 2 wrong usage, 3 outside system failed, 4 a bug of ours.",
)
@click.option(
    "-C",
    "--folder",
    type=click.Path(readable=False, path_type=Path),
    metavar="FOLDER",
    help="The deployment folder, the one with config.yaml. Default: $CLASSHUB_CONFIG, else config/ here or above.",
)
@click.option(
    "-t",
    "--target",
    type=click.Choice(["local", "cluster"]),
    help="Which hub: on this machine, or on the cluster. Default: the one that runs here, else `target:` in classhub.yaml.",
)
@click.version_option(__version__, prog_name="classhub", message="%(prog)s %(version)s")
@click.pass_obj
def root(here: Here, folder: Path | None, target: str | None) -> None:
    """A classroom JupyterHub from one folder of plain files."""
    here.given = folder
    here.asked = target or ""
