"""What a change means, in words: a table of changes and the sentences that they must give."""

from dataclasses import replace

import pytest

from classhub.plan import changes
from classhub.plan.consequence import About
from classhub.plan.in_force import DryRun
from classhub.plan.running import Server, State
from classhub.plan.told import told
from unit.plan.situations import ABLE, RUNNING, between, google, in_force

DOMAIN = "hosted_domain: [college.edu], allow_all: true"
TWO = "hosted_domain: [college.edu, other.edu], allow_all: true"
LISTED = "allowed_users: [alice@college.edu, Jane.Doe]"
NO_OTHERS = "allow_existing_users: false"
GITHUB = "hub: {config: {JupyterHub: {authenticator_class: github}, GitHubOAuthenticator: {%s}}}"
OAUTH = "hub: {config: {JupyterHub: {authenticator_class: google}, OAuthenticator: {manage_groups: true, admin_groups: %s}}}"
CODE = "extraConfig: {mine: 'c.Authenticator.allow_all = %s'}"

# what is meant: (config.yaml before, after, kind, the sentence)
ACCESS = {
    "a domain opens": (
        google(),
        google(DOMAIN),
        "access",
        "Everyone with an account at college.edu may now log in.",
    ),
    "a second domain opens": (
        google(DOMAIN),
        google(TWO),
        "access",
        "Everyone with an account at other.edu may now log in.",
    ),
    "a domain closes": (
        google(TWO),
        google(DOMAIN),
        "access",
        "Everyone with an account at other.edu loses the right to log in. "
        "Who still may: everyone with an account at college.edu.",
    ),
    "the domain is forgotten": (
        google(DOMAIN),
        google("allow_all: true"),
        "access",
        "Everyone with a Google account may now log in.",
    ),
    "strangers are shut out": (
        google("allow_all: true", "admin_users: [alice@college.edu]"),
        google(DOMAIN, "admin_users: [alice@college.edu]"),
        "access",
        "Everyone with a Google account loses the right to log in. "
        "Who still may: everyone with an account at college.edu, and who is listed.",
    ),
    "allow_all goes, admins stay": (
        google(DOMAIN, "admin_users: [alice@college.edu]"),
        google("hosted_domain: [college.edu]", "admin_users: [alice@college.edu]"),
        "access",
        "Everyone with an account at college.edu loses the right to log in. Only admins can log in (1 name).",
    ),
    "allow_all goes, a list comes": (
        google(DOMAIN),
        google("", LISTED),
        "access",
        "Everyone with an account at college.edu loses the right to log in. Who can log in: 2 names. "
        "Whoever the hub knows already still may (allow_existing_users).",
    ),
    "whom an admin added": (
        google("allow_existing_users: true"),
        google(),
        "access",
        "Those whom an admin has added in the hub lose the right to log in. Nobody can log in.",
    ),
    "nobody is left": (google(NO_OTHERS, LISTED), google(NO_OTHERS), "access", "Nobody can log in."),
    "a group opens": (
        GITHUB % "",
        GITHUB % "allowed_organizations: [cs-college]",
        "access",
        "Everyone in cs-college may now log in.",
    ),
    "a group closes": (
        GITHUB % "allowed_organizations: [cs-college, staff]",
        GITHUB % "allowed_organizations: [staff]",
        "access",
        "Everyone in cs-college loses the right to log in. Who still may: everyone in staff.",
    ),
    "a name is added": (
        google("", "allowed_users: [alice@college.edu]"),
        google("", LISTED),
        "access",
        "jane.doe may now log in.",
    ),
    "two names are taken off for good": (
        google(NO_OTHERS, LISTED),
        google(NO_OTHERS, "allowed_users: [bob]"),
        "access",
        "alice@college.edu, jane.doe lose the right to log in.",
    ),
    "the hub still knows a name": (
        google("", LISTED),
        google("", "allowed_users: [alice@college.edu]"),
        "access",
        "jane.doe is on no list any more, but can still log in, because the hub knows them: "
        "`classhub users remove jane.doe`.",
    ),
    "the last name goes": (
        google("", LISTED),
        google(),
        "access",
        "alice@college.edu, jane.doe lose the right to log in.",
    ),
    "the first name lets in whom the hub knows": (
        google(),
        google("", LISTED),
        "access",
        "Whoever the hub knows already may log in too, as long as allow_existing_users is not false.",
    ),
    "nine names are not all named": (
        google("", "allowed_users: [z]"),
        google("", "allowed_users: [z, a, b, c, d, e, f, g, h, i]"),
        "access",
        "a, b, c, d, e and 4 more may now log in.",
    ),
    "a domain turns a listed name away": (
        google(NO_OTHERS, "allowed_users: [alice@college.edu, bob@other.edu]"),
        google(f"{NO_OTHERS}, hosted_domain: [college.edu]", "allowed_users: [alice@college.edu, bob@other.edu]"),
        "access",
        "bob@other.edu loses the right to log in.",
    ),
    "somebody is blocked": (
        google(DOMAIN),
        google(DOMAIN, "blocked_users: [Jane.Doe]"),
        "access",
        "jane.doe is blocked and can no longer log in.",
    ),
    "somebody on the list is no longer blocked": (
        google("", f"{LISTED}, blocked_users: [Jane.Doe]"),
        google("", LISTED),
        "access",
        "jane.doe is no longer blocked and may log in.",
    ),
    "somebody unlisted is no longer blocked": (
        google("", "allowed_users: [bob], blocked_users: [Jane.Doe]"),
        google("", "allowed_users: [bob]"),
        "access",
        "jane.doe is no longer blocked.",
    ),
    "a new admin": (
        google(DOMAIN),
        google(DOMAIN, "admin_users: [alice@college.edu]"),
        "access",
        "alice@college.edu becomes admin.",
    ),
    "an admin less": (
        google(DOMAIN, "admin_users: [alice@college.edu, Jane.Doe]"),
        google(DOMAIN, "admin_users: [alice@college.edu]"),
        "access",
        "jane.doe is taken off admin_users, but stays admin until you take the mark away on the admin page "
        "(/hub/admin, Edit User).",
    ),
    "another provider": (
        google(DOMAIN),
        GITHUB % "allowed_organizations: [cs-college]",
        "access",
        "People log in with GitHub from now on; who has another name there is another user, with an empty home. "
        "Who can log in: 1 group.",
    ),
    "code begins to decide": (
        google(DOMAIN),
        google(DOMAIN, more=CODE % "True"),
        "access",
        "Who can log in is decided by hub.extraConfig.mine.",
    ),
    "code that decides differs": (
        google(DOMAIN, more=CODE % "False"),
        google(DOMAIN, more=CODE % "True"),
        "access",
        "Who can log in may change: hub.extraConfig.mine decides it, and code of the college differs.",
    ),
    "code no longer decides": (
        google(DOMAIN, more=CODE % "False"),
        google(DOMAIN),
        "access",
        "No longer hub.extraConfig.mine decides who can log in. "
        "Who can log in: everyone with an account at college.edu.",
    ),
    "a group of admins": (
        google(),
        google("admin_google_groups: {college.edu: [staff]}"),
        "access",
        "Everyone in staff@college.edu becomes an admin with the next login, and may log in for that; who is neither in "
        "it nor in admin_users is none any more from then on.",
    ),
    "one group of admins more": (
        OAUTH % "[staff]",
        OAUTH % "[staff, assistants]",
        "access",
        "Everyone in assistants becomes an admin with the next login, and may log in for that.",
    ),
    "one group of admins less": (
        OAUTH % "[staff, assistants]",
        OAUTH % "[staff]",
        "access",
        "Everyone in assistants is no admin any more from the next login on, and may log in only as others may.",
    ),
    "no group of admins": (
        OAUTH % "[staff]",
        OAUTH % "[]",
        "access",
        "Everyone in staff may log in only as others may; who was an admin by that stays one until you take the mark "
        "away on the admin page (/hub/admin, Edit User).",
    ),
    "a group at Google": (
        google("allowed_google_groups: {college.edu: [staff]}"),
        google("allowed_google_groups: {college.edu: [staff, assistants]}"),
        "access",
        "Everyone in assistants@college.edu may now log in.",
    ),
    "names must fit": (
        google("", LISTED),
        google("", f"{LISTED}, username_pattern: 'a.*'"),
        "access",
        "Only whoever has a name that fits a.* can log in.",
    ),
    "a role": (
        "",
        "hub: {loadRoles: {teacher: {scopes: [admin:users]}}}",
        "access",
        "Rights change (hub.loadRoles.teacher.scopes): who has that role may do more, or less, than before.",
    ),
    "a service": (
        "",
        "hub: {services: {grader: {admin: true}}}",
        "access",
        "A program's access to the hub changes: hub.services.grader.admin.",
    ),
}
OTHERS = {
    "bigger homes": (
        "",
        "singleuser: {storage: {capacity: 20Gi}}",
        "homes",
        "Size of a home: 10Gi -> 20Gi. On the cluster only homes made from now on have it; the disks that are there "
        "stay as they are, and here homes have no limit.",
    ),
    "another kind of disk": (
        "",
        "singleuser: {storage: {dynamic: {storageClass: fast}}}",
        "homes",
        "Kind of disk: (not set) -> fast. On the cluster only homes made from now on have it; the disks that are "
        "there stay as they are.",
    ),
    "disks with other names": (
        "",
        "singleuser: {storage: {dynamic: {pvcNameTemplate: 'home-{user_server}'}}}",
        "homes",
        "On the cluster disks get other names ((not set) -> home-{user_server}): homes are new and empty, "
        "unless KubeSpawner remembers the old.",
    ),
    "homes not kept": (
        "",
        "singleuser: {storage: {type: none}}",
        "homes",
        "On the cluster homes are no longer kept: what students save is gone with their server; the old disks stay. "
        "Here each home stays a folder.",
    ),
    "homes kept in another way": (
        "",
        "singleuser: {storage: {type: static, static: {pvcName: homes}}}",
        "homes",
        "On the cluster homes are kept in another way (dynamic -> static); work stays on the old disks. "
        "Here each home stays a folder.",
    ),
    "users culled": (
        "",
        "cull: {users: true}",
        "homes",
        "Users who are idle for long are deleted, with their rights; on the cluster with the disk and all work on it, "
        "here homes stay.",
    ),
    "users no longer culled": ("cull: {users: true}", "", "homes", "Idle users are no longer deleted."),
    "other names for people": (
        google(f"{DOMAIN}, strip_domain: false"),
        google(f"{DOMAIN}, strip_domain: true"),
        "homes",
        "Everyone with an account at college.edu gets a new name, alice in place of alice@college.edu, "
        "and with it a new, empty home; the old homes stay under the old names. To keep the names: strip_domain: false.",
    ),
    "a second domain gives whole addresses for names": (
        google(DOMAIN),
        google(TWO),
        "homes",
        "Everyone with an account at college.edu gets a new name, alice@college.edu in place of alice, "
        "and with it a new, empty home; the old homes stay under the old names. To keep the names: strip_domain: true, "
        "as long as no two people have the same name before the @.",
    ),
    "one domain of two cuts the names": (
        google(TWO),
        google(DOMAIN),
        "homes",
        "Everyone with an account at college.edu gets a new name, alice in place of alice@college.edu, "
        "and with it a new, empty home; the old homes stay under the old names. To keep the names: strip_domain: false.",
    ),
    "without its domain nothing is cut": (
        google(DOMAIN),
        google("allow_all: true"),
        "homes",
        "Everyone with an account at college.edu gets a new name, alice@college.edu in place of alice, "
        "and with it a new, empty home; the old homes stay under the old names.",
    ),
    "another claim": (
        google(DOMAIN),
        google(f"{DOMAIN}, username_claim: sub"),
        "homes",
        "The names by which the hub knows people change (hub.config.GoogleOAuthenticator.username_claim): "
        "who comes under a new name is a new user, with an empty home.",
    ),
    "no culling": ("", "cull: {enabled: false}", "servers", "Idle servers are no longer stopped."),
    "culling": ("cull: {enabled: false}", "", "servers", "Idle servers are stopped from now on."),
    "culling sooner": (
        "",
        "cull: {timeout: 1800}",
        "servers",
        "Servers are stopped after 1800 s without use, in place of 3600 s.",
    ),
    "culling by age": (
        "",
        "cull: {maxAge: 86400}",
        "servers",
        "Servers are stopped at the age of 86400 s, in use or not (0: never); before: 0 s.",
    ),
    "more memory": (
        "",
        "singleuser: {memory: {limit: 2G}}",
        "servers",
        "A server may use 2G of memory, from its next start on; before there was no limit.",
    ),
    "a processor": (
        "singleuser: {cpu: {limit: 1}}",
        "singleuser: {cpu: {limit: 2}}",
        "servers",
        "A server may use 2 processors, in place of 1, from its next start on.",
    ),
    "a limit of servers": (
        "",
        "hub: {activeServerLimit: 30}",
        "servers",
        "At most 30 servers run at the same time.",
    ),
    "named servers": ("", "hub: {allowNamedServers: true}", "servers", "Students may have several servers."),
    "another base": (
        "",
        "hub: {baseUrl: /jupyter/}",
        "restart",
        "Every address changes: the hub is below /jupyter/ in place of /; links and bookmarks end.",
    ),
    "placeholders": (
        "",
        "scheduling: {userPlaceholder: {replicas: 4}}",
        "cost",
        "Costs on the cluster, nothing here: placeholders keep paid room for students who are still to come "
        "(scheduling.userPlaceholder.replicas: 0 -> 4).",
    ),
    "the puller": (
        "",
        "prePuller: {continuous: {enabled: false}}",
        "cost",
        "Costs on the cluster, nothing here: every node pulls the images, and new nodes wait for them "
        "(prePuller.continuous.enabled: true -> false).",
    ),
    "a load balancer": (
        "",
        "proxy: {service: {loadBalancerIP: 203.0.113.7}}",
        "cost",
        "Costs on the cluster, nothing here: a load balancer and a static address are paid by the hour "
        "(proxy.service.loadBalancerIP: (not set) -> 203.0.113.7).",
    ),
    "a node pool": (
        "",
        "singleuser: {nodeSelector: {pool: big}}",
        "cost",
        "Costs on the cluster, nothing here: which node pool servers run on "
        "(singleuser.nodeSelector.pool: (not set) -> big).",
    ),
    "the hub's pod": (
        "",
        "hub: {nodeSelector: {pool: small}}\ningress: {enabled: true}",
        "elsewhere",
        "Holds on the cluster only, so nothing changes here: hub.nodeSelector.pool, ingress.enabled.",
    ),
}
OTHERS |= {
    "a limit in hub.config": (
        "",
        "hub: {config: {KubeSpawner: {mem_limit: 8G}}}",
        "servers",
        "A server may use 8G of memory, from its next start on, whatever singleuser.memory.limit says "
        "(hub.config.KubeSpawner.mem_limit).",
    ),
    "a limit in hub.config goes": (
        "hub: {config: {KubeSpawner: {cpu_limit: 2}}}",
        "",
        "servers",
        "The limit of processors is what singleuser.cpu.limit says, from a server's next start on: "
        "hub.config.KubeSpawner.cpu_limit is gone.",
    ),
    "what no culling costs": (
        "",
        "cull: {enabled: false}",
        "cost",
        "Costs on the cluster, nothing here: an idle server holds room on a node that is paid by the hour "
        "(cull.enabled: true -> false).",
    ),
    "less is promised": (
        "singleuser: {memory: {guarantee: 512M}}",
        "singleuser: {memory: {guarantee: 400M}}",
        "cost",
        "Costs on the cluster, nothing here: the more each server is promised, the fewer a node carries "
        "(singleuser.memory.guarantee: 512M -> 400M).",
    ),
}
TABLE = {**ACCESS, **OTHERS}


