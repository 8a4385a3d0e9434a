"""The hub's REST API, the same on both targets. Names are escaped here; the token is in no message and no repr."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urljoin, urlsplit

from classhub.errors import ClasshubError, NotFound, NotHere, OutsideFailed, Refused

if TYPE_CHECKING:
    import httpx2

PAGE = 200
"""Users asked for at once: JupyterHub's own limit (api_page_max_limit)."""
WAITS_S = (0.2, 0.8)
"""Pauses before the second and the third try of a call that may be repeated (GET, DELETE)."""
SLOW_START_S = 15
"""Added when a server starts or stops: the hub answers after slow_spawn_timeout (10 s) at the latest."""


@dataclass(frozen=True)
class Link:
    """A single-use link: name as the hub normalises it, the whole address, expiry in ISO 8601."""

    name: str
    url: str
    expires: str


@dataclass(frozen=True)
class AccessRequest:
    """Who asks for access, since when (ISO 8601), how many times under this name."""

    name: str
    asked: str
    times: int = 1


@dataclass(frozen=True)
class Invitation:
    """An invitation that nobody used yet, and its expiry in ISO 8601."""

    name: str
    expires: str


@dataclass(frozen=True)
class Spelling:
    """A name as the hub writes it; why nobody can have it, in a sentence, or empty."""

    name: str
    wrong: str = ""


