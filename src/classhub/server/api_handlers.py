"""classhub/api/…: what the JupyterLab extension asks. JSON; a refusal is a sentence in `message`."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, authenticated

from classhub.materials import links
from classhub.materials.source import Offline
from classhub.server import deeds, told
from classhub.server.apart import apart
from classhub.server.bell import Bell
from classhub.server.courier import Courier
from classhub.server.shown import Shown

LARGEST_PATH = 4096
WAIT_S = 20.0


class Api(APIHandler):
    """What all of them have in common."""

    auth_resource = "contents"

    def initialize(self, courier: Courier, shown: Shown, bell: Bell) -> None:
        self.courier = courier
        self.shown = shown
        self.bell = bell

    def say(self, answer: Any, status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(answer))

    def course(self, name: Any) -> str:
        """One of this person's. Raises 404."""
        if not isinstance(name, str) or self.courier.state.snapshot().of(name) is None:
            raise HTTPError(404, "You have no course of that name here.")
        return name

    def path(self, given: Any) -> str:
        """Below the course's folder. Raises 400."""
        if not isinstance(given, str) or not given or len(given) > LARGEST_PATH:
            raise HTTPError(400, "Name one file of the course.")
        try:
            return links.inside_home(given)
        except links.BadLink:
            raise HTTPError(400, "That path leads out of the course's folder.") from None

    def words(self) -> dict[str, Any]:
        """The body, a JSON object. Raises 400."""
        body = self.get_json_body()
        if body is not None and not isinstance(body, dict):
            raise HTTPError(400, "The request's body must be a JSON object.")
        return body or {}


class Material(Api):
    """Asked by every open tab all the time: it must not keep an idle server alive.

    since=NUMBER: answer when there is something else to say than under that number, or after WAIT_S.
    """

    _track_activity = False

    @authenticated
    @authorized
    async def get(self) -> None:
        since = self.get_query_argument("since", "")
        if since == str(self.courier.state.snapshot().number):
            await self.bell.rings(WAIT_S, lambda: since != str(self.courier.state.snapshot().number))
        self.say(told.status(self.courier.state.snapshot(), self.shown.contents_path))


class Sync(Api):
    """Look for new material now."""

    @authenticated
    @authorized
    async def post(self) -> None:
        self.courier.jobs.everything()
        self.say({"message": "Looking for new material."}, 202)


class Changes(Api):
    """What the student changed, and what is new."""

    @authenticated
    @authorized
    async def get(self) -> None:
        course = self.course(self.get_query_argument("course", ""))
        self.say(await _done(lambda: {"changes": deeds.changes(self.courier, course)}))


class StartOver(Api):
    """One file as the course has it; the student's own gets another name."""

    @authenticated
    @authorized
    async def post(self) -> None:
        given = self.words()
        course, path = self.course(given.get("course")), self.path(given.get("path"))
        self.say(await _done(deeds.start_over, self.courier, course, path))


class Versions(Api):
    """Former versions of one file."""

    @authenticated
    @authorized
    async def get(self) -> None:
        course = self.course(self.get_query_argument("course", ""))
        path = self.path(self.get_query_argument("path", "", strip=False))
        self.say({"versions": await apart(deeds.versions, self.courier, course, path)})


class Restore(Api):
    """Bring one of them back; what stands there now is kept as a version too."""

    @authenticated
    @authorized
    async def post(self) -> None:
        given = self.words()
        course, path = self.course(given.get("course")), self.path(given.get("path"))
        version = given.get("version")
        if not isinstance(version, str) or not version or "/" in version or "\0" in version:
            raise HTTPError(400, "Name one of the versions that are listed.")
        self.say(await _done(deeds.restore, self.courier, course, path, version))


class Combine(Api):
    """A tab's unsaved text with a new version on the disk; nothing is written. content: null if that cannot be."""

    @authenticated
    @authorized
    async def post(self) -> None:
        given = self.words()
        course, path = self.course(given.get("course")), self.path(given.get("path"))
        base, mine = given.get("base"), given.get("mine")
        if not isinstance(base, str) or not isinstance(mine, str):
            raise HTTPError(400, "Send what the tab had read, and what it holds now.")
        self.say({"content": await apart(deeds.combine, self.courier, course, path, base, mine)})


async def _done(deed: Any, *given: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = await apart(deed, *given)
    except Offline as error:
        raise HTTPError(503, str(error)) from None
    return answer


def routes(courier: Courier, shown: Shown) -> list[tuple[Any, ...]]:
    bell = Bell()
    courier.state.listen(bell.ring)
    given = {"courier": courier, "shown": shown, "bell": bell}
    handlers = {
        "material": Material,
        "sync": Sync,
        "changes": Changes,
        "start-over": StartOver,
        "versions": Versions,
        "restore": Restore,
        "combine": Combine,
    }
    return [(f"classhub/api/{name}", handler, given) for name, handler in handlers.items()]