def sentences(told, kind):
    return [one.sentence for one in told.consequences if one.kind is About(kind)]


def test_the_table_is_long_enough():
    assert len(TABLE) >= 40


@pytest.mark.parametrize("row", TABLE)
def test_a_change_is_told_in_words(row):
    old, new, kind, sentence = TABLE[row]
    assert sentence in sentences(between(in_force(old), in_force(new)), kind)


@pytest.mark.parametrize("row", TABLE)
def test_what_does_not_change_is_not_told(row):
    for text in TABLE[row][:2]:
        same = between(in_force(text), in_force(text))
        assert {one.kind for one in same.consequences} <= {About.RESTART, About.SERVERS, About.SETTING}
        assert same.changes == ()


UNTOLD = {
    "a listed name of an open domain": (google(DOMAIN), google(DOMAIN, "allowed_users: [bob@college.edu]")),
    "a name of a hub that is open to all": (google("allow_all: true", LISTED), google("allow_all: true")),
    "capital letters of a domain": (google(DOMAIN), google(DOMAIN.replace("college", "College"))),
    "capital letters": (google("", "allowed_users: [jane.doe]"), google("", "allowed_users: [Jane.Doe]")),
}


@pytest.mark.parametrize("row", UNTOLD)
def test_nobody_is_said_to_gain_or_lose_what_they_have(row):
    old, new = UNTOLD[row]
    assert sentences(between(in_force(old), in_force(new)), "access") == []


