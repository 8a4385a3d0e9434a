"""Where staff ask about courses: the mirror of the hub that runs, with our own token; in a student's server with its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from classhub.errors import NotHere, NotRunning
from classhub.outside.mirror_api import MirrorApi
from classhub.plan.running import State

if TYPE_CHECKING:
    from classhub.targets.interface import Target


def of_this_server(environ: Mapping[str, str]) -> MirrorApi | None:
    """In a terminal of a student's server, which belongs to somebody; None elsewhere."""
    url, token = environ.get("CLASSHUB_MATERIAL", ""), environ.get("JUPYTERHUB_API_TOKEN", "")
    return MirrorApi(url, token) if url.startswith(("http://", "https://")) and token else None


def of(target: Target) -> MirrorApi:
    """Raises NotRunning, NotHere."""
    running = target.inspect()
    if running is None or running.state is State.STOPPED:
        raise NotRunning("No hub runs here, so nobody can be asked about courses.", fix="classhub up")
    if not any(part.name == "mirror" for part in running.parts):
        raise NotHere(
            "This hub has no mirror of course material.",
            "no course names its material, or the hub is on a cluster, where the mirror comes with ClassHub's own image",
            "write material: into config/courses/NAME.yaml, then classhub up",
        )
    with target.api() as api:
        return MirrorApi(*api.beside("material"))
