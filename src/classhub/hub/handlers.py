"""What we add to the hub: its pages, and REST calls below /hub/api/classhub/ (used by outside/hub_api.py).

    POST   invitations        {"name", "kind": "invitation" | "enter"}  ->  201 {"name", "path", "expires"}
    GET    invitations        the open ones                             ->  200 [{"name", "expires"}]
    DELETE invitations/NAME   withdraws                                 ->  204
    GET    requests                                                     ->  200 [{"name", "asked", "times"}]
    POST   approvals/NAME                                               ->  200 {"name"}
    DELETE approvals/NAME     declines                                  ->  204
    GET    spelling?name=...  as the hub writes it                      ->  200 {"name", "wrong": "" or a sentence}

All need admin:users. Where people sign in with something real, the two lists are empty; the other calls about invitations
and requests answer 409 with a sentence, all but "enter".
"""

import json
from pathlib import Path
from typing import Any

from jupyterhub.apihandlers import APIHandler
from jupyterhub.scopes import needs_scope
from tornado.web import HTTPError

from classhub.hub import invitations, login_requests, pages_access, pages_entry, pages_password
from classhub.hub.handlers_answers import answer_request, as_written, complaint, iso, make_link, stand_in_of, withdraw
from classhub.hub.invitations import Kind
from classhub.hub.login import StandInAuthenticator


def extra_handlers() -> list[tuple[str, type]]:
    """For JupyterHub.extra_handlers; the hub puts its prefix before each."""
    return [
        (r"/enter", pages_entry.EnterPage),
        (r"/invitation", pages_entry.InvitationPage),
        (r"/signup", pages_access.SignupPage),
        (r"/authorize", pages_access.AuthorizePage),
        (r"/change-password", pages_password.ChangePasswordPage),
        (r"/api/classhub/invitations", InvitationsCall),
        (r"/api/classhub/invitations/([^/]+)", InvitationCall),
        (r"/api/classhub/spelling", SpellingCall),
        (r"/api/classhub/requests", RequestsCall),
        (r"/api/classhub/approvals/([^/]+)", ApprovalsCall),
    ]


def templates_folder() -> str:
    """For JupyterHub.template_paths, after the college's own folders, which win."""
    return str(Path(__file__).parent / "templates")


class SpellingCall(APIHandler):
    """How the hub writes a name, and why nobody can have it."""

    @needs_scope("admin:users")
    async def get(self) -> None:
        name = as_written(self, self.get_query_argument("name", "", strip=False))
        self.write(json.dumps({"name": name, "wrong": complaint(self, name)}))


class InvitationsCall(APIHandler):
    """Make a single-use link; the invitations that wait to be used."""

    @needs_scope("admin:users")
    async def get(self) -> None:
        rows = invitations.waiting(self.db) if isinstance(self.authenticator, StandInAuthenticator) else []
        self.write(json.dumps([{"name": row.name, "expires": iso(row.expires)} for row in rows]))

    @needs_scope("admin:users")
    async def post(self) -> None:
        body: Any = self.get_json_body()
        if not isinstance(body, dict):
            raise HTTPError(400, 'The body must be {"name": ..., "kind": "invitation" or "enter"}.')
        kind = body.get("kind", Kind.INVITATION.value)
        if kind not in [each.value for each in Kind]:
            raise HTTPError(400, 'kind must be "invitation" or "enter".')
        made = make_link(self, body.get("name", ""), Kind(kind))
        self.set_status(201)
        self.write(json.dumps(made))


class InvitationCall(APIHandler):
    """Withdraw an invitation."""

    @needs_scope("admin:users")
    async def delete(self, name: str) -> None:
        stand_in_of(self)
        withdraw(self, name)
        self.set_status(204)


class RequestsCall(APIHandler):
    """Who asks for access, oldest first."""

    @needs_scope("admin:users")
    async def get(self) -> None:
        rows = login_requests.waiting(self.db) if isinstance(self.authenticator, StandInAuthenticator) else []
        self.write(json.dumps([{"name": row.name, "asked": iso(row.asked), "times": row.times} for row in rows]))


class ApprovalsCall(APIHandler):
    """Answer one request."""

    @needs_scope("admin:users")
    async def post(self, name: str) -> None:
        self.write(json.dumps({"name": await answer_request(self, name, approve=True)}))

    @needs_scope("admin:users")
    async def delete(self, name: str) -> None:
        await answer_request(self, name, approve=False)
        self.set_status(204)
