"""What the cluster's own rules refuse: quotas, webhooks, policies, namespaces on their way out."""

import re

from classhub.errors import ClasshubError, OutsideFailed
from classhub.outside.kubernetes.answer import Answer
from classhub.outside.kubernetes.refusals import Changed, OverQuota, RefusedByPolicy, Uncounted


def over_quota(answer: Answer, found: re.Match[str]) -> ClasshubError:
    return OverQuota(
        f"The quota {found['quota']} of the namespace {answer.call.namespace} does not allow {answer.call.about}.",
        f"Asked: {found['asked']}. Used: {found['used']}. Limit: {found['limit']}.",
        f"Make room, or raise it: kubectl edit resourcequota {found['quota']} --namespace={answer.call.namespace}",
    )


def quota_needs(answer: Answer, found: re.Match[str]) -> ClasshubError:
    return Uncounted(
        f"The quota {found[1]} of the namespace {answer.call.namespace} does not allow {answer.call.about}.",
        f"It counts what the object does not name: {found[2]}.",
        "Set that request or limit in config.yaml",
    )


def webhook(answer: Answer, found: re.Match[str]) -> ClasshubError:
    words = (found["words"] or "").lstrip(": ").strip() or "It gave no reason."
    return RefusedByPolicy(
        f"The cluster's admission webhook {found['name']} refused {answer.call.about}.",
        words,
        "Ask who runs the cluster what this rule wants",
    )


def policy(answer: Answer, found: re.Match[str]) -> ClasshubError:
    return RefusedByPolicy(
        f"The cluster's policy {found['name']} refused {answer.call.about}.",
        found["words"].strip(),
        "Ask who runs the cluster what this rule wants",
    )


def webhook_away(answer: Answer, found: re.Match[str]) -> ClasshubError:
    return OutsideFailed(
        f"The cluster's admission webhook {found[1]} did not answer, so that {answer.call.about} was refused.",
        answer.said[found.end() :].lstrip(": "),
        "Mend or remove that webhook: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
    )


def terminating(answer: Answer, _: re.Match[str]) -> ClasshubError:
    return Changed(
        f"The namespace {answer.call.namespace} is being deleted: nothing new can be made in it.",
        "Someone removed it a moment ago, or what is in it does not go away.",
        f"kubectl get namespace {answer.call.namespace} --output=yaml (its conditions say what it waits for)",
    )


def refused(answer: Answer, found: re.Match[str]) -> ClasshubError:
    return RefusedByPolicy(
        f"The cluster refused {answer.call.about}.", answer.said[found.end() :].strip() or answer.said
    )
