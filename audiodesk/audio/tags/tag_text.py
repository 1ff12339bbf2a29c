"""Decodes the text of a tag's field whose character set is not, or not reliably, stated."""

from __future__ import annotations

__all__ = ["decoded_text"]


def decoded_text(raw: bytes, code_page: str = "cp1252") -> str:
    """Return the text before the first zero byte, read as UTF-8 or else in ``code_page``.

    A last UTF-8 letter that the end of the field cut off is left out.
    """
    raw = raw.split(b"\0", 1)[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and not raw[: error.start].isascii()
        return raw[: error.start].decode("utf-8") if is_cut else raw.decode(code_page, "replace")
