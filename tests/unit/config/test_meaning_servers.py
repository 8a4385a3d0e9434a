"""Images, profiles, culling and https do what their author wanted."""

from typing import Any

import pytest
import yaml

from classhub.config.meaning import address, choices, culling, images, profiles, pullers
from unit.config.meanings import merged, said


def image(name: Any, tag: Any) -> dict[str, Any]:
    return {"singleuser": {"image": {"name": name, "tag": tag}}}


NO_PULLERS = {"prePuller": {"hook": {"enabled": False}, "continuous": {"enabled": False}}}


def profile(*items: Any, **more: Any) -> dict[str, Any]:
    return {"singleuser": {"profileList": list(items)}, **more}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, {}),
        (image("a/b", "2026-09-01"), {}),
        (image("a/b", ""), {"CH1801 singleuser.image.tag": "warning"}),
        (image("a/b", "Latest"), {"CH1802 singleuser.image.tag": "warning"}),
        (
            {"hub": {"config": {"KubeSpawner": {"image": "registry:5000/a/b"}}}},
            {"CH1801 hub.config.KubeSpawner.image": "warning"},
        ),
        ({"hub": {"config": {"KubeSpawner": {"image": "registry:5000/a/b:1.0"}}}}, {}),
        ({**image("a/b@sha256:0", ""), **NO_PULLERS}, {}),
        ({**image("a/b:2027-01-04", ""), **NO_PULLERS}, {}),
        ({**image("a/b:latest", ""), **NO_PULLERS}, {"CH1802 singleuser.image.name": "warning"}),
        ({**image("registry:5000/a/b", ""), **NO_PULLERS}, {"CH1801 singleuser.image.tag": "warning"}),
        (image("a/b", "latest@sha256:0"), {}),
        (image("a/b@sha256:0", ""), {"CH1805 singleuser.image.tag": "warning"}),
        (image("a/b:1", "2"), {"CH1805 singleuser.image.tag": "error"}),
        ({"hub": {"image": {"name": "a/b:1", "tag": ""}}}, {"CH1805 hub.image.tag": "error"}),
        ({"hub": {"image": {"name": "a/b@sha256:0"}}}, {"CH1805 hub.image.tag": "error"}),
        (
            profile({"kubespawner_override": {"image": "a/b:main"}}),
            {"CH1802 singleuser.profileList[0].kubespawner_override.image": "warning"},
        ),
        (
            profile(
                {"kubespawner_override": {"image": "a/b@sha256:0"}}, {"kubespawner_override": {"image": "{value}"}}
            ),
            {},
        ),
    ],
)
def test_tags_that_do_not_stay(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(images.problems, own) == expected


@pytest.mark.parametrize(
    ("tag", "policy", "words"),
    [
        ("latest", None, "Each start fetches"),
        ("main", None, "never fetches the newer one"),
        ("main", "Always", "Each start fetches"),
        ("latest", "IfNotPresent", "never fetches the newer one"),
    ],
)
def test_what_a_moving_tag_does_hangs_on_who_fetches_it(tag: str, policy: Any, words: str) -> None:
    own = {"singleuser": {"image": {"name": "a/b", "tag": tag, "pullPolicy": policy}}}
    (problem,) = images.problems(merged(own))
    assert words in problem.why


OFF = {"enabled": False}
PLACES = {"scheduling": {"userPlaceholder": {"replicas": 3}}}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, {}),
        ({"prePuller": {"hook": OFF, "continuous": OFF}}, {}),
        ({"prePuller": {"hook": {**OFF, "nodeSelector": {}}}}, {"CH1804 prePuller.hook.nodeSelector": "warning"}),
        ({"prePuller": {"continuous": OFF, "extraImages": {"a": {"name": "a", "tag": "1"}}}}, {}),
        (
            {"prePuller": {"continuous": OFF, "hook": OFF, "extraImages": {"a": {"name": "a", "tag": "1"}}}},
            {"CH1804 prePuller.extraImages": "warning"},
        ),
        ({"singleuser": {"image": {"pullPolicy": "Never"}}}, {}),
        (
            {"singleuser": {"image": {"pullPolicy": "Never"}}, "prePuller": {"continuous": OFF}},
            {"CH1803 singleuser.image.pullPolicy": "warning"},
        ),
        (PLACES, {}),
        ({**PLACES, "prePuller": {"continuous": OFF}}, {"CH1855 prePuller.continuous.enabled": "note"}),
    ],
)
def test_pullers(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(lambda values: pullers.problems(values, own), own) == expected


CHOICE = {"profile_options": {"size": {"choices": {"big": {"kubespawner_override": {"default": True}}}}}}
SMALL = {"display_name": "Small"}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (profile(SMALL, {"display_name": "Large", "default": True, "kubespawner_override": {"mem_limit": "2G"}}), {}),
        (
            profile({**SMALL, "kubespawner_override": {"memLimit": "2G"}}),
            {"CH1831 singleuser.profileList[0].kubespawner_override.memLimit": "error"},
        ),
        (
            profile({**SMALL, "kubespawner_override": {"zzz": 1}}, hub={"extraConfig": {"x": "a = 1"}}),
            {"CH1831 singleuser.profileList[0].kubespawner_override.zzz": "warning"},
        ),
        (
            profile({**SMALL, **CHOICE}),
            {
                "CH1831 singleuser.profileList[0].profile_options.size.choices.big.kubespawner_override.default": "warning"
            },
        ),
        (
            profile({**SMALL, "default": True}, {"display_name": "Large", "default": True}),
            {"CH1832 singleuser.profileList[1].default": "warning"},
        ),
        (profile({**SMALL, "default": True}, {"display_name": "L", "default": True, "allowed_groups": ["staff"]}), {}),
        (profile({"description": "x"}), {"CH1833 singleuser.profileList[0]": "error"}),
        (profile({"slug": "x"}), {"CH1833 singleuser.profileList[0]": "warning"}),
        (profile(SMALL, {"display_name": "small!"}), {"CH1834 singleuser.profileList[1]": "error"}),
        (profile(SMALL, {**SMALL, "allowed_groups": ["a"]}), {"CH1834 singleuser.profileList[1]": "warning"}),
        (profile({"display_name": "小"}, {"display_name": "大"}), {}),
    ],
)
def test_profiles_that_cannot_be_chosen_or_change_nothing(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(profiles.problems, own) == expected


def test_a_slip_in_a_profile_is_mended_where_it_is_certain() -> None:
    own = profile({**SMALL, "kubespawner_override": {"mem_limits": "2G", "default": True}})
    edits = [problem.edit for problem in profiles.problems(merged(own))]
    where = ("singleuser", "profileList", 0)
    assert [(edit.do, edit.new) for edit in edits if edit] == [("rename", "mem_limit"), ("move", (*where, "default"))]


def test_an_override_is_asked_of_the_chart_s_own_kubespawner() -> None:
    own = profile({**SMALL, "kubespawner_override": {"slug_scheme": "escape"}})
    assert list(profiles.problems(merged(own))) == []
    assert [problem.code for problem in profiles.problems(merged(own), "3.3.8")] == ["CH1831"]


def option(**more: Any) -> dict[str, Any]:
    return profile({**SMALL, "profile_options": {"image": more}})


OVERRIDE = "singleuser.profileList[0].kubespawner_override"
OPTION = "singleuser.profileList[0].profile_options.image"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (profile({**SMALL, "icon": "x", "allowed_groups": ["a"], "colour": "red"}), {}),
        (
            option(choices={"a": {**SMALL, "description": "x", "slug": "a"}}, dynamic_image_building={"enabled": True}),
            {},
        ),
        (option(choicez={}), {f"CH1835 {OPTION}.choicez": "error"}),
        (option(choices={"a": {"defualt": True}}), {f"CH1835 {OPTION}.choices.a.defualt": "warning"}),
        (option(unlisted_choice={"enable": True}), {f"CH1835 {OPTION}.unlisted_choice.enable": "warning"}),
        (profile({**SMALL, "kubespawner_override": {"uid": None, "environment": {"A": 1}, "mem_limit": "2Gi"}}), {}),
        (profile({**SMALL, "kubespawner_override": {"volumes": {"a": {}}, "tolerations": [], "args": "--x"}}), {}),
        (profile({**SMALL, "kubespawner_override": {"image": 3}}), {f"CH1836 {OVERRIDE}.image": "error"}),
        (
            profile({**SMALL, "kubespawner_override": {"environment": None}}),
            {f"CH1836 {OVERRIDE}.environment": "error"},
        ),
        (
            profile({**SMALL, "kubespawner_override": {"uid": "1"}}, hub={"extraConfig": {"a": "x = 1"}}),
            {f"CH1836 {OVERRIDE}.uid": "warning"},
        ),
    ],
)
def test_keys_and_values_of_choices(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(choices.problems, own) == expected


@pytest.mark.parametrize(
    ("cull", "expected"),
    [
        ({}, {}),
        ({"enabled": False, "users": True, "timeout": 1}, {}),
        ({"users": True}, {"CH1811 cull.users": "warning"}),
        ({"timeout": 300}, {"CH1812 cull.timeout": "warning"}),
        ({"timeout": 0}, {"CH1812 cull.timeout": "warning"}),
        ({"timeout": 500}, {"CH1812 cull.every": "note"}),
        ({"maxAge": 1800}, {"CH1812 cull.maxAge": "warning"}),
        ({"maxAge": 43200}, {"CH1812 cull.maxAge": "note"}),
    ],
)
def test_culling_that_ends_or_deletes_too_much(cull: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(culling.problems, {"cull": cull}) == expected


def test_what_culling_users_costs_is_said() -> None:
    (problem,) = culling.problems(merged({"cull": {"users": True}}))
    assert "idle for 1 hour, admins too, and with each user the disk with all their work" in problem.message
    own = {"cull": {"users": True}, "hub": {"config": {"JupyterHub": {"authenticator_class": "tmp"}}}}
    assert said(culling.problems, own) == {"CH1811 cull.users": "note"}


def https(**more: Any) -> dict[str, Any]:
    return {"proxy": {"https": {"enabled": True, "letsencrypt": {"contactEmail": "a@college.edu"}, **more}}}


BAD = {"CH1821 proxy.https.hosts[0]": "error"}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (https(hosts=["hub.college.edu"]), {}),
        (https(hosts=["https://hub.college.edu"]), BAD),
        (https(hosts=["hub.college.edu/hub"]), BAD),
        (https(hosts=["hub college"]), BAD),
        (https(hosts=["*.college.edu"]), BAD),
        (https(hosts=["hub"]), BAD),
        (https(hosts=[3]), BAD),
        (https(hosts=["hub"], letsencrypt={"contactEmail": "a@b.edu", "acmeServer": "https://ca.college.edu"}), {}),
        (https(type="secret", hosts=["*.college.edu", "hub"]), {}),
        (https(type="offload", hosts=["https://x.edu"]), {"CH1821 proxy.https.hosts[0]": "warning"}),
        (https(), {"CH1821 proxy.https.hosts": "warning"}),
        (
            https(hosts=["hub.college.edu"], letsencrypt={"contactEmail": "you@example.com"}),
            {"CH1822 proxy.https.letsencrypt.contactEmail": "warning"},
        ),
        ({}, {"CH1823 proxy.https.enabled": "note"}),
        ({"ingress": {"enabled": True}}, {}),
        ({"proxy": {"service": {"type": "ClusterIP"}}}, {}),
    ],
)
def test_the_hubs_address(own: dict[str, Any], expected: dict[str, str]) -> None:
    assert said(address.problems, own) == expected


def test_the_name_in_an_address_is_what_was_meant() -> None:
    (problem,) = address.problems(merged(https(hosts=["https://hub.college.edu:443/hub"])))
    assert problem.edit and problem.edit.new == "hub.college.edu"


ADMINS = {"hub": {"config": {"Authenticator": {"admin_users": ["jane", "Alice@college.edu", "bob@example.com"]}}}}


@pytest.mark.parametrize(("own", "contact"), [(ADMINS, "alice@college.edu"), ({}, "<an address that you read>")])
def test_the_corrected_line_for_https_has_nobodys_address(own: dict[str, Any], contact: str) -> None:
    (plain,) = (one for one in address.problems(merged(own)) if one.code == "CH1823")
    https = yaml.safe_load(plain.fix)["proxy"]["https"]
    assert https["letsencrypt"] == {"contactEmail": contact}
    refused = {one.code for one in address.problems(merged({**own, "proxy": {"https": https}}))}
    assert "CH1821" in refused and ("CH1822" in refused) == (not own)
