"""The sources that a sync can have. Student's side: standard library only, Python 3.9."""

from classhub.materials.from_folder import FolderSource
from classhub.materials.handed import HandedSource
from classhub.materials.over_http import HttpSource

__all__ = ["FolderSource", "HandedSource", "HttpSource"]
