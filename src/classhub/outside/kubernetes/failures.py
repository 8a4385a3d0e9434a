"""Answers of the API server that are errors, in words: one table, looked through from the top."""

import re
from collections.abc import Callable

from classhub.errors import ClasshubError, NotFound, NotRunning, OutsideFailed
from classhub.outside.kubernetes import admission, permissions
from classhub.outside.kubernetes.answer import Answer
from classhub.outside.kubernetes.kubeconfig import MAKE_ONE
from classhub.outside.kubernetes.refusals import AlreadyThere, Changed, Conflicted, Expired, Failing, Invalid, TooBusy
from classhub.outside.kubernetes.silence import DOCTOR, NotSignedIn


class Missing(NotFound):
    """There is no object of that name."""


def failure(answer: Answer) -> ClasshubError:
    for code, pattern, tell in TABLE:
        found = re.search(pattern, answer.said, re.DOTALL)
        if found and code in (0, answer.code):
            return tell(answer, found)
    raise AssertionError("unreachable: the last row fits everything")


def _not_signed_in(answer: Answer, _: re.Match[str]) -> ClasshubError:
    command = str((answer.access.user.get("exec") or {}).get("command", ""))
    return NotSignedIn(
        f"The cluster at {answer.access.server} does not accept our credentials.",
        f"Those of the kube context {answer.access.context!r} have expired, or were withdrawn.",
        "gcloud auth login" if command.endswith("gke-gcloud-auth-plugin") else MAKE_ONE,
    )


def _missing(answer: Answer, _: re.Match[str]) -> ClasshubError:
    details = answer.status.get("details") or {}
    if details.get("kind") == "namespaces" and answer.call.kind != "Namespace":
        return NotFound(
            f"There is no namespace {details.get('name')} in the cluster at {answer.access.server}.",
            "Nothing was deployed there yet, or classhub.yaml names another cluster or namespace.",
            "classhub deploy makes it; classhub check names the cluster",
        )
    if answer.call.kind and not details.get("name"):
        return no_such_kind(answer.call.kind, answer.access.server)
    return Missing(f"There is no {answer.call.about}.")


def no_such_kind(kind: str, server: str) -> NotFound:
    metrics = kind in ("PodMetrics", "NodeMetrics")
    return NotFound(
        f"The cluster at {server} knows no kind {kind}.",
        "Its metrics-server is not installed." if metrics else "Its custom resource definition is not installed.",
        "kubectl api-resources",
    )


def _there(answer: Answer, _: re.Match[str]) -> ClasshubError:
    return AlreadyThere(f"There is {answer.call.about} already.", "It was made before, or by someone else meanwhile.")


def _conflict(answer: Answer, _: re.Match[str]) -> ClasshubError:
    pairs = []
    for cause in answer.causes:
        if cause.get("reason") == "FieldManagerConflict":
            manager = re.search(r'conflicts? with "([^"]*)"', cause.get("message", ""))
            pairs.append((manager[1] if manager else "another tool", cause.get("field", "")))
    if not pairs:
        return Changed(
            f"{answer.call.about} was changed by someone else at the same moment.",
            answer.said,
            "Run the command again",
        )
    held = "; ".join(f"{field} belongs to {manager}" for manager, field in pairs)
    return Conflicted(
        f"{answer.call.about} was changed by another tool in {len(pairs)} place{'s' if len(pairs) > 1 else ''}.",
        f"{held}.",
        "Put those values into config.yaml to keep them, or take them over with --force",
        tuple(pairs),
    )


def _expired(answer: Answer, _: re.Match[str]) -> ClasshubError:
    rest = str((answer.status.get("metadata") or {}).get("continue") or "")
    return Expired(
        "The cluster no longer has the state that this list began with.", answer.said, "Try again", rest=rest
    )


def _invalid(answer: Answer, _: re.Match[str]) -> ClasshubError:
    secret = answer.call.kind == "Secret"
    fields = tuple(
        (cause.get("field", ""), "not valid" if secret else _first_line(str(cause.get("message", ""))))
        for cause in answer.causes
        if cause.get("field")
    )
    why = "; ".join(f"{path}: {reason}" for path, reason in fields) or _first_line(answer.said)
    fix = "This field cannot change: the object must be deleted and made anew" if "immutable" in why else ""
    return Invalid(f"The cluster does not accept {answer.call.about}.", f"{why.rstrip('.')}.", fix, fields)


def _first_line(words: str) -> str:
    """Further lines are a comparison of whole objects, environment and all."""
    return (words.splitlines() or [""])[0][:300]


def _not_running(answer: Answer, _: re.Match[str]) -> ClasshubError:
    return NotRunning(
        f"{answer.call.about} does not run (or not any more).", answer.said, f"classhub events {answer.call.name}"
    )


def _busy(answer: Answer, _: re.Match[str]) -> ClasshubError:
    return TooBusy(
        f"The cluster at {answer.access.server} has too much to do.",
        answer.said,
        f"Try again in {max(1, round(answer.retry_s))} s",
    )


def _failed(answer: Answer, _: re.Match[str]) -> ClasshubError:
    server = answer.access.server
    if not answer.status and answer.code < 500:
        return OutsideFailed(
            f"What answers at {server} is not a Kubernetes API server.", f"Status {answer.code}.", MAKE_ONE
        )
    if answer.code < 500:
        return Invalid(f"The cluster does not accept {answer.call.about}.", answer.said)
    return Failing(
        f"The cluster at {server} failed with status {answer.code}.", answer.said, f"Try again; then {DOCTOR}"
    )


TABLE: tuple[tuple[int, str, Callable[[Answer, re.Match[str]], ClasshubError]], ...] = (
    (401, "", _not_signed_in),
    (0, r'admission webhook "(?P<name>[^"]+)" denied the request(?P<words>.*)', admission.webhook),
    (0, r"ValidatingAdmissionPolicy '(?P<name>[^']+)'.*?denied request: (?P<words>.*)", admission.policy),
    (0, r'failed calling webhook "([^"]+)"', admission.webhook_away),
    (
        403,
        r"exceeded quota: (?P<quota>\S+), requested: (?P<asked>\S+), used: (?P<used>\S+), limited: (?P<limit>\S+)",
        admission.over_quota,
    ),
    (403, r"failed quota: ([^:]+): must specify (.*)", admission.quota_needs),
    (403, r"is attempting to grant RBAC permissions not currently held:?(.*)", permissions.escalation),
    (403, r"because it is being terminated", admission.terminating),
    (
        403,
        r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
        r'(?: in the namespace "(?P<namespace>[^"]*)")?',
        permissions.forbidden,
    ),
    (403, r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) path "(?P<path>[^"]+)"', permissions.not_granted),
    (403, r" is forbidden: ", admission.refused),
    (403, "", admission.refused),
    (0, r"does not have a host assigned|is waiting to start|in a completed pod|^container not found", _not_running),
    (404, "", _missing),
    (409, r"already exists", _there),
    (409, "", _conflict),
    (410, "", _expired),
    (413, "", _invalid),
    (422, "", _invalid),
    (429, "", _busy),
    (0, "", _failed),
)
