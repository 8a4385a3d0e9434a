"""The Kubernetes API: one context, one namespace, objects as JSON. Nothing heavy is imported before the first call."""

from classhub.outside.kubernetes.call import Object
from classhub.outside.kubernetes.cluster import Cluster
from classhub.outside.kubernetes.kinds import Resource
from classhub.outside.kubernetes.refusals import (
    AlreadyThere,
    Changed,
    Conflicted,
    Forbidden,
    Invalid,
    OverQuota,
    RefusedByPolicy,
    TooBusy,
    Uncounted,
)
from classhub.outside.kubernetes.silence import NotSignedIn, Unreachable

__all__ = [
    "AlreadyThere",
    "Changed",
    "Cluster",
    "Conflicted",
    "Forbidden",
    "Invalid",
    "NotSignedIn",
    "Object",
    "OverQuota",
    "RefusedByPolicy",
    "Resource",
    "TooBusy",
    "Uncounted",
    "Unreachable",
]
