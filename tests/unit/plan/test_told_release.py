"""What a deploy to a cluster means, in words: a table of changed values and the sentences that they must give."""

import copy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classhub.config.overlay import deployed
from classhub.operations.plan import Foreseen, as_json
from classhub.plan.conflict import Conflict
from classhub.plan.consequence import About
from classhub.plan.in_force import DryRun, Release
from classhub.plan.manifest import identity
from classhub.plan.objects import compare
from classhub.plan.running import Running, Server, State
from classhub.plan.steps import Step
from classhub.plan.told_release import head, told_release
from unit.plan.manifests import render, thing
from unit.plan.situations import google, in_force
from unit.plan.test_objects import leaves, put
from unit.plan.test_told import ACCESS

JHUB = Release("gke_college", "jhub", "jhub", "4.4.0", "4.4.0")
RUNNING = Running(
    State.RUNNING,
    "https://hub.college.edu/",
    servers=(Server("alice@college.edu"), Server("Jane.Doe", "second")),
    revision=7,
)
HTTPS = "proxy: {https: {enabled: true, hosts: [hub.college.edu], letsencrypt: {contactEmail: a@college.edu}}}"
MANUAL = "proxy: {https: {enabled: true, hosts: [hub.college.edu], type: manual, manual: {key: %s, cert: c}}}"
RESTARTS = "The hub restarts, about 20 s without logins and starts; running servers go on."


def dry_run(old="", new="", release=JHUB, *, puller=False, more=(), **changed):
    """As `inspect(wanted)` finds it; old None: nothing is installed."""
    before = [] if old is None else render(old, chart=release.installed)
    after = [*render(new, puller=puller, chart=release.chart), *more]
    objects = compare(before, after, namespace="jhub")
    there = None if old is None else in_force(old)
    return replace(DryRun({}, in_force(new), there, release=release, objects=objects), **changed)


def tell(dry, running=RUNNING):
    steps = (Step("upgrade", "The release is upgraded."),) if dry.objects else ()
    return told_release(running, dry, steps)


def sentences(old="", new="", kind=None, **more):
    told = tell(dry_run(old, new, **more))
    return [one.sentence for one in told.consequences if kind in (None, one.kind.value)]


def head_of(dry):
    return head(RUNNING, dry, tell(dry).empty)


