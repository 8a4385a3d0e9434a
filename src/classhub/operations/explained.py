"""The kubectl, helm or curl lines that do the same as a command of ours. Pure; each is as it would be typed into a shell."""

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import join, quote
from urllib.parse import quote as in_address

STUDENTS = "component=singleuser-server"
USER, SERVER = r"hub\.jupyter\.org/username", r"hub\.jupyter\.org/servername"
ALIVE = ("--field-selector", "status.phase=Running")
PARTS = "deployment,statefulset,daemonset"
TOKEN = '-H "Authorization: token $JUPYTERHUB_API_TOKEN"'
HUB = "http://localhost:8081/hub/api"
REPOSITORY = "https://hub.jupyter.org/helm-chart/"


@dataclass(frozen=True)
class Place:
    """context: empty for kubectl's current one."""

    context: str
    namespace: str
    release: str

    def kubectl(self, *arguments: str) -> str:
        context = ["--context", self.context] if self.context else []
        return join(["kubectl", *context, "-n", self.namespace, *arguments])

    def helm(self, *arguments: str) -> str:
        context = ["--kube-context", self.context] if self.context else []
        return join(["helm", *context, "-n", self.namespace, *arguments])

    def of(self, part: str) -> str:
        """A selector: fullnameOverride may name things otherwise."""
        return f"component={part},release={self.release}"


@dataclass(frozen=True)
class Who:
    """A part, or a user's server. is_part: as it is known without asking the cluster."""

    name: str
    is_part: bool


KNOWN_PARTS = ("hub", "proxy", "autohttps", "user-scheduler", "user-placeholder", "continuous-image-puller")


def who(name: str) -> Who:
    """The chart's parts; every other name is a user's."""
    return Who(name, name in KNOWN_PARTS)


def status(place: Place) -> list[str]:
    kinds = f"service,{PARTS},persistentvolumeclaim"
    return [
        place.kubectl("get", kinds),
        place.kubectl("get", "pods", "-o", "wide"),
        place.kubectl("get", "events", "--field-selector", "type=Warning"),
        place.kubectl("describe", "nodes"),
        place.helm("status", place.release),
    ]


def logs(place: Place, whom: Who, *, follow: bool, previous: bool, count: int) -> list[str]:
    more = [*(["-f"] if follow else []), *(["--previous"] if previous else []), f"--tail={count or -1}"]
    if whom.is_part:
        return [place.kubectl("logs", "-l", place.of(whom.name), "--all-containers", *more)]
    hub = f"{place.kubectl('logs', '-l', place.of('hub'), '--tail=-1')} | grep -F {quote(whom.name.partition('/')[0])}"
    return [_pod_of(place, whom.name), f'{place.kubectl("logs")} "$POD" {join(more)}', hub]


def events(place: Place, whom: Who, *, follow: bool) -> list[str]:
    if whom.is_part:
        return [place.kubectl("describe", "pods", "-l", place.of(whom.name))]
    watch = " --watch" if follow else ""
    return [
        _pod_of(place, whom.name),
        f'{place.kubectl("get", "events")} --field-selector involvedObject.name="$POD"{watch}',
        place.kubectl("describe", "persistentvolumeclaims", "-l", "component=singleuser-storage"),
    ]


def run(place: Place, whom: Who, argv: Sequence[str], *, terminal: bool) -> list[str]:
    flags = "-it " if terminal else ""
    if whom.is_part:
        return [_pod_of_part(place, whom.name), f'{place.kubectl("exec")} {flags}"$POD" -- {join(argv)}']
    return [_pod_of(place, whom.name), f'{place.kubectl("exec")} {flags}"$POD" -c notebook -- {join(argv)}']


def top(place: Place) -> list[str]:
    return [place.kubectl("top", "pods", "--containers"), place.kubectl("top", "nodes")]


def restart(place: Place, part: str) -> list[str]:
    selected = [PARTS, "-l", place.of(part)]
    return [place.kubectl("rollout", "restart", *selected), place.kubectl("rollout", "status", *selected)]


def scale(place: Place, pool: str, count: int) -> list[str]:
    part = "user-placeholder" if pool == "placeholders" else pool
    kind = "statefulset" if part == "user-placeholder" else "deployment"
    return [place.kubectl("scale", kind, "-l", place.of(part), f"--replicas={count}")]


def stop(place: Place, *, keep_servers: bool) -> list[str]:
    both = f"component in (hub,proxy),release={place.release}"
    lines = [place.kubectl("scale", "deployment", "-l", both, "--replicas=0")]
    if not keep_servers:
        lines.append(place.kubectl("delete", "pods", "-l", f"{STUDENTS},release={place.release}"))
    return lines


def remove(place: Place) -> list[str]:
    ours = f"classhub-{place.release}"
    return [
        *stop(place, keep_servers=False),
        place.helm("uninstall", place.release),
        place.kubectl("delete", f"configmap/{ours}", f"lease/{ours}"),
    ]


