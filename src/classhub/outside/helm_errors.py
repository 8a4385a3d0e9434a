"""What Helm says when it fails, in words: Helm 3, Helm 4 and the SDK say it nearly alike.

No value is shown: what Helm quotes may be a secret.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from classhub.errors import ClasshubError, NotFound, OutsideFailed
from classhub.outside.helm_release import Access

LONGEST = 600
"""Characters of Helm's own words in a cause."""
SHORTEST = 5
"""Characters of a value that is hidden in Helm's words; shorter ones are words and numbers of everybody's."""
HIDDEN = "(hidden)"
DEBUG = "Use --debug flag to render out invalid YAML"


@dataclass(frozen=True)
class About:
    """What was asked: for the words, and for the values that no word may hold."""

    release: str
    access: Access
    values: Mapping[str, Any] = field(default_factory=dict)


class HelmFailed(OutsideFailed):
    """kind: a name of FAILURES, for who wants to do something about it."""

    def __init__(self, kind: str, what: str, cause: str = "", fix: str = "") -> None:
        super().__init__(what, cause, fix)
        self.kind = kind


def failure(said: str, about: About) -> ClasshubError:
    """said: Helm's standard error, or the message of the SDK's exception."""
    text = _bare(said, about.values)
    place = f"release {about.release} in namespace {about.access.namespace}"
    if re.search(r"release: not found|release not found|has no revision|release has no \d+ version", text):
        return NotFound(f"There is no {place}, or not this revision of it.", "", "classhub history")
    for kind, pattern, tell in FAILURES:
        if found := re.search(pattern, text, re.DOTALL):
            return HelmFailed(kind, *tell(found, place))
    return HelmFailed("other", f"Helm failed on {place}.", _short(text), "classhub status")


Words = tuple[str, str, str]


def _conflict(found: "re.Match[str]", place: str) -> Words:
    text = found.string[found.start() :]
    who = ", ".join(dict.fromkeys(re.findall(r'conflicts? with "([^"]+)"', text)))
    what = ", ".join(dict.fromkeys(re.findall(r"(?:^- |: )(\.[\w.\[\]\"=:/{}~-]+)", text, re.MULTILINE)))
    thing = _object(found.string)
    where = f" in {thing}" if thing else ""
    return (
        f"Another program ({who}) has changed what {place} sets{where}: {what or 'some fields'}.",
        "It was edited by hand (kubectl edit, a console) or belongs to another tool, and is not overwritten unasked.",
        "Put the change into config/ or take it back with that program, then run the same again.",
    )


def _object(text: str) -> str:
    found = re.search(r"(?:applying object |object )(\S+) \S*, Kind=(\w+)", text)
    return f"{found[2]} {found[1].rpartition('/')[2]}" if found else ""


def _schema(found: "re.Match[str]", _: str) -> Words:
    lines = [line.strip(" -") for line in found.string[found.end() :].splitlines()]
    problems = [_without_value(line) for line in lines if line and not re.fullmatch(r"[\w-]+:", line)]
    return "The chart's schema refuses the values.", _short("; ".join(problems)), "classhub check"


def _without_value(line: str) -> str:
    """Helm 4 quotes the value in some of its messages: `at '/a/b': 'value' does not match pattern '^x$'`."""
    line = re.sub(r"^at '(.*?)': ", lambda place: f"{place[1].strip('/').replace('/', '.')}: ", line)
    return re.sub(r": ('.*'|\".*\"|\S+) (does not match|is not valid)", r": the value \2", line)


def _template(found: "re.Match[str]", _: str) -> Words:
    place = re.search(r"([\w.-]+/templates/[\w./-]+):(\d+)", found.string)
    where = f" ({place[1]}, line {place[2]})" if place else ""
    return f"A template of the chart fails{where}.", _short(_last(found.string)), "classhub check"


def _last(text: str) -> str:
    """Helm wraps one message in the next: the innermost says what it is."""
    return re.split(r"error calling \w+: |<[^<>]*>: |execution error at \([^)]*\): ", text)[-1]