SAME_NAMES = {
    "strip_domain holds them": (google(f"{DOMAIN}"), google(f"{TWO}, strip_domain: true")),
    "they were whole addresses": (google(f"{DOMAIN}, strip_domain: false"), google(TWO)),
    "no domain is cut off": (google("allow_all: true"), google("allow_all: true, strip_domain: false")),
    "another domain than before": (google(DOMAIN), google("hosted_domain: [other.edu], allow_all: true")),
    "code decides": (
        google(DOMAIN, more="extraConfig: {mine: 'c.GoogleOAuthenticator.username_claim = f'}"),
        google(TWO, more="extraConfig: {mine: 'c.GoogleOAuthenticator.username_claim = f'}"),
    ),
    "another login": (GITHUB % "allow_all: true", google(DOMAIN)),
}


@pytest.mark.parametrize("row", SAME_NAMES)
def test_no_new_names_are_told_where_nobody_gets_one(row):
    old, new = SAME_NAMES[row]
    assert sentences(between(in_force(old), in_force(new)), "homes") == []


def test_where_people_enter_by_invitation_new_names_are_those_of_the_cluster():
    (said,) = sentences(between(in_force(google(DOMAIN), real=False), in_force(google(TWO), real=False)), "homes")
    assert said.startswith("On the cluster: everyone with an account at college.edu gets a new name, ")


