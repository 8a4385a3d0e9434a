"""What each authenticator needs before it can let anyone in: one typed registry.

Names are the entry points of the chart's hub image, sections the classes whose traits they read, most specific first.
Source: oauthenticator 17.4, ltiauthenticator 1.6, jupyterhub 6, and the READMEs of ldap-, tmp-, firstuse-, hmac- and
nativeauthenticator.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Authenticator:
    name: str
    """As in `authenticator_class: google`."""
    label: str
    """As in "Google login is configured"."""
    path: str
    """module.Class, to find out whether this machine has it."""
    sections: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...] = ()
    """Traits that must be set; of each inner tuple, one is enough."""
    variables: Mapping[str, tuple[str, ...]] | None = None
    """Environment variables that stand in for a trait."""
    never: str = ""
    """Why it is never used on one machine, whatever is set."""


def _oauth(
    name: str, label: str, module: str, class_: str, *more: tuple[str, ...], env: str = "", **variables: str
) -> Authenticator:
    """An OAuth provider: client id and secret, also from PROVIDER_CLIENT_ID or OAUTH_CLIENT_ID in the environment."""
    prefixes = [env, "OAUTH"] if env else ["OAUTH"]
    return Authenticator(
        name=name,
        label=label,
        path=f"oauthenticator.{module}.{class_}",
        sections=(class_, "OAuthenticator", "Authenticator"),
        needs=(("client_id",), ("client_secret",), *more),
        variables={
            "client_id": tuple(f"{prefix}_CLIENT_ID" for prefix in prefixes),
            "client_secret": tuple(f"{prefix}_CLIENT_SECRET" for prefix in prefixes),
            **{trait: (variable,) for trait, variable in variables.items()},
        },
    )


_URLS = (("authorize_url",), ("token_url",), ("userdata_url", "userdata_from_id_token"))
_URL_VARIABLES = {
    "authorize_url": "OAUTH2_AUTHORIZE_URL",
    "token_url": "OAUTH2_TOKEN_URL",
    "userdata_url": "OAUTH2_USERDATA_URL",
}
_LTI13 = (("client_id",), ("issuer",), ("authorize_url",), ("jwks_endpoint",))
_LOCAL = ("LocalAuthenticator", "Authenticator")


def _plain(
    name: str, label: str, path: str, *needs: tuple[str, ...], parents: tuple[str, ...] = (), never: str = ""
) -> Authenticator:
    class_ = path.rpartition(".")[2]
    return Authenticator(name, label, path, (class_, *(parents or ("Authenticator",))), needs, never=never)


_OAUTH = (
    _oauth("google", "Google", "google", "GoogleOAuthenticator"),
    _oauth("github", "GitHub", "github", "GitHubOAuthenticator", env="GITHUB"),
    _oauth("gitlab", "GitLab", "gitlab", "GitLabOAuthenticator", env="GITLAB"),
    _oauth("bitbucket", "Bitbucket", "bitbucket", "BitbucketOAuthenticator", env="BITBUCKET"),
    _oauth("azuread", "Microsoft", "azuread", "AzureAdOAuthenticator"),
    _oauth("globus", "Globus", "globus", "GlobusOAuthenticator"),
    _oauth("mediawiki", "MediaWiki", "mediawiki", "MWOAuthenticator"),
    _oauth("cilogon", "CILogon", "cilogon", "CILogonOAuthenticator", ("idps", "allowed_idps"), env="CILOGON"),
    _oauth(
        "openshift",
        "OpenShift",
        "openshift",
        "OpenShiftOAuthenticator",
        ("openshift_url",),
        openshift_url="OPENSHIFT_URL",
    ),
    _oauth(
        "auth0",
        "Auth0",
        "auth0",
        "Auth0OAuthenticator",
        ("auth0_domain", "auth0_subdomain"),
        auth0_domain="AUTH0_DOMAIN",
        auth0_subdomain="AUTH0_SUBDOMAIN",
    ),
    _oauth("generic-oauth", "OAuth", "generic", "GenericOAuthenticator", *_URLS, **_URL_VARIABLES),
)
_OTHERS = (
    _plain(
        "lti11",
        "LTI 1.1",
        "ltiauthenticator.lti11.auth.LTI11Authenticator",
        ("consumers",),
        parents=("LTIAuthenticator", "Authenticator"),
    ),
    _plain("lti13", "LTI 1.3", "ltiauthenticator.lti13.auth.LTI13Authenticator", *_LTI13),
    _plain("ldap", "LDAP", "ldapauthenticator.LDAPAuthenticator", ("server_address",)),
    _plain("hmac", "HMAC", "hmacauthenticator.HMACAuthenticator", ("secret_key",)),
    _plain("pam", "System account (PAM)", "jupyterhub.auth.PAMAuthenticator", parents=_LOCAL),
    _plain("dummy", "Dummy", "jupyterhub.auth.DummyAuthenticator", ("password",)),
    _plain(
        "shared-password",
        "Shared-password",
        "jupyterhub.authenticators.shared.SharedPasswordAuthenticator",
        ("user_password", "admin_password"),
    ),
)
_NEVER = (
    _plain(
        "native",
        "Native",
        "nativeauthenticator.NativeAuthenticator",
        never="whoever signs up first under a name would get it",
    ),
    _plain(
        "firstuse",
        "First-use",
        "firstuseauthenticator.FirstUseAuthenticator",
        never="whoever comes first under a name would get it",
    ),
    _plain("tmp", "Temporary", "tmpauthenticator.TmpAuthenticator", never="it would let in anyone"),
    _plain("null", "Null", "jupyterhub.auth.NullAuthenticator", never="it lets nobody in"),
)
_ALL = (*_OAUTH, *_OTHERS, *_NEVER)
WITHOUT_SHORT_NAME = {"lti11": _OTHERS[0].path, "lti13": _OTHERS[1].path}
"""ltiauthenticator registers no short names: a hub that is given one does not start."""

_BY_NAME = {entry.name: entry for entry in _ALL}
"""Short names."""
_BY_CLASS = {entry.path.rpartition(".")[2]: entry for entry in _ALL}
_OTHER_NAMES = {
    "": "dummy",
    "default": "pam",
    "nullauthenticator": "null",
    "LTIAuthenticator": "lti11",
}


def short_names() -> tuple[str, ...]:
    return tuple(name for name in _BY_NAME if name not in WITHOUT_SHORT_NAME)


def find(configured: str) -> Authenticator | None:
    """By short name or class path, the local- variants included; None for a class nobody knows."""
    name = _OTHER_NAMES.get(configured.rpartition(".")[2], configured)
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.startswith("local-") and name.removeprefix("local-") in _BY_NAME:
        return _local(_BY_NAME[name.removeprefix("local-")], configured)
    class_ = name.rpartition(".")[2]
    if class_ in _BY_CLASS:
        return _BY_CLASS[class_]
    if class_.startswith("Local") and class_.removeprefix("Local") in _BY_CLASS:
        return _local(_BY_CLASS[class_.removeprefix("Local")], configured)
    return None


def _local(entry: Authenticator, configured: str) -> Authenticator:
    module, _, class_ = entry.path.rpartition(".")
    sections = (f"Local{class_}", "LocalAuthenticator", *entry.sections)
    return replace(entry, name=configured, path=f"{module}.Local{class_}", sections=sections)
