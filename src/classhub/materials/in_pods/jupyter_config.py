"""Read by every Jupyter program in a student's pod, before any other setting: from here on it finds ClassHub.

In the program and not in the pod's environment: a PYTHONPATH or JUPYTER_PATH of the pod would take the place of the
image's own, which nobody outside the image knows.
"""

import os
import sys

ABOVE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib costs 5 ms here


def _first(place: str, places: str) -> str:
    """A search path with this place at its front, once."""
    others = [one for one in places.split(os.pathsep) if one not in ("", place)]
    return os.pathsep.join([place, *others])


if os.path.join(ABOVE, "python.zip") not in sys.path:  # noqa: PTH118
    sys.path.insert(0, os.path.join(ABOVE, "python.zip"))  # noqa: PTH118
os.environ["JUPYTER_PATH"] = _first(os.path.join(ABOVE, "share"), os.environ.get("JUPYTER_PATH", ""))  # noqa: PTH118
