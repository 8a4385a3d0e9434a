"""File names for users: any name that JupyterHub allows becomes one safe file name, and two names never the same."""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from pathlib import Path
from urllib.parse import unquote_to_bytes

READABLE = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789._@+-")
LONGEST_SLUG = 150  # bytes; longer ones are cut and then always longer than this, so that the two kinds never meet
LONGEST_SOCKET_PATH = 107  # bytes, sun_path of unix(7) less its NUL
PARTS = frozenset({"hub", "proxy", "mirror", "culler", "supervisor"})
"""No names for users: `classhub exec hub` and `classhub logs hub` mean the part, and nothing else would mean the user."""

ROUTABLE = "._@+-=,!()' "


def slug(user: str, server: str = "") -> str:
    """A file name for this user (and named server): lower-case ASCII as it is, the rest as %XX of its UTF-8.

    `~` joins what belongs to a server and the digest of a name that was cut. At most 167 bytes.
    Raises ValueError for the empty user name, which JupyterHub does not allow.
    """
    if not user:
        raise ValueError("A user name cannot be empty.")
    whole = _escape(user) + ("~" + _escape(server) if server else "")
    if len(whole) <= LONGEST_SLUG:
        return whole
    return whole[:LONGEST_SLUG] + "~" + _digest(user, server)[:16]


def user_of(name: str) -> str | None:
    """The user whose slug this is; None when it was cut, or is no slug."""
    first, joined, second = name.partition("~")
    try:
        user, server = (unquote_to_bytes(part).decode("utf-8", "surrogatepass") for part in (first, second))
    except UnicodeDecodeError:
        return None
    if not user or (joined and not server) or len(name) > LONGEST_SLUG:
        return None
    return user if slug(user, server) == name else None


def socket_name(user: str, server: str, folder: Path) -> str | None:
    """The file name by which the proxy's one rule finds this server: the decoded path segment plus `.sock`.

    None when the rule cannot serve it: a named server, a character that a path or a Caddy placeholder does not carry
    unchanged, or a path too long for a socket. Then hashed_socket_name and an explicit route do.
    """
    name = f"{user}.sock"
    if server or not user or user[0] in ". " or not all(map(_is_routable, user)):
        return None
    if sys.platform == "darwin" and not (user.isascii() and user == user.lower()):
        # The usual macOS disk takes two names that differ in case, or in how an accent is written, for one.
        return None
    return name if len(os.fsencode(folder / name)) <= LONGEST_SOCKET_PATH else None


def hashed_socket_name(user: str, server: str) -> str:
    """The file name behind an explicit route: 30 bytes, never one that socket_name gives."""
    return f"~{_digest(user, server)[:24]}.sock"


def runtime_name(user: str, server: str) -> str:
    """The folder for this server's kernels' sockets: short, and no other server's."""
    return hashed_socket_name(user, server)[1:13]


def _escape(text: str) -> str:
    """A leading dot would hide the file, a leading dash would read as an option."""
    raw = text.encode("utf-8", "surrogatepass")
    kept = [chr(byte) if byte in READABLE else f"%{byte:02X}" for byte in raw]
    if kept and kept[0] in ".-":
        kept[0] = f"%{raw[0]:02X}"
    return "".join(kept)


def _digest(user: str, server: str) -> str:
    return hashlib.sha256(f"{_escape(user)}~{_escape(server)}".encode()).hexdigest()


def _is_routable(character: str) -> bool:
    return character in ROUTABLE or unicodedata.category(character)[0] in "LMN"
