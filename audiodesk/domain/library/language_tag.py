"""The form of language tags (BCP 47), as projects store them."""

from __future__ import annotations

import re

from audiodesk.domain.errors import UserError
from audiodesk.domain.library.titles import clean_line

__all__ = ["clean_language"]

# The grammar of RFC 5646, section 2.1: language, script, region, variants, extensions, private use.
_TAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"
    r"(?:-[a-z]{4})?"
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+",
    re.ASCII,
)


def clean_language(text: str) -> str:
    """Return ``text`` as a language tag in its usual spelling: "pt-BR" for "PT-br"; empty for no language.

    Raises UserError("language-tag", text) for what is no tag. Whether its parts are registered is not tested: the
    register grows, and this program does not follow it.
    """
    tag = clean_line(text).lower()
    if tag and not _TAG.fullmatch(tag):
        raise UserError("language-tag", text=clean_line(text))
    first, *others = tag.split("-")
    spelt = [first]
    for part in others:
        if len(spelt[-1]) == 1:
            spelt += others[len(spelt) - 1 :]  # after a single letter everything is in small letters
            break
        spelt.append({2: part.upper(), 4: part.title()}.get(len(part), part))
    return "-".join(spelt)
