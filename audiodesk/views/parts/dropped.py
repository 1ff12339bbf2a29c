"""Reads the paths of local files and folders from a drag or the clipboard."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl

__all__ = ["dropped_paths"]


def dropped_paths(data: QMimeData) -> list[str]:
    """Return the local paths in a drag or the clipboard; empty where it carries something else.

    Bytes of a name that are not UTF-8 become surrogates, as in ``os.fsdecode``.
    """
    if not data.hasUrls():
        return []
    return [path for url in data.urls() if url.isLocalFile() and (path := _path(url))]


def _path(url: QUrl) -> str:
    if os.name == "nt":
        return url.toLocalFile()
    # Qt's own toLocalFile replaces bytes that are not UTF-8 by question marks: no file has that name.
    return os.fsdecode(unquote_to_bytes(bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded), "ascii")))
