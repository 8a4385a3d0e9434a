"""The token bucket, with a clock of our own."""

import pytest

from classhub.hub.login_brake import Brake, address_key


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def brake(clock):
    return Brake(burst=10, per_s=300, limit=100, clock=clock)


def test_ten_at_once_then_one_every_thirty_seconds(brake, clock):
    assert [brake.take("a") for _ in range(10)] == [0] * 10
    assert brake.take("a") == 30
    clock.now += 29
    assert brake.take("a") == 1
    clock.now += 1
    assert brake.take("a") == 0
    assert brake.take("a") == 30


def test_a_full_bucket_is_never_more_than_full(brake, clock):
    brake.take("a")
    clock.now += 1_000_000
    assert sum(brake.take("a") == 0 for _ in range(20)) == 10


def test_keys_are_apart_and_what_succeeded_is_given_back(brake):
    for _ in range(10):
        brake.take("a")
    assert brake.take("b") == 0
    brake.give_back("a")
    assert brake.take("a") == 0
    assert brake.take("a") > 0


def test_giving_back_never_overfills(brake):
    for _ in range(5):
        brake.give_back("a")
    assert sum(brake.take("a") == 0 for _ in range(20)) == 10


def test_memory_is_bounded_and_the_latest_are_kept(brake):
    for number in range(100_000):
        brake.take(f"name {number}")
        if number % 50 == 0:
            brake.take("watched")
    assert len(brake) == 100
    assert brake.take("watched") > 0


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("@", "unknown"),
    ],
)
def test_what_counts_as_one_address(address, key):
    assert address_key(address) == key
