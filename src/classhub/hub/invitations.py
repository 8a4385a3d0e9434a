"""Single-use links: an invitation (seven days, to choose a password) and an entry (ten minutes, to sign in).

A code has 256 bits; the hub's database keeps only its sha256, so a copy of the database opens nothing.
All functions take the hub's SQLAlchemy session. They never await: in the hub's one loop each is a single step.
"""

import hashlib
import secrets
import time
from enum import Enum
from typing import Any

from jupyterhub.orm import Base
from sqlalchemy import Column, Float, Integer, String, Unicode, delete, update

DAY_S = 86400
KEPT_S = 30 * DAY_S
"""How long a spent code is remembered, so that its page can say "used" rather than "unknown"."""


class Kind(Enum):
    INVITATION = "invitation"
    ENTER = "enter"

    @property
    def valid_s(self) -> int:
        """Seconds from making to expiry."""
        return 7 * DAY_S if self is Kind.INVITATION else 600


class State(Enum):
    VALID = "valid"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"  # never made, revoked by a newer one, or of a user who was removed


class Invitation(Base):
    """One code. Times are seconds since the epoch; user_id is the hub user's when it was made, if there was one."""

    __tablename__ = "classhub_invitations"
    digest = Column(String(64), primary_key=True)
    name = Column(Unicode(255), nullable=False, index=True)
    kind = Column(String(16), nullable=False)
    expires = Column(Float, nullable=False)
    used = Column(Float)
    user_id = Column(Integer)


def make(db: Any, name: str, kind: Kind, user_id: int | None = None) -> tuple[str, float]:
    """A new code and when it expires. An invitation revokes the name's earlier ones."""
    now = time.time()
    db.execute(delete(Invitation).where(Invitation.expires < now - KEPT_S))
    if kind is Kind.INVITATION:
        revoke(db, name, kind)
    code = secrets.token_urlsafe(32)
    expires = now + kind.valid_s
    db.add(Invitation(digest=_digest(code), name=name, kind=kind.value, expires=expires, user_id=user_id))
    db.commit()
    return code, expires


def look_up(db: Any, code: str, kind: Kind) -> tuple[State, Any]:
    """The state of a code and its row (None when unknown). Changes nothing: a link preview may call it."""
    row = db.query(Invitation).filter_by(digest=_digest(code), kind=kind.value).first()
    if row is None:
        return State.UNKNOWN, None
    if row.used is not None:
        return State.USED, row
    return (State.VALID if row.expires > time.time() else State.EXPIRED), row


def claim(db: Any, code: str, kind: Kind) -> bool:
    """Use a code up. True for exactly one caller, however many try; the caller commits it with what it is for."""
    now = time.time()
    mine = (Invitation.digest == _digest(code), Invitation.kind == kind.value)
    free = (Invitation.used.is_(None), Invitation.expires > now)
    done = db.execute(update(Invitation).where(*mine, *free).values(used=now))
    return bool(done.rowcount == 1)


def is_invited(db: Any, name: str) -> bool:
    """Does an invitation for this name wait to be used?"""
    return any(row.name == name for row in waiting(db))


def waiting(db: Any) -> list[Any]:
    """The invitations that can still be used, by name."""
    rows = db.query(Invitation).filter_by(kind=Kind.INVITATION.value, used=None)
    return list(rows.filter(Invitation.expires > time.time()).order_by(Invitation.name))


def revoke(db: Any, name: str, kind: Kind | None = None) -> None:
    """Forget unused codes of a name; without a kind all codes, used ones too. The caller commits."""
    rows = delete(Invitation).where(Invitation.name == name)
    if kind is not None:
        rows = rows.where(Invitation.kind == kind.value, Invitation.used.is_(None))
    db.execute(rows)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
