"""Every place where a secret may stand."""

# name: (a file of values with %s where the secret stands, what the list of changes calls it)
PLACES = {
    "client secret": (
        "hub: {config: {GoogleOAuthenticator: {client_secret: %s}}}",
        "hub.config.GoogleOAuthenticator.client_secret",
    ),
    "cookie secret": ("hub: {cookieSecret: %s}", "hub.cookieSecret"),
    "proxy token": ("proxy: {secretToken: %s}", "proxy.secretToken"),
    "cookie secret as a trait": (
        "hub: {config: {JupyterHub: {cookie_secret: %s}}}",
        "hub.config.JupyterHub.cookie_secret",
    ),
    "database password": ("hub: {db: {type: postgres, password: %s}}", "hub.db.password"),
    "database url": ("hub: {db: {type: postgres, url: 'postgres://hub:%s@db/hub'}}", "hub.db.url"),
    "database url with signs": ("hub: {db: {type: postgres, url: 'postgres://hub:a@/%s@db/hub'}}", "hub.db.url"),
    "database url of words": ("hub: {db: {type: postgres, url: 'host=db password=%s'}}", "hub.db.url"),
    "address with a login": (
        "hub: {config: {GenericOAuthenticator: {token_url: 'https://me:%s@idp.college.edu/token'}}}",
        "hub.config.GenericOAuthenticator.token_url",
    ),
    "address with a question": (
        "hub: {config: {GenericOAuthenticator: {userdata_url: 'https://idp.college.edu/u?key=%s'}}}",
        "hub.config.GenericOAuthenticator.userdata_url",
    ),
    "hub's environment": ("hub: {extraEnv: {API_TOKEN: %s}}", "hub.extraEnv.API_TOKEN"),
    "hub's environment as a list": ("hub: {extraEnv: [{name: API_TOKEN, value: %s}]}", "hub.extraEnv"),
    "environment under any name": ("singleuser: {extraEnv: {COLOUR: %s}}", "singleuser.extraEnv.COLOUR"),
    "environment in a mapping": ("singleuser: {extraEnv: {A: {value: %s}}}", "singleuser.extraEnv.A.value"),
    "spawner's environment": (
        "hub: {config: {KubeSpawner: {environment: {A: %s}}}}",
        "hub.config.KubeSpawner.environment.A",
    ),
    "arguments": ("hub: {config: {Spawner: {args: ['--token=%s']}}}", "hub.config.Spawner.args"),
    "a command": ("singleuser: {cmd: [jupyterhub-singleuser, '--token=%s']}", "singleuser.cmd"),
    "cipher keys": ("hub: {config: {CryptKeeper: {keys: [%s]}}}", "hub.config.CryptKeeper.keys"),
    "LTI consumers": (
        "hub: {config: {LTI11Authenticator: {consumers: {college: %s}}}}",
        "hub.config.LTI11Authenticator.consumers",
    ),
    "LTI consumers' keys": (
        "hub: {config: {LTI11Authenticator: {consumers: {%s: hush}}}}",
        "hub.config.LTI11Authenticator.consumers",
    ),
    "a service's token": ("hub: {services: {grader: {apiToken: %s}}}", "hub.services.grader.apiToken"),
    "a service's command": ("hub: {services: {grader: {command: [a, %s]}}}", "hub.services.grader.command"),
    "a certificate's key": (
        "proxy: {https: {enabled: true, hosts: [hub.college.edu], type: manual, manual: {key: %s, cert: c}}}",
        "proxy.https.manual.key",
    ),
    "a file of the hub": (
        "hub: {extraFiles: {a: {mountPath: /a, stringData: %s}}}",
        "hub.extraFiles.a.stringData",
    ),
    "a file of servers": (
        "singleuser: {extraFiles: {a: {mountPath: /a.json, data: {k: %s}}}}",
        "singleuser.extraFiles.a.data.k",
    ),
    "code": ("hub: {extraConfig: {a: 'x = \"%s\"'}}", "hub.extraConfig.a"),
    "the registry's password": (
        "imagePullSecret: {create: true, registry: r.college.edu, username: u, password: %s}",
        "imagePullSecret.password",
    ),
    "a shared password": (
        "hub: {config: {DummyAuthenticator: {password: %s}}}",
        "hub.config.DummyAuthenticator.password",
    ),
    "the directory's password": (
        "hub: {config: {LDAPAuthenticator: {lookup_dn_search_password: %s}}}",
        "hub.config.LDAPAuthenticator.lookup_dn_search_password",
    ),
    "what extraConfig reads": ("custom: {anything: {at: {all: %s}}}", "custom.anything.at.all"),
    "a container before a server": (
        "singleuser: {initContainers: [{name: a, image: b, env: [{name: A, value: %s}]}]}",
        "singleuser.initContainers",
    ),
    "a hook": (
        "singleuser: {lifecycleHooks: {postStart: {exec: {command: [sh, -c, %s]}}}}",
        "singleuser.lifecycleHooks.postStart.exec.command",
    ),
    "a profile": (
        "singleuser: {profileList: [{display_name: a, kubespawner_override: {environment: {A: %s}}}]}",
        "singleuser.profileList",
    ),
}
# In secrets.yaml, whatever the key is called.
ANYTHING = {
    "an address": ("singleuser: {defaultUrl: /%s}", "singleuser.defaultUrl"),
    "an image": ("singleuser: {image: {name: %s, tag: '1'}}", "singleuser.image.name"),
    "an admin": ("hub: {config: {Authenticator: {admin_users: [%s]}}}", "hub.config.Authenticator.admin_users"),
    "a student": ("hub: {config: {Authenticator: {allowed_users: [a, %s]}}}", "hub.config.Authenticator.allowed_users"),
    "a stranger": ("hub: {config: {Authenticator: {blocked_users: [%s]}}}", "hub.config.Authenticator.blocked_users"),
    "a domain": (
        "hub: {config: {GoogleOAuthenticator: {hosted_domain: [%s.edu], allow_all: true, client_id: i, client_secret: s}}}",
        "hub.config.GoogleOAuthenticator.hosted_domain",
    ),
    "a disk": ("singleuser: {storage: {dynamic: {storageClass: %s}}}", "singleuser.storage.dynamic.storageClass"),
    "a base": ("hub: {baseUrl: /%s/}", "hub.baseUrl"),
    "a role": ("hub: {loadRoles: {teacher: {users: [%s]}}}", "hub.loadRoles.teacher.users"),
    "a label": ("singleuser: {extraLabels: {a: %s}}", "singleuser.extraLabels.a"),
}
