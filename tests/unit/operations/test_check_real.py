"""Real values of 142 hubs: no error that is not true."""

from pathlib import Path

import pytest
import yaml

from classhub.config.spelling import dotted
from classhub.operations.check import Wanted, findings, fix
from unit.config.examples import PAIRS, SHARED, needs_shared, shared

TRULY_WRONG = {
    # one level too deep: its admin_users are nobody
    "2i2c-aimatx-2i2c-hub-common": ["CH1305 hub.config.GitHubOAuthenticator.Authenticator"],
    # allow_all: true, and a limit that no trait of oauthenticator 17.4 bears; five more have a hub image of their own
    "2i2c-cloudbank-whitman": ["CH1404 hub.config.GoogleOAuthenticator.allowed_hosted_domains"],
    "z2jh-lint": [
        # 3 of a resource guaranteed, 1 allowed: Kubernetes refuses the pod
        "CH1504 singleuser.extraResource.guarantees.mock",
        # a path in capitals is no image's name
        "CH1806 singleuser.profileList[1].kubespawner_override.image",
        "CH1806 singleuser.profileList[2].profile_options.image.choices.image1.kubespawner_override.image",
        "CH1806 singleuser.profileList[2].profile_options.image.choices.image2.kubespawner_override.image",
    ],
}


@needs_shared
@pytest.mark.parametrize("name", PAIRS)
def test_a_real_hub_has_no_errors_but_true_ones_and_each_once(tmp_path: Path, name: str) -> None:
    found = findings(Wanted(tmp_path, {}, (SHARED / "values" / f"{name}.json",)))
    wrong = [f"{one.code} {dotted(one.path)}" for one in found if one.severity == "error"]
    assert wrong == TRULY_WRONG.get(name, [])
    said = [one.message for one in found]
    assert len(said) == len(set(said))


@needs_shared
def test_fix_leaves_nothing_certain_behind_and_brings_no_mistake(tmp_path: Path) -> None:
    written = 0
    for name in PAIRS:
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump(shared(f"values/{name}"), sort_keys=False))
        wanted = Wanted(tmp_path, {}, (path,))
        before = {(one.code, one.message) for one in findings(wanted) if one.severity == "error"}
        written += len(fix(wanted))
        after = findings(wanted)
        assert {(one.code, one.message) for one in after if one.severity == "error"} <= before, name
        assert [one for one in after if one.edit] == [], name
    assert written > 50
