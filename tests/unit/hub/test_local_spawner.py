"""What one machine needs, whatever the values say."""

from pathlib import Path

from traitlets.config import Config

from classhub.hub import local_traits
from classhub.hub.spawner import ClassHubSpawner

SETTINGS = {
    "hub": {"machine": {}, "tokens": {"crypt": "00" * 32, "classhub": "x", "culler": "y"}, "services": []},
    "proxy": {"url": "http://127.0.0.1:8000/", "hub": "127.0.0.1:1", "hub_socket": "/run/hub.sock", "base_url": "/"},
    "culler": {},
    "login": {"stand_in": True, "admins": ["admin"], "allowed": []},
}


def spawner(traits: dict) -> ClassHubSpawner:
    """As the hub would make it of these values."""
    c = Config()
    local_traits.apply_values(c, traits)
    local_traits.apply_machine(c, SETTINGS, Path("/nowhere"))
    return ClassHubSpawner(config=c)


def test_failed_starts_in_a_row_never_end_the_hub_whatever_the_values_say():
    """The chart says 5; one student with a broken home would then end everybody's hub."""
    for section in ("KubeSpawner", "Spawner", "ClassHubSpawner"):
        assert spawner({section: {"consecutive_failure_limit": 5}}).consecutive_failure_limit == 0
    assert spawner({}).consecutive_failure_limit == 0


def test_the_time_to_start_counts_from_the_turn_on():
    made = spawner({"KubeSpawner": {"start_timeout": 600}})
    assert (made.own_start_timeout, made.start_timeout) == (600, 3600)