class HubApi:
    """address: what a person types into a browser. socket: the hub's or the proxy's unix socket, if it is to be used.

    via: where to ask instead, for a hub on this machine: its own certificate may be known to browsers only.
    closing: called once at the end, for what leads there. has_pages: False for a hub without ClassHub's own handlers,
    where people sign in as config.yaml says. decode: JSON to objects, for whoever has a quicker one; raises ValueError.

    Every call raises OutsideFailed (no answer, or the hub is at fault), NotFound or Refused.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        via: str = "",
        socket: str | None = None,
        timeout_s: float = 10,
        closing: Callable[[], None] | None = None,
        has_pages: bool = True,
        decode: Callable[[bytes], Any] = json.loads,
    ) -> None:
        self.address = address if address.endswith("/") else f"{address}/"
        self._via = via or self.address
        self._token = token
        self._socket = socket
        self._timeout_s = timeout_s
        self._closing = closing
        self._has_pages = has_pages
        self._decode = decode
        self._client: httpx2.Client | None = None

    def __repr__(self) -> str:
        return f"HubApi({self.address!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close connections; another call opens them again, where nothing else had to be closed."""
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._closing is not None:
            self._closing()
            self._closing = None

    def beside(self, service: str) -> tuple[str, str]:
        """Address of a service behind the same door, and our token, which the service can show to the hub."""
        return f"{self._via.rstrip('/')}/services/{service}", self._token

    def info(self) -> dict[str, Any]:
        """Versions of JupyterHub and Python, classes of authenticator and spawner."""
        found: dict[str, Any] = self._call("GET", "info")
        return found

    def users(self, include_stopped: bool = False) -> list[dict[str, Any]]:
        """All users as JupyterHub's user models, page by page; include_stopped: their stopped servers too."""
        found: list[dict[str, Any]] = []
        following: dict[str, Any] | None = {"offset": 0}
        while following is not None:
            query = {"offset": following["offset"], "limit": PAGE, "include_stopped_servers": int(include_stopped)}
            page = self._call("GET", "users", query=query)
            found += page["items"]
            following = page["_pagination"]["next"]
        return found

    def user(self, name: str, include_stopped: bool = False) -> dict[str, Any]:
        """One user's model; NotFound when there is none. include_stopped: with stopped servers too."""
        query = {"include_stopped_servers": 1} if include_stopped else None
        found: dict[str, Any] = self._call("GET", f"users/{_part(name)}", query=query)
        return found

    def add_user(self, name: str) -> dict[str, Any]:
        """Make a user and give the model, with the name normalised. Refused when there is one already."""
        # By the list: POST users/NAME neither normalises nor checks the name (jupyterhub 6.1.1, apihandlers/users.py).
        made: list[dict[str, Any]] = self._call("POST", "users", body={"usernames": [name]})
        return made[0]

    def remove_user(self, name: str) -> None:
        """Stop the servers, forget the user. Homes are not touched by this."""
        self._call("DELETE", f"users/{_part(name)}", extra_s=SLOW_START_S)

    def invite(self, name: str) -> Link:
        """A link to choose a password; revokes the name's earlier ones. Refused where people sign in elsewhere."""
        return self._link(name, "invitation")

    def invitations(self) -> list[Invitation]:
        """Open invitations, by name."""
        if not self._has_pages:
            return []
        return [Invitation(**row) for row in self._call("GET", "classhub/invitations")]

    def withdraw(self, name: str) -> None:
        """Make an open invitation worthless; NotFound when there is none."""
        self._call("DELETE", f"classhub/invitations/{_part(name)}")

    def spelling(self, typed: str) -> Spelling:
        """A name as this hub writes it, whether or not there is such a user."""
        if not self._has_pages:
            return Spelling(typed.strip().lower())  # JupyterHub's own rule; a username_map is known to the hub only
        return Spelling(**self._call("GET", "classhub/spelling", query={"name": typed}))

    def enter_link(self, name: str) -> Link:
        """A link that signs in as this user, once, within ten minutes."""
        return self._link(name, "enter")

    def requests(self) -> list[AccessRequest]:
        """Open requests for access, oldest first."""
        if not self._has_pages:
            return []
        return [AccessRequest(**row) for row in self._call("GET", "classhub/requests")]

    def approve(self, name: str) -> str:
        """Let the person who asked sign in; the normalised name."""
        return str(self._call("POST", f"classhub/approvals/{_part(name)}")["name"])

    def decline(self, name: str) -> None:
        """Forget a request."""
        self._call("DELETE", f"classhub/approvals/{_part(name)}")

    def start_server(self, user: str, server: str = "") -> bool:
        """Start a server. True when it is ready (or was), False while it is still starting."""
        try:
            answer = self._call("POST", _server(user, server), extra_s=SLOW_START_S, whole=True)
        except Refused as error:
            if error.cause.endswith("is already running"):
                return True
            raise
        return bool(answer.status_code == 201)

    def stop_server(self, user: str, server: str = "", remove: bool = False) -> bool:
        """Stop a server; remove: forget a named one. True when it has stopped, False while it is still stopping."""
        body = {"remove": True} if remove else None
        answer = self._call("DELETE", _server(user, server), body=body, extra_s=SLOW_START_S, whole=True)
        return bool(answer.status_code != 202)

    def mint_token(
        self, name: str, *, expires_in_s: int, scopes: tuple[str, ...] = (), roles: tuple[str, ...] = (), note: str = ""
    ) -> str:
        """A token of this user; without scopes or roles for all that the user may do. Refused when it asks for more."""
        body: dict[str, Any] = {"expires_in": expires_in_s, "note": note}
        body |= {"scopes": list(scopes)} if scopes else {}
        body |= {"roles": list(roles)} if roles else {}
        return str(self._call("POST", f"users/{_part(name)}/tokens", body=body)["token"])

    def _link(self, name: str, kind: str) -> Link:
        if not self._has_pages:
            raise NotHere(
                "This hub makes no links to sign in with.",
                "People sign in there as config.yaml says.",
                f"let {name} sign in at {self.address}",
            )
        made = self._call("POST", "classhub/invitations", body={"name": name, "kind": kind})
        return Link(made["name"], urljoin(self.address, made["path"]), made["expires"])

    def _call(
        self, method: str, path: str, *, query: Any = None, body: Any = None, extra_s: float = 0, whole: bool = False
    ) -> Any:
        """The answer's JSON (None when empty), or the whole answer. Raises one ClasshubError for everything."""
        answer, tries = self._send(method, f"hub/api/{path}", query, body, self._timeout_s + extra_s)
        if answer.status_code == 404 and method == "DELETE" and tries > 1:
            return answer if whole else None  # an earlier try did it, and its answer was lost
        if not answer.is_success:
            raise self._failure(answer)
        if whole or not answer.content:
            return answer if whole else None
        try:
            return self._decode(answer.content)
        except ValueError as error:
            raise self._no_hub() from error

    def _send(self, method: str, path: str, query: Any, body: Any, timeout_s: float) -> tuple["httpx2.Response", int]:
        """The answer and how many tries it took. Only what may be done twice is tried again."""
        import httpx2

        waits = WAITS_S if method in ("GET", "DELETE") else ()
        for number, wait_s in enumerate((*waits, None), 1):
            try:
                answer = self._open().request(method, path, params=query, json=body, timeout=timeout_s)
            except httpx2.TransportError as error:
                if wait_s is None:
                    raise self._silence(error, timeout_s) from None
            except (httpx2.InvalidURL, ValueError) as error:
                raise OutsideFailed(f"{self.address} is not an address of a hub: {error}.") from None
            else:
                if wait_s is None or answer.status_code not in (502, 503, 504):
                    return answer, number
            time.sleep(wait_s)
        raise AssertionError("unreachable: the last try returns or raises")

    def _open(self) -> "httpx2.Client":
        if self._client is None:
            import httpx2

            headers = {"Authorization": f"token {self._token}", "Accept": "application/jupyterhub-pagination+json"}
            transport = httpx2.HTTPTransport(uds=self._socket) if self._socket else None
            # $HTTP_PROXY is for the world outside: a token for our own machine must not go there.
            host = urlsplit(self._via).hostname or ""
            near = bool(self._socket) or host in ("::1", "localhost") or host.startswith("127.")
            self._client = httpx2.Client(
                base_url=self._via, headers=headers, transport=transport, trust_env=not near, timeout=self._timeout_s
            )
        return self._client

    def _silence(self, error: Exception, timeout_s: float) -> OutsideFailed:
        """No answer at all."""
        import httpx2

        if isinstance(error, httpx2.TimeoutException):
            return OutsideFailed(
                f"The hub at {self.address} did not answer within {timeout_s:g} s.",
                "It is busy, or stuck.",
                "classhub logs hub",
            )
        if isinstance(error, httpx2.ConnectError):
            return OutsideFailed(
                f"Nothing answers at {self.address}.", f"The hub is not running: {error}.", "classhub status"
            )
        return OutsideFailed(f"The hub at {self.address} broke off its answer.", str(error), "classhub logs hub")

    def _no_hub(self) -> OutsideFailed:
        return OutsideFailed(f"What answers at {self.address} is not a JupyterHub.", fix="classhub status")

    def _failure(self, answer: "httpx2.Response") -> ClasshubError:
        """An answer that is an error, by its status code; the hub's own sentence is the cause."""
        code = answer.status_code
        if code < 400:
            return self._no_hub()
        kind, what, fix = FAILURES.get(code, FAILURES[500 if code >= 500 else 400])
        if code == 429:
            fix = f"Try again in {answer.headers.get('Retry-After', 'a few')} s"
        return kind(what.format(code=code), _said(answer), fix)


