"""singleuser.* and scheduling.*: the section KubeSpawner, without storage."""

from typing import Any

from classhub.config.traits.lookup import Section, Values, get, listing, set_traits
from classhub.config.traits.names import Names

POD_TRAITS = (
    ("pod_name_template", "singleuser.podNameTemplate"),
    ("start_timeout", "singleuser.startTimeout"),
    ("image_pull_policy", "singleuser.image.pullPolicy"),
    ("events_enabled", "singleuser.events"),
    ("extra_labels", "singleuser.extraLabels"),
    ("extra_annotations", "singleuser.extraAnnotations"),
    ("uid", "singleuser.uid"),
    ("fs_gid", "singleuser.fsGid"),
    ("service_account", "singleuser.serviceAccountName"),
    ("storage_extra_labels", "singleuser.storage.extraLabels"),
    ("node_selector", "singleuser.nodeSelector"),
    ("node_affinity_required", "singleuser.extraNodeAffinity.required"),
    ("node_affinity_preferred", "singleuser.extraNodeAffinity.preferred"),
    ("pod_affinity_required", "singleuser.extraPodAffinity.required"),
    ("pod_affinity_preferred", "singleuser.extraPodAffinity.preferred"),
    ("pod_anti_affinity_required", "singleuser.extraPodAntiAffinity.required"),
    ("pod_anti_affinity_preferred", "singleuser.extraPodAntiAffinity.preferred"),
    ("lifecycle_hooks", "singleuser.lifecycleHooks"),
    ("init_containers", "singleuser.initContainers"),
    ("extra_containers", "singleuser.extraContainers"),
    ("mem_limit", "singleuser.memory.limit"),
    ("mem_guarantee", "singleuser.memory.guarantee"),
    ("cpu_limit", "singleuser.cpu.limit"),
    ("cpu_guarantee", "singleuser.cpu.guarantee"),
    ("extra_resource_limits", "singleuser.extraResource.limits"),
    ("extra_resource_guarantees", "singleuser.extraResource.guarantees"),
    ("environment", "singleuser.extraEnv"),
    ("profile_list", "singleuser.profileList"),
    ("extra_pod_config", "singleuser.extraPodConfig"),
)


def pod(values: Values, named: Names, namespace: str) -> Section:
    section: Section = {"namespace": namespace}
    set_traits(section, values, POD_TRAITS)
    # null is a value of its own here: it leaves the field out of the pod.
    section["allow_privilege_escalation"] = get(values, "singleuser.allowPrivilegeEscalation")
    _image(section, values, named)
    _placement(section, values, named)
    if get(values, "singleuser.cloudMetadata.blockWithIptables") is True:
        section["init_containers"] = [*section.get("init_containers", []), _metadata_block(values)]
    return section


def _image(section: Section, values: Values, named: Names) -> None:
    name, tag = get(values, "singleuser.image.name"), get(values, "singleuser.image.tag")
    if name:
        section["image"] = f"{name}:{tag}" if tag else name
    secrets: list[Any] = []
    if get(values, "imagePullSecret.create") and get(values, "imagePullSecret.automaticReferenceInjection"):
        secrets.append(named.of("image-pull-secret"))
    secrets += listing(values, "imagePullSecrets") + listing(values, "singleuser.image.pullSecrets")
    if secrets:
        section["image_pull_secrets"] = secrets


def _placement(section: Section, values: Values, named: Names) -> None:
    if get(values, "scheduling.userScheduler.enabled"):
        section["scheduler_name"] = named.user_scheduler
    if get(values, "scheduling.podPriority.enabled"):
        section["priority_class_name"] = named.priority
    tolerations = listing(values, "scheduling.userPods.tolerations") + listing(values, "singleuser.extraTolerations")
    if tolerations:
        section["tolerations"] = tolerations
    purpose = get(values, "scheduling.userPods.nodeAffinity.matchNodePurpose")
    term = {"matchExpressions": [{"key": "hub.jupyter.org/node-purpose", "operator": "In", "values": ["user"]}]}
    if purpose == "prefer":
        preferred = {"weight": 100, "preference": term}
        section["node_affinity_preferred"] = [*section.get("node_affinity_preferred", []), preferred]
    elif purpose == "require":
        section["node_affinity_required"] = [*section.get("node_affinity_required", []), term]


def _metadata_block(values: Values) -> dict[str, Any]:
    """A kubernetes V1Container as the dict it becomes: the cloud's metadata server is cut off before a student comes."""
    image = f"{get(values, 'singleuser.networkTools.image.name')}:{get(values, 'singleuser.networkTools.image.tag')}"
    ip = get(values, "singleuser.cloudMetadata.ip", "169.254.169.254")
    rule = ["--protocol", "tcp", "--destination", ip, "--destination-port", "80", "--jump", "DROP"]
    unset = (
        "allow_privilege_escalation app_armor_profile proc_mount read_only_root_filesystem run_as_group"
        " run_as_non_root se_linux_options seccomp_profile windows_options"
    )
    return {
        "name": "block-cloud-metadata",
        "image": image,
        "command": ["iptables", "--append", "OUTPUT", *rule],
        "resources": get(values, "singleuser.networkTools.resources") or {},
        "security_context": {
            **dict.fromkeys(unset.split()),
            "privileged": True,
            "run_as_user": 0,
            "capabilities": {"add": ["NET_ADMIN"], "drop": None},
        },
    }
