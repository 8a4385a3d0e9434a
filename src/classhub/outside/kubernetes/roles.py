"""Which of Kubernetes' own roles grants what: the least of view, edit, admin, cluster-admin.

After the bootstrap policy of Kubernetes 1.34; tests/cluster asks a real API server about every row.
"""

READ = frozenset({"get", "list", "watch"})
WRITE = frozenset({"create", "delete", "deletecollection", "patch", "update"})

VIEW_SEES = """
configmaps endpoints events limitranges namespaces persistentvolumeclaims persistentvolumeclaims/status pods pods/log pods/status
replicationcontrollers replicationcontrollers/scale replicationcontrollers/status resourcequotas resourcequotas/status
serviceaccounts services services/status
controllerrevisions.apps daemonsets.apps daemonsets.apps/status deployments.apps deployments.apps/scale
deployments.apps/status replicasets.apps replicasets.apps/scale replicasets.apps/status statefulsets.apps
statefulsets.apps/scale statefulsets.apps/status
horizontalpodautoscalers.autoscaling cronjobs.batch cronjobs.batch/status jobs.batch jobs.batch/status
ingresses.networking.k8s.io ingresses.networking.k8s.io/status networkpolicies.networking.k8s.io
poddisruptionbudgets.policy poddisruptionbudgets.policy/status endpointslices.discovery.k8s.io
pods.metrics.k8s.io
"""
EDIT_SEES = """
secrets pods/attach pods/exec pods/portforward pods/proxy services/proxy leases.coordination.k8s.io
"""
EDIT_WRITES = """
configmaps persistentvolumeclaims pods replicationcontrollers replicationcontrollers/scale serviceaccounts services
daemonsets.apps deployments.apps deployments.apps/scale replicasets.apps replicasets.apps/scale statefulsets.apps
statefulsets.apps/scale horizontalpodautoscalers.autoscaling cronjobs.batch jobs.batch
ingresses.networking.k8s.io networkpolicies.networking.k8s.io poddisruptionbudgets.policy
"""
SEEN_BY_VIEW, SEEN_BY_EDIT = frozenset(VIEW_SEES.split()), frozenset(EDIT_SEES.split())
WRITTEN_BY_EDIT = SEEN_BY_EDIT | frozenset(EDIT_WRITES.split())
CREATED_BY_EDIT = frozenset({"events", "pods/eviction", "serviceaccounts/token"})
HELD_BY_ADMIN = frozenset({"roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"})


def least_role(verb: str, resource: str, group: str) -> str:
    """resource: the plural, with "/subresource" if any."""
    plural, slash, subresource = resource.partition("/")
    full = f"{plural}.{group}{slash}{subresource}" if group else resource
    if verb in READ and full in SEEN_BY_VIEW:
        return "view"
    if (verb in READ and full in SEEN_BY_EDIT) or (verb in WRITE and full in WRITTEN_BY_EDIT):
        return "edit"
    if verb == "create" and full in CREATED_BY_EDIT:
        return "edit"
    return "admin" if verb in READ | WRITE and full in HELD_BY_ADMIN else "cluster-admin"
