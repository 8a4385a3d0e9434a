"""Single requests to a mirror, whatever they are, over connections that are kept: a new client takes 50 ms to load its certificates."""

import json
from typing import Any

import httpx2

CLIENT = httpx2.Client(trust_env=False, timeout=120)


def ask(mirror: Any, method: str, path: str, token: str = "", **more: Any) -> httpx2.Response:
    headers = {"Authorization": f"token {token}"} if token else {}
    headers |= more.pop("headers", {})
    return CLIENT.request(method, f"{mirror.url}{path}", headers=headers, **more)


def in_words(answer: httpx2.Response) -> str:
    return str(json.loads(answer.content)["message"])
