"""What a kernel on this machine can import."""

from importlib.util import find_spec


def importable(name: str) -> bool:
    """The outermost name alone, which imports nothing."""
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False