# what is meant: (values before, after, kind, the sentence)
TABLE = {
    "any value": ("", "debug: {enabled: true}", "restart", RESTARTS),
    "servers keep what they have": (
        "",
        "debug: {enabled: true}",
        "servers",
        "2 running servers keep their old settings until they are restarted: alice@college.edu, Jane.Doe/second.",
    ),
    "servers take nothing of it": (
        "",
        "hub: {config: {Authenticator: {admin_users: [alice]}}}",
        "servers",
        "2 running servers go on.",
    ),
    "servers keep a spawner's settings": (
        "",
        "hub: {config: {KubeSpawner: {mem_limit: 2G}}}",
        "servers",
        "2 running servers keep their old settings until they are restarted: alice@college.edu, Jane.Doe/second.",
    ),
    "the proxy": (
        "",
        "proxy: {chp: {resources: {limits: {memory: 1G}}}}",
        "restart",
        "The proxy restarts and drops its connections; open notebooks reconnect by themselves.",
    ),
    "https comes": ("", HTTPS, "address", "The public address answers https from now on."),
    "https goes": (
        HTTPS,
        "",
        "address",
        "The public address answers https no longer: names and passwords travel readable.",
    ),
    "autohttps comes": (
        "",
        HTTPS,
        "restart",
        "autohttps starts: from now on it fetches the certificate, and all traffic goes through it.",
    ),
    "autohttps goes": (HTTPS, "", "restart", "autohttps stops: it fetches no certificate any more."),
    "a certificate": (
        MANUAL % "one",
        MANUAL % "two",
        "address",
        "The certificate of the address changes (Secret proxy-public-manual-tls).",
    ),
    "an address": (
        "proxy: {service: {loadBalancerIP: 203.0.113.7}}",
        "proxy: {service: {loadBalancerIP: 203.0.113.8}}",
        "address",
        "The public address changes (spec.loadBalancerIP: 203.0.113.7 -> 203.0.113.8).",
    ),
    "no load balancer": (
        "",
        "proxy: {service: {type: ClusterIP}}",
        "address",
        "The public address is of another kind: LoadBalancer -> ClusterIP; it will differ.",
    ),
    "no load balancer costs": (
        "",
        "proxy: {service: {type: ClusterIP}}",
        "cost",
        "A load balancer goes and is no longer paid for by the hour.",
    ),
    "a load balancer costs": (
        "proxy: {service: {type: ClusterIP}}",
        "",
        "cost",
        "A load balancer comes and is paid for by the hour.",
    ),
    "an ingress": (
        "",
        "ingress: {enabled: true, hosts: [hub.college.edu]}",
        "address",
        "The way in through Ingress jupyterhub is made.",
    ),
    "an image": (
        "",
        "singleuser: {image: {name: gcr.io/college-cs/jserver, tag: '2'}}",
        "nodes",
        "The image puller rolls over the nodes; each pulls gcr.io/college-cs/jserver:2. No server is touched.",
    ),
    "no puller": (
        "",
        "prePuller: {continuous: {enabled: false}}",
        "nodes",
        "New nodes pull the image no more before the first server is put there: that start takes minutes longer.",
    ),
    "no user-scheduler": (
        "",
        "scheduling: {userScheduler: {enabled: false}}",
        "restart",
        "The user-scheduler stops: Kubernetes itself chooses the nodes of new servers.",
    ),
    "placeholders": (
        "",
        "scheduling: {userPlaceholder: {replicas: 4}}",
        "cost",
        "Changes costs: placeholders keep paid room for students who are still to come "
        "(scheduling.userPlaceholder.replicas: 0 -> 4).",
    ),
    "placeholders run": (
        "",
        "scheduling: {userPlaceholder: {replicas: 4}}",
        "restart",
        "StatefulSet user-placeholder runs 4 times in place of 0.",
    ),
    "a node pool": (
        "",
        "singleuser: {nodeSelector: {pool: big}}",
        "cost",
        "Changes costs: which node pool servers run on (singleuser.nodeSelector.pool: (not set) -> big).",
    ),
    "no database": (
        "",
        "hub: {db: {type: sqlite-memory}}",
        "disks",
        "THE HUB'S DATABASE IS DELETED WITH ITS DISK (claim hub-db-dir, 1Gi): users, admins, tokens and whose servers "
        "run are forgotten. Students' disks stay.",
    ),
    "a database": ("hub: {db: {type: sqlite-memory}}", "", "disks", "The hub gets a disk for its database (1Gi)."),
    "a larger database": (
        "",
        "hub: {db: {pvc: {storage: 5Gi}}}",
        "disks",
        "The hub's own disk (claim hub-db-dir) changes (spec.resources.requests.storage: 1Gi -> 5Gi). "
        "Kubernetes makes disks larger at most, and only where their class allows it.",
    ),
    "bigger homes": (
        "",
        "singleuser: {storage: {capacity: 20Gi}}",
        "homes",
        "Size of a home: 10Gi -> 20Gi. Only homes made from now on have it; the disks that are there stay as they are.",
    ),
    "homes not kept": (
        "",
        "singleuser: {storage: {type: none}}",
        "homes",
        "Homes are no longer kept: what students save is gone with their server; the old disks stay.",
    ),
    "disks outlive users": (
        "",
        "hub: {config: {KubeSpawner: {delete_pvc: false}}}",
        "homes",
        "Disks outlive their users: whoever is deleted loses no work.",
    ),
    "the overlay goes": (
        "hub: {config: {KubeSpawner: {delete_pvc: false}}}",
        "",
        "homes",
        "Whoever is deleted loses the disk with all work on it.",
    ),
    "no rights": ("", "rbac: {create: false}", "rights", "The hub loses all rights of Role hub in its namespace."),
    "rights": (
        "rbac: {create: false}",
        "",
        "rights",
        "The hub may do this in its namespace: create, delete, get, list, watch pods, persistentvolumeclaims, secrets, "
        "services; get, list, watch events (Role hub).",
    ),
    "a binding": (
        "",
        "rbac: {create: false}",
        "rights",
        "ServiceAccount hub may no longer do in the namespace what Role hub allows (RoleBinding hub).",
    ),
    "an account of the cloud's": (
        "",
        "hub: {serviceAccount: {annotations: {'iam.gke.io/gcp-service-account': hub@college-cs}}}",
        "rights",
        'ServiceAccount hub changes (metadata.annotations: (not set) -> {"iam.gke.io/gcp-service-account": '
        '"hub@college-cs"}): on a cloud this may say as whom its pods act.',
    ),
    "the network opens": (
        "",
        "singleuser: {networkPolicy: {egressAllowRules: {privateIPs: true}}}",
        "rights",
        "Students' servers may also reach 10.0.0.0/8, 172.16.0.0/12 (NetworkPolicy singleuser).",
    ),
    "the network closes": (
        "singleuser: {networkPolicy: {egressAllowRules: {privateIPs: true}}}",
        "",
        "rights",
        "Students' servers may no longer reach 10.0.0.0/8, 172.16.0.0/12 (NetworkPolicy singleuser).",
    ),
    "no limit of the network": (
        "",
        "singleuser: {networkPolicy: {enabled: false}}",
        "rights",
        "Students' servers: the network is no longer limited (NetworkPolicy singleuser).",
    ),
    "idle servers": (
        "",
        "cull: {timeout: 1800}",
        "servers",
        "Servers are stopped after 1800 s without use, in place of 3600 s.",
    ),
    "idle users": (
        "",
        "cull: {users: true}",
        "homes",
        "Users who are idle for long are deleted, with their rights, and if KubeSpawner.delete_pvc is true with the disk "
        "and all work on it.",
    ),
    "other names": (
        "",
        "fullnameOverride: college",
        "restart",
        "10 objects get other names (Deployment hub -> college-hub, Deployment proxy -> college-proxy, Deployment "
        "user-scheduler -> college-user-scheduler, StatefulSet user-placeholder -> college-user-placeholder, DaemonSet "
        "continuous-image-puller -> college-continuous-image-puller, Secret hub -> college-hub and 4 more): "
        "the old go and new ones are made, so hub and proxy stand still meanwhile.",
    ),
}


