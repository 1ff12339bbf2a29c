"""What a drag or the clipboard carries: the paths of local files and folders."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl

__all__ = ["dropped_paths"]


def dropped_paths(data: QMimeData) -> list[str]:
    """Return the local paths of a drag or of the clipboard; none where it carries something else.

    Bytes of a name that are no UTF-8 come as surrogates, as ``os.fsdecode`` makes them.
    """
    if not data.hasUrls():
        return []
    return [path for url in data.urls() if url.isLocalFile() and (path := _path(url))]


def _path(url: QUrl) -> str:
    if os.name == "nt":
        return url.toLocalFile()
    # Qt's own toLocalFile puts a question mark where a name is no UTF-8, and nobody finds that file again.
    return os.fsdecode(unquote_to_bytes(bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded), "ascii")))
