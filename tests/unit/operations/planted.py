"""Mistakes to plant into the repository's own config/, each with the place where it must be found and what mends it.

A row replaces `old`, which stands once in the file, by `new`; ▸ in `new` marks the line and column of the finding. Where
the finding has no certain fix for --fix, `right` takes the place of `new`, and `told` is the part of the finding's advice
that was followed: the corrected line itself wherever the advice has one.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    kind: str
    """Which of the issue's classes of mistakes."""
    code: str
    old: str
    new: str
    told: str = ""
    right: str | None = None
    """Another text than was there before: a file that is as it was says nothing of the advice."""
    file: str = "config.yaml"
    severity: str = "error"
    at: str = ""
    """Where it is found, if that is not in `new`: this text stands there, and for the first time in the file."""
    version: str = "4.4.0"
    """chart.version of classhub.yaml."""
    upgrade: str = ""
    also: tuple[str, ...] = ()
    """Codes of other findings that the same slip rightly brings: what follows from it elsewhere."""
    in_git: tuple[str, ...] = ()
    """Files that git keeps."""

    @property
    def is_yaml(self) -> bool:
        """The advice is a line to write, not a sentence."""
        return bool(re.match(r"\w+: \S+$|- \S+$", self.told))


HUB = "  concurrentSpawnLimit: 120\n"
CLASS = "    JupyterHub:\n      authenticator_class: google\n"
DOMAIN = "      hosted_domain: [college.edu]\n"
ALL = "      allow_all: true\n"
STRIP = "      strip_domain: false\n"
BACK = "      oauth_callback_url: https://hub.college.edu/hub/oauth_callback\n"
ADMINS = "    Authenticator:\n"
NAMES = "        - instructor@college.edu\n        - admin@college.edu\n"
HTTPS = "    type: letsencrypt\n"
HOSTS = "    hosts: [hub.college.edu]\n"
MAIL = "      contactEmail: admin@college.edu\n"
TAG = '    tag: "2027-01-04"\n'
URL = "  defaultUrl: /lab\n"
MEMORY = "    guarantee: 512M\n    limit: 1G\n"
CPU = "    guarantee: 0.05\n    limit: 1\n"
DISK = "    type: dynamic\n"
SIZE = "    capacity: 1Gi\n"
CULL = "  timeout: 3600\n"
EVERY = "  every: 600\n"
USERS = "  users: false\n"
PRIORITY = "  podPriority:\n    enabled: true\n"
HELD = "    replicas: 3\n"
PULL = "  continuous:\n    enabled: true\n"
NODES = "      matchNodePurpose: require\n"
ADDRESS = "    loadBalancerIP: 203.0.113.7\n"
PROFILES = "  profileList:\n    - display_name: Small\n"
SECRET = '      client_secret: "0a1b2c3d4e5f60718293"\n'
OWN = "namespace: jhub\n"
COURSE = "libraries: []\n"
TAS = "  tas: [ta@college.edu]\n"
HEX = "0123456789abcdef" * 4

