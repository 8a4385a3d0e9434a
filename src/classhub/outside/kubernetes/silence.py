"""No answer from the cluster: refused, unknown name, late, not trusted, cut short."""

import socket
import ssl
from collections.abc import Iterator

from classhub.errors import OutsideFailed

DOCTOR = "classhub doctor"


class Unreachable(OutsideFailed):
    """Nothing answers where the cluster should be."""


class NotSignedIn(OutsideFailed):
    """The cluster does not know who we are: credentials missing, expired or wrong."""


class BrokenOff(OutsideFailed):
    """The cluster went away in the middle of an answer."""


def no_answer(error: BaseException, server: str, timeout_s: float | None) -> OutsideFailed:
    """What a transport error means, by the system's own error inside it."""
    import httpx2

    causes = list(_causes(error))
    for kind, what, cause in NO_CONNECTION:
        for found in causes:
            if isinstance(found, kind):
                return Unreachable(what.format(server=server), cause.format(error=_words(found)), DOCTOR)
    if isinstance(error, httpx2.TimeoutException):
        return Unreachable(
            f"The cluster at {server} did not answer in time{f' ({timeout_s:g} s)' if timeout_s else ''}.",
            "It is busy or being upgraded, or a firewall or VPN stands between.",
            "Try again; then classhub doctor",
        )
    if isinstance(error, httpx2.ProxyError | httpx2.UnsupportedProtocol | httpx2.ConnectError):
        return Unreachable(f"The cluster at {server} cannot be reached.", _words(error), DOCTOR)
    return BrokenOff(
        f"The cluster at {server} broke off its answer.",
        "Its API server restarted, or the network was cut.",
        "Try again",
    )


def no_cluster(server: str) -> OutsideFailed:
    return OutsideFailed(
        f"What answers at {server} is not a Kubernetes API server.", "A proxy or a login page.", DOCTOR
    )


def is_hopeless(error: BaseException) -> bool:
    """Whether another try would end the same way."""
    return any(isinstance(found, ssl.SSLCertVerificationError) for found in _causes(error))


NO_CONNECTION: tuple[tuple[type[OSError], str, str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "The certificate of the cluster at {server} is not trusted.",
        "The kubeconfig is of another cluster, or a proxy stands between ({error}).",
    ),
    (
        socket.gaierror,
        "The cluster's address {server} is not known.",
        "The name is wrong, or this machine has no network or DNS ({error}).",
    ),
    (
        ConnectionRefusedError,
        "Nothing answers at {server}.",
        "The cluster is stopped, or its address has changed.",
    ),
)
"""In the order of looking: a failed certificate check is a kind of OSError too."""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _words(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(error.verify_message)
    return str(getattr(error, "strerror", None) or error)
