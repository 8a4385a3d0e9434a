"""A mirror whose store another program fills: it serves, and makes no releases."""

from typing import Any, NoReturn

from classhub.materials.mirror.desk import Refused

SENTENCE = "This mirror only serves; its releases are made elsewhere."


class Unattended:
    """A desk.Publisher."""

    def look_soon(self, course: str) -> None:
        pass

    async def publish(self, course: str, release: str) -> dict[str, Any]:
        self._refuse()

    async def preview(self, course: str) -> dict[str, Any]:
        self._refuse()

    async def lint(self, course: str) -> dict[str, Any]:
        self._refuse()

    async def tree(self, course: str, commit: str) -> dict[str, str] | None:
        return None

    def _refuse(self) -> NoReturn:
        raise Refused(SENTENCE)
