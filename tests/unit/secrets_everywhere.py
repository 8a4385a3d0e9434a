"""Every place where a secret may stand; for all commands the one list."""

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
    "a generic client secret": (
        "hub: {config: {GenericOAuthenticator: {client_secret: %s}}}",
        "hub.config.GenericOAuthenticator.client_secret",
    ),
    "a token of the hub": ("hub: {config: {JupyterHub: {api_token: %s}}}", "hub.config.JupyterHub.api_token"),
    "tokens of services": (
        "hub: {config: {JupyterHub: {service_tokens: {%s: alice}}}}",
        "hub.config.JupyterHub.service_tokens",
    ),
    "the database as a trait": (
        "hub: {config: {JupyterHub: {db_url: 'mysql://hub:%s@db/x'}}}",
        "hub.config.JupyterHub.db_url",
    ),
    "the proxy's token as a trait": (
        "hub: {config: {ConfigurableHTTPProxy: {auth_token: %s}}}",
        "hub.config.ConfigurableHTTPProxy.auth_token",
    ),
    "the password of all": (
        "hub: {config: {SharedPasswordAuthenticator: {user_password: %s}}}",
        "hub.config.SharedPasswordAuthenticator.user_password",
    ),
    "the admin's password": (
        "hub: {config: {SharedPasswordAuthenticator: {admin_password: %s}}}",
        "hub.config.SharedPasswordAuthenticator.admin_password",
    ),
    "a signing key": (
        "hub: {config: {HMACAuthenticator: {secret_key: %s}}}",
        "hub.config.HMACAuthenticator.secret_key",
    ),
    "a service's token as a trait": ("hub: {services: {grader: {api_token: %s}}}", "hub.services.grader.api_token"),
    "a service's environment": (
        "hub: {services: {grader: {environment: {GRADER_SECRET: %s}}}}",
        "hub.services.grader.environment.GRADER_SECRET",
    ),
    "a binary file": (
        "singleuser: {extraFiles: {a: {mountPath: /a, binaryData: %s}}}",
        "singleuser.extraFiles.a.binaryData",
    ),
    "a file of settings for the hub": (
        "hub: {extraFiles: {a: {mountPath: /a.json, data: {anything: %s}}}}",
        "hub.extraFiles.a.data.anything",
    ),
    "a password of the college's": ("custom: {password: %s}", "custom.password"),
    "a repository of the college's": ("custom: {repository: 'https://%s@git.example/x'}", "custom.repository"),
    "a private key of the college's": (
        r'custom: {a: "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----"}',
        "custom.a",
    ),
    "mail": ("hub: {extraEnv: {SMTP_PASS: %s}}", "hub.extraEnv.SMTP_PASS"),
    "a database in the environment": ("hub: {services: {a: {DB_PASS: %s}}}", "hub.services.a.DB_PASS"),
    "credentials": ("hub: {services: {a: {DB_CREDENTIALS: %s}}}", "hub.services.a.DB_CREDENTIALS"),
    "a personal token": ("hub: {services: {a: {GITHUB_PAT: %s}}}", "hub.services.a.GITHUB_PAT"),
    "database url with a quote": ("hub: {db: {type: postgres, url: 'postgres://hub:a\"%s@db/hub'}}", "hub.db.url"),
    "an address with a quote": (
        'hub: {config: {GenericOAuthenticator: {token_url: "https://me:a\'%s@idp.college.edu/token"}}}',
        "hub.config.GenericOAuthenticator.token_url",
    ),
    "a token with a slash": (
        "hub: {config: {GenericOAuthenticator: {token_url: 'https://a/%s@idp.college.edu/token'}}}",
        "hub.config.GenericOAuthenticator.token_url",
    ),
    "a password like a port": (
        "hub: {config: {GenericOAuthenticator: {token_url: 'https://user:123/%s@idp/token'}}}",
        "hub.config.GenericOAuthenticator.token_url",
    ),
    **{
        f"code: {code}": (f"hub: {{extraConfig: {{a: '{code}'}}}}", "hub.extraConfig.a")
        for code in (
            'client_secret = b"%s"',
            'client_secret = """%s"""',
            'client_secret = ("%s")',
            'client_secret = str("%s")',
            'api_token=r"%s"',
            'c.CryptKeeper.keys = ["%s"]',
            'token = bytes.fromhex("%s")',
            'os.environ.setdefault("API_TOKEN", "%s")',
        )
    },
    "a container's first deed": (
        "singleuser: {extraContainers: [{name: a, image: b, lifecycle: {postStart: {exec: {command: [%s]}}}}]}",
        "singleuser.extraContainers",
    ),
    "a profile": (
        "singleuser: {profileList: [{display_name: a, kubespawner_override: {environment: {A: %s}}}]}",
        "singleuser.profileList",
    ),
}
SHOWS_NAMES = {
    *("hub's environment", "environment under any name", "environment in a mapping", "spawner's environment"),
    *("a service's environment", "what extraConfig reads", "a container before a server", "a profile", "mail"),
    *("a password of the college's", "arguments", "a command", "a service's command", "a hook"),
    *("a container's first deed", "code", "hub's environment as a list"),
}
"""Where a name stands in place of the secret it is shown, as the names of variables are."""
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