@pytest.mark.parametrize("row", TABLE)
def test_a_change_is_told_in_words_that_do_not_speak_of_the_cluster_as_elsewhere(row):
    old, new, kind, sentence = TABLE[row]
    told = tell(dry_run(old, new))
    assert sentence in [one.sentence for one in told.consequences if one.kind is About(kind)]
    assert not [
        one.sentence for one in told.consequences if "On the cluster" in one.sentence or " here" in one.sentence
    ]


@pytest.mark.parametrize("row", TABLE)
def test_what_does_not_change_is_not_told(row):
    for text in TABLE[row][:2]:
        same = dry_run(text, text)
        assert tell(same).consequences == ()
        assert head_of(same).startswith("Nothing would change. Release jhub (namespace jhub, kube context gke_college)")


@pytest.mark.parametrize("row", ACCESS)
def test_who_gains_or_loses_access_is_told_as_on_one_machine(row):
    old, new, kind, sentence = ACCESS[row]
    assert sentence in sentences(old, new, kind)


def test_new_names_are_told_as_on_one_machine():
    one = "hosted_domain: [college.edu], allow_all: true"
    (said,) = sentences(google(one), google(one.replace("]", ", other.edu]")), "homes")
    assert said.startswith(
        "Everyone with an account at college.edu gets a new name, alice@college.edu in place of alice"
    )


def test_no_invitation_stands_in_for_a_login_on_a_cluster():
    old, new = google("hosted_domain: [college.edu], allow_all: true"), google()
    there, wanted = (in_force(text, real=False) for text in (old, new))
    said = [one.sentence for one in tell(dry_run(old, new, before=there, wanted=wanted)).consequences]
    assert "Everyone with an account at college.edu loses the right to log in. Nobody can log in." in said


