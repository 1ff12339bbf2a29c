"""Writes stored files as a table that no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from audiodesk.domain.server.support import FILE_FACTS, StoredFile

__all__ = ["files_csv"]

_STARTS_FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")
"""Characters that spreadsheets read as the start of a formula or command, also the wide forms of the first four."""


def files_csv(files: Iterable[StoredFile]) -> bytes:
    """Return the files as CSV: UTF-8 with a byte order mark for Excel, lines ending in CR LF, all text in quotes.

    Text that a spreadsheet would read as a formula gets an apostrophe before it.
    """
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(FILE_FACTS)
    for file in files:
        writer.writerow([_cell(file.get(fact)) for fact in FILE_FACTS])
    return written.getvalue().encode("utf-8-sig", "backslashreplace")


def _cell(value: object) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    text = str(value).replace("\0", "\ufffd")
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(_STARTS_FORMULA) else text
