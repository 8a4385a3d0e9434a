"""Settings whose change has a consequence of its own: a sentence each, by the key in the values or in classhub.yaml.

The same setting means one thing on this machine and another on the cluster, so there are two tables with a common part.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from classhub.config.overlay import SERVICE
from classhub.plan.consequence import About


class Place(Enum):
    """Where the hub runs of which a sentence speaks."""

    HERE = "here"
    CLUSTER = "cluster"


@dataclass(frozen=True)
class Words:
    """Of a key and all below it, unless a longer key in the table fits. {old}, {new}: as the list of changes shows them."""

    key: str
    kind: About
    changed: str
    on: str = ""
    """When it is set for the first time, or becomes true."""
    off: str = ""
    """When it is no longer set, or becomes false."""
    to: Mapping[str, str] = field(default_factory=dict)
    """For one new value."""
    each: bool = False
    """A sentence for each child of the key that changed, as each gives rights of its own."""
    costs: str = ""
    """What it decides of the costs of a cluster besides."""


COSTS = {
    Place.HERE: "Costs on the cluster, nothing here: {what} ({{path}}: {{old}} -> {{new}}).",
    Place.CLUSTER: "Changes costs: {what} ({{path}}: {{old}} -> {{new}}).",
}
_PROMISED = "the more each server is promised, the fewer a node carries"
_IDLE = "an idle server holds room on a node that is paid by the hour"


_COSTS = (
    ("scheduling.userPlaceholder", "placeholders keep paid room for students who are still to come"),
    ("scheduling", "which nodes run, and how full they get"),
    ("prePuller", "every node pulls the images, and new nodes wait for them"),
    ("proxy.service", "a load balancer and a static address are paid by the hour"),
    ("singleuser.memory.guarantee", _PROMISED),
    ("singleuser.cpu.guarantee", _PROMISED),
    ("hub.config.KubeSpawner.mem_guarantee", _PROMISED),
    ("hub.config.KubeSpawner.cpu_guarantee", _PROMISED),
    ("singleuser.nodeSelector", "which node pool servers run on"),
    ("singleuser.extraNodeAffinity", "which node pool servers run on"),
    ("singleuser.extraTolerations", "which node pool servers run on"),
    ("singleuser.extraResource", "GPUs and the like"),
    ("singleuser.profileList", "profiles choose nodes and sizes"),
    ("hub.db.pvc", "the size of the hub's own disk"),
)


def _over(trait: str, what: str, beside: str) -> Iterator[Words]:
    """A limit in hub.config, which holds in place of the chart's own setting."""
    use = f"A server may use {{new}} of {what}" if what == "memory" else f"A server may use {{new}} {what}"
    for class_ in ("KubeSpawner", "Spawner"):
        yield Words(
            f"hub.config.{class_}.{trait}",
            About.SERVERS,
            f"{use}, in place of {{old}}, from its next start on ({{path}}).",
            on=f"{use}, from its next start on, whatever {beside} says ({{path}}).",
            off=f"The limit of {what} is what {beside} says, from a server's next start on: {{path}} is gone.",
        )


EVERYWHERE = (
    Words(
        "cull.enabled",
        About.SERVERS,
        "",
        on="Idle servers are stopped from now on.",
        off="Idle servers are no longer stopped.",
        costs=_IDLE,
    ),
    Words("cull.timeout", About.SERVERS, "Servers are stopped after {new} s without use, in place of {old} s."),
    Words(
        "cull.maxAge",
        About.SERVERS,
        "Servers are stopped at the age of {new} s, in use or not (0: never); before: {old} s.",
    ),
    Words(
        "hub.activeServerLimit",
        About.SERVERS,
        "At most {new} servers run at the same time, in place of {old}.",
        on="At most {new} servers run at the same time.",
        off="There is no limit of servers that run at the same time.",
    ),
    Words(
        "hub.allowNamedServers",
        About.SERVERS,
        "",
        on="Students may have several servers.",
        off="Each student has one server; named ones that run go on.",
    ),
    Words(
        "hub.loadRoles",
        About.ACCESS,
        "Rights change ({path}): who has that role may do more, or less, than before.",
        each=True,
    ),
    Words("hub.services", About.ACCESS, "A program's access to the hub changes: {path}.", each=True),
    Words(
        "hub.baseUrl",
        About.RESTART,
        "Every address changes: the hub is below {new} in place of {old}; links and bookmarks end.",
    ),
    Words(
        "singleuser.memory.limit",
        About.SERVERS,
        "A server may use {new} of memory, in place of {old}, from its next start on.",
        on="A server may use {new} of memory, from its next start on; before there was no limit.",
        off="A server has no limit of memory, from its next start on.",
    ),
    Words(
        "singleuser.cpu.limit",
        About.SERVERS,
        "A server may use {new} processors, in place of {old}, from its next start on.",
        on="A server may use {new} processors, from its next start on; before there was no limit.",
        off="A server has no limit of processors, from its next start on.",
    ),
    *_over("mem_limit", "memory", "singleuser.memory.limit"),
    *_over("cpu_limit", "processors", "singleuser.cpu.limit"),
)

