"""The program with a window: application, controllers, player; the only floor that joins views and services."""

# These imports come before PySide6: once imported, PySide6 reads and searches the source of every further module (for
# "from __feature__ import"), which takes longer than importing it.
import audiodesk.composition
import audiodesk.domain.library.titles
import audiodesk.domain.words.formats
import audiodesk.services.library.tree
import audiodesk.system.locks  # noqa: F401 - all of these for the reason above
from audiodesk.desktop.pyside_features import declare_none

declare_none()