BY_INVITATION = {
    "a name is added": (
        google(DOMAIN, "allowed_users: [alice@college.edu]"),
        google(DOMAIN, LISTED),
        "jane.doe may now be invited, and enters with that: `classhub users invite jane.doe`.",
    ),
    "a name is taken off": (
        google(DOMAIN, LISTED),
        google(DOMAIN, "allowed_users: [alice@college.edu]"),
        "jane.doe is on no list any more, but can still log in if an account was made here: "
        "`classhub users remove jane.doe`.",
    ),
    "a domain opens": (
        google(),
        google(DOMAIN),
        "On the cluster: everyone with an account at college.edu may now log in.",
    ),
    "the first admin is named": (google(), google("", "admin_users: [alice]"), "alice becomes admin."),
}


@pytest.mark.parametrize("row", BY_INVITATION)
def test_with_invitations_lists_let_nobody_in_by_themselves(row):
    old, new, sentence = BY_INVITATION[row]
    assert sentence in sentences(between(in_force(old, real=False), in_force(new, real=False)), "access")


def test_invitations_come_and_go():
    real, stand_in = in_force(google(DOMAIN, LISTED)), in_force(google(DOMAIN, LISTED), real=False)
    (goes,) = (one for one in sentences(between(stand_in, real), "access") if one.startswith("People"))
    assert goes.startswith("People log in with Google from now on;")
    (comes,) = (one for one in sentences(between(real, stand_in), "access") if one.startswith("People"))
    assert comes.startswith("People enter by invitation from now on: Google login is configured, but")