def test_the_head_names_cluster_namespace_release_and_chart():
    assert head_of(dry_run("", "debug: {enabled: true}")) == (
        "Release jhub (namespace jhub, kube context gke_college) is at revision 7, chart 4.4.0. `classhub deploy` would do this:"
    )


def test_only_the_image_is_pulled_before_the_upgrade_and_only_when_helm_does_it():
    assert sentences("", "debug: {enabled: true}", "nodes", puller=True) == [
        "Before anything else every node pulls what it lacks of quay.io/jupyterhub/k8s-singleuser-sample:4.4.0, tools:4, "
        "for some minutes if it is new; the hub runs on meanwhile."
    ]
    assert sentences("", "debug: {enabled: true}", "nodes") == []


def test_nothing_changes_though_the_puller_would_run():
    same = dry_run("", "", puller=True)
    assert tell(same).empty and tell(same).consequences == ()


def test_a_first_install_says_what_comes():
    first = dry_run(
        None, google("allow_all: true", "admin_users: [alice@college.edu]"), replace(JHUB, installed=""), puller=True
    )
    assert head(None, first, False) == (
        "Nothing is installed as jhub yet (namespace jhub, kube context gke_college). `classhub deploy` would install chart 4.4.0:"
    )
    said = [one.sentence for one in tell(first).consequences]
    assert any(one.startswith("13 objects are made: Deployment hub, PersistentVolumeClaim hub-db-dir") for one in said)
    for sentence in (
        "A load balancer comes and is paid for by the hour.",
        "The hub gets a disk for its database (1Gi).",
        "Who can log in: everyone with a Google account, 1 admin.",
        "alice@college.edu is admin.",
    ):
        assert sentence in said


def test_the_chart_goes_forward_with_what_is_known_of_it():
    release = replace(JHUB, installed="4.3.2")
    said = sentences("", "", "chart", release=release)
    assert said[0] == "The chart goes from 4.3.2 to 4.4.0. Before that: `classhub check --chart 4.4.0`."
    assert "Chart 4.4: Security: a way to stop the hub from outside." in said
    assert not any("4.3:" in one for one in said), "that was there before"


def test_the_chart_goes_back_with_a_warning():
    (said,) = sentences("", "", "chart", release=replace(JHUB, chart="4.3.2", installed="4.4.0"))
    assert said.startswith("The chart goes BACK from 4.4.0 to 4.3.2;")


def test_rules_of_an_old_chart_let_in_who_the_new_one_does_not():
    values = "hub: {config: {JupyterHub: {authenticator_class: native}}}"
    there, wanted = replace(in_force(values), chart="3.3.8"), in_force(values)
    told = tell(dry_run(values, values, before=there, wanted=wanted))
    assert any("the right to log in. Nobody can log in." in one.sentence for one in told.consequences)


def test_our_own_service_is_named():
    there, wanted = in_force(""), in_force("")
    wanted = replace(wanted, values={**wanted.values, **deployed(dict(wanted.values))})
    told = tell(dry_run("", "debug: {enabled: true}", before=there, wanted=wanted))
    assert "ClassHub gets a service of its own in the hub, with the rights that its commands need." in [
        one.sentence for one in told.consequences
    ]


@pytest.mark.parametrize(
    ("conflict", "sentence"),
    [
        (
            Conflict("kubectl", "StatefulSet", "user-placeholder", ".spec.replicas", 10, 3),
            "kubectl changed spec.replicas of StatefulSet user-placeholder: 10, the release says 3; "
            "`classhub deploy` refuses to overwrite it without --take-over.",
        ),
        (
            Conflict("kubectl-edit", "ConfigMap", "hub", '.data["jupyterhub_config.py"]', "canary", "b"),
            'kubectl edit changed data["jupyterhub_config.py"] of ConfigMap hub; '
            "`classhub deploy` refuses to overwrite it without --take-over.",
        ),
        (
            Conflict("argocd-controller", "Secret", "hub", ".type", "canary", "b"),
            "argocd-controller changed type of Secret hub; `classhub deploy` refuses to overwrite it without --take-over.",
        ),
    ],
)
def test_a_conflict_names_tool_object_and_field(conflict, sentence):
    told = tell(dry_run("", "", conflicts=(conflict,)))
    assert [one.sentence for one in told.consequences] == [sentence]
    assert "canary" not in repr(conflict)