_DISK = "On the cluster only homes made from now on have it; the disks that are there stay as they are"
HERE = (
    Words(
        "homes.folder", About.HOMES, "Homes are looked for in {new}; none is moved: stop the hub, move {old}, start."
    ),
    Words(
        "local.servers",
        About.SERVERS,
        "At most {new} servers run at the same time (0: as config.yaml says), in place of {old}.",
    ),
    Words(
        "singleuser.storage.capacity",
        About.HOMES,
        f"Size of a home: {{old}} -> {{new}}. {_DISK}, and here homes have no limit.",
    ),
    Words("singleuser.storage.dynamic.storageClass", About.HOMES, f"Kind of disk: {{old}} -> {{new}}. {_DISK}."),
    Words("singleuser.storage.dynamic.storageAccessModes", About.HOMES, f"How disks are shared changes. {_DISK}."),
    Words(
        "singleuser.storage.dynamic.pvcNameTemplate",
        About.HOMES,
        "On the cluster disks get other names ({old} -> {new}): homes are new and empty, unless KubeSpawner remembers the old.",
    ),
    Words(
        "singleuser.storage.type",
        About.HOMES,
        "On the cluster homes are kept in another way ({old} -> {new}); work stays on the old disks. Here each home stays a folder.",
        to={
            "none": "On the cluster homes are no longer kept: what students save is gone with their server; the old disks "
            "stay. Here each home stays a folder.",
        },
    ),
    Words(
        "singleuser.storage.static",
        About.HOMES,
        "On the cluster homes are looked for elsewhere ({path}: {old} -> {new}); nothing is moved.",
    ),
    Words(
        "singleuser.storage.homeMountPath",
        About.HOMES,
        "On the cluster the home is at {new} in a server, in place of {old}; what is in it stays.",
    ),
    Words(
        "cull.users",
        About.HOMES,
        "",
        on="Users who are idle for long are deleted, with their rights; on the cluster with the disk and all work on it, "
        "here homes stay.",
        off="Idle users are no longer deleted.",
    ),
    *(Words(key, About.COST, COSTS[Place.HERE].format(what=what)) for key, what in _COSTS),
)

_NEW_DISKS = "Only homes made from now on have it; the disks that are there stay as they are."
CLUSTER = (
    Words(
        f"hub.loadRoles.{SERVICE}",
        About.ACCESS,
        "ClassHub's own service in the hub gets other rights ({path}).",
        on="ClassHub gets a service of its own in the hub, with the rights that its commands need.",
    ),
    Words("singleuser.storage.capacity", About.HOMES, f"Size of a home: {{old}} -> {{new}}. {_NEW_DISKS}"),
    Words("singleuser.storage.dynamic.storageClass", About.HOMES, f"Kind of disk: {{old}} -> {{new}}. {_NEW_DISKS}"),
    Words("singleuser.storage.dynamic.storageAccessModes", About.HOMES, f"How disks are shared changes. {_NEW_DISKS}"),
    Words(
        "singleuser.storage.dynamic.pvcNameTemplate",
        About.HOMES,
        "Disks get other names ({old} -> {new}): homes are new and empty, unless KubeSpawner remembers the old.",
    ),
    Words(
        "singleuser.storage.type",
        About.HOMES,
        "Homes are kept in another way ({old} -> {new}); work stays on the old disks.",
        to={
            "none": "Homes are no longer kept: what students save is gone with their server; the old disks stay.",
        },
    ),
    Words(
        "singleuser.storage.static",
        About.HOMES,
        "Homes are looked for elsewhere ({path}: {old} -> {new}); nothing is moved.",
    ),
    Words(
        "singleuser.storage.homeMountPath",
        About.HOMES,
        "The home is at {new} in a server, in place of {old}; what is in it stays.",
    ),
    Words(
        "cull.users",
        About.HOMES,
        "",
        on="Users who are idle for long are deleted, with their rights, and if KubeSpawner.delete_pvc is true with the "
        "disk and all work on it.",
        off="Idle users are no longer deleted.",
    ),
    Words(
        "hub.config.KubeSpawner.delete_pvc",
        About.HOMES,
        "Whoever is deleted loses the disk with all work on it.",
        to={"False": "Disks outlive their users: whoever is deleted loses no work."},
    ),
    *(Words(key, About.COST, COSTS[Place.CLUSTER].format(what=what)) for key, what in _COSTS),
)