@pytest.mark.parametrize(
    ("key", "old", "new", "sentence"),
    [
        ("homes.folder", "/a", "/b", "Homes are looked for in /b; none is moved: stop the hub, move /a, start."),
        ("local.servers", 0, 9, "At most 9 servers run at the same time (0: as config.yaml says), in place of 0."),
    ],
)
def test_our_own_settings_have_consequences_too(key, old, new, sentence):
    told = between(in_force(own={key: old}), in_force(own={key: new}))
    assert sentence in [one.sentence for one in told.consequences]
    assert [change.sentence for change in told.changes] == [f"{key}: {old} -> {new}"]


def test_servers_that_keep_old_settings_are_named_and_all_are_in_the_json():
    running = replace(RUNNING, servers=tuple(Server(f"student{number}") for number in range(7)))
    told = between(in_force(), in_force("debug: {enabled: true}"), running)
    (kept,) = (one for one in told.consequences if one.kind is About.SERVERS)
    assert kept.sentence == (
        "7 running servers keep their old settings until they are restarted: student0, student1, student2, student3, "
        "student4 and 2 more."
    )
    assert len(kept.names) == 7


def test_the_hub_restarts_and_for_how_long():
    assert sentences(between(in_force(), in_force()), "restart")[0] == "The proxy restarts, about 1 s; " + (
        "open pages connect again by themselves."
    )
    assert "The hub restarts, about 5 s." in sentences(between(in_force(), in_force()), "restart")


