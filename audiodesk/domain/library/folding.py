"""Folds text so that a search ignores case, accents and extra spaces."""

from __future__ import annotations

import unicodedata

from audiodesk.domain.library.titles import without_surrogates

__all__ = ["fold_text", "search_words"]


def fold_text(text: str) -> str:
    """Return ``text`` decomposed (NFKD), without combining marks, case-folded, with single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    return " ".join(bare.casefold().split())


def search_words(text: str) -> list[str]:
    """Return the folded words, all of which must be found: each once, in order, without NUL and lone surrogates."""
    return list(dict.fromkeys(fold_text(without_surrogates(text).replace("\0", " ")).split()))
