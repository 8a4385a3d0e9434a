"""An HTTP client of one cluster: certificates and tokens by lightkube, credential plugins by us.

lightkube 1.0.1 knows no plugin of the API version client.authentication.k8s.io/v1, gives it no time limit and lets it fail as
a KeyError. Imported late: all of httpx2 and lightkube comes with it.
"""

import json
import os
from collections.abc import Generator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from lightkube.config import client_adapter
from lightkube.config.kubeconfig import KubeConfig, SingleConfig
from lightkube.core.exceptions import ConfigError

from classhub.outside import process
from classhub.outside.kubernetes.kubeconfig import MAKE_ONE, Access
from classhub.outside.kubernetes.silence import NotSignedIn

PLUGIN_S = 60
SPARE_S = 30
"""A token that ends sooner than this is renewed before it is used."""


def client(access: Access) -> httpx2.Client:
    """Nothing is sent yet. NotSignedIn when a file of the kubeconfig is missing or of no use."""
    named = {"name": access.context}
    plugin = access.user.get("exec")
    user = {key: value for key, value in access.user.items() if key != "exec"}
    whole = KubeConfig.from_dict(
        {
            "clusters": [{**named, "cluster": dict(access.cluster)}],
            "users": [{**named, "user": user}],
            "contexts": [{**named, "context": {"cluster": access.context, "user": access.context}}],
        }
    )
    one = SingleConfig(
        access.context, whole.contexts[access.context], whole.clusters[access.context], whole.users[access.context]
    )
    # $HTTPS_PROXY is for the world outside; what listens on our own machine must be asked directly.
    host = urlsplit(access.server).hostname or ""
    near = host in ("::1", "localhost") or host.startswith("127.")
    parameters = client_adapter.ConnectionParams(trust_env=not near, proxy=access.cluster.get("proxy-url"))
    try:
        if user.get("tokenFile"):
            Path(user["tokenFile"]).read_bytes()
        made = client_adapter.Client(one, parameters)
    except ConfigError as error:
        raise NotSignedIn(f"The kube context {access.context!r} cannot be used: {error}.", fix=MAKE_ONE) from error
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError, base64's error a ValueError
        raise _unusable(access, error) from error
    if plugin:
        made.auth = Plugin(plugin, access.server)
    made.headers = httpx2.Headers([*made.headers.multi_items(), *_impersonated(access.user)])
    return made


def _unusable(access: Access, error: Exception) -> NotSignedIn:
    if isinstance(error, FileNotFoundError) and error.filename:
        why = f"{error.filename} is not there"
    else:
        why = str(getattr(error, "strerror", None) or getattr(error, "reason", None) or "it is damaged")
    return NotSignedIn(
        f"A certificate, key or token of the kube context {access.context!r} cannot be read.", f"{why}.", MAKE_ONE
    )


def _impersonated(user: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A kubeconfig may say whom to act as; to act as oneself instead would be worse than to fail."""
    found = [("Impersonate-User", str(user["as"]))] if user.get("as") else []
    return found + [("Impersonate-Group", str(group)) for group in user.get("as-groups") or ()]


class Plugin(httpx2.Auth):
    """A program that gives tokens, as gke-gcloud-auth-plugin; asked when there is none, it has ended or was refused."""

    def __init__(self, settings: Mapping[str, Any], server: str) -> None:
        self._settings, self._server = settings, server
        self._token, self._ends = "", datetime.max.replace(tzinfo=UTC)

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        was_asked = not self._token or datetime.now(UTC) + timedelta(seconds=SPARE_S) > self._ends
        if was_asked:
            self._ask()
        request.headers["Authorization"] = f"Bearer {self._token}"
        answer = yield request
        if answer.status_code == 401 and not was_asked:
            self._ask()
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _ask(self) -> None:
        name = Path(self._settings.get("command", "")).name
        api = str(self._settings.get("apiVersion", ""))
        information = {"kind": "ExecCredential", "apiVersion": api, "spec": {"interactive": False}}
        env = {str(row["name"]): str(row["value"]) for row in self._settings.get("env") or ()}
        env["KUBERNETES_EXEC_INFO"] = json.dumps(information)
        argv = [str(self._settings.get("command", "")), *map(str, self._settings.get("args") or ())]
        try:
            said = process.run(argv, env=env, timeout_s=PLUGIN_S, new_session=True).out
            status = json.loads(said)["status"]
            self._token = str(status["token"])
            ends = str(status.get("expirationTimestamp") or "9999-12-31T00:00:00Z")
            self._ends = datetime.fromisoformat(ends)
        except process.ProgramFailed as error:
            raise _plugin_failed(name, error, str(self._settings.get("installHint") or "")) from None
        except (ValueError, LookupError, TypeError):
            raise NotSignedIn(
                f"The program {name}, which signs in to the cluster at {self._server}, gave no token.",
                "It is of another version than the kubeconfig, or gives certificates, which ClassHub does not use.",
                MAKE_ONE,
            ) from None


def _plugin_failed(name: str, error: process.ProgramFailed, hint: str) -> NotSignedIn:
    """Never its argv, which may hold a secret, nor its output, which is one."""
    google = name == "gke-gcloud-auth-plugin"
    if error.output is None and "is not here" in error.what:
        fix = "gcloud components install gke-gcloud-auth-plugin" if google else " ".join(hint.split())[:300]
        return NotSignedIn(
            f"The program {name}, which signs in to the cluster, is not on this machine.",
            f"PATH is {os.environ.get('PATH', '')}.",
            fix or f"Install {name}, or {MAKE_ONE[0].lower()}{MAKE_ONE[1:]}",
        )
    said = error.output.err.splitlines() if error.output else ["It took too long."]
    words = next((line.strip()[:300] for line in reversed(said) if any(map(str.isalpha, line))), "")
    fix = "gcloud auth login" if google else f"Run {name} by hand, as your kubeconfig does, and sign in"
    return NotSignedIn(f"The program {name} could not sign in to the cluster.", words or "It did not say why.", fix)
