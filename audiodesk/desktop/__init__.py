"""The program with a window: application, controllers, player; the only floor that joins views and services."""

from audiodesk.desktop.pyside_import import import_pyside

import_pyside()  # before any other module of the window is imported
