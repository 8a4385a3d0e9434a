"""The token buckets, with a clock of our own."""

import pytest

from classhub.hub.login_brake import Brake, SignInBrake, address_key


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


@pytest.fixture
def guesses(clock):
    return SignInBrake(clock)


def wrong(guesses, count, name="alice", address="203.0.113.7", browser=""):
    """How many of so many tries were let through; none of them succeeds."""
    return sum(guesses.take(name, address, browser)[0] == 0 for _ in range(count))


def test_ten_guesses_at_a_name_from_one_address_then_one_a_minute(guesses, clock):
    assert wrong(guesses, 50) == 10
    clock.now += 3600
    assert wrong(guesses, 50) == 10


def test_nobody_is_locked_out_from_another_address(guesses):
    wrong(guesses, 5000)
    assert wrong(guesses, 1, address="203.0.113.8") == 1


def test_one_address_that_goes_on_for_a_day_does_not_use_a_name_up(guesses, clock):
    for _ in range(24 * 60):
        wrong(guesses, 20)
        clock.now += 60
    assert wrong(guesses, 1, address="203.0.113.8") == 1


def test_a_name_guessed_from_everywhere_is_slow(guesses, clock):
    let_through = sum(wrong(guesses, 10, address=f"10.0.{number}.1") for number in range(100))
    assert let_through == 300
    clock.now += 3600
    assert sum(wrong(guesses, 10, address=f"10.1.{number}.1") for number in range(100)) == 300


def test_a_lab_behind_one_address_that_types_wrong_twice_gets_in(guesses):
    for student in range(30):
        assert wrong(guesses, 2, name=f"student{student}") == 2
    for student in range(30):
        assert guesses.take(f"student{student}", "203.0.113.7")[0] == 0


def test_one_address_does_not_try_many_names(guesses):
    assert sum(wrong(guesses, 1, name=f"name{number}") for number in range(1000)) == 240


def test_a_guesser_holds_up_new_browsers_behind_the_same_address_and_no_others(guesses):
    assert sum(wrong(guesses, 1, name=f"name{number}") for number in range(300)) == 240
    assert wrong(guesses, 1, name="bob") == 0
    assert wrong(guesses, 1, name="bob", browser="bobs own") == 1
    assert wrong(guesses, 1, name="bob", address="203.0.113.8") == 1


def test_a_known_browser_is_held_by_its_own_tries_only(guesses):
    for number in range(1000):
        wrong(guesses, 1, address=f"10.0.{number % 250}.1")
        wrong(guesses, 1, name=f"name{number}")
        wrong(guesses, 1)
    assert wrong(guesses, 50, browser="alices-own") == 10
    assert wrong(guesses, 1, browser="another-of-hers") == 1
    assert wrong(guesses, 1, name="bob", browser="alices-own") == 1


def test_a_right_password_is_not_counted(guesses):
    for _ in range(1000):
        wait_s, taken = guesses.take("alice", "203.0.113.7")
        assert wait_s == 0
        guesses.give_back(taken)


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
