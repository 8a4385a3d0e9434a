"""What each setting of config.yaml, and each trait it becomes, is worth on one machine: one registry.

The decisions are those of hub/local_traits.py and hub/spawner.py; a test fails when a trait that the values produce is
missing here, or a key of the chart has no rule.
"""

from dataclasses import dataclass
from typing import Literal

Here = Literal["same", "near", "only there"]


@dataclass(frozen=True)
class Rule:
    """setting: a path of the values; it also holds for everything below that has no rule of its own."""

    setting: str
    traits: tuple[str, ...]
    """What it becomes, as "KubeSpawner.mem_limit"."""
    here: Here
    sentence: str
    needs: str = ""
    """A field of Machine without which it holds only there."""
    lacking: str = ""
    """The sentence then."""
    cluster: str = "as written"
    null: str = ""
    """What null comes to here, where that is only nearly what it is on the cluster."""


def _same(setting: str, traits: str = "", sentence: str = "holds here as on the cluster") -> Rule:
    return Rule(setting, tuple(traits.split()), "same", sentence)


def _near(setting: str, traits: str, sentence: str, cluster: str = "as written") -> Rule:
    return Rule(setting, tuple(traits.split()), "near", sentence, cluster=cluster)


def _there(setting: str, traits: str, sentence: str, cluster: str = "as written") -> Rule:
    return Rule(setting, tuple(traits.split()), "only there", sentence, cluster=cluster)


_POD = "speaks of pods; a server is a process here"
_OWN_SECRET = "this machine makes its own and keeps it in .classhub"

