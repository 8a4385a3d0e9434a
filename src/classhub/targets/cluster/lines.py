"""Lines of containers' logs, several containers as one: in the order of time, and followed as they come."""

import heapq
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from classhub.errors import ClasshubError, NotFound, NotRunning
from classhub.outside.kubernetes import Invalid
from classhub.plan.records import Record
from classhub.targets.cluster.labels import name
from classhub.targets.cluster.parts import seconds

if TYPE_CHECKING:
    from classhub.outside.kubernetes import Cluster

Object = Mapping[str, Any]
Wanted = Callable[[str], bool]

LOOK_S = 2.0
"""Between two looks for new containers while logs are followed."""
SLACK_S = 120
"""Asked for again when following begins: the cluster's clock is not ours."""


@dataclass(frozen=True)
class Source:
    """One container. mark: stands before each line. wanted: of a log that is about others too. since_s: no older lines."""

    pod: str
    container: str
    shown: str
    mark: str = ""
    wanted: Wanted = field(default=bool, compare=False)
    since_s: float | None = None
    run: str = ""
    """The container's own id: another one after a restart."""


def containers(pod: Object, shown: str, **more: Any) -> list[Source]:
    """Those that ran or run."""
    known = (pod.get("status") or {}).get("containerStatuses") or ()
    found = [one for one in known if "waiting" not in (one.get("state") or {}) or one.get("restartCount")]
    return [
        Source(name(pod), one["name"], shown, run=f"{one.get('containerID', '')} {one.get('restartCount', 0)}", **more)
        for one in found
    ]


def read(cluster: "Cluster", sources: Sequence[Source], *, previous: bool = False) -> Iterator[Record]:
    """What is there, by time. A container that has no log (yet, or no run before) has no lines."""
    streams = [_lines(cluster, one, previous) for one in sources]
    return (record for _, record in heapq.merge(*streams, key=lambda pair: pair[0]))


def follow(cluster: "Cluster", find: Callable[[], Sequence[Source]]) -> Iterator[Record]:
    """First what is there, then what comes, of new containers too; never ends by itself."""
    begun = find()
    last: dict[tuple[str, str], str] = {}
    yield from _remembering(cluster, begun, last)
    coming: queue.Queue[Record | ClasshubError] = queue.Queue()
    over = threading.Event()
    followed: set[tuple[str, str, str]] = set()
    try:
        sources = begun
        while True:
            for one in sources:
                if (one.pod, one.container, one.run) not in followed:
                    followed.add((one.pod, one.container, one.run))
                    arguments = (cluster, one, last.get((one.pod, one.container), ""), coming, over)
                    threading.Thread(target=_feed, args=arguments, daemon=True).start()
            yield from _for_a_while(coming)
            sources = find()
    finally:
        over.set()


def _remembering(cluster: "Cluster", sources: Sequence[Source], last: dict[tuple[str, str], str]) -> Iterator[Record]:
    def one(source: Source) -> Iterator[tuple[str, Record]]:
        for stamp, record in _lines(cluster, source, False):
            last[(source.pod, source.container)] = stamp
            yield stamp, record

    return (record for _, record in heapq.merge(*map(one, sources), key=lambda pair: pair[0]))


def _for_a_while(coming: "queue.Queue[Record | ClasshubError]") -> Iterator[Record]:
    until = time.monotonic() + LOOK_S
    while (left := until - time.monotonic()) > 0:
        try:
            found = coming.get(timeout=left)
        except queue.Empty:
            return
        if isinstance(found, ClasshubError):
            raise found
        yield found


def _feed(
    cluster: "Cluster",
    source: Source,
    last: str,
    coming: "queue.Queue[Record | ClasshubError]",
    over: threading.Event,
) -> None:
    """What comes after the line of the time `last`, until the container ends."""
    since = max(1.0, time.time() - (seconds(last) or 0) + SLACK_S) if last else source.since_s
    try:
        lines = cluster.logs(source.pod, source.container, follow=True, since_s=since, timestamps=True)
        for line in lines:
            stamp, _, text = line.partition(" ")
            if over.is_set():
                return
            if stamp > last and source.wanted(text):
                coming.put(_record(source, stamp, text))
    except (NotRunning, NotFound, Invalid):
        return
    except ClasshubError as error:
        coming.put(error)


def _lines(cluster: "Cluster", source: Source, previous: bool) -> Iterator[tuple[str, Record]]:
    lines = cluster.logs(source.pod, source.container, previous=previous, since_s=source.since_s, timestamps=True)
    try:
        for line in lines:
            stamp, _, text = line.partition(" ")
            if source.wanted(text):
                yield stamp, _record(source, stamp, text)
    except (NotRunning, NotFound, Invalid):
        return


def _record(source: Source, stamp: str, text: str) -> Record:
    try:
        when = seconds(stamp)
    except ValueError:
        when = None
    return Record(f"{source.mark}{text}", when, source.shown)


def about(user: str) -> Wanted:
    """Whether a line of the hub's log names this user, as the hub or an address writes the name."""
    from urllib.parse import quote

    names = "|".join(re.escape(one) for one in dict.fromkeys((user, quote(user, safe="@"), quote(user, safe=""))))
    found = re.compile(rf"(?<![\w.@%-])(?:{names})(?![\w%-]|\.\w|@(?![\d:]))")
    return lambda line: bool(found.search(line))