def test_a_hub_whose_settings_nobody_knows_is_compared_with_nothing():
    told = between(None, in_force(google(DOMAIN)))
    assert told.changes == ()
    assert told.consequences[-1].sentence.startswith("With which settings the hub was started is not known")


def test_an_up_that_was_cut_short_is_said():
    told = between(in_force(), in_force("debug: {enabled: true}"), unfinished=True)
    assert told.consequences[0].sentence == (
        "The settings were written by an `up` that was cut short; the hub was not started with them yet."
    )


def test_what_only_classhub_changed_is_said_too():
    (said,) = sentences(between(in_force(), in_force()), "setting")
    assert said == "No setting of yours differs; what ClassHub itself adds does."


def test_a_hub_that_stands_still_restarts_nothing():
    stopped = replace(RUNNING, state=State.STOPPED, address="", parts=(), servers=())
    told = between(in_force(), in_force("cull: {enabled: false}"), stopped)
    assert sentences(told, "restart") == [
        "The proxy starts and takes the address.",
        "The hub starts, about 5 s.",
        "The culler starts; it stops servers that nobody uses.",
    ]
    assert sentences(told, "servers") == ["Idle servers are no longer stopped."]


def test_up_says_first_who_gets_in_and_what_becomes_of_homes():
    told = between(in_force(google(DOMAIN)), in_force(google(TWO) + "\ncull: {users: true, timeout: 1800}"))
    assert told.first == (
        "Everyone with an account at other.edu may now log in.",
        TABLE["a second domain gives whole addresses for names"][3],
        TABLE["users culled"][3],
    )


def test_a_limit_that_this_machine_cannot_hold_is_the_clusters():
    from classhub.config.parity import Machine
    from classhub.plan.in_force import DryRun
    from classhub.plan.told import told

    weak = replace(ABLE, memory_limits=False)
    assert isinstance(weak, Machine)
    new = in_force("singleuser: {memory: {limit: 2G}}")
    found = told(RUNNING, DryRun({}, new, in_force()), (), weak)
    assert [one.sentence for one in found.consequences] == [
        "Holds on the cluster only, so nothing changes here: singleuser.memory.limit."
    ]


def test_each_role_and_each_service_that_changes_is_told():
    both = "hub: {loadRoles: {ta: {scopes: [a], users: [x]}, grader: {scopes: [b]}}, services: {one: {url: a}, two: {url: b}}}"
    said = sentences(between(in_force(), in_force(both)), "access")
    told = ["hub.loadRoles.ta.scopes", "hub.loadRoles.grader.scopes", "hub.services.one.url", "hub.services.two.url"]
    assert len(said) == 4 and all(path in sentence for path, sentence in zip(told, said, strict=True))


def test_a_pattern_of_names_gives_nobody_another_name():
    told = between(in_force(google(DOMAIN)), in_force(google(f"{DOMAIN}, username_pattern: 'a.*'")))
    assert sentences(told, "homes") == []


SYSTEM = "hub: {config: {JupyterHub: {authenticator_class: pam}, Authenticator: {admin_users: [alice]}}}"


def test_what_another_chart_means_for_the_cluster_is_no_news_here():
    """Before chart 4.0 whoever passed the login came in; the hub on this machine has always asked for allow_all."""
    old, new = replace(in_force(SYSTEM), chart="3.3.8"), in_force(SYSTEM)
    said = sentences(between(old, new), "access")
    assert said == [
        "On the cluster: everyone with an account in the hub's system loses the right to log in. "
        "Only admins can log in (1 name)."
    ]


def test_the_admin_of_a_folder_that_names_none_is_told_as_a_name():
    none, named = in_force(google(), real=False), in_force(google("", "admin_users: [alice]"), real=False)
    assert "The user named admin becomes admin." in sentences(between(named, none), "access")
    assert not any("admin is taken off" in one for one in sentences(between(none, named), "access"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://127.0.0.1:8123/"])
def test_plan_and_up_say_the_same_of_the_proxy(url):
    settings = {"proxy": {"url": url, "new": True}, "hub": {}, "culler": {}}
    steps = changes.plan(RUNNING, settings, changes.digest(settings), what="").steps
    (proxy,) = (step.sentence for step in steps if step.do == "restart proxy")
    found = told(RUNNING, DryRun(settings, in_force(), in_force()), steps, ABLE)
    assert proxy in sentences(found, "restart")
    assert ("open pages must be opened anew at" in proxy) == (url != RUNNING.address)