def deploy(place: Place, chart: str, files: Sequence[str], *, timeout_s: int) -> list[str]:
    """chart: a version of the official one, or a package's path. files: of values in place of the folder's, in Helm's order.

    The files alone would make another hub: one that deletes the homes of users who are deleted. So Helm is given what
    `deploy` gives it, secrets included; by standard input, and only if there is something: without values it would take
    the chart's defaults.
    """
    source = [chart] if chart.endswith(".tgz") else ["jupyterhub", "--repo", REPOSITORY, "--version", chart]
    given = join(["-o", "json", *(part for file in files for part in ("-f", file))])
    more = ["-f", "-", "--reset-values", "--create-namespace", "--wait", f"--timeout={timeout_s}s"]
    copy = "import sqlite3; sqlite3.connect('jupyterhub.sqlite').backup(sqlite3.connect('before.sqlite'))"
    upgrade = place.helm("upgrade", "--install", place.release, *source, *more)
    return [
        _pod_of_part(place, "hub"),
        f'{place.kubectl("exec")} "$POD" -- {join(["python3", "-c", copy])}',
        f"""VALUES="$(classhub values --merged --show-secrets {given})" && printf '%s\\n' "$VALUES" | {upgrade}""",
        place.kubectl("rollout", "status", PARTS, "-l", place.of("hub")),
    ]


def rollback(place: Place, revision: int | None) -> list[str]:
    """Without the hub's database: no line of helm brings that back."""
    numbers = [str(revision)] if revision else []
    return [
        place.kubectl("scale", "deployment", "-l", place.of("hub"), "--replicas=0"),
        place.helm("rollback", place.release, *numbers, "--wait"),
    ]


def users(place: Place) -> list[str]:
    return [_forward(place), f"curl {TOKEN} {quote(f'{HUB}/users?limit=200')}"]


def servers(place: Place) -> list[str]:
    columns = f"USER:.metadata.annotations.{USER},SERVER:.metadata.annotations.{SERVER}"
    more = "STATE:.status.phase,NODE:.spec.nodeName,SINCE:.status.startTime"
    return [place.kubectl("get", "pods", "-l", STUDENTS, "-o", f"custom-columns={columns},{more}")]


def start_server(place: Place, name: str) -> list[str]:
    return [_forward(place), f"curl -X POST {TOKEN} {_server(name)}"]


def stop_server(place: Place, name: str) -> list[str]:
    return [_forward(place), f"curl -X DELETE {TOKEN} {_server(name)}"]


def stop_servers(place: Place) -> list[str]:
    return [place.kubectl("delete", "pods", "-l", f"{STUDENTS},release={place.release}")]


def homes(place: Place) -> list[str]:
    marks = f"OWNER:.metadata.annotations.{USER},SERVER:.metadata.annotations.{SERVER}"
    more = "SIZE:.status.capacity.storage,STATE:.status.phase,VOLUME:.spec.volumeName,MADE:.metadata.creationTimestamp"
    return [place.kubectl("get", "persistentvolumeclaims", "-o", f"custom-columns=NAME:.metadata.name,{marks},{more}")]


def delete_home(place: Place, name: str) -> list[str]:
    return [place.kubectl("delete", "persistentvolumeclaim", name)]


def address(place: Place) -> list[str]:
    path = "jsonpath={.items[0].status.loadBalancer.ingress[0]}"
    return [place.kubectl("get", "services", "-l", place.of("proxy-public"), "-o", path)]


def _pod_of_part(place: Place, part: str) -> str:
    """By its labels: a part may be a Deployment, a StatefulSet or a DaemonSet, and have any name. Not one that has ended."""
    line = place.kubectl("get", "pods", "-l", place.of(part), *ALIVE, "-o", "name")
    return f'POD="$({line} | head -n 1)"'


def _pod_of(place: Place, name: str) -> str:
    """By the mark of its owner: the pod's name is the hub's business."""
    user, _, server = name.partition("/")
    wanted = f'@.metadata.annotations.{USER}=="{user}"'
    line = place.kubectl("get", "pods", "-l", f"{STUDENTS}", "-o", f"jsonpath={{.items[?({wanted})].metadata.name}}")
    named = f"  # of several, the one of the server {server}" if server else ""
    return f'POD="$({line})"{named}'


def _forward(place: Place) -> str:
    service = place.kubectl("get", "services", "-l", place.of("hub"), "-o", "name")
    return f'{place.kubectl("port-forward")} "$({service})" 8081 &'


def _server(name: str) -> str:
    user, _, server = name.partition("/")
    path = f"servers/{in_address(server, safe='')}" if server else "server"
    return quote(f"{HUB}/users/{in_address(user, safe='')}/{path}")
