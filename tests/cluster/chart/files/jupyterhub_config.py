"""Values become traits: the chart's own configuration of the hub."""

import os
from pathlib import Path

import yaml

c = get_config()  # noqa: F821 - JupyterHub's
SECRETS = Path("/usr/local/etc/jupyterhub/secret")
VALUES = yaml.safe_load((SECRETS / "values.yaml").read_text())


def value(path, default=None):
    """`a.b` of the values; the default where it, or what holds it, is absent or null."""
    found = VALUES
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return default if found is None else found


def secret(key):
    path = SECRETS / key
    return path.read_text() if path.exists() else None


def set_traits(section, **traits):
    """A null leaves a trait alone."""
    for name, found in traits.items():
        if found is not None:
            c[section][name] = found


base_url = value("hub.baseUrl", "/")
chart = f"{value('Chart.Name')}-{value('Chart.Version')}".replace("+", "_")
app = value("nameOverride", "jupyterhub")
release = os.environ["HELM_RELEASE_NAME"]

set_traits(
    "JupyterHub",
    spawner_class="kubespawner.KubeSpawner",
    db_url={"sqlite-pvc": "sqlite:///jupyterhub.sqlite", "sqlite-memory": "sqlite://"}.get(
        value("hub.db.type"), value("hub.db.url")
    ),
    cleanup_servers=False,  # students' servers outlive the hub
    hub_bind_url="http://:8081",
    hub_connect_url="http://hub:8081",
    base_url=base_url,
    concurrent_spawn_limit=value("hub.concurrentSpawnLimit"),
    active_server_limit=value("hub.activeServerLimit"),
    allow_named_servers=value("hub.allowNamedServers"),
    named_server_limit_per_user=value("hub.namedServerLimitPerUser"),
    authenticate_prometheus=value("hub.authenticatePrometheus"),
    redirect_to_server=value("hub.redirectToServer"),
    shutdown_on_logout=value("hub.shutdownOnLogout"),
    cookie_secret=bytes.fromhex(secret("hub.config.JupyterHub.cookie_secret")),
    tornado_settings={"slow_spawn_timeout": 0},
    last_activity_interval=60,
)
set_traits("CryptKeeper", keys=secret("hub.config.CryptKeeper.keys").split(";"))
set_traits("ConfigurableHTTPProxy", api_url="http://proxy-api:8001", should_start=False)
set_traits(
    "Spawner",
    consecutive_failure_limit=value("hub.consecutiveFailureLimit"),
    cmd=value("singleuser.cmd"),
    default_url=value("singleuser.defaultUrl"),
)
set_traits(
    "KubeSpawner",
    namespace=os.environ["POD_NAMESPACE"],
    common_labels={
        "app": app,
        "chart": chart,
        "release": release,
        "app.kubernetes.io/name": app,
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/managed-by": "kubespawner",
        "helm.sh/chart": chart,
    },
    image=f"{value('singleuser.image.name')}:{value('singleuser.image.tag')}",
    image_pull_policy=value("singleuser.image.pullPolicy"),
    start_timeout=value("singleuser.startTimeout"),
    uid=value("singleuser.uid"),
    fs_gid=value("singleuser.fsGid"),
    allow_privilege_escalation=value("singleuser.allowPrivilegeEscalation"),
    mem_limit=value("singleuser.memory.limit"),
    mem_guarantee=value("singleuser.memory.guarantee"),
    cpu_limit=value("singleuser.cpu.limit"),
    cpu_guarantee=value("singleuser.cpu.guarantee"),
    environment=value("singleuser.extraEnv"),
    extra_labels=value("singleuser.extraLabels"),
    extra_annotations=value("singleuser.extraAnnotations"),
    node_selector=value("singleuser.nodeSelector"),
    tolerations=value("singleuser.extraTolerations"),
    profile_list=value("singleuser.profileList"),
    init_containers=value("singleuser.initContainers"),
    lifecycle_hooks=value("singleuser.lifecycleHooks"),
    storage_extra_labels=value("singleuser.storage.extraLabels"),
)

storage = value("singleuser.storage.type")
if storage == "dynamic":
    volume = value("singleuser.storage.dynamic.volumeNameTemplate")
    set_traits(
        "KubeSpawner",
        storage_pvc_ensure=True,
        pvc_name_template=value("singleuser.storage.dynamic.pvcNameTemplate"),
        storage_class=value("singleuser.storage.dynamic.storageClass"),
        storage_access_modes=value("singleuser.storage.dynamic.storageAccessModes"),
        storage_capacity=value("singleuser.storage.capacity"),
    )
    claim, sub_path = "{pvc_name}", value("singleuser.storage.dynamic.subPath")
elif storage == "static":
    volume, claim = "home", value("singleuser.storage.static.pvcName")
    sub_path = value("singleuser.storage.static.subPath")
if storage in ("dynamic", "static"):
    mount = {"name": volume, "mountPath": value("singleuser.storage.homeMountPath")}
    c.KubeSpawner.volumes = {volume: {"name": volume, "persistentVolumeClaim": {"claimName": claim}}}
    c.KubeSpawner.volume_mounts = {volume: mount | ({"subPath": sub_path} if sub_path else {})}

if files := value("singleuser.extraFiles"):
    items = [
        {"key": key, "path": key, **({"mode": int(file["mode"])} if "mode" in file else {})}
        for key, file in sorted(files.items())
    ]
    c.KubeSpawner.volumes["files"] = {"name": "files", "secret": {"secretName": "singleuser", "items": items}}
    for number, (key, file) in enumerate(sorted(files.items())):
        c.KubeSpawner.volume_mounts[f"{number}-files"] = {
            "name": "files",
            "mountPath": file["mountPath"],
            "subPath": key,
        }

services, roles = [], []
if value("cull.enabled"):
    name = "jupyterhub-idle-culler"
    command = ["python3", "-m", "jupyterhub_idle_culler", f"--url=http://localhost:8081{base_url}hub/api"]
    command += [f"--timeout={value('cull.timeout')}", f"--cull-every={value('cull.every')}"]
    services.append({"name": name, "command": command})
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    roles.append({"name": name, "scopes": scopes, "services": [name]})
for key, given in sorted(value("hub.services", {}).items()):
    rest = {name: one for name, one in given.items() if name not in ("apiToken", "api_token")}
    services.append({"name": key, **rest, "api_token": secret(f"hub.services.{key}.apiToken")})
for key, given in sorted(value("hub.loadRoles", {}).items()):
    roles.append({"name": key, **given})
c.JupyterHub.services, c.JupyterHub.load_roles = services, roles

if value("debug.enabled"):
    c.JupyterHub.log_level = "DEBUG"
    c.Spawner.debug = True

HANDLED_ABOVE = {
    "JupyterHub": {"cookie_secret", "proxy_auth_token", "services"},
    "ConfigurableHTTPProxy": {"auth_token"},
    "CryptKeeper": {"keys"},
}
for section, traits in value("hub.config", {}).items():
    kept = {name: one for name, one in traits.items() if name not in HANDLED_ABOVE.get(section, ())}
    c[section].update(kept)

for _, source in sorted(value("hub.extraConfig", {}).items()):
    exec(source)
