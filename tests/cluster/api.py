"""The few words of the Kubernetes API that the test bed itself speaks; tests may use it to look behind ClassHub's back."""

import base64
import json
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

Object = dict[str, Any]


class Refused(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


class Api:
    def __init__(self, kubeconfig: Path) -> None:
        content = json.loads(kubeconfig.read_text())
        cluster, user = content["clusters"][0]["cluster"], content["users"][0]["user"]
        headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        self._client = httpx2.Client(
            base_url=cluster["server"], verify=_trust(cluster, user), headers=headers, timeout=120
        )

    def get(self, path: str, **parameters: Any) -> Object:
        return self._said("GET", path, parameters=parameters)

    def list(self, path: str, **parameters: Any) -> list[Object]:
        return self.get(path, **parameters)["items"]

    def text(self, path: str, **parameters: Any) -> str:
        return self._request("GET", path, parameters=parameters).text

    def create(self, path: str, content: Object) -> Object:
        return self._said("POST", path, content)

    def patch(self, path: str, content: Object) -> Object:
        """A merge patch: maps merge, null removes."""
        return self._said("PATCH", path, content, kind="application/merge-patch+json")

    def apply(self, path: str, content: Object, manager: str, force: bool = False) -> Object:
        parameters = {"fieldManager": manager, "force": str(force).lower()}
        return self._said("PATCH", path, content, parameters, kind="application/apply-patch+yaml")

    def delete(self, path: str, **options: Any) -> None:
        """Gone already is fine."""
        try:
            self._said("DELETE", path, options or None)
        except Refused as refused:
            if refused.code != 404:
                raise

    def exists(self, path: str) -> bool:
        try:
            self.get(path)
        except Refused as refused:
            if refused.code == 404:
                return False
            raise
        return True

    def watch(self, path: str, timeout_s: int = 60, **parameters: Any) -> Iterator[tuple[str, Object]]:
        """What is there and what changes, as (ADDED|MODIFIED|DELETED, object); ends by itself."""
        parameters |= {"watch": "true", "timeoutSeconds": timeout_s}
        with self._client.stream("GET", path, params=parameters, timeout=timeout_s + 10) as answer:
            if answer.status_code >= 400:
                raise Refused(answer.status_code, answer.read().decode(errors="replace"))
            for line in answer.iter_lines():
                event = json.loads(line)
                yield event["type"], event["object"]

    def _said(
        self,
        verb: str,
        path: str,
        content: Object | None = None,
        parameters: dict[str, Any] | None = None,
        kind: str = "application/json",
    ) -> Object:
        return self._request(verb, path, content, parameters, kind).json()

    def _request(
        self,
        verb: str,
        path: str,
        content: Object | None = None,
        parameters: dict[str, Any] | None = None,
        kind: str = "application/json",
    ) -> httpx2.Response:
        body = None if content is None else json.dumps(content)
        answer = self._client.request(verb, path, params=parameters, content=body, headers={"Content-Type": kind})
        if answer.status_code >= 400:
            raise Refused(answer.status_code, _message(answer))
        return answer


def _message(answer: httpx2.Response) -> str:
    try:
        return answer.json()["message"]
    except (ValueError, KeyError, TypeError):
        return answer.text


def _trust(cluster: dict[str, str], user: dict[str, str]) -> ssl.SSLContext:
    trust = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    if "client-key-data" in user:
        with tempfile.NamedTemporaryFile() as pair:  # the ssl module reads a client's certificate from files only
            pair.write(base64.b64decode(user["client-certificate-data"]))
            pair.write(base64.b64decode(user["client-key-data"]))
            pair.flush()
            trust.load_cert_chain(pair.name)
    return trust