HUB = (
    _same("hub.activeServerLimit", "JupyterHub.active_server_limit"),
    _same("hub.allowNamedServers", "JupyterHub.allow_named_servers"),
    _same("hub.authenticatePrometheus", "JupyterHub.authenticate_prometheus"),
    _same("hub.baseUrl", "JupyterHub.base_url"),
    _near(
        "hub.consecutiveFailureLimit",
        "Spawner.consecutive_failure_limit",
        "failed starts never end the hub here",
        "so many failed starts in a row restart the hub",
    ),
    _same("hub.extraConfig", "", "runs in this hub too, before what belongs to this machine"),
    _same("hub.loadRoles", "JupyterHub.load_roles"),
    _same("hub.namedServerLimitPerUser", "JupyterHub.named_server_limit_per_user"),
    _same("hub.redirectToServer", "JupyterHub.redirect_to_server"),
    _same(
        "hub.services", "JupyterHub.services", "holds here; a service without an apiToken gets a new one at each start"
    ),
    _same("hub.shutdownOnLogout", "JupyterHub.shutdown_on_logout"),
    _same("hub.templateVars", "JupyterHub.template_vars"),
    _same("hub.templatePaths", "JupyterHub.template_paths", "holds here; the folders are looked for on this machine"),
    _near(
        "hub.concurrentSpawnLimit",
        "JupyterHub.concurrent_spawn_limit",
        "further starts wait their turn, as many at once as this machine carries (local.starts_at_once)",
        "further starts are refused with 429",
    ),
    _near("hub.db", "JupyterHub.db_url", "SQLite in .classhub, whatever is set"),
    _near("hub.cookieSecret", "", _OWN_SECRET),
    _there("hub.existingSecret", "", "is a Kubernetes Secret"),
    _there("hub.extraEnv", "", "the hub here takes its environment from `classhub up`: OAUTH_* and the like"),
    _there("hub.extraFiles", "", "files of the hub's container"),
    _there("hub.image", "", "the hub here is this machine's own"),
    _there("hub", "", "speaks of the hub's pod"),
)
STUDENTS = (
    Rule(
        "singleuser.memory.limit",
        ("KubeSpawner.mem_limit",),
        "same",
        "a kernel above it is ended, its neighbours go on",
        "memory_limits",
        "this machine cannot limit memory for us (needs root and cgroups)",
    ),
    Rule(
        "singleuser.cpu.limit",
        ("KubeSpawner.cpu_limit",),
        "same",
        "no server gets more",
        "cpu_limits",
        "this machine cannot limit processors for us (needs root and cgroups)",
    ),
    _near(
        "singleuser.memory.guarantee", "KubeSpawner.mem_guarantee", "nothing is reserved; servers share what there is"
    ),
    _near("singleuser.cpu.guarantee", "KubeSpawner.cpu_guarantee", "nothing is reserved; servers share what there is"),
    Rule(
        "singleuser.cmd",
        ("Spawner.cmd",),
        "same",
        "holds here as on the cluster",
        null="jupyterhub-singleuser here, the image's own command there",
    ),
    _same("singleuser.defaultUrl", "Spawner.default_url"),
    _same("singleuser.extraEnv", "KubeSpawner.environment"),
    _same("singleuser.startTimeout", "KubeSpawner.start_timeout", "holds here, counted from a server's turn"),
    _near(
        "singleuser.image",
        "KubeSpawner.image KubeSpawner.image_pull_policy KubeSpawner.image_pull_secrets",
        "servers run this machine's own Python and its packages",
        "servers run this image",
    ),
    _near("singleuser.events", "KubeSpawner.events_enabled", "`classhub events NAME` shows a start's steps"),
    _there(
        "singleuser.profileList",
        "KubeSpawner.profile_list",
        "profiles choose images and nodes; everybody gets the same server here",
    ),
    _there(
        "singleuser.storage.capacity",
        "KubeSpawner.storage_capacity",
        "homes have no size limit here",
        "the size of each new disk",
    ),
    _there("singleuser.storage.extraVolumes", "KubeSpawner.volumes", "extra volumes are not mounted here"),
    _there("singleuser.storage.extraVolumeMounts", "KubeSpawner.volume_mounts", "extra volumes are not mounted here"),
    _near(
        "singleuser.storage.type",
        "KubeSpawner.storage_pvc_ensure",
        "a home is a folder here (homes.folder)",
        "a disk for each student",
    ),
    _near("singleuser.storage.homeMountPath", "", "homes have paths of this machine"),
    _there(
        "singleuser.storage",
        "KubeSpawner.storage_class KubeSpawner.storage_access_modes KubeSpawner.storage_extra_labels KubeSpawner.pvc_name_template",
        "speaks of claims; a home is a folder here",
    ),
    _there("singleuser.extraFiles", "", "not laid into servers here"),
    _there("singleuser.lifecycleHooks", "KubeSpawner.lifecycle_hooks", "no hook of the pod is run here"),
    _there("singleuser.initContainers", "KubeSpawner.init_containers", "no container is run before a server here"),
    _there("singleuser.extraContainers", "KubeSpawner.extra_containers", "no container is run beside a server here"),
    Rule(
        "singleuser.uid",
        ("KubeSpawner.uid",),
        "near",
        "each student has an account number of their own",
        "is_root",
        "every server runs as your own account",
    ),
    Rule(
        "singleuser.fsGid",
        ("KubeSpawner.fs_gid",),
        "near",
        "each student has a group of their own",
        "is_root",
        "every server runs as your own account",
    ),
    _there("singleuser.networkPolicy", "", "there are no network policies here"),
    _there("singleuser.cloudMetadata", "", "there is no cloud here"),
    _there(
        "singleuser",
        "KubeSpawner.allow_privilege_escalation KubeSpawner.extra_annotations KubeSpawner.extra_labels"
        " KubeSpawner.extra_pod_config KubeSpawner.extra_resource_guarantees KubeSpawner.extra_resource_limits"
        " KubeSpawner.node_affinity_preferred KubeSpawner.node_affinity_required KubeSpawner.node_selector"
        " KubeSpawner.pod_affinity_preferred KubeSpawner.pod_affinity_required KubeSpawner.pod_anti_affinity_preferred"
        " KubeSpawner.pod_anti_affinity_required KubeSpawner.pod_name_template KubeSpawner.service_account",
        _POD,
    ),
)
CLUSTER = (
    _same("cull.enabled", "", "idle servers are stopped here too; files stay"),
    _same("cull"),
    _same("debug", "JupyterHub.log_level Spawner.debug"),
    _same("custom", "", "there for extraConfig (get_config), as on the cluster"),
    _same("global", "", "there for extraConfig (get_config), as on the cluster"),
    _near("proxy.secretToken", "", _OWN_SECRET),
    _there("proxy.service.loadBalancerIP", "", "this machine has an address of its own (local.address)"),
    _there(
        "proxy.https",
        "",
        "no certificate is asked for that host from here; local.https in classhub.yaml is this machine's",
    ),
    _there("proxy", "ConfigurableHTTPProxy.api_url ConfigurableHTTPProxy.should_start", "Caddy is the proxy here"),
    _there(
        "scheduling",
        "KubeSpawner.scheduler_name KubeSpawner.priority_class_name KubeSpawner.tolerations",
        "there is one node here: this machine",
    ),
    _there("prePuller", "", "there is no image to pull here"),
    _there("imagePullSecret", "", "there is no image to pull here"),
    _there("imagePullSecrets", "", "there is no image to pull here"),
    _there("ingress", "", "Caddy serves local.address here"),
    _there("httpRoute", "", "Caddy serves local.address here"),
    _there("rbac", "", "there are no Kubernetes permissions here"),
    _there("fullnameOverride", "", "names Kubernetes objects"),
    _there("nameOverride", "KubeSpawner.common_labels KubeSpawner.namespace", "names Kubernetes objects"),
    _there("enabled", "", "is for charts that include this one"),
)
CONSTANTS = (
    _there("", "JupyterHub.spawner_class JupyterHub.hub_bind_url JupyterHub.hub_connect_url", "this machine's own"),
    _same("", "JupyterHub.cleanup_servers JupyterHub.last_activity_interval JupyterHub.tornado_settings"),
)
"""Traits that the chart sets whatever the values are; they have no row."""

RULES = {rule.setting: rule for rule in (*HUB, *STUDENTS, *CLUSTER)}
TRAIT_RULES = {trait: rule for rule in (*HUB, *STUDENTS, *CLUSTER, *CONSTANTS) for trait in rule.traits}


def rule_for(setting: str) -> Rule | None:
    """Of a dotted path: its own rule, or that of its nearest parent."""
    while setting:
        if setting in RULES:
            return RULES[setting]
        setting = setting.rpartition(".")[0]
    return None
