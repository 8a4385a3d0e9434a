"""Every kind of mistake that `check` knows: what its code means, why it matters, an example and its correction.

The tests check both examples of each; docs/reference/checks.md is written from here.
"""

from dataclasses import dataclass

from classhub.errors import Finding


@dataclass(frozen=True)
class Code:
    title: str
    why: str
    bad: str = ""
    """A file with the mistake; empty where no text can show it."""
    good: str = ""
    """The same file, corrected."""
    file: str = "config.yaml"
    """Which file of the deployment folder the examples are."""


def group(finding: Finding) -> int:
    """A key of GROUPS: 12 of CH1201; 0 without a code."""
    return int(finding.code[2:4] or 0)


GROUPS = {
    10: "Files",
    11: "YAML",
    12: "The chart's values",
    13: "hub.config: classes and traits",
    14: "Who gets in",
    15: "Amounts",
    16: "What the hub runs",
    17: "Secrets",
    18: "Servers, homes, nodes",
    19: "classhub.yaml and courses",
}
"""By the first two digits."""
OF_THE_CLUSTER = (14, 18)
"""Groups that say what holds on a cluster; this machine has its own login, and no disks or nodes."""

_COURSE = "courses/comp141.yaml"
_OWN = "classhub.yaml"
_GITHUB = "hub:\n  config:\n    JupyterHub:\n      authenticator_class: github\n"
_BACK = _GITHUB + "    GitHubOAuthenticator:\n      oauth_callback_url: "
_SHARED = _GITHUB.replace("github", "shared-password") + "    SharedPasswordAuthenticator:\n"
_HEX = "0123456789abcdef" * 4
_HTTPS = "proxy:\n  https:\n    enabled: true\n    letsencrypt: {contactEmail: alice@college.edu}\n"
_PROFILE = "singleuser:\n  profileList:\n    - display_name: Small\n"
_MOUNT = "singleuser:\n  storage:\n    extraVolumeMounts: [{name: data, mountPath: /data}]\n"
_HELD = "scheduling:\n  userPlaceholder:\n    replicas: 10\n"
_LDAP = _GITHUB.replace("github", "ldap") + "    LDAPAuthenticator:\n      server_address: ldap.college.edu\n"
_GOOGLE = _GITHUB.replace("github", "google") + "    GoogleOAuthenticator:\n"