FAILURES: dict[int, tuple[type[ClasshubError], str, str]] = {
    400: (Refused, "The hub does not accept this.", ""),
    403: (Refused, "The hub does not allow this.", "classhub restart hub (it makes a new token of ours)"),
    404: (NotFound, "The hub knows no such user, server or request.", "classhub users list"),
    409: (Refused, "The hub cannot do this as things are.", ""),
    429: (OutsideFailed, "The hub has too much to do just now.", ""),
    500: (OutsideFailed, "The hub failed with status {code}.", "classhub logs hub"),
}
"""By status code; 400 and 500 stand for their hundred."""


def _said(answer: "httpx2.Response") -> str:
    """The sentence in an error of JupyterHub's API; empty for anything else."""
    try:
        said = answer.json()["message"]
    except (ValueError, LookupError, TypeError):
        return ""
    return str(said or "")[:500]


def _part(name: str) -> str:
    """One segment of a path. A name of dots would be another path, and no user has it (JupyterHub refuses it)."""
    if not name.strip("."):
        raise NotFound(f"There is no user or server named {name!r}.", fix="classhub users list")
    return quote(name, safe="")


def _server(user: str, server: str) -> str:
    return f"users/{_part(user)}/servers/{_part(server)}" if server else f"users/{_part(user)}/server"
