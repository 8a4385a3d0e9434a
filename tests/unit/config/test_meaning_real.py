"""No real hub is refused for what its values mean, unless it is truly wrong; and no slip of a type stops the rules."""

from collections.abc import Iterator
from typing import Any

import pytest

from classhub.config.meaning import Files, problems
from classhub.config.meaning.found import at
from classhub.config.meaning.secret import Tracked
from classhub.config.merge import copy
from classhub.config.spelling import dotted
from unit.config.examples import PAIRS, needs_shared, shared
from unit.config.meanings import merged

TRULY_WRONG = {
    # allow_all: true, and a limit that no trait of oauthenticator 17.4 bears; five more have a hub image of their own
    "2i2c-cloudbank-whitman": ["CH1404 hub.config.GoogleOAuthenticator.allowed_hosted_domains"],
    "z2jh-lint": [
        # a path in capitals is no image's name
        "CH1806 singleuser.profileList[1].kubespawner_override.image",
        "CH1806 singleuser.profileList[2].profile_options.image.choices.image1.kubespawner_override.image",
        "CH1806 singleuser.profileList[2].profile_options.image.choices.image2.kubespawner_override.image",
    ],
}

WRITTEN_SECRETS = {
    # passwords and tokens below names that say so, true ones where git keeps the file
    "2i2c-hhmi-spyglass": ["CH1701 singleuser.extraContainers[0].env[0].value"],
    "2i2c-hhmi-staging": ["CH1701 singleuser.extraContainers[0].env[0].value"],
    "2i2c-projectpythia-binderhub-service-common": ["CH1701 imagePullSecret.password"],
    "z2jh-lint": [
        "CH1701 hub.config.ConfigurableHTTPProxy.auth_token",
        "CH1701 hub.config.CryptKeeper.keys",
        "CH1701 hub.config.JupyterHub.cookie_secret",
        "CH1701 hub.services.test-service-1.apiToken",
        "CH1701 hub.services.test-service-2-key.apiToken",
        "CH1701 imagePullSecret.password",
        "CH1701 proxy.https.manual.key",
    ],
}


@needs_shared
@pytest.mark.parametrize("tracked", [None, lambda file: True], ids=["no git", "git"])
@pytest.mark.parametrize("name", PAIRS)
def test_a_real_hub_is_refused_only_for_what_is_truly_wrong(name: str, tracked: Tracked | None) -> None:
    own = shared(f"values/{name}")
    wrong = [
        problem
        for problem in problems(merged(own), own, files=Files({"config.yaml": own}, {}, tracked))
        if problem.severity == "error"
    ]
    expected = [*TRULY_WRONG.get(name, []), *(WRITTEN_SECRETS.get(name, []) if tracked else [])]
    assert sorted(f"{problem.code} {dotted(problem.where)}" for problem in wrong) == sorted(expected)


def _places(value: Any, where: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if where:
        yield where
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in inner:
        yield from _places(below, (*where, name))


@pytest.mark.parametrize("slip", [None, "x", "", -1, 0.5, True, ["x"], [{"a": 1}], [["x"]], {}, {"a": 1}, {"a": ["x"]}])
def test_a_slip_of_a_type_anywhere_stops_no_rule(slip: Any) -> None:
    values = merged(FULL)
    for where in _places(FULL):
        slipped = copy(values)
        at(slipped, where[:-1])[where[-1]] = slip
        list(problems(slipped, slipped, files=Files({"a": slipped}, {"b": slipped}, lambda file: True)))


FULL: dict[str, Any] = {
    "hub": {
        "config": {
            "JupyterHub": {"authenticator_class": "cilogon"},
            "CILogonOAuthenticator": {
                "idps": {"http://google.com/accounts/o8/id": {"allow_all": True, "allowed_domains": ["college.edu"]}},
                "client_id": "a",
                "client_secret": "b",
                "oauth_callback_url": "http://x/hub/oauth_callback",
            },
            "Authenticator": {
                "admin_users": ["alice"],
                "allowed_users": ["jane"],
                "blocked_users": ["jane"],
                "allowed_domains": ["college.edu"],
                "username_map": {"a": "b"},
            },
            "KubeSpawner": {"image": "x", "profile_list": [{"slug": "x"}]},
            "CryptKeeper": {"keys": ["short"]},
        },
        "extraConfig": {"a": "b = 1"},
        "db": {"type": "sqlite-pvc", "url": "sqlite://"},
        "activeServerLimit": 2,
        "extraEnv": {"OAUTH_CLIENT_ID": "a"},
        "extraFiles": {"a": {"mountPath": "/srv/a", "stringData": "b"}},
        "services": {"grader": {"apiToken": "abc"}},
    },
    "proxy": {"https": {"enabled": True, "hosts": ["https://hub.college.edu/"]}, "secretToken": "short"},
    "singleuser": {
        "image": {"name": "a", "tag": "latest"},
        "profileList": [
            {
                "display_name": "A",
                "default": True,
                "kubespawner_override": {"image": "a:latest", "mem_limits": "1G"},
                "profile_options": {"size": {"choices": {"big": {"kubespawner_override": {"default": True}}}}},
            }
        ],
        "memory": {"guarantee": "1G"},
        "startTimeout": 3,
        "storage": {
            "type": "static",
            "static": {"subPath": "x"},
            "homeMountPath": "/x",
            "extraVolumes": [{"name": "a"}],
            "extraVolumeMounts": [{"name": "b"}],
        },
    },
    "cull": {"enabled": True, "users": True, "timeout": 60, "every": 60, "maxAge": 30},
    "scheduling": {
        "podPriority": {"enabled": False},
        "userPlaceholder": {"enabled": True, "replicas": 3, "resources": {"requests": {"memory": "1Gi"}}},
    },
}