CODES: dict[str, Code] = {
    # --- files
    "CH1001": Code("A file cannot be read", "It is not there, or belongs to another account."),
    "CH1002": Code("A folder, pipe or device stands where a file is needed", "There is nothing to read in it."),
    "CH1003": Code(
        "A file is larger than 1 MiB",
        "The chart keeps the values in a Kubernetes Secret, which holds no more.",
    ),
    "CH1004": Code("A file is not UTF-8", "Helm reads nothing else. Save it as UTF-8."),
    "CH1005": Code("A control character stands in a file", "YAML forbids it; it often comes in by copying from a PDF."),
    "CH1006": Code(
        "Others can read secrets.yaml",
        "It, or another file with `secret` in its name, holds client secrets and passwords. `chmod 600 config/secrets.yaml`.",
    ),
    "CH1007": Code("A course's file ends in .yml", "Only .yaml files are courses; this one would be ignored."),
    "CH1008": Code("courses is not a folder", "Each course is a file of its own in it."),
    # --- YAML
    "CH1101": Code(
        "A key is there twice",
        "Helm takes the last one and drops the other, with everything below it, without a word.",
        "cull:\n  enabled: true\ncull:\n  timeout: 600\n",
        "cull:\n  enabled: true\n  timeout: 600\n",
    ),
    "CH1102": Code(
        "A tab is used to indent",
        "YAML allows spaces only.",
        "cull:\n\tenabled: true\n",
        "cull:\n  enabled: true\n",
    ),
    "CH1103": Code(
        "A line is indented so that it belongs nowhere",
        "Which key a line belongs to is told by its column alone.",
        "cull:\n    enabled: true\n  timeout: 600\n",
        "cull:\n  enabled: true\n  timeout: 600\n",
    ),
    "CH1104": Code(
        "A quote is not closed",
        "Everything up to the next quote is taken as its text.",
        'singleuser:\n  defaultUrl: "/lab\n',
        'singleuser:\n  defaultUrl: "/lab"\n',
    ),
    "CH1105": Code(
        "A backslash between double quotes means nothing",
        "Between double quotes YAML knows only some sequences, such as \\n; between single quotes a backslash is itself.",
        'hub:\n  templateVars: {drive: "C:\\data"}\n',
        "hub:\n  templateVars: {drive: 'C:\\data'}\n",
    ),
    "CH1106": Code(
        "A value starts with a character that YAML keeps for itself",
        "*, &, !, %, @, ` and others have a meaning at the start of a value.",
        "hub:\n  templateVars: {support: @college}\n",
        'hub:\n  templateVars: {support: "@college"}\n',
    ),
    "CH1107": Code(
        "A colon is missing, or there is one too many",
        "`key: value` needs one colon and a space; a second one in the line must be in quotes.",
        "hub:\n  templateVars: {}\n  title: Lab: Monday\n",
        "hub:\n  templateVars:\n    title: 'Lab: Monday'\n",
    ),
    "CH1108": Code(
        "A bracket is not closed",
        "A list or mapping in brackets ends with its own bracket.",
        "singleuser:\n  cmd: [jupyterhub-singleuser\n",
        "singleuser:\n  cmd: [jupyterhub-singleuser]\n",
    ),
    "CH1109": Code(
        "A second document starts",
        "Helm reads the first one only, so everything after --- would be ignored.",
        "cull:\n  enabled: true\n---\nhub: {}\n",
        "cull:\n  enabled: true\nhub: {}\n",
    ),
    "CH1110": Code(
        "An alias names nothing, or itself",
        "YAML takes *name for a repetition of what &name marked above. A mark such as ***REDACTED*** is one by accident.",
        "hub:\n  templateVars: {motto: *motto}\n",
        "hub:\n  templateVars: {motto: '*motto'}\n",
    ),
    "CH1111": Code("Aliases multiply beyond any use", "A few lines can stand for millions of values. Write them out."),
    "CH1112": Code("Nesting is deeper than a hundred levels", "Most often a bracket is opened again and again."),
    "CH1113": Code(
        "A list or a mapping stands where a key must be",
        "Every key in the values is a word.",
        "hub:\n  ? [a, b]\n  : 1\n",
        "hub:\n  templateVars: {ab: 1}\n",
    ),
    "CH1114": Code(
        "A value cannot be read",
        "A tag such as !!int asks for a number that is none.",
        "cull:\n  timeout: !!int soon\n",
        "cull:\n  timeout: 600\n",
    ),
    "CH1115": Code(
        "<< merges something that is no mapping",
        "<<: *name lays the keys of a mapping above into this one.",
        "cull:\n  <<: 3\n",
        "cull: {}\n",
    ),
    "CH1117": Code(
        "A file has too many mistakes", "Reading ended after 500. Mend those first; it may not be YAML at all."
    ),
    "CH1116": Code(
        "A file is not a mapping",
        "The top of the file must be lines of the form `key: value`.",
        "- hub\n",
        "hub: {}\n",
    ),
    "CH1118": Code(
        "A value stands between curly quotes",
        "Word processors set them; to YAML they are letters of the value. Only where people read the text they may be meant.",
        "singleuser:\n  defaultUrl: \u201c/lab\u201d\n",
        'singleuser:\n  defaultUrl: "/lab"\n',
    ),
    "CH1199": Code("A file is not YAML", "Compare the line with its neighbours; quotes around a value often help."),
    # --- who gets in
    "CH1401": Code(
        "Nobody can log in, or only admins",
        "JupyterHub 5 lets nobody in whom no rule names: allow_all, a list, a group, a domain.",
        _GITHUB,
        _GITHUB + "    Authenticator:\n      allowed_users: [jane.doe]\n",
    ),
    "CH1402": Code(
        "Everybody can log in",
        "Strangers use your machines, and your address for whatever they do.",
        _GITHUB + "    GitHubOAuthenticator:\n      allow_all: true\n",
        _GITHUB + "    GitHubOAuthenticator:\n      allowed_organizations: [college]\n",
    ),
    "CH1403": Code("Who can log in", "No mistake: it says what the lists and rules come to."),
    "CH1404": Code(
        "A limit by domain that the login does not know",
        "It limits nobody. With allow_all: true it leaves the hub open to everyone with an account of the provider.",
        _GOOGLE + "      allow_all: true\n      allowed_hosted_domains: [college.edu]\n",
        _GOOGLE + "      allow_all: true\n      hosted_domain: [college.edu]\n",
    ),
    "CH1405": Code(
        "No admin is named",
        "Nobody can see others' servers, stop one, or add a user in the hub's own pages.",
        _GITHUB + "    Authenticator:\n      allowed_users: [jane.doe]\n",
        _GITHUB + "    Authenticator:\n      allowed_users: [jane.doe]\n      admin_users: [alice]\n",
    ),
    "CH1406": Code(
        "A name stands twice in a list",
        "JupyterHub writes all names in lower case, so Alice and alice are one.",
        _GITHUB + "    Authenticator:\n      admin_users: [alice, Alice]\n",
        _GITHUB + "    Authenticator:\n      admin_users: [alice]\n",
    ),
    "CH1407": Code(
        "Who is taken off allowed_users can still log in",
        "With that list JupyterHub also lets in everyone it knows already, unless allow_existing_users is false.",
        _GITHUB + "    Authenticator:\n      allowed_users: [jane.doe]\n",
        _GITHUB + "    Authenticator:\n      allowed_users: [jane.doe]\n      allow_existing_users: false\n",
    ),
    "CH1408": Code(
        "A name is blocked and let in",
        "Blocked wins.",
        _GITHUB + "    Authenticator:\n      admin_users: [alice]\n      blocked_users: [alice]\n",
        _GITHUB + "    Authenticator:\n      admin_users: [alice]\n",
    ),
    "CH1409": Code(
        "oauth_callback_url does not lead back to the hub",
        "After the login the provider sends people there: the hub's own address, ending in /hub/oauth_callback.",
        _BACK + "https://hub.college.edu/oauth_callback\n",
        _BACK + "https://hub.college.edu/hub/oauth_callback\n",
    ),
    "CH1410": Code(
        "The login lacks what its provider gave out",
        "Nobody can log in without it. Secrets belong in secrets.yaml.",
        _GITHUB,
        _GITHUB + "    GitHubOAuthenticator: {client_id: Iv1.a629723b, client_secret: 0a1b2c3d4e5f}\n",
    ),
    "CH1411": Code(
        "A placeholder of an example was left",
        "Nobody can log in with it.",
        _GITHUB + '    GitHubOAuthenticator: {client_id: "<client id>", client_secret: 0a1b2c3d4e5f}\n',
        _GITHUB + "    GitHubOAuthenticator: {client_id: Iv1.a629723b, client_secret: 0a1b2c3d4e5f}\n",
    ),
    "CH1412": Code(
        "A list limits nobody beside allow_all",
        "Each rule lets people in; allow_all lets in everyone whom the login lets through.",
        _GOOGLE + "      {hosted_domain: [college.edu], allow_all: true, allowed_users: [alice@college.edu]}\n",
        _GOOGLE + "      {hosted_domain: [college.edu], allow_all: true}\n",
    ),
    "CH1413": Code(
        "A group of LDAP cannot be looked up",
        "It is named by its whole name in the directory, the DN.",
        _LDAP + "      allowed_groups: [students]\n",
        _LDAP + '      allowed_groups: ["cn=students,ou=groups,dc=college,dc=edu"]\n',
    ),
    "CH1414": Code(
        "Several names in one",
        "A text with commas, or a line of a list without its dash, is one name to JupyterHub, and nobody comes by it.",
        _GITHUB + "    Authenticator:\n      admin_users: 'alice@college.edu, jane@college.edu'\n",
        _GITHUB + "    Authenticator:\n      admin_users: [alice@college.edu, jane@college.edu]\n",
    ),
    "CH1415": Code(
        "A domain that people must be of is none",
        "hosted_domain of Google, allowed_domains of CILogon: the bare domain, one an entry, without @, *. or https://. At "
        "gmail.com anybody can have an address: no such account passes hosted_domain, and all pass allowed_domains.",
        _GITHUB.replace("github", "google")
        + "    GoogleOAuthenticator: {hosted_domain: '@college.edu', allow_all: true}\n",
        _GITHUB.replace("github", "google")
        + "    GoogleOAuthenticator: {hosted_domain: [college.edu], allow_all: true}\n",
    ),
    "CH1416": Code(
        "A name on a list is nobody's with Google's login",
        "With one hosted_domain, or strip_domain: true, people are known by what stands before the @; else by the whole "
        "address. Whoever is of no domain in hosted_domain is turned away, admins too.",
        _GOOGLE + "      hosted_domain: [college.edu]\n    Authenticator:\n      admin_users: [alice@college.edu]\n",
        _GOOGLE + "      hosted_domain: [college.edu]\n    Authenticator:\n      admin_users: [alice]\n",
    ),
    # --- the chart's values
    "CH1201": Code(
        "The chart knows no such key",
        "Helm refuses the whole file for it. Most often it is misspelt, or one level too far out or in.",
        "cull:\n  enabed: true\n",
        "cull:\n  enabled: true\n",
    ),
    "CH1202": Code(
        "A value has the wrong type",
        "Helm refuses the whole file for it.",
        "cull:\n  enabled: 'true'\n",
        "cull:\n  enabled: true\n",
    ),
    "CH1203": Code(
        "A key that the chart needs is missing",
        "null deletes the chart's default.",
        "proxy:\n  chp:\n    image: {name: null}\n",
        "proxy:\n  chp: {}\n",
    ),
    "CH1204": Code(
        "Exactly one of several keys must be there",
        "Helm refuses the whole file for it.",
        "singleuser:\n  extraFiles:\n    motd:\n      mountPath: /etc/motd\n",
        "singleuser:\n  extraFiles:\n    motd:\n      mountPath: /etc/motd\n      stringData: Hello\n",
    ),
    "CH1205": Code(
        "A key is gone since an older chart",
        "It was renamed, moved or removed; the finding says since when and what took its place.",
        "auth:\n  admin:\n    users: [alice@college.edu]\n",
        "hub:\n  config:\n    Authenticator:\n      admin_users: [alice@college.edu]\n",
    ),
    "CH1206": Code(
        "The chart's templates refuse what its schema takes",
        "helm upgrade stops for it.",
        "hub:\n  extraEnv:\n    DEBUG: 1\n",
        "hub:\n  extraEnv:\n    DEBUG: '1'\n",
    ),
    "CH1207": Code(
        "A section of hub.config starts with a small letter",
        "Sections are names of classes. Helm refuses the file, and the hub would not start.",
        "hub:\n  config:\n    authenticator:\n      admin_users: [alice@college.edu]\n",
        "hub:\n  config:\n    Authenticator:\n      admin_users: [alice@college.edu]\n",
    ),
    "CH1208": Code(
        "A key came with a newer chart",
        "The chart that classhub.yaml names does not know it.",
        "proxy:\n  chp:\n    command: [configurable-http-proxy]\n",
        "proxy:\n  chp: {}\n",
    ),
    "CH1209": Code(
        "The chart's own schema cannot be asked",
        "`--schema` names it, or a package of the chart lies in the cache of ClassHub or Helm. It cannot be read, or it has no "
        "answer within ten seconds. Our own table of the chart's values is asked in any case.",
    ),
    "CH1210": Code(
        "The chart's own schema refuses a value",
        "Helm refuses the whole file for it. Told where the chart's package is at hand and our own table says nothing.",
    ),
    "CH1251": Code(
        "A key means something else in the chart that you go to",
        "Shown by `classhub check --chart VERSION`, the check before an upgrade.",
    ),
    "CH1252": Code(
        "Something changes with the chart that you go to, which no key shows",
        "Shown by `classhub check --chart VERSION`, the check before an upgrade.",
    ),
    # --- hub.config
    "CH1301": Code(
        "hub.config names a class that the hub does not have",
        "The hub passes over a section that no class reads, without a word.",
        "hub:\n  config:\n    GoogleOauthenticator:\n      hosted_domain: [college.edu]\n",
        "hub:\n  config:\n    JupyterHub: {authenticator_class: google}\n"
        "    GoogleOAuthenticator:\n      hosted_domain: [college.edu]\n",
    ),
    "CH1302": Code(
        "A class has no such trait",
        "The hub logs a warning and goes on without it. A misspelt limit lets everybody in.",
        "hub:\n  config:\n    Authenticator:\n      admin_user: [alice@college.edu]\n",
        "hub:\n  config:\n    Authenticator:\n      admin_users: [alice@college.edu]\n",
    ),
    "CH1303": Code(
        "A trait gets a value of the wrong type",
        "The hub does not start.",
        "hub:\n  config:\n    JupyterHub:\n      shutdown_on_logout: sometimes\n",
        "hub:\n  config:\n    JupyterHub:\n      shutdown_on_logout: true\n",
    ),
    "CH1304": Code(
        "A trait is called otherwise now",
        "The old name works for a while, does nothing, or stops the hub; the finding says which.",
        "hub:\n  config:\n    Authenticator:\n      whitelist: [alice@college.edu]\n",
        "hub:\n  config:\n    Authenticator:\n      allowed_users: [alice@college.edu]\n",
    ),
    "CH1305": Code(
        "A section of hub.config stands inside another one",
        "It is silently ignored: a class's name is no trait of another class.",
        "hub:\n  config:\n    JupyterHub:\n      Authenticator:\n        admin_users: [alice@college.edu]\n",
        "hub:\n  config:\n    JupyterHub: {}\n    Authenticator:\n      admin_users: [alice@college.edu]\n",
    ),
    "CH1306": Code(
        "A section of hub.config has no effect",
        "The hub loads another class, which does not read it.",
        "hub:\n  config:\n    JupyterHub: {authenticator_class: google}\n    GitHubOAuthenticator: {scope: [read:org]}\n",
        "hub:\n  config:\n    JupyterHub: {authenticator_class: github}\n    GitHubOAuthenticator: {scope: [read:org]}\n",
    ),
    "CH1307": Code(
        "The chart drops a trait of hub.config",
        "It has a place of its own in the values.",
        "hub:\n  config:\n    JupyterHub:\n      services: [{name: grader, url: http://grader}]\n",
        "hub:\n  services:\n    grader: {url: http://grader}\n",
    ),
    "CH1308": Code(
        "A trait of hub.config replaces what the chart makes",
        "The culler loses its role when hub.config sets load_roles; hub.loadRoles adds instead.",
        "hub:\n  config:\n    JupyterHub:\n      load_roles: [{name: assistants}]\n",
        "hub:\n  loadRoles:\n    assistants: {scopes: [list:users]}\n",
    ),
    "CH1309": Code(
        "Traits of a login that need or exclude each other",
        "The hub does not start: allowed_groups needs manage_groups, allowed_scopes must be asked for in scope.",
        _GOOGLE + "      allowed_groups: [staff]\n",
        _GOOGLE + "      allowed_groups: [staff]\n      manage_groups: true\n",
    ),
    "CH1310": Code(
        "A value that the login's class refuses",
        "The hub does not start: an incomplete provider of CILogon, a pattern that cannot be read.",
        _GOOGLE + "      username_pattern: '['\n",
        _GOOGLE + "      username_pattern: '^[a-z.@]+$'\n",
    ),
    # --- amounts
    "CH1501": Code(
        "An amount cannot be read",
        "KubeSpawner takes 1G, 512M; Kubernetes takes 10Gi, 500m. The other's units stop every start.",
        "singleuser:\n  memory:\n    limit: 2GB\n",
        "singleuser:\n  memory:\n    limit: 2G\n",
    ),
    "CH1502": Code(
        "An amount is below zero, or nothing at all",
        "No server would start, or Kubernetes would refuse the claim.",
        "singleuser:\n  memory:\n    limit: -2G\n",
        "singleuser:\n  memory:\n    limit: 2G\n",
    ),
    "CH1503": Code(
        "An amount of memory is too small for anything",
        "A number alone counts bytes: a limit of 512 stops every start, a guarantee of 512 keeps nothing free.",
        "singleuser:\n  memory:\n    limit: 512\n    guarantee: 0\n",
        "singleuser:\n  memory:\n    limit: 512M\n    guarantee: 0\n",
    ),
    "CH1504": Code(
        "A guarantee is above its limit",
        "Kubernetes refuses such a pod.",
        "singleuser:\n  cpu:\n    limit: 1\n    guarantee: 2\n",
        "singleuser:\n  cpu:\n    limit: 2\n    guarantee: 2\n",
    ),
    # --- what the hub runs
    "CH1601": Code(
        "A service's token is too short",
        "JupyterHub does not start with one below eight characters.",
        "hub:\n  services:\n    grader:\n      apiToken: abc\n",
        "hub:\n  services:\n    grader:\n      apiToken: 0123456789abcdef0123456789abcdef\n",
    ),
    "CH1602": Code(
        "A variable takes its value from Kubernetes",
        "On one machine servers start without it; on the cluster it holds.",
        "singleuser:\n  extraEnv:\n    KEY:\n      valueFrom: {secretKeyRef: {name: keys, key: one}}\n",
        "singleuser:\n  extraEnv:\n    KEY: the value itself\n",
    ),
    "CH1603": Code(
        "hub.extraConfig is not Python",
        "The hub would not start. A warning where the cluster's hub reads it and this machine's Python is too old for it; "
        "`classhub up` stops for that too.",
        "hub:\n  extraConfig:\n    greeting: |\n      print('hello'\n",
        "hub:\n  extraConfig:\n    greeting: |\n      print('hello')\n",
    ),
    "CH1604": Code(
        "A service or a role is no mapping",
        "The hub would not start. Most often the space after a colon is missing.",
        "hub:\n  services:\n    grader: url:http://grader\n",
        "hub:\n  services:\n    grader: {url: http://grader}\n",
    ),
    "CH1605": Code(
        "A role that JupyterHub refuses",
        "The hub would not start: a scope it does not know, or a name it does not take.",
        "hub:\n  loadRoles:\n    assistants:\n      scopes: [admin:serverz]\n",
        "hub:\n  loadRoles:\n    assistants:\n      scopes: [admin:servers]\n",
    ),
    "CH1606": Code(
        "A role has a setting that JupyterHub does not know",
        "It passes over it without a word, so a role may have no scopes or nobody in it.",
        "hub:\n  loadRoles:\n    assistants:\n      scope: [read:users]\n",
        "hub:\n  loadRoles:\n    assistants:\n      scopes: [read:users]\n",
    ),
    "CH1607": Code(
        "A service has a setting that JupyterHub does not know",
        "The hub would not start.",
        "hub:\n  services:\n    grader:\n      urll: http://grader\n",
        "hub:\n  services:\n    grader:\n      url: http://grader\n",
    ),
    "CH1608": Code(
        "hub.extraConfig has something that is no text",
        "The hub would not start: each key below it holds Python.",
        "hub:\n  extraConfig:\n    limit: 5\n",
        "hub:\n  extraConfig:\n    limit: |\n      c.JupyterHub.active_server_limit = 5\n",
    ),
    # --- secrets
    "CH1701": Code(
        "A secret stands in config.yaml",
        "config.yaml is meant for git; whoever can read the repository, now or later, has the secret. So it is in any file of "
        "values without `secret` in its name. An error where git keeps the file and it is certain; a warning where it only "
        "seems so: a password in an address, a text that code gives to a name such as client_secret, `--token=...`.",
        _GITHUB + "    GitHubOAuthenticator: {client_secret: 0a1b2c3d4e5f}\n",
        _GITHUB + "    GitHubOAuthenticator: {client_id: Iv1.a629723b}\n",
    ),
    "CH1702": Code(
        "Git keeps secrets.yaml",
        "Its history keeps every version: take it out, and make new secrets. So any file with `secret` in its name.",
    ),
    "CH1703": Code(
        "A key can be guessed",
        "It guards every login. The chart makes a good one by itself when the line is not there.",
        "proxy:\n  secretToken: secret\n",
        "proxy: {}\n",
    ),
    "CH1704": Code(
        "Two secrets are the same",
        "Who gets hold of one has the other too.",
        f"proxy:\n  secretToken: {_HEX}\nhub:\n  cookieSecret: {_HEX}\n",
        f"proxy:\n  secretToken: {_HEX}\n",
    ),
    "CH1705": Code(
        "A key of CryptKeeper has the wrong length",
        "It is 32 bytes, written as 64 hexadecimal digits. With enable_auth_state the hub does not start.",
        "hub:\n  config:\n    CryptKeeper:\n      keys: [abc]\n",
        f"hub:\n  config:\n    CryptKeeper:\n      keys: [{_HEX}]\n",
    ),
    "CH1706": Code(
        "A shared password is too short",
        "JupyterHub wants 8 characters for people and 32 for admins, and does not start with less.",
        _SHARED + "      user_password: short\n",
        _SHARED + "      user_password: long enough\n",
    ),
    # --- servers, homes, nodes
    "CH1801": Code(
        "An image has no tag",
        "It then means latest, which is another image every now and then.",
        'singleuser:\n  image: {name: quay.io/college/notebook, tag: ""}\n',
        'singleuser:\n  image: {name: quay.io/college/notebook, tag: "2026-09-01"}\n',
    ),
    "CH1802": Code(
        "An image's tag moves",
        "Two nodes may hold two versions, so two students may get different programs.",
        "singleuser:\n  image: {name: quay.io/college/notebook, tag: latest}\n",
        'singleuser:\n  image: {name: quay.io/college/notebook, tag: "2026-09-01"}\n',
    ),
    "CH1803": Code(
        "A new node never gets the image",
        "pullPolicy: Never leaves it to the pullers, and only the continuous one comes to new nodes.",
        "singleuser:\n  image: {pullPolicy: Never}\nprePuller:\n  continuous: {enabled: false}\n",
        "singleuser:\n  image: {pullPolicy: IfNotPresent}\nprePuller:\n  continuous: {enabled: false}\n",
    ),
    "CH1804": Code(
        "A puller that is off has settings",
        "They have no effect.",
        "prePuller:\n  hook: {enabled: false, pullOnlyOnChanges: false}\n",
        "prePuller:\n  hook: {enabled: false}\n",
    ),
    "CH1805": Code(
        "The name and the tag of an image make no name together",
        "The chart writes name:tag; with a tag in the name, or without any, Kubernetes cannot read what comes of it.",
        'hub:\n  image: {name: "quay.io/jupyterhub/k8s-hub:4.4.0", tag: ""}\n',
        'hub:\n  image: {name: quay.io/jupyterhub/k8s-hub, tag: "4.4.0"}\n',
    ),
    "CH1806": Code(
        "The name of an image is none",
        "It is registry/path, in small letters and without https://. Kubernetes cannot read anything else, and no pod starts.",
        'singleuser:\n  image: {name: "https://quay.io/college/notebook", tag: "2026-09-01"}\n',
        'singleuser:\n  image: {name: quay.io/college/notebook, tag: "2026-09-01"}\n',
    ),
    "CH1811": Code(
        "Culling deletes users, and their disks with them",
        "cull.enabled ends idle servers; cull.users deletes whoever was idle, and the disk with all their work.",
        "cull:\n  users: true\n",
        "cull:\n  users: false\n",
    ),
    "CH1812": Code(
        "The times of culling do not fit",
        "A server tells every five minutes that it is in use; maxAge ends servers in use.",
        "cull:\n  timeout: 60\n",
        "cull:\n  timeout: 3600\n",
    ),
    "CH1821": Code(
        "A host for https is not a host name",
        "It is the name alone; no certificate is given for anything else.",
        _HTTPS + "    hosts: [https://hub.college.edu/]\n",
        _HTTPS + "    hosts: [hub.college.edu]\n",
    ),
    "CH1822": Code(
        "The address for certificates is an example's",
        "Let's Encrypt refuses it, or writes to nobody.",
        _HTTPS.replace("college.edu", "example.com") + "    hosts: [hub.college.edu]\n",
        _HTTPS + "    hosts: [hub.college.edu]\n",
    ),
    "CH1823": Code(
        "The hub is served on plain http on the cluster",
        "Whoever listens on the way reads passwords, unless something in front of the hub adds https.",
        "proxy:\n  service: {type: LoadBalancer}\n",
        _HTTPS + "    hosts: [hub.college.edu]\n",
    ),
    "CH1824": Code(
        "A host of the Ingress is not a host name, or not one that it serves",
        "It is the name alone, in small letters, and no IP address; Kubernetes refuses anything else. So in ingress.tls.",
        "ingress:\n  enabled: true\n  hosts: [https://hub.college.edu/]\n",
        "ingress:\n  enabled: true\n  hosts: [hub.college.edu]\n",
    ),
    "CH1825": Code(
        "An IP address is none",
        "It has four numbers of at most 255. The hub would never get its address.",
        "proxy:\n  service: {loadBalancerIP: 203.0.113}\n",
        "proxy:\n  service: {loadBalancerIP: 203.0.113.7}\n",
    ),
    "CH1826": Code(
        "A port of the nodes is out of range",
        "Kubernetes takes 30000 to 32767, unless the cluster was set up with another range.",
        "proxy:\n  service: {type: NodePort, nodePorts: {http: 80}}\n",
        "proxy:\n  service: {type: NodePort, nodePorts: {http: 30080}}\n",
    ),
    "CH1827": Code(
        "The route leads through no gateway",
        "httpRoute names the cluster's gateway that the hub is reached by; what the chart has there is an example.",
        "httpRoute:\n  enabled: true\n",
        "httpRoute:\n  enabled: true\n  gateway: {name: edge}\n",
    ),
    "CH1828": Code(
        "A port is no number from 1 to 65535",
        "Kubernetes refuses a number in quotes: it would be a port's name.",
        "proxy:\n  service:\n    extraPorts: [{name: ssh, port: '22'}]\n",
        "proxy:\n  service:\n    extraPorts: [{name: ssh, port: 22}]\n",
    ),
    "CH1831": Code(
        "A profile sets what KubeSpawner does not know",
        "It would have no effect.",
        _PROFILE + "      kubespawner_override: {mem_limits: 2G}\n",
        _PROFILE + "      kubespawner_override: {mem_limit: 2G}\n",
    ),
    "CH1832": Code(
        "A list of choices has two defaults",
        "The first one is taken.",
        _PROFILE + "      default: true\n    - display_name: Large\n      default: true\n",
        _PROFILE + "      default: true\n    - display_name: Large\n",
    ),
    "CH1833": Code(
        "A profile has no display_name",
        "The list of choices cannot be shown, so nobody can start a server.",
        "singleuser:\n  profileList:\n    - description: one core\n",
        _PROFILE + "      description: one core\n",
    ),
    "CH1834": Code(
        "Two profiles have the same name",
        "Whoever chooses the second gets the first.",
        _PROFILE + "    - display_name: Small\n",
        _PROFILE + "    - display_name: Large\n",
    ),
    "CH1835": Code(
        "A key of a profile is misspelt",
        "KubeSpawner passes over it without a word, so the choice changes nothing.",
        _PROFILE + "      kubespawner_overide: {mem_limit: 2G}\n",
        _PROFILE + "      kubespawner_override: {mem_limit: 2G}\n",
    ),
    "CH1836": Code(
        "A profile gives a setting what it does not take",
        "No server starts with this choice.",
        _PROFILE + "      kubespawner_override: {start_timeout: 5m}\n",
        _PROFILE + "      kubespawner_override: {start_timeout: 300}\n",
    ),
    "CH1841": Code(
        "A setting of disks holds for new homes only",
        "Kubernetes changes no disk that is there.",
        "singleuser:\n  storage:\n    capacity: 20Gi\n",
        "singleuser:\n  storage: {}\n",
    ),
    "CH1842": Code(
        "Static homes have no claim",
        "singleuser.storage.type: static puts all homes on one disk, which must be named.",
        "singleuser:\n  storage:\n    type: static\n",
        "singleuser:\n  storage:\n    type: static\n    static: {pvcName: homes}\n",
    ),
    "CH1843": Code(
        "All students share one home",
        "Each can read, change and delete the work of all others.",
        "singleuser:\n  storage:\n    type: static\n    static: {pvcName: homes, subPath: home}\n",
        'singleuser:\n  storage:\n    type: static\n    static: {pvcName: homes, subPath: "home/{username}"}\n',
    ),
    "CH1844": Code(
        "The home is not where the image has it",
        "What students save in their home would be gone with the server.",
        "singleuser:\n  storage:\n    homeMountPath: /home/student\n",
        "singleuser:\n  storage:\n    homeMountPath: /home/jovyan\n",
    ),
    "CH1845": Code(
        "The name of a volume is taken, or names none",
        "One of two volumes is lost; a mount without a volume stops every start.",
        _MOUNT + "    extraVolumes: []\n",
        _MOUNT + "    extraVolumes: [{name: data, emptyDir: {}}]\n",
    ),
    "CH1846": Code(
        "A variable of students' servers is no text",
        "Numbers, true and false need quotes: no server starts without them.",
        "singleuser:\n  extraEnv:\n    DEBUG: 1\n",
        'singleuser:\n  extraEnv:\n    DEBUG: "1"\n',
    ),
    "CH1847": Code(
        "The mode of a file is no mode",
        "It is at most 0777. Without a 0 in front it is a decimal number, and 644 is too large.",
        "singleuser:\n  extraFiles:\n    motd: {mountPath: /etc/motd, stringData: Hello, mode: 644}\n",
        "singleuser:\n  extraFiles:\n    motd: {mountPath: /etc/motd, stringData: Hello, mode: 0644}\n",
    ),
    "CH1851": Code(
        "Placeholders never give way",
        "Without scheduling.podPriority they take the room of real students.",
        _HELD,
        _HELD + "  podPriority: {enabled: true}\n",
    ),
    "CH1852": Code(
        "A placeholder is smaller than a student",
        "A student does not fit in the place it leaves.",
        _HELD + "    resources: {requests: {memory: 100M}}\n",
        _HELD + "    resources: {requests: {memory: 1Gi}}\n",
    ),
    "CH1853": Code(
        "Placeholders are of no use",
        "They are switched off, or more than the servers that may run.",
        _HELD + "hub:\n  activeServerLimit: 5\n",
        _HELD + "hub:\n  activeServerLimit: 50\n",
    ),
    "CH1854": Code(
        "Placeholders do not fit on one node",
        "A node holds 110 pods, however small they are.",
        _HELD.replace("10", "300"),
        _HELD,
    ),
    "CH1855": Code(
        "Placeholders bring nodes without the image",
        "The continuous puller brings it there before the first student comes.",
        _HELD + "  podPriority: {enabled: true}\nprePuller:\n  continuous: {enabled: false}\n",
        _HELD + "  podPriority: {enabled: true}\nprePuller:\n  continuous: {enabled: true}\n",
    ),
    "CH1861": Code(
        "The hub's database forgets, or is not the one that is named",
        "It holds users, groups, tokens, and which servers run.",
        "hub:\n  db: {type: sqlite-memory}\n",
        "hub:\n  db: {type: sqlite-pvc}\n",
    ),
    "CH1862": Code(
        "A limit of the hub is none, or stops every start",
        "Zero means no limit.",
        "hub:\n  activeServerLimit: 0\n",
        "hub:\n  activeServerLimit: 50\n",
    ),
    "CH1863": Code(
        "Named servers are limited, and there are none",
        "hub.allowNamedServers is off.",
        "hub:\n  namedServerLimitPerUser: 3\n",
        "hub:\n  namedServerLimitPerUser: 3\n  allowNamedServers: true\n",
    ),
    "CH1864": Code(
        "Servers have too little time to start",
        "A new node pulls images for minutes; after five failures in a row the hub restarts itself.",
        "singleuser:\n  startTimeout: 20\n",
        "singleuser:\n  startTimeout: 600\n",
    ),
    "CH1871": Code(
        "The same setting stands in two places",
        "One of them wins without a word.",
        "singleuser: {uid: 1000}\nhub: {config: {KubeSpawner: {uid: 1001}}}\n",
        "singleuser: {uid: 1001}\n",
    ),
    "CH1872": Code(
        "Students' servers on a cluster would get no course material",
        "A deploy adds files and variables to servers where a course has material; this setting takes their place.",
    ),
    # --- our own files
    "CH1901": Code(
        "There is no such setting",
        "It would be ignored.",
        "local:\n  prot: 8001\n",
        "local:\n  port: 8001\n",
        _OWN,
    ),
    "CH1902": Code(
        "A setting has the wrong type",
        "It could not be used.",
        "local:\n  port: '8001'\n",
        "local:\n  port: 8001\n",
        _OWN,
    ),
    "CH1903": Code(
        "A number is out of range",
        "It could not be used.",
        "local:\n  port: 80000\n",
        "local:\n  port: 8000\n",
        _OWN,
    ),
    "CH1904": Code(
        "A setting is not one of the words it may be",
        "It could not be used.",
        "local:\n  https: of\n",
        "local:\n  https: off\n",
        _OWN,
    ),
    "CH1905": Code(
        "A name cannot be a name in Kubernetes",
        "Small letters, digits and dashes, at most 53.",
        "namespace: My Hub\n",
        "namespace: my-hub\n",
        _OWN,
    ),
    "CH1906": Code(
        "ClassHub has no table of this chart version",
        "config.yaml is checked as for the nearest version that has one.",
        "chart:\n  version: 9.9.9\n",
        "chart:\n  version: 4.4.0\n",
        _OWN,
    ),
    "CH1907": Code(
        "Homes lie inside the deployment folder",
        "config/ is kept in git, and students' files do not belong there.",
        "homes:\n  folder: config/homes\n",
        "homes:\n  folder: .classhub/homes\n",
        _OWN,
    ),
    "CH1908": Code(
        "The settings for https do not go together",
        "https: own needs a certificate and its key, acme and internal need a host.",
        "local:\n  https: internal\n",
        "local:\n  https: internal\n  host: hub.college.edu\n",
        _OWN,
    ),
    "CH1909": Code(
        "local.address is no address, or leads nobody here",
        "The hub could not listen, or its links would say 127.0.0.1.",
        "local:\n  address: hub.college.edu\n",
        "local:\n  address: 0.0.0.0\n  host: hub.college.edu\n",
        _OWN,
    ),
    "CH1910": Code(
        "local.host is not a host name",
        "It is the name alone, without https:// and path.",
        "local:\n  host: https://hub.college.edu/\n",
        "local:\n  host: hub.college.edu\n",
        _OWN,
    ),
    "CH1911": Code(
        "A certificate's file does not exist",
        "The path starts at config/.",
        "local:\n  certificate: hub.pem\n  key: hub.key\n",
        "local:\n  https: off\n",
        _OWN,
    ),
    "CH1912": Code(
        "A path starts with the home of somebody unknown here",
        "~name must be an account of this machine.",
        "homes:\n  folder: ~nobody-of-that-name/homes\n",
        "homes:\n  folder: /srv/homes\n",
        _OWN,
    ),
    "CH1914": Code(
        "A name in values is no further file of values",
        "config.yaml and secrets.yaml are read anyway, and all files lie inside the deployment folder.",
        "values:\n  - secrets.yaml\n",
        "values: []\n",
        _OWN,
    ),
    "CH1915": Code(
        "A file that values names is not there",
        "What it was to change would not hold.",
        "values:\n  - autumn.yaml\n",
        "values: []\n",
        _OWN,
    ),
    "CH1916": Code(
        "chart.digest is no digest of a chart",
        "No chart has it, so none would ever be used.",
        "chart:\n  digest: 4.4.0\n",
        f"chart:\n  digest: sha256:{_HEX}\n",
        _OWN,
    ),
    "CH1917": Code(
        "The chart's file does not exist",
        "The path starts at config/.",
        "chart:\n  file: jupyterhub-4.4.0.tgz\n",
        "chart:\n  version: 4.4.0\n",
        _OWN,
    ),
    "CH1918": Code(
        "The folder above the homes is not there",
        "`up` refuses to begin: a disk that is not mounted looks the same. Only this machine is looked at.",
        "homes:\n  folder: /a-disk-that-is-not-mounted/students/homes\n",
        "homes:\n  folder: .classhub/homes\n",
        _OWN,
    ),
    "CH1921": Code("A file's name cannot be a course's", "Letters, digits, dots and dashes, as comp141.yaml."),
    "CH1922": Code(
        "A course's material is not there",
        "A warning: students keep the last good release until it is back, and the hub goes on. The path starts at the folder that "
        "holds config/. An error only where a file lies there that is no archive.",
        "material: material/comp411\n",
        "title: Computing\n",
        _COURSE,
    ),
    "CH1923": Code(
        "A course's folder is not one plain name",
        "It is made in each student's home, and must be seen there.",
        "folder: ../comp141\n",
        "folder: comp141\n",
        _COURSE,
    ),
    "CH1924": Code("Two courses have the same folder", "Their files would mix in a student's home."),
    "CH1925": Code(
        "everyone is an item of a list",
        "There it is the name of one student.",
        "people:\n  students: [everyone]\n",
        "people:\n  students: everyone\n",
        _COURSE,
    ),
    "CH1926": Code(
        "A course's material cannot come from there",
        "A path, or an address that begins with https://, ssh://, http:// or file://, or git@host:path.",
        "material: git://git.college.edu/cs/comp141\n",
        "material: https://git.college.edu/cs/comp141\n",
        _COURSE,
    ),
    "CH1927": Code(
        "A name or password stands in the address of the material",
        "config/ is kept in git, and addresses are shown. A token is a file of mode 0600, named by `token`.",
        "material: https://alice:abc@college.edu/cs/comp141\n",
        "material: https://git.college.edu/cs/comp141\n",
        _COURSE,
    ),
    "CH1928": Code(
        "A file with a key, token or secret of a course is not there",
        "The path starts at config/.",
        "material:\n  from: git@college.edu:cs/comp141\n  key: comp141.key\n",
        "material:\n  from: git@college.edu:cs/comp141\n",
        _COURSE,
    ),
    "CH1929": Code(
        "A setting of the material does nothing for this source",
        "key is for git over ssh, token for https, branch for git.",
        "material:\n  from: https://git.college.edu/comp141.zip\n  branch: main\n",
        "material:\n  from: https://git.college.edu/comp141.zip\n",
        _COURSE,
    ),
    "CH1930": Code(
        "A path leads out of the material",
        "Only what lies in the material is delivered. Paths start at its own folder.",
        "assignments:\n  lab01: {path: ../lab01.ipynb}\n",
        "assignments:\n  lab01: {path: labs/lab01.ipynb}\n",
        _COURSE,
    ),
    "CH1931": Code(
        "An assignment is not in the material",
        "Its link leads to nothing. Looked at only where the material is a folder of this machine.",
    ),
    "CH1932": Code(
        "How often a source is looked at is no length of time",
        "A number with s, m, h or d, from 10 seconds to a week.",
        "material:\n  from: https://git.college.edu/cs/comp141\n  every: often\n",
        "material:\n  from: https://git.college.edu/cs/comp141\n  every: 5m\n",
        _COURSE,
    ),
    "CH1933": Code(
        "timezone is no time zone",
        "Times would be hours off. It has the form of America/Chicago.",
        "timezone: Central Time\n",
        "timezone: America/Chicago\n",
        _COURSE,
    ),
    "CH1934": Code(
        "A time cannot be read",
        "A day and a time of 24 hours, in quotes. An hour that a change to summer time leaves out is none.",
        "assignments:\n  lab01: {path: lab01.ipynb, due: next Monday}\n",
        'assignments:\n  lab01: {path: lab01.ipynb, due: "2027-01-22 17:00"}\n',
        _COURSE,
    ),
    "CH1935": Code(
        "A time is given for a section that there is not",
        "It is nobody's.",
        'assignments:\n  lab01: {path: lab01.ipynb, release: {A: "2027-01-11 09:00"}}\n',
        "sections: {A: {students: [alice@college.edu]}}\n"
        'assignments:\n  lab01: {path: lab01.ipynb, release: {A: "2027-01-11 09:00"}}\n',
        _COURSE,
    ),
    "CH1936": Code(
        "Two assignments have one path",
        "When it is released and due would be told twice.",
        "assignments:\n  lab01: {path: lab01.ipynb}\n  lab02: {path: lab01.ipynb}\n",
        "assignments:\n  lab01: {path: lab01.ipynb}\n  lab02: {path: lab02.ipynb}\n",
        _COURSE,
    ),
    "CH1937": Code(
        "An assignment is released when it is due, or later",
        "Nobody could do it in time.",
        'assignments:\n  lab01: {path: lab01.ipynb, release: "2027-01-25 09:00", due: "2027-01-22 17:00"}\n',
        'assignments:\n  lab01: {path: lab01.ipynb, release: "2027-01-15 09:00", due: "2027-01-22 17:00"}\n',
        _COURSE,
    ),
    "CH1938": Code(
        "An assignment has no path",
        "It says what is handed out.",
        "assignments:\n  lab01: {title: Lists}\n",
        "assignments:\n  lab01: {title: Lists, path: labs/lab01.ipynb}\n",
        _COURSE,
    ),
    "CH1939": Code(
        "The material holds the deployment folder",
        "Students would get its secrets.",
        "material: .\n",
        "title: Computing\n",
        _COURSE,
    ),
    "CH1940": Code(
        "Others can read a file with a key, token or secret of a course",
        "`chmod 600` closes it.",
    ),
    "CH1941": Code(
        "What links may lead to is no address of repositories",
        "A link to one of them brings it to whoever clicks, so it must say whose they are.",
        "material:\n  repositories: ['*']\n",
        "material:\n  repositories: ['https://github.com/college/*']\n",
        _OWN,
    ),
}
