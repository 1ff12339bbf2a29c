"""The window's face: application, controllers, player; the only floor that joins views and services."""

# First of all, and before PySide6: from its import on, PySide6 reads and searches the source of every module that is
# imported (for "from __feature__ import"), which takes longer than the import itself.
import audiodesk.composition
import audiodesk.domain.library.titles
import audiodesk.domain.words.formats
import audiodesk.services.library.outline
import audiodesk.system.locks  # noqa: F401 - all of these for the reason above
from audiodesk.desktop.pyside_features import declare_none

declare_none()