def _forbidden(found: "re.Match[str]", place: str) -> Words:
    user, verb, kind, where = found["user"], found["verb"], found["kind"], found["where"]
    right = f"{verb} {kind}" + (f" in namespace {where}" if where else "")
    role = f"role admin in namespace {where}" if where else "cluster-admin, or a ClusterRole with this right"
    return (
        f"The cluster forbids {place}: {user} may not {right}.",
        "The account of this kube context lacks the right.",
        f"Ask whoever runs the cluster for it: {role} gives it. Test: kubectl auth can-i {verb} {kind}"
        + (f" -n {where}" if where else ""),
    )


def _simple(what: str, cause: str, fix: str) -> Callable[["re.Match[str]", str], Words]:
    """{place} and {0}, {1}... (groups) are filled in."""

    def tell(found: "re.Match[str]", place: str) -> Words:
        groups = [_short(group or "") for group in found.groups()]
        what_, cause_, fix_ = (text.format(*groups, place=place).strip() for text in (what, cause, fix))
        return what_, cause_, fix_

    return tell


FAILURES: tuple[tuple[str, str, Callable[["re.Match[str]", str], Words]], ...] = (
    ("pending", r"another operation \(install/upgrade/rollback\) is in progress", _simple(
        "Another operation on {place} is in progress, or was killed and never came to its end.",
        "Somebody deploys just now, or Helm was killed in the middle.",
        "Wait a minute and look: classhub history. If nobody is at work: classhub rollback")),
    ("conflict", r"Apply failed with \d+ conflicts?", _conflict),
    ("schema", r"values don't meet the specifications of the schema\(s\)[^\n]*", _schema),
    ("quota", r"exceeded quota: ([^,]+), requested: ([^\n]*?), used: ([^\n]*?), limited: ([^\n]*)", _simple(
        "The namespace's quota {0} has no room for {place}: {1} is asked for, {2} of {3} is used.",
        "The quota is too small for this change.",
        "kubectl describe quota {0}, then ask whoever runs the cluster to raise it, or ask for less in config.yaml.")),
    ("webhook", r'admission webhook "([^"]+)" denied the request(?: without explanation)?:? ?([^\n]*)', _simple(
        "A rule of the cluster, {0}, refuses {place}.", "{1}",
        "Change the values so that the rule is kept, or ask whoever runs the cluster for an exception.")),
    ("webhook", r"ValidatingAdmissionPolicy '([^']+)'.*?denied request: ([^\n]*)", _simple(
        "A rule of the cluster, {0}, refuses {place}.", "{1}",
        "Change the values so that the rule is kept, or ask whoever runs the cluster for an exception.")),
    ("webhook", r'failed calling webhook "([^"]+)": ([^\n]*)', _simple(
        "A check of the cluster, {0}, does not answer, so {place} cannot change.", "{1}",
        "Ask whoever runs the cluster to mend that webhook, then run the same again.")),
    ("credentials", r"(?:the server has asked for the client to provide credentials|\bUnauthorized\b|getting credentials: ([^\n]*)"
     r"|no Auth Provider found|certificate has expired)", _simple(
        "The cluster does not accept the credentials of this kube context.", "They have expired, or were taken away. {0}",
        "Sign in again (gcloud container clusters get-credentials NAME, or the like), then: kubectl get pods")),
    ("forbidden", r'forbidden: User "(?P<user>[^"]*)" cannot (?P<verb>\w+) resource "(?P<kind>[^"]*)" in API group "[^"]*"'
     r'(?: in the namespace "(?P<where>[^"]*)")?', _forbidden),
    ("context", r'(?:context "([^"]*)" does not exist|no context exists with the name:? "?([^"\n]*)"?)', _simple(
        "There is no kube context {0}{1}.", "It is called otherwise in this kubeconfig, or another file holds it.",
        "kubectl config get-contexts")),
    ("context", r"(?:invalid configuration|error loading config|stat [^\n]*: no such file)", _simple(
        "The kubeconfig cannot be used.", "It is not there, is no YAML, or names no cluster.", "kubectl config view")),
    ("hook", r"(?s)((?:pre|post)-(?:install|upgrade|rollback|delete)).{0,80}?(?:hooks? failed|failed)"
     r"(?:.*?(?:name: (\S+?),))?.*?(?:timed out|deadline exceeded|not ready|BackoffLimitExceeded|failed)", _simple(
        "A {0} job of the chart did not come to its end in time, for {place}. {1}",
        "It waits for something (the image puller: for every node to have the image), or fails.",
        "classhub events, then the same again")),
    ("stopped", r"context canceled|has been cancelled|operation cancelled", _simple(
        "The work on {place} was stopped before its end.", "Ctrl-C, or the time limit.", "classhub history")),
    ("unreachable", r"(?s)(?:cluster unreachable|unable to connect|connection refused|no such host|i/o timeout"
     r"|connection reset|tls: |x509: |EOF|context deadline exceeded|TLS handshake timeout|network is unreachable|no route to host)",
     lambda found, _: (
        "The cluster does not answer.", _short(_innermost(found.string)),
        "kubectl cluster-info: the network, a VPN, or another kube context in classhub.yaml")),
    ("too large", r"Too long: may not be more than|must have at most 1048576|(?i:request entity|request is) too large", _simple(
        "{place} is too large for the cluster: a Secret holds 1 MiB.", "Files in hub.extraFiles count twice.",
        "Take large files out of the values.")),
    ("immutable", r'cannot (?:patch|apply|update) "?([^" ]+)"? with kind (\w+).*?: ([\w.\[\]]+): [^\n]*?field is immutable', _simple(
        "{1} {0} cannot become what {place} wants: {2} cannot be changed once it is there.", "Kubernetes fixes this field at birth.",
        "Take the change out of config/; or delete that object first, if nothing is in it: kubectl delete {1} {0}")),
    ("immutable", r'(\w+)[./\w]* "([^"]+)" is invalid: ([\w.\[\]]+): [^\n]*?field is immutable', _simple(
        "{0} {1} cannot become what {place} wants: {2} cannot be changed once it is there.", "Kubernetes fixes this field at birth.",
        "Take the change out of config/; or delete that object first, if nothing is in it: kubectl delete {0} {1}")),
    ("invalid", r'(\w+)[./\w]* "([^"]+)" is invalid: ([^\n]*)', _simple(
        "The cluster refuses {0} {1} of {place}.", "{2}", "classhub check, then correct config/")),
    ("foreign", r'(\w+) "([^"]+)" in namespace "([^"]*)" exists and cannot be imported', _simple(
        "{0} {1} is there already and does not belong to {place}.", "Another release, or somebody by hand, made it.",
        "Look at it: kubectl get {0} {1} -o yaml; then take another release name or namespace, or delete it.")),
    ("absent", r'namespaces "([^"]+)" not found', _simple(
        "There is no namespace {0}.", "It was never made, or deleted with all in it.", "kubectl create namespace {0}")),
    ("kubernetes", r"chart requires kubeVersion: (\S+).*?Kubernetes (\S+)", _simple(
        "The chart wants Kubernetes {0}, and this cluster has {1}.", "The cluster is too old for this chart.",
        "Upgrade the cluster, or take an older chart.")),
    ("none deployed", r"has no deployed releases", _simple(
        "{place} has never been deployed.", "The first install failed or was killed.", "classhub history")),
    ("template", r"(?:execution error at|template: |parse error at|YAML parse error on|error converting YAML)", _template),
)  # fmt: skip
"""Kind, what Helm says, and how it is told; the first that fits."""


def _innermost(text: str) -> str:
    """client-go wraps: `Get "https://...": dial tcp 203.0.113.7:443: connect: connection refused`."""
    return re.split(r'Get "[^"]*": ', text)[-1].splitlines()[0]


def _bare(said: str, values: Mapping[str, Any]) -> str:
    """Without log lines, the word Error, and everything that the values hold."""
    lines = [
        line
        for line in said.strip().splitlines()
        if not re.match(r"(level=|time=|WARNING:|warning:|[IWE]\d{4} )", line)
    ]
    text = "\n".join(lines).removeprefix("Error: ").removesuffix(DEBUG).strip()
    text = re.sub(r'Invalid value: (?:"(?:[^"\\]|\\.)*"|\{.*\}|\S+): ', "", text)
    for value in sorted(set(_texts(values)), key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    return text


def _texts(value: Any) -> Iterator[str]:
    """Each text in the values, whole, by its lines, and as Go quotes it."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        for text in (value, *value.splitlines(), value.replace("\\", "\\\\").replace('"', '\\"')):
            if len(text.strip()) >= SHORTEST:
                yield text.strip()


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[:LONGEST]}..."
