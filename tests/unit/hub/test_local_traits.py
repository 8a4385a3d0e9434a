"""What one machine adds to the values' traits."""

from typing import Any

import pytest
from traitlets.config import Config

from classhub.hub.local_traits import _services

CULLER = {"name": "jupyterhub-idle-culler", "scopes": ["list:users"], "services": ["jupyterhub-idle-culler"]}


def roles(given: Any, culled: bool = True, role: Any = CULLER) -> list[Any]:
    c = Config()
    if given is not None:
        c.JupyterHub.load_roles = given
    hub = {"tokens": {"classhub": "a", "culler": "b"}, "services": [], "culler_role": role}
    _services(c, hub, culled)
    return [one["name"] for one in c.JupyterHub.load_roles]


def test_the_culler_keeps_its_role_when_the_college_replaces_all_roles():
    assert roles([{"name": "ta"}]) == ["ta", "jupyterhub-idle-culler", "classhub"]
    assert roles(None) == ["jupyterhub-idle-culler", "classhub"]


def test_a_role_of_that_name_stays_as_it_is():
    assert roles([CULLER]) == ["jupyterhub-idle-culler", "classhub"]


@pytest.mark.parametrize(("culled", "role"), [(False, CULLER), (True, None)])
def test_where_nobody_culls_nobody_may(culled, role):
    assert roles([], culled, role) == ["classhub"]
