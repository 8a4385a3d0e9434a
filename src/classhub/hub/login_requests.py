"""Requests for access by people who are on no list: kept until the instructor approves or declines them.

Nothing here lets anybody in; login.py turns an approved request into an account. The table lives in the hub's database.
"""

import time
from typing import Any

from jupyterhub.orm import Base
from sqlalchemy import Column, Float, Integer, LargeBinary, Unicode, delete, func

MOST_OPEN = 200
KEPT_S = 30 * 86400
"""An unanswered request is dropped after this, so that a box full of junk empties itself."""


class AccessRequest(Base):
    """asked: seconds since the epoch; password: bcrypt's hash of the one chosen; times: how often somebody asked."""

    __tablename__ = "classhub_requests"
    name = Column(Unicode(255), primary_key=True)
    password = Column(LargeBinary, nullable=False)
    asked = Column(Float, nullable=False)
    times = Column(Integer, nullable=False, default=1)


def is_full(db: Any) -> bool:
    """No room for another request."""
    _drop_old(db)
    return bool(db.query(func.count(AccessRequest.name)).scalar() >= MOST_OPEN)


def record(db: Any, name: str, password: bytes) -> None:
    """Keep a request. The first one under a name stays: a later stranger cannot put in another password."""
    known = db.get(AccessRequest, name)
    if known is None:
        db.add(AccessRequest(name=name, password=password, asked=time.time(), times=1))
    else:
        known.times += 1
    db.commit()


def find(db: Any, name: str) -> Any:
    """The open request under this name, or None."""
    return db.get(AccessRequest, name)


def waiting(db: Any) -> list[Any]:
    """All open requests, oldest first."""
    _drop_old(db)
    return list(db.query(AccessRequest).order_by(AccessRequest.asked))


def count(db: Any) -> int:
    """How many are open."""
    return int(db.query(func.count(AccessRequest.name)).scalar())


def drop(db: Any, name: str) -> bool:
    """Forget a request; False when there was none. The caller commits."""
    return bool(db.execute(delete(AccessRequest).where(AccessRequest.name == name)).rowcount)


def _drop_old(db: Any) -> None:
    db.execute(delete(AccessRequest).where(AccessRequest.asked < time.time() - KEPT_S))
    db.commit()
