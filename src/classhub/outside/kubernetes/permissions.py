"""What our account may not do, which role may, and how whoever runs the cluster grants it."""

import re
import shlex

from classhub.errors import ClasshubError
from classhub.outside.kubernetes.answer import Answer
from classhub.outside.kubernetes.refusals import Forbidden
from classhub.outside.kubernetes.roles import least_role
from classhub.outside.kubernetes.silence import DOCTOR


def forbidden(answer: Answer, found: re.Match[str]) -> ClasshubError:
    user, verb, resource, group, namespace = found.group("user", "verb", "resource", "group", "namespace")
    role = least_role(verb, resource, group)
    where = f"in the namespace {namespace}" if namespace else "in the whole cluster"
    return Forbidden(
        f"The account {user} may not {verb} {_exact(resource, group)} {where}.",
        f"None of its roles allows this; of Kubernetes' own roles {role} is the least that does.",
        _grant(found, role),
        verb=verb,
        resource=resource,
    )


def _grant(found: re.Match[str], role: str) -> str:
    """Whoever runs the cluster types this. Nobody gets cluster-admin for one verb."""
    user, verb, resource, group, namespace = found.group("user", "verb", "resource", "group", "namespace")
    account = re.fullmatch(r"system:serviceaccount:([^:]+):(.+)", user)
    whom = f"--serviceaccount={account[1]}:{account[2]}" if account else f"--user={shlex.quote(user)}"
    name = f"classhub-{verb}-{resource.replace('/', '-')}"
    binding = (
        f"kubectl create rolebinding {{name}} --namespace={namespace}"
        if namespace
        else "kubectl create clusterrolebinding {name}"
    )
    if role != "cluster-admin":
        return f"{binding.format(name=f'classhub-{role}')} --clusterrole={role} {whom}"
    made = f"kubectl create clusterrole {name} --verb={verb} --resource={_exact(resource, group)}"
    return f"{made} && {binding.format(name=name)} --clusterrole={name} {whom}"


def _exact(resource: str, group: str) -> str:
    """As kubectl writes it: deployments.apps/scale."""
    plural, slash, subresource = resource.partition("/")
    return f"{plural}.{group}{slash}{subresource}" if group else resource


def not_granted(answer: Answer, found: re.Match[str]) -> ClasshubError:
    return Forbidden(
        f"The account {found['user']} may not {found['verb']} {found['path']}.", answer.said, DOCTOR, verb=found["verb"]
    )


def escalation(answer: Answer, found: re.Match[str]) -> ClasshubError:
    return Forbidden(
        f"Our account may not grant what {answer.call.about} grants.",
        "Nobody can give rights that they do not have: " + " ".join(found[1].split())[:300],
        "Deploy with an account that has the role cluster-admin, or admin in the namespace",
        verb=answer.call.verb,
    )
