"""Language tags: which are accepted, and how they are spelt."""

from __future__ import annotations

import pytest

from audiodesk.domain.errors import UserError
from audiodesk.domain.library.language_tag import clean_language


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        (" de ", "de"),
        ("PT-br", "pt-BR"),
        ("zh-HANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("de-ch-1901", "de-CH-1901"),
        ("zh-cmn-hans-cn", "zh-cmn-Hans-CN"),
        ("en-A-BBB-X-a-ccc", "en-a-bbb-x-a-ccc"),
        ("x-AU-team", "x-au-team"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
    ],
)
def test_a_tag_is_stored_in_its_usual_spelling(typed: str, stored: str) -> None:
    assert clean_language(typed) == stored


@pytest.mark.parametrize(
    "typed", ["xx-yy-q", "d", "pt_BR", "German language", "de-", "-de", "de--AT", "deutsch-", "é", "x", "de-x", "٣٣"]
)
def test_what_is_no_tag_is_refused(typed: str) -> None:
    with pytest.raises(UserError) as refused:
        clean_language(typed)
    assert refused.value.code == "language-tag"
    assert refused.value.params["text"] == typed