# A row is a line or two: a table.
# fmt: off
READING = [
    Slip("reading", "CH1101", CULL, CULL + "  ▸timeout: 60\n", "Keep one of them", "  timeout: 1200\n"),
    Slip("reading", "CH1102", CULL, "▸\ttimeout: 3600\n", "Replace the tab by spaces", "  timeout: 1800\n"),
    Slip("reading", "CH1103", CULL, "   ▸timeout: 3600\n", "in the same column as its neighbours", "  timeout: 1800\n"),
    Slip("reading", "CH1104", URL, '  defaultUrl: ▸"/lab\n', "Add the closing quote", '  defaultUrl: "/lab"\n'),
    Slip("reading", "CH1105", URL, '  defaultUrl: "▸\\lab"\n', "Use single quotes ('...')", "  defaultUrl: '/lab'\n"),
    Slip("reading", "CH1106", URL, "  defaultUrl: ▸@lab\n", "put it in quotes", '  defaultUrl: "@lab"\n'),
    Slip("reading", "CH1107", URL, "  defaultUrl: /lab▸: yes\n", "Put the value in quotes", '  defaultUrl: "/lab: yes"\n'),
    Slip("reading", "CH1108", HOSTS, "    hosts: ▸[hub.college.edu\n", "Add the missing ]",
         "    hosts: [hub.college.edu, www.college.edu]\n"),
    Slip("reading", "CH1109", "cull:\n", "▸---\ncull:\n", "Remove this `---` line", "debug: {enabled: true}\ncull:\n"),
    Slip("reading", "CH1110", URL, "  defaultUrl: ▸*lab\n", "in quotes", '  defaultUrl: "*lab"\n'),
    Slip("reading", "CH1106", SECRET, "      client_secret: ▸***SECRET***\n", "Write the value itself",
         '      client_secret: "***SECRET***"\n', file="secrets.yaml"),
    Slip("reading", "CH1113", URL, URL + "  ▸[a, b]: 1\n", "Write a word before the colon", URL + "  uid: 1\n"),
    Slip("reading", "CH1005", URL, "  defaultUrl: /lab▸\x02/tree\n", "Delete it", "  defaultUrl: /lab/tree\n"),
]
MERGING = [
    Slip("merge and null", "CH1203", TAG, "    ▸tag: null\n"),
    Slip("merge and null", "CH1203", PULL, PULL + "▸debug:\n"),
    Slip("merge and null", "CH1203", "  enabled: true\n  timeout", "  ▸enabled:\n  timeout"),
    Slip("merge and null", "CH1203", ADDRESS, ADDRESS + "  chp:\n    image: {▸name: null}\n"),
    Slip("merge and null", "CH1202", "hub:\n", "cull: {▸enabled: perhaps}\nhub:\n", "enabled: true",
         "cull: {enabled: true}\nhub:\n", file="secrets.yaml"),
    Slip("merge and null", "CH1201", "hub:\n", "cull: {▸enabed: true}\nhub:\n", file="secrets.yaml"),
]
KEYS = [
    Slip("unknown key", "CH1201", CULL, "  ▸timout: 3600\n"),
    Slip("unknown key", "CH1201", URL, "  ▸default_url: /lab\n"),
    Slip("unknown key", "CH1201", HUB, HUB + "  ▸homeMountPath: /home/jovyan\n"),
    Slip("unknown key", "CH1201", PULL, PULL + "▸colour: red\n", "below custom:", PULL + "custom: {colour: red}\n"),
    Slip("wrong type", "CH1202", EVERY, "  ▸every: '600'\n"),
    Slip("wrong type", "CH1202", USERS, "  ▸users: 'no'\n"),
    Slip("wrong type", "CH1202", HOSTS, "    ▸hosts: hub.college.edu\n", "after a dash", right="    hosts:\n      - hub.college.edu\n"),
    Slip("wrong type", "CH1202", TAG, "    ▸tag: 20270105\n", 'tag: "', '    tag: "20270105"\n'),
    Slip("wrong type", "CH1202", PULL, "  ▸continuous: true\n", "Write its keys below it, indented",
         "  continuous:\n    enabled: true\n  annotations: {}\n"),
    Slip("one of some words", "CH1202", HTTPS, "    ▸type: letsencript\n"),
    Slip("one of some words", "CH1202", NODES, "      ▸matchNodePurpose: required\n"),
    Slip("exactly one of", "CH1204", URL, URL + "  extraFiles:\n    ▸motd: {mountPath: /etc/motd}\n", "Add one of them",
         URL + "  extraFiles:\n    motd: {mountPath: /etc/motd, stringData: Hello}\n"),
    Slip("removed key", "CH1205", HUB, HUB + "  ▸uid: 1000\n"),
    Slip("removed key", "CH1205", URL, URL + "  cloudMetadata: {▸enabled: true}\n", "singleuser.cloudMetadata.blockWithIptables: false",
         URL + "  cloudMetadata: {blockWithIptables: false}\n"),
    Slip("removed key", "CH1205", PULL, PULL + "auth: {state: {▸enabled: true}}\n"),
    Slip("removed key", "CH1205", HUB, HUB + "  ▸fsGid: 1000\n"),
    Slip("template refuses", "CH1206", HUB, HUB + "  extraEnv:\n    ▸DEBUG: 1\n", 'DEBUG: "', HUB + '  extraEnv:\n    DEBUG: "1"\n'),
    Slip("template refuses", "CH1206", MAIL, '      ▸contactEmail: ""\n', "proxy.https.letsencrypt.contactEmail",
         "      contactEmail: alice@college.edu\n"),
    Slip("newer key", "CH1208", ADDRESS, ADDRESS + "  chp: {▸command: [chp]}\n", "Remove it", ADDRESS + "  chp: {}\n"),
    Slip("newer key", "CH1208", PULL, PULL + "▸httpRoute: {enabled: false}\n", "Remove it", PULL + "ingress: {enabled: false}\n",
         version="3.3.8"),
    Slip("newer key", "CH1202", SIZE, SIZE + "    ▸extraVolumes: {a: {name: a}}\n", "after a dash",
         SIZE + "    extraVolumes: [{name: a}]\n", version="4.0.0"),
]
PLACES = [
    Slip("misplaced", "CH1201", "cull:\n", "  ▸cull:\n"),
    Slip("misplaced", "CH1201", USERS, "▸" + USERS[2:]),
    Slip("misplaced", "CH1201", HUB, HUB + "  ▸ingress:\n    # outside\n    enabled: true\n    hosts: [hub.college.edu]\n    # inside\n"),
    Slip("misplaced", "CH1201", PULL, PULL + "▸db:\n  pvc: {storage: 2Gi}\n"),
    Slip("misplaced", "CH1201", HUB, HUB + "  ▸debug:\n    enabled: false\n"),
    Slip("misplaced", "CH1201", ADDRESS, ADDRESS + "  ▸ingress:\n    enabled: false\n    hosts: [hub.college.edu]\n"),
    Slip("misplaced", "CH1201", PULL, PULL + "▸image: {name: quay.io/college/notebook, pullPolicy: Always}\n", "the one that is meant",
         "  hook: {enabled: true}\n" + PULL),
    Slip("misplaced", "CH1201", HUB, HUB + "  ▸KubeSpawner:\n    # by seconds\n    http_timeout: 60\n"),
    Slip("misplaced", "CH1201", PULL, PULL + "▸KubeSpawner: {http_timeout: 60}\n"),
    Slip("misplaced", "CH1201", PULL, PULL + "auth:\n  ▸KubeSpawner: {http_timeout: 60}\n"),
    Slip("misplaced", "CH1201", HUB, HUB + "  ▸GoogleOAuthenticator:\n    username_claim: email\n"),
    Slip("misplaced", "CH1201", HUB, HUB + "  ▸Authenticator:\n    admin_users: [joe@college.edu]\n", "which is there already",
         HUB + "  allowNamedServers: false\n"),
    Slip("other file", "CH1201", PULL, PULL + "▸local: {port: 8001}\n", "Move it to classhub.yaml", "  hook: {enabled: true}\n" + PULL),
    Slip("other file", "CH1201", PULL, PULL + "▸libraries: [numpy]\n", "courses/NAME.yaml", "  hook: {enabled: true}\n" + PULL),
    Slip("other file", "CH1901", OWN, OWN + "▸singleuser: {defaultUrl: /lab}\n", "Move it to config.yaml", OWN + "local: {port: 8001}\n",
         file="classhub.yaml"),
    Slip("other file", "CH1901", COURSE, COURSE + "▸hub: {}\n", "Move it to config.yaml", "libraries: [numpy]\n",
         file="courses/comp141.yaml"),
    Slip("parent is a comment", "CH1103", OWN, OWN + "#local:\n  ▸port: 8001\n", "away too: local:", OWN + "local:\n  port: 8001\n",
         file="classhub.yaml"),
    Slip("parent is a comment", "CH1901", '  version: "4.4.0"\n', '  version: "4.4.0"\n#local:\n#  host: x\n  ▸port: 8001\n',
         "away too: local:", '  version: "4.4.0"\nlocal:\n#  host: x\n  port: 8001\n', file="classhub.yaml"),
    Slip("parent is a comment", "CH1201", "cull:\n", "#cull:\n", "away too: cull:", "cull:\n  concurrency: 5\n",
         at="enabled: true\n  timeout"),
    Slip("curly quotes", "CH1118", TAG, "    ▸tag: \u201c2027-01-04\u201d\n"),
    Slip("curly quotes", "CH1118", CULL, "  ▸timeout: \u201c3600\u201d\n"),
    Slip("curly quotes", "CH1118", URL, "  ▸defaultUrl: \u201c/lab\"\n"),
    Slip("curly quotes", "CH1118", HUB, HUB + "  templateVars: {▸motto: \u201cveritas\u201d}\n", 'motto: "veritas"',
         HUB + '  templateVars: {motto: "veritas"}\n', severity="warning"),
    Slip("curly quotes", "CH1118", OWN, OWN + "local: {▸port: \u201c8001\u201d}\n", file="classhub.yaml"),
    Slip("curly quotes", "CH1118", COURSE, "libraries: [▸\u201cnumpy\u201d]\n", file="courses/comp141.yaml"),
    Slip("seconds", "CH1202", CULL, "  ▸timeout: 90m\n"),
    Slip("seconds", "CH1202", EVERY, "  ▸every: 10 min\n"),
    Slip("seconds", "CH1202", USERS, USERS + "  ▸maxAge: 2d\n"),
    Slip("seconds", "CH1303", NAMES, NAMES + "    KubeSpawner: {▸http_timeout: 1m 30s}\n"),
]
TRAITS = [
    Slip("unknown class", "CH1301", ADMINS, "    ▸Authentcator:\n"),
    Slip("unknown class", "CH1301", CLASS, CLASS.replace("auth", "▸auth").replace("google", "gogle")),
    Slip("unknown class", "CH1301", CLASS, CLASS.replace("auth", "▸auth").replace("google", "GoogleOAuthenticator"),
         "authenticator_class: google", CLASS + "      shutdown_on_logout: true\n"),
    Slip("unknown trait", "CH1302", STRIP, STRIP.replace("strip", "▸strp")),
    Slip("unknown trait", "CH1302", STRIP, STRIP + "      ▸colour: red\n", "Remove hub.config.GoogleOAuthenticator.colour",
         STRIP + "      username_claim: email\n"),
    Slip("unknown trait", "CH1302", ADMINS, ADMINS + "      ▸shutdown_on_logout: true\n"),
    Slip("unknown trait", "CH1302", CLASS, CLASS.replace("JupyterHub", "Spawner").replace("auth", "▸auth"), also=("CH1402", "CH1306")),
    Slip("unknown trait", "CH1404", DOMAIN, "      ▸allowed_hosted_domains: [college.edu]\n"),
    Slip("unknown trait", "CH1404", DOMAIN, "      ▸alowed_hosted_domains: [college.edu]\n"),
    Slip("unknown trait", "CH1404", DOMAIN, "      ▸hosted_domian: [college.edu]\n"),
    Slip("wrong type of a trait", "CH1303", ALL, '      ▸allow_all: "true"\n'),
    Slip("wrong type of a trait", "CH1303", STRIP, STRIP + "      ▸auto_login: sometimes\n", "auto_login: true",
         STRIP + "      auto_login: true\n"),
    Slip("wrong type of a trait", "CH1303", DOMAIN, "      ▸hosted_domain: {college.edu: true}\n", "after a dash",
         "      hosted_domain:\n        - college.edu\n", also=("CH1402",)),
    Slip("deprecated trait", "CH1304", ALL, "      ▸whitelist: [jane.doe@college.edu]\n", severity="warning", also=("CH1401",)),
    Slip("deprecated trait", "CH1304", NAMES, NAMES + "    KubeSpawner: {▸singleuser_privileged: false}\n", severity="warning"),
    Slip("deprecated trait", "CH1304", CLASS, CLASS + "      ▸extra_log_file: hub.log\n", "remove the line",
         CLASS + "      shutdown_on_logout: true\n",
         severity="note"),
    Slip("small letter", "CH1207", ADMINS, "    ▸authenticator:\n"),
    Slip("small letter", "CH1207", CLASS, CLASS + "    ▸baseUrl: /class\n"),
    Slip("small letter", "CH1207", "hub:\n  config:\n",
         "hub:\n  baseUrl: /course\n  config:\n    ▸baseUrl: /class\n", "Merge it into hub.baseUrl",
         "hub:\n  baseUrl: /class\n  config:\n", file="secrets.yaml"),
    Slip("unknown trait", "CH1302", ADMINS, ADMINS + "      ▸Blocked_users: [joe@college.edu]\n"),
    Slip("section not selected", "CH1306", CLASS, CLASS + "    ▸GitHubOAuthenticator: {scope: [read:org]}\n", "remove the section",
         CLASS + "      shutdown_on_logout: true\n", severity="warning"),
    Slip("section in a section", "CH1305", CLASS, CLASS + "      ▸KubeSpawner: {uid: 1000}\n"),
    Slip("traits together", "CH1309", ALL, "      ▸allowed_groups: [staff]\n", "manage_groups: true",
         "      allowed_groups: [staff]\n      manage_groups: true\n"),
    Slip("traits together", "CH1309", ALL, "      ▸allowed_scopes: [courses]\n", "scope: [openid, email, courses]",
         "      allowed_scopes: [courses]\n      scope: [openid, email, courses]\n"),
    Slip("traits together", "CH1309", STRIP, STRIP + "      ▸userdata_url: https://idp/me\n      userdata_from_id_token: true\n",
         "Keep one of them", STRIP + "      userdata_from_id_token: true\n"),
    Slip("refused value", "CH1310", STRIP, STRIP + "      ▸username_pattern: '['\n", "username_pattern: '^[a-z0-9.@-]+$'",
         STRIP + "      username_pattern: '^[a-z0-9.@-]+$'\n"),
    Slip("dropped trait", "CH1307", "hub:\n  config:\n",
         "hub:\n  config:\n    JupyterHub:\n      ▸services: [{name: grader, url: http://grader}]\n", "hub.services.NAME",
         "hub:\n  services: {grader: {url: http://grader}}\n  config:\n", file="secrets.yaml"),
    Slip("dropped trait", "CH1308", "hub:\n  config:\n", "hub:\n  config:\n    JupyterHub:\n      ▸load_roles: [{name: assistants}]\n",
         "hub.loadRoles.NAME", "hub:\n  loadRoles: {assistants: {}}\n  config:\n", file="secrets.yaml", severity="warning"),
]
PEOPLE = [
    Slip("who can log in", "CH1401", ALL, "", "allow_all: true", "      allow_all: true\n      username_claim: email\n",
         severity="warning", at="authenticator_class: google"),
    Slip("who can log in", "CH1402", DOMAIN + ALL, ALL.replace("allow", "▸allow"), "hosted_domain: [college.edu]",
         "      hosted_domain: [college.edu]\n      allow_all: yes\n", severity="warning"),
    Slip("who can log in", "CH1402", CLASS, CLASS.replace("auth", "▸auth").replace("google", "dummy"), "google",
         CLASS.replace("google", '"google"'), severity="warning",
         also=("CH1306",)),
    Slip("who can log in", "CH1403", ALL, "      allowed_users: [jane.doe@college.edu]\n", severity="note",
         at="authenticator_class: google"),
    Slip("who can log in", "CH1406", NAMES, NAMES + "        - ▸Admin@college.edu\n", severity="note"),
    Slip("who can log in", "CH1414", NAMES, NAMES.replace("        - admin", "          admin").replace("instr", "▸instr")),
    Slip("who can log in", "CH1414", ADMINS, ADMINS + '      ▸blocked_users: "joe@college.edu, jim@college.edu"\n'),
    Slip("who can log in", "CH1414", ADMINS, ADMINS + "      blocked_users: [▸Joe Doe]\n", "on a line of its own",
         ADMINS + "      blocked_users: [joe@college.edu]\n", severity="warning"),
    Slip("who can log in", "CH1415", DOMAIN, '      ▸hosted_domain: "@college.edu"\n'),
    Slip("who can log in", "CH1415", DOMAIN, "      hosted_domain: [▸https://college.edu/]\n"),
    Slip("who can log in", "CH1415", DOMAIN, "      ▸hosted_domain: college.edu, cs.college.edu\n"),
    Slip("who can log in", "CH1415", DOMAIN, '      hosted_domain: [▸"*.college.edu"]\n', "- college.edu",
         "      hosted_domain:\n        - college.edu\n"),
    Slip("who can log in", "CH1415", DOMAIN, "      hosted_domain: [college.edu, ▸gmail.com]\n", "the college's own domain",
         "      hosted_domain: [college.edu, cs.college.edu]\n", severity="warning"),
    Slip("who can log in", "CH1416", NAMES, NAMES + "        - ▸joe\n", "- joe@college.edu", NAMES + "        - joe@college.edu\n",
         severity="warning"),
    Slip("who can log in", "CH1416", NAMES, NAMES + "        - ▸joe@other.edu\n", "hosted_domain: [college.edu, other.edu]",
         NAMES + "        - joe@college.edu\n", severity="warning"),
    Slip("who can log in", "CH1416", STRIP, "", at="instructor@college.edu\n", severity="warning", also=("CH1416",)),
    Slip("who can log in", "CH1408", ADMINS, ADMINS + "      blocked_users: [▸admin@college.edu]\n", "Remove the name from one",
         ADMINS + "      blocked_users: [joe@college.edu]\n", severity="warning"),
    Slip("who can log in", "CH1409", BACK, BACK.replace("oauth_c", "▸oauth_c", 1).replace("/hub/", "/")),
    Slip("who can log in", "CH1412", ADMINS, ADMINS + "      ▸allowed_users: [jane.doe@college.edu]\n", "remove the list",
         ADMINS + "      blocked_users: [joe@college.edu]\n", severity="warning"),
    Slip("missing client secret", "CH1410", SECRET, "", "client_secret in secrets.yaml", SECRET.replace("0a", "1b"),
         file="secrets.yaml", severity="warning",
         at="GoogleOAuthenticator:"),
    Slip("missing client secret", "CH1411", SECRET, '      ▸client_secret: "<client secret>"\n', "client_secret in secrets.yaml",
         SECRET.replace("0a", "1b"), file="secrets.yaml", severity="warning"),
]
AMOUNTS = [
    Slip("guarantee above limit", "CH1504", MEMORY, MEMORY.replace("guarantee: 512M", "▸guarantee: 2G"), "guarantee: 1G",
         MEMORY.replace("512M", "1G")),
    Slip("guarantee above limit", "CH1504", CPU, CPU.replace("guarantee: 0.05", "▸guarantee: 2"), "guarantee: 1",
         CPU.replace("0.05", "1")),
    Slip("guarantee above limit", "CH1504", URL, PROFILES + "      kubespawner_override: {mem_limit: 1G, ▸mem_guarantee: 2G}\n",
         "mem_guarantee: 1G", PROFILES + "      kubespawner_override: {mem_limit: 1G, mem_guarantee: 1G}\n"),
    Slip("unit", "CH1501", MEMORY, MEMORY.replace("limit: 1G", "▸limit: 1Gi")),
    Slip("unit", "CH1501", MEMORY, MEMORY.replace("limit: 1G", "▸limit: 1 GB")),
    Slip("unit", "CH1501", MEMORY, MEMORY.replace("limit: 1G", "▸limit: lots"), "limit: 1G",
         MEMORY.replace("512M", "256M")),
    Slip("unit", "CH1501", CPU, CPU.replace("limit: 1", "▸limit: 500m"), "limit: 0.5", CPU.replace("limit: 1", "limit: 0.5")),
    Slip("unit", "CH1501", SIZE, "    ▸capacity: 5 gigs\n", "capacity: 5Gi", "    capacity: 5Gi\n"),
    Slip("unit", "CH1503", MEMORY, MEMORY.replace("limit: 1G", "▸limit: 512"), "limit: 512M", MEMORY.replace("1G", "512M")),
    Slip("unit", "CH1503", MEMORY, MEMORY.replace("guarantee: 512M", "▸guarantee: 512"), "guarantee: 512M",
         MEMORY.replace("limit: 1G", "limit: 2G"), severity="warning"),
    Slip("unit", "CH1503", MEMORY, MEMORY.replace("limit: 1G", "▸limit: 2"), "limit: 2G", MEMORY.replace("1G", "2G")),
    Slip("unit", "CH1503", MEMORY, MEMORY.replace("limit: 1G", "▸limit: 0.5"), "limit: 0.5G", MEMORY.replace("1G", "0.5G")),
    Slip("unit", "CH1503", SIZE, '    ▸capacity: "10"\n', "capacity: 10Gi", "    capacity: 10Gi\n", severity="warning"),
    Slip("unit", "CH1503", HUB, HUB + "  resources: {limits: {▸memory: 512}}\n", "memory: 512Mi",
         HUB + "  resources:\n    limits:\n      memory: 512Mi\n", severity="warning"),
    Slip("unit", "CH1502", MEMORY, MEMORY.replace("limit: 1G", "▸limit: -1G"), "limit: 1G",
         MEMORY.replace("512M", "256M")),
    Slip("unit", "CH1501", URL, PROFILES + "      kubespawner_override: {▸mem_limit: 2Gi}\n"),
]
SERVERS = [
    Slip("profile override", "CH1831", URL, PROFILES + "      kubespawner_override: {▸mem_limits: 2G}\n"),
    Slip("profile override", "CH1831", URL, PROFILES + "      kubespawner_override: {▸default: true}\n", severity="warning"),
    Slip("profile override", "CH1832", URL, PROFILES + "      default: true\n    - display_name: Large\n      ▸default: true\n",
         severity="warning"),
    Slip("profile override", "CH1833", URL, "  profileList:\n    - ▸description: one core\n", "display_name: Small",
         PROFILES + "      description: one core\n"),
    Slip("profile override", "CH1834", URL, PROFILES + "    - ▸display_name: Small\n", "slug: small-2",
         PROFILES + "    - display_name: Small\n      slug: small-2\n"),
    Slip("profile override", "CH1835", URL, PROFILES + "      ▸kubespawner_overide: {mem_limit: 2G}\n"),
    Slip("profile override", "CH1835", URL, PROFILES + "      ▸profile_optionz: {image: {choices: {}}}\n"),
    Slip("profile override", "CH1835", URL, PROFILES + "      ▸descripton: one core\n", severity="warning"),
    Slip("profile override", "CH1836", URL, PROFILES + '      kubespawner_override: {▸uid: "1000"}\n'),
    Slip("profile override", "CH1836", URL, PROFILES + "      kubespawner_override: {▸start_timeout: 5m}\n"),
    Slip("profile override", "CH1836", URL, PROFILES + "      kubespawner_override: {▸start_timeout: soon}\n", "a whole number",
         PROFILES + "      kubespawner_override: {start_timeout: 300}\n"),
    Slip("profile override", "CH1836", URL, PROFILES + "      kubespawner_override: {▸environment: [a]}\n", "a mapping",
         PROFILES + "      kubespawner_override: {environment: {A: a}}\n"),
    Slip("profile override", "CH1836", URL, PROFILES + "      kubespawner_override: {▸node_selector: x}\n", "a mapping",
         PROFILES + "      kubespawner_override: {node_selector: {size: x}}\n"),
    Slip("https host", "CH1821", HOSTS, "    hosts: [▸https://hub.college.edu/]\n"),
    Slip("https host", "CH1821", HOSTS, "    hosts: [▸hub]\n", "- hub.college.edu", "    hosts:\n    - hub.college.edu\n"),
    Slip("https host", "CH1821", HOSTS, "    ▸hosts: []\n", "hosts: [hub.college.edu]",
         "    hosts: [hub.college.edu]\n    manual: {}\n", severity="warning"),
    Slip("https host", "CH1822", MAIL, "      ▸contactEmail: you@example.com\n", "contactEmail: instructor@college.edu", severity="warning",
         right="      contactEmail: instructor@college.edu\n"),
    Slip("https host", "CH1824", PULL, PULL + 'ingress: {enabled: true, hosts: [▸"https://hub.college.edu/"]}\n'),
    Slip("https host", "CH1824", PULL, PULL + "ingress: {enabled: true, hosts: [▸203.0.113.7]}\n", "- hub.college.edu",
         PULL + "ingress:\n  enabled: true\n  hosts:\n  - hub.college.edu\n"),
    Slip("https host", "CH1824", PULL,
         PULL + 'ingress: {enabled: true, hosts: [hub.college.edu], tls: [{hosts: [▸"https://hub.college.edu"]}]}\n'),
    Slip("https host", "CH1824", PULL, PULL + "ingress: {enabled: true, hosts: [hub.college.edu], tls: [{▸hosts: hub.college.edu}]}\n"),
    Slip("https host", "CH1824", PULL, PULL + "ingress: {enabled: true, hosts: [hub.college.edu], tls: [{hosts: [▸www.college.edu]}]}\n",
         "- hub.college.edu",
         PULL + "ingress:\n  enabled: true\n  hosts: [hub.college.edu]\n  tls:\n  - hosts:\n    - hub.college.edu\n",
         severity="warning"),
    Slip("https host", "CH1821", HOSTS, "    hosts: [▸203.0.113.7]\n", "- hub.college.edu", "    hosts:\n    - hub.college.edu\n",
         severity="warning", also=("CH1409",)),
    Slip("network", "CH1825", ADDRESS, "    ▸loadBalancerIP: 203.0.113.700\n", "loadBalancerIP: 203.0.113.7",
         "    loadBalancerIP: 203.0.113.7\n    labels: {}\n"),
    Slip("network", "CH1825", ADDRESS, ADDRESS + "    loadBalancerSourceRanges: [▸203.0.113.0/33]\n", "- 203.0.113.0/24",
         ADDRESS + "    loadBalancerSourceRanges:\n    - 203.0.113.0/24\n"),
    Slip("network", "CH1826", ADDRESS, ADDRESS + "    nodePorts: {▸http: 80}\n", "http: 30080",
         ADDRESS + "    nodePorts:\n      http: 30080\n"),
    Slip("network", "CH1826", ADDRESS, ADDRESS + "    nodePorts: {▸http: 8080}\n", "http: 30000",
         ADDRESS + "    nodePorts:\n      http: 30000\n", severity="warning"),
    Slip("network", "CH1202", ADDRESS, ADDRESS + '    nodePorts: {▸http: "30080"}\n'),
    Slip("network", "CH1202", ADDRESS, ADDRESS + "    ▸type: Loadbalancer\n"),
    Slip("network", "CH1827", PULL, PULL + "▸httpRoute: {enabled: true}\n", "gateway: {name: NAME}",
         PULL + "httpRoute: {enabled: true, gateway: {name: edge}}\n", severity="warning"),
    Slip("network", "CH1828", ADDRESS, ADDRESS + '    extraPorts: [{name: ssh, ▸port: "22"}]\n'),
    Slip("network", "CH1828", ADDRESS, ADDRESS + "    extraPorts: [{name: ssh, ▸port: ssh}]\n", "port: 8080",
         ADDRESS + "    extraPorts:\n      - name: ssh\n        port: 8080\n"),
    Slip("network", "CH1828", HUB, HUB + '  networkPolicy: {ingress: [{ports: [{▸port: "8081"}]}]}\n'),
    Slip("pods", "CH1846", URL, URL + "  extraEnv: {▸A: 1}\n", 'A: "', URL + '  extraEnv: {A: "1"}\n'),
    Slip("pods", "CH1846", URL, URL + "  extraEnv: {▸B: true}\n", 'B: "', URL + '  extraEnv: {B: "true"}\n'),
    Slip("pods", "CH1846", URL, PROFILES + "      kubespawner_override: {environment: {▸A: 0}}\n", 'A: "',
         PROFILES + '      kubespawner_override: {environment: {A: "0"}}\n'),
    Slip("pods", "CH1847", URL, URL + "  extraFiles:\n    motd: {mountPath: /etc/motd, stringData: Hello, ▸mode: 644}\n", "mode: 0644",
         URL + "  extraFiles:\n    motd: {mountPath: /etc/motd, stringData: Hello, mode: 0644}\n"),
    Slip("culling", "CH1811", USERS, "  ▸users: true\n", "users: false", "  users: false\n  adminUsers: false\n", severity="warning"),
    Slip("culling", "CH1812", CULL, "  ▸timeout: 60\n", "timeout: 3600", "  timeout: 3600\n  concurrency: 5\n", severity="warning"),
    Slip("culling", "CH1812", USERS, USERS + "  ▸maxAge: 1800\n", "maxAge: 0", USERS + "  maxAge: 0\n", severity="warning"),
    Slip("image tag", "CH1801", TAG, '    ▸tag: ""\n', "Write a tag that is never pushed again", '    tag: "2027-01-05"\n',
         severity="warning"),
    Slip("image tag", "CH1802", TAG, "    ▸tag: latest\n", "Write a tag that is never pushed again", '    tag: "2027-01-05"\n',
         severity="warning"),
    Slip("image tag", "CH1805", HUB, HUB + '  image: {name: "quay.io/jupyterhub/k8s-hub:4.4.0", ▸tag: ""}\n',
         'image: {name: quay.io/jupyterhub/k8s-hub, tag: "4.4.0"}',
         HUB + '  image: {name: quay.io/jupyterhub/k8s-hub, tag: "4.4.0"}\n'),
    Slip("image name", "CH1806", HUB, HUB + '  image: {▸name: "https://quay.io/college/hub", tag: "4.4.0"}\n'),
    Slip("image name", "CH1806", HUB, HUB + '  image: {▸name: quay.io/College/hub, tag: "4.4.0"}\n', "name: quay.io/college/hub",
         HUB + '  image:\n    name: quay.io/college/hub\n    tag: "4.4.0"\n'),
    Slip("image name", "CH1806", URL, PROFILES + '      kubespawner_override: {▸image: "https://quay.io/college/notebook:1"}\n'),
    Slip("image name", "CH1806", URL, PROFILES + '      kubespawner_override: {▸image: "quay.io/college/notebook:1:2"}\n',
         "image: quay.io/college/notebook",
         PROFILES + '      kubespawner_override:\n        image: quay.io/college/notebook:2\n'),
    Slip("placeholders", "CH1851", PRIORITY, PRIORITY.replace("enabled: true", "▸enabled: false"), "podPriority: {enabled: true}",
         "  podPriority: {enabled: true}\n", severity="warning"),
    Slip("placeholders", "CH1852", HELD, HELD + "    resources: {requests: {▸memory: 100M}}\n",
         "Remove scheduling.userPlaceholder.resources", HELD.replace("3", "4"), severity="warning"),
    Slip("placeholders", "CH1853", "    enabled: true\n" + HELD, "    enabled: false\n    ▸replicas: 3\n", "replicas: 0",
         "    enabled: false\n    replicas: 0\n", severity="warning"),
    Slip("placeholders", "CH1854", HELD, "    ▸replicas: 300\n", severity="note"),
    Slip("placeholders", "CH1855", PULL, PULL.replace("enabled: true", "▸enabled: false"), "continuous: {enabled: true}",
         "  continuous: {enabled: true}\n", severity="note"),
    Slip("storage of new users", "CH1841", DISK, DISK + "    dynamic: {▸storageClass: ssd}\n", severity="note"),
    Slip("storage", "CH1842", DISK, "    type: static\n", "pvcName: homes",
         "    type: static\n    static: {pvcName: homes}\n", at="storage:\n"),
    Slip("storage", "CH1843", DISK, "    type: static\n    static: {pvcName: homes, ▸subPath: home}\n", 'subPath: "{username}"',
         '    type: static\n    static: {pvcName: homes, subPath: "{username}"}\n', severity="warning"),
    Slip("storage", "CH1845", SIZE, SIZE + "    extraVolumeMounts:\n      - ▸{name: data, mountPath: /data}\n", "extraVolumes",
         SIZE + "    extraVolumes: [{name: data, emptyDir: {}}]\n    extraVolumeMounts: [{name: data, mountPath: /data}]\n",
         severity="warning"),
]
CANCEL = [
    Slip("cancel each other", "CH1871", NAMES, NAMES + "    KubeSpawner: {▸start_timeout: 60}\n", "Keep singleuser.startTimeout",
         NAMES + "    KubeSpawner: {http_timeout: 60}\n", severity="warning"),
    Slip("cancel each other", "CH1871", NAMES, NAMES + "    KubeSpawner: {▸default_url: /tree}\n", "Keep singleuser.defaultUrl",
         NAMES + "    KubeSpawner: {http_timeout: 60}\n",
         severity="warning"),
    Slip("cancel each other", "CH1863", HUB, HUB + "  ▸namedServerLimitPerUser: 3\n", "allowNamedServers: true",
         HUB + "  namedServerLimitPerUser: 3\n  allowNamedServers: true\n", severity="warning"),
    Slip("cancel each other", "CH1861", HUB, HUB + "  db: {▸url: sqlite://}\n", "remove url", HUB + "  db: {pvc: {storage: 2Gi}}\n",
         severity="warning"),
    Slip("cancel each other", "CH1804", PULL, "  hook: {enabled: false, ▸pullOnlyOnChanges: false}\n" + PULL, "remove this",
         "  hook: {enabled: false}\n" + PULL, severity="warning"),
    Slip("cancel each other", "CH1803", "hub:\n",
         "singleuser: {image: {▸pullPolicy: Never}}\nprePuller: {continuous: {enabled: false}}\nhub:\n",
         "pullPolicy: IfNotPresent",
         "singleuser: {image: {pullPolicy: IfNotPresent}}\nprePuller: {continuous: {enabled: false}}\nhub:\n",
         file="secrets.yaml", severity="warning"),
]
SECRETS = [
    Slip("secret in git", "CH1701", BACK, BACK + "      ▸client_secret: 0a1b2c3d4e5f\n", "Move the line to secrets.yaml",
         BACK + "      username_claim: email\n", in_git=("config.yaml",)),
    Slip("secret in git", "CH1701", BACK, BACK + "      ▸client_secret: 0a1b2c3d4e5f\n", "Move the line to secrets.yaml",
         BACK + "      username_claim: email\n", severity="warning"),
    Slip("weak secret", "CH1703", "hub:\n", "proxy: {▸secretToken: secret}\nhub:\n", "openssl rand -hex 32",
         f"proxy: {{secretToken: {HEX}}}\nhub:\n", file="secrets.yaml", severity="warning"),
    Slip("weak secret", "CH1704", "hub:\n", f"proxy: {{secretToken: {HEX}}}\nhub:\n  ▸cookieSecret: {HEX}\n", "openssl rand -hex 32",
         f"proxy: {{secretToken: {HEX}}}\nhub:\n  cookieSecret: {HEX[::-1]}\n", file="secrets.yaml", severity="warning"),
    Slip("weak secret", "CH1705", SECRET, SECRET + "    CryptKeeper: {keys: [▸abc]}\n", "openssl rand -hex 32",
         SECRET + f"    CryptKeeper: {{keys: [{HEX}]}}\n", file="secrets.yaml", severity="warning"),
    Slip("weak secret", "CH1601", "hub:\n", "hub:\n  services: {grader: {▸apiToken: abc}}\n", "openssl rand -hex 32",
         f"hub:\n  services: {{grader: {{apiToken: {HEX}}}}}\n", file="secrets.yaml"),
]
UPGRADE = [
    Slip("upgrade", "CH1205", PULL, PULL + "httpRoute: {enabled: true, ▸gateway: {name: edge}}\n",
         "parentRefs: [{kind: Gateway, name: edge}]",
         PULL + "httpRoute: {enabled: true, parentRefs: [{kind: Gateway, name: edge}]}\n", upgrade="5.0.0-0.dev"),
    Slip("upgrade", "CH1827", PULL, PULL + "▸httpRoute: {enabled: true}\n", "parentRefs: [{kind: Gateway",
         PULL + "httpRoute: {enabled: true, parentRefs: [{kind: Gateway, name: edge}]}\n", upgrade="5.0.0-0.dev", severity="warning"),
    Slip("upgrade", "CH1251", URL, URL + "  networkPolicy: {▸egress: []}\n", version="1.2.0", upgrade="4.4.0", severity="warning"),
]
OURS = [
    Slip("classhub.yaml", "CH1901", OWN, OWN + "▸locale: {port: 8001}\n", file="classhub.yaml"),
    Slip("classhub.yaml", "CH1901", OWN, OWN + "local:\n  ▸prot: 8001\n", file="classhub.yaml"),
    Slip("classhub.yaml", "CH1902", OWN, OWN + "local:\n  ▸port: '8001'\n",          file="classhub.yaml"),
    Slip("classhub.yaml", "CH1903", OWN, OWN + "local:\n  ▸port: 80000\n", "port: 8000", OWN + "local:\n  port: 8000\n",
         file="classhub.yaml"),
    Slip("classhub.yaml", "CH1904", OWN, OWN + "local:\n  host: hub.college.edu\n  ▸https: internl\n", file="classhub.yaml"),
    Slip("classhub.yaml", "CH1904", OWN, OWN + "local: {▸https: on, host: hub.college.edu}\n", "https: acme",
         OWN + "local:\n  https: acme\n  host: hub.college.edu\n", file="classhub.yaml"),
    Slip("classhub.yaml", "CH1904", OWN, OWN + "local: {▸https: on}\n", "https: internal, and host: hub.college.edu",
         OWN + "local: {https: internal, host: hub.college.edu}\n", file="classhub.yaml"),
    Slip("classhub.yaml", "CH1905", OWN, "▸namespace: My Hub\n", "namespace: jhub", "namespace: jhub\nlocal: {port: 8001}\n",
         file="classhub.yaml"),
    Slip("classhub.yaml", "CH1906", '  version: "4.4.0"\n', '  ▸version: "9.9.9"\n', "4.4.0",
         "  version: 4.4.0\n", file="classhub.yaml", severity="warning"),
    Slip("classhub.yaml", "CH1907", OWN, OWN + "homes: {▸folder: config/homes}\n", "folder: .classhub/homes",
         OWN + "homes: {folder: .classhub/homes}\n", file="classhub.yaml"),
    Slip("classhub.yaml", "CH1908", OWN, OWN + "local: {▸https: internal}\n", "host: hub.college.edu",
         OWN + "local: {https: internal, host: hub.college.edu}\n", file="classhub.yaml"),
    Slip("classhub.yaml", "CH1909", OWN, OWN + "local: {▸address: hub.college.edu}\n", "127.0.0.1",
         OWN + "local: {address: 127.0.0.1}\n", file="classhub.yaml"),
    Slip("classhub.yaml", "CH1910", OWN, OWN + "local: {▸host: https://hub.college.edu}\n", "Write the name alone",
         OWN + "local: {host: hub.college.edu}\n", file="classhub.yaml"),
    Slip("courses", "CH1901", "folder: comp141\n", "▸foldr: comp141\n", file="courses/comp141.yaml"),
    Slip("courses", "CH1902", COURSE, "▸libraries: numpy\n", file="courses/comp141.yaml"),
    Slip("courses", "CH1902", COURSE, "libraries: [▸3]\n", file="courses/comp141.yaml"),
    Slip("courses", "CH1414", TAS, '  ▸tas: "joe@college.edu, jim@college.edu"\n', file="courses/comp141.yaml"),
    Slip("courses", "CH1414", TAS, "  tas:\n    - ▸joe@college.edu\n      jim@college.edu\n", file="courses/comp141.yaml"),
    Slip("courses", "CH1922", "material: material/comp141\n", "▸material: material/comp411\n", "correct the path",
         "material: ./material/comp141\n", file="courses/comp141.yaml", severity="warning"),
    Slip("courses", "CH1923", "folder: comp141\n", "▸folder: ../comp141\n", ": comp141", "folder: comp141-labs\n",
         file="courses/comp141.yaml"),
]
CODE = [
    Slip("roles", "CH1605", HUB, HUB + "  loadRoles: {assistants: {scopes: [▸admin:serverz]}}\n"),
    Slip("roles", "CH1605", HUB, HUB + "  loadRoles: {assistants: {scopes: [▸read:users!course=comp141]}}\n",
         "- read:users!user=alice@college.edu",
         HUB + "  loadRoles:\n    assistants:\n      scopes:\n      - read:users!user=alice@college.edu\n"),
    Slip("roles", "CH1605", HUB, HUB + "  loadRoles: {▸ta: {scopes: [read:users]}}\n", "teaching-assistant",
         HUB + "  loadRoles: {teaching-assistant: {scopes: [read:users]}}\n"),
    Slip("roles", "CH1606", HUB, HUB + "  loadRoles: {assistants: {▸scope: [read:users]}}\n", severity="warning"),
    Slip("services", "CH1607", HUB, HUB + "  services: {grader: {▸urll: http://grader}}\n"),
    Slip("services", "CH1607", HUB, HUB + "  services: {grader: {▸colour: red}}\n", "Remove it", HUB + "  services: {grader: {}}\n"),
    Slip("extraConfig", "CH1608", HUB, HUB + "  extraConfig: {▸limit: 5}\n", "remove the line", HUB + "  extraConfig: {}\n"),
    Slip("extraConfig", "CH1608", HUB, HUB + "  extraConfig:\n    ▸limit:\n", "the Python below it",
         HUB + "  extraConfig:\n    limit: |\n      c.JupyterHub.active_server_limit = 5\n"),
    Slip("extraConfig", "CH1603", HUB, HUB + "  extraConfig:\n    hello: |\n▸      print('hello'\n", "Correct the line",
         HUB + "  extraConfig:\n    hello: |\n      print('hello')\n"),
]
SLIPS = [*READING, *MERGING, *KEYS, *PLACES, *TRAITS, *PEOPLE, *AMOUNTS, *SERVERS, *CANCEL, *SECRETS, *UPGRADE, *OURS, *CODE]
