"""What was written and what is wanted, for the words between the two."""

import yaml

from classhub.config.chart.table import defaults
from classhub.config.login import login
from classhub.config.merge import layer, over_defaults
from classhub.config.model import ways
from classhub.config.parity import Machine
from classhub.plan import changes
from classhub.plan.in_force import DryRun, InForce
from classhub.plan.running import Part, Running, Server, State
from classhub.plan.told import Told, told

CLIENT = {"OAUTH_CLIENT_ID": "id-of-the-hub", "OAUTH_CLIENT_SECRET": "hush"}
ABLE = Machine(is_root=True, memory_limits=True, cpu_limits=True)
RUNNING = Running(
    State.RUNNING,
    "http://127.0.0.1:8000/",
    tuple(Part(name, State.RUNNING) for name in changes.PARTS),
    (Server("alice@college.edu"),),
    launched={name: {} for name in changes.PARTS},
)


def in_force(text: str = "", own: dict | None = None, *, real: bool = True, secrets: str = "") -> InForce:
    """Of config.yaml and secrets.yaml. real: the login's secrets are there, so no invitations."""
    hidden = yaml.safe_load(secrets) or {}
    values = over_defaults(layer(yaml.safe_load(text) or {}, hidden), defaults("4.4.0"))
    who = login(values, CLIENT if real else {}, secrets_exist=False)
    return InForce(values, who, own or {}, tuple(ways(hidden)))


def between(old: InForce | None, new: InForce, running: Running = RUNNING, *, unfinished: bool = False) -> Told:
    """As the hub restarts from one to the other."""
    settings = {"proxy": {"url": running.address}, "hub": {"new": True}, "culler": {"every": 60}}
    steps = changes.plan(running, settings, changes.digest(settings), what="").steps
    return told(running, DryRun(settings, new, old, unfinished), steps, ABLE)


def google(settings: str = "", lists: str = "", more: str = "") -> str:
    """config.yaml with Google's login. settings: of its own section. lists: of every login's."""
    return (
        f"hub: {{config: {{JupyterHub: {{authenticator_class: google}}, GoogleOAuthenticator: {{{settings}}}, "
        f"Authenticator: {{{lists}}}}}{', ' + more if more else ''}}}"
    )
