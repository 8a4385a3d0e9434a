"""Codes in a database in memory."""

import time

import pytest
from jupyterhub.orm import Base
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from classhub.hub import invitations
from classhub.hub.invitations import Invitation, Kind, State


@pytest.fixture
def db():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with sessionmaker(engine, expire_on_commit=False)() as session:
        yield session
    engine.dispose()


def state(db, code, kind=Kind.INVITATION):
    return invitations.look_up(db, code, kind)[0]


def test_a_code_is_good_once_and_for_its_kind_only(db):
    code, expires = invitations.make(db, "alice@college.edu", Kind.INVITATION)
    assert len(code) >= 43
    assert expires - time.time() == pytest.approx(7 * 86400, abs=5)
    assert state(db, code, Kind.ENTER) is State.UNKNOWN
    assert not invitations.claim(db, code, Kind.ENTER)
    assert state(db, code) is State.VALID
    assert [invitations.claim(db, code, Kind.INVITATION) for _ in range(3)] == [True, False, False]
    db.commit()
    assert state(db, code) is State.USED


def test_the_code_itself_is_not_kept(db):
    code, _ = invitations.make(db, "alice", Kind.ENTER)
    row = db.query(Invitation).one()
    assert code not in (row.digest, row.name)
    assert len(row.digest) == 64


def test_a_newer_invitation_revokes_the_name_s_older_ones_only(db):
    old, _ = invitations.make(db, "alice", Kind.INVITATION)
    other, _ = invitations.make(db, "bob", Kind.INVITATION)
    entry, _ = invitations.make(db, "alice", Kind.ENTER)
    invitations.make(db, "alice", Kind.INVITATION)
    assert state(db, old) is State.UNKNOWN
    assert state(db, other) is State.VALID
    assert state(db, entry, Kind.ENTER) is State.VALID


def test_an_expired_code_cannot_be_used(db):
    code, _ = invitations.make(db, "alice", Kind.ENTER)
    db.query(Invitation).update({"expires": time.time() - 1})
    assert state(db, code, Kind.ENTER) is State.EXPIRED
    assert not invitations.claim(db, code, Kind.ENTER)
    assert not invitations.is_invited(db, "alice")


def test_old_codes_are_forgotten(db):
    invitations.make(db, "alice", Kind.ENTER)
    db.query(Invitation).update({"expires": time.time() - 31 * 86400})
    invitations.make(db, "bob", Kind.ENTER)
    assert [row.name for row in db.query(Invitation)] == ["bob"]


def test_revoking_all_of_a_name(db):
    invitations.make(db, "alice", Kind.INVITATION)
    invitations.make(db, "alice", Kind.ENTER)
    assert invitations.is_invited(db, "alice")
    invitations.revoke(db, "alice")
    assert db.query(Invitation).count() == 0