def test_what_has_no_sentence_of_its_own_is_named_at_least():
    budget = thing("PodDisruptionBudget", "hub", "hub", "policy/v1")
    assert sentences("", "", "setting", more=[budget]) == ["Is made too: PodDisruptionBudget hub."]


def test_a_config_map_that_restarts_nothing_is_named():
    old, new = (thing("ConfigMap", "hub", "hub", data={"a": text}) for text in "ab")
    dry = dry_run("", "", objects=compare([old], [new]))
    assert [one.sentence for one in tell(dry).consequences] == ["Changes too: ConfigMap hub."]


def test_values_that_nobody_knows_are_not_compared():
    said = sentences("", "scheduling: {userPlaceholder: {replicas: 4}}", before=None)
    assert "With which values the release was installed is not known, so none can be compared." in said
    assert "Changes costs: placeholders keep paid room for students who are still to come (0 -> 4)." in said


def test_a_release_that_is_brought_into_order_says_so():
    told = told_release(RUNNING, dry_run("", ""), (Step("upgrade", "The release is upgraded."),))
    assert [one.sentence for one in told.consequences] == [
        "No object and no setting differs; the deploy only finishes what was begun before."
    ]


def test_everybody_whom_a_restart_concerns_is_in_the_json():
    told = tell(dry_run("", "debug: {enabled: true}"))
    (kept,) = (one for one in told.consequences if one.kind is About.SERVERS)
    assert kept.names == ("alice@college.edu", "Jane.Doe")


@given(st.data())
@settings(max_examples=40)
def test_whatever_changes_in_an_object_something_is_said_of_it(data):
    old = render(HTTPS)
    number = data.draw(st.integers(0, len(old) - 1))
    way = data.draw(
        st.sampled_from([way for way in leaves(old[number]) if way[0] in ("metadata", "spec", "rules", "data")])
    )
    new = copy.deepcopy(old)
    put(new[number], way, data.draw(st.sampled_from(["other", 4711])))
    objects = compare(old, new)
    told = tell(dry_run("", "", objects=objects))
    assert told.consequences or not objects or all(one.only_labels for one in objects), way


def test_a_script_gets_objects_and_conflicts_too():
    conflict = Conflict("kubectl-edit", "Secret", "hub", ".data.token", "canary", "other")
    dry = dry_run("", "debug: {enabled: true}", conflicts=(conflict,))
    facts = as_json(Foreseen("", tell(dry), dry))
    assert list(facts) == ["empty", "steps", "consequences", "changes", "objects", "conflicts"]
    assert any((one["kind"], one["name"]) == ("Deployment", "hub") for one in facts["objects"])
    (told,) = facts["conflicts"]
    assert (told["manager"], told["path"], "canary" in str(facts)) == ("kubectl-edit", "data.token", False)
    assert list(as_json(Foreseen("", tell(dry)))) == ["empty", "steps", "consequences", "changes"]


def gone(kind, name):
    """The release is as it is wanted, and somebody deleted this of it."""
    rendered = render("")
    missing = [identity(one, "jhub") for one in rendered if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    dry = dry_run("", "", objects=compare(rendered, rendered, namespace="jhub", missing=missing))
    return [one.sentence for one in tell(dry).consequences]


def test_what_was_deleted_by_hand_is_made_again():
    assert gone("Deployment", "hub") == ["Deployment hub was deleted by hand: it's made again."]
    assert gone("Role", "hub") == ["Role hub was deleted by hand: it's made again."]
    (public,) = gone("Service", "proxy-public")
    assert public == "Service proxy-public was deleted by hand: it's made again, and may get another address."
    (disk,) = gone("PersistentVolumeClaim", "hub-db-dir")
    assert disk == "PersistentVolumeClaim hub-db-dir was deleted by hand: it's made again, and is empty then."
