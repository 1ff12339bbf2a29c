"""The program with a window: application, controllers, player; the only floor that joins views and services."""

from audiodesk.desktop.pyside_features import declare_none

declare_none()  # before any other module of the window is imported
