"""Buttons that look like links, links to web pages, and copying a text."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPushButton

__all__ = ["copy_text", "link_button", "open_page"]


def link_button(text: str) -> QPushButton:
    """Return a button that looks like a link; Enter elsewhere in a dialog does not press it."""
    button = QPushButton(text)
    button.setProperty("kind", "link")
    button.setAutoDefault(False)
    return button


def open_page(address: str) -> bool:
    """Open a web page in the browser, and return whether that was possible; other addresses are not opened."""
    url = QUrl(address)
    return url.scheme() in ("http", "https") and bool(url.host()) and QDesktopServices.openUrl(url)


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)
