"""One line for each object of a copied bucket: read back as written, and any other line is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audiodesk.domain.server.object_copy import ObjectFacts

FACTS = ObjectFacts(
    key="a/b c/d.wav",
    size=7,
    etag='"x"',
    sha256="ab" * 32,
    content_type="audio/wav",
    cache_control="max-age=3600",
    metadata={"sha256": "ab" * 32, "title": "渡し船\n"},
)


def test_a_line_is_read_as_it_was_written() -> None:
    line = FACTS.line()
    assert "\n" not in line
    assert line.isascii()
    assert ObjectFacts.read(line) == FACTS


@pytest.mark.parametrize("length", range(len(FACTS.line())))
def test_a_line_that_was_cut_short_is_none(length: int) -> None:
    assert ObjectFacts.read(FACTS.line()[:length]) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": -1},
        {"size": True},
        {"size": "7"},
        {"sha256": "../../etc/passwd"},
        {"sha256": "AB" * 32},
        {"sha256": None},
        {"key": ""},
        {"key": 7},
        {"metadata": []},
        {"metadata": None},
        {"more": 1},
    ],
)
def test_what_cannot_be_meant_is_none(wrong: dict[str, Any]) -> None:
    assert ObjectFacts.read(json.dumps({**json.loads(FACTS.line()), **wrong})) is None


@pytest.mark.parametrize("line", ["", "[]", "7", "null", '"text"', "{}", "[" * 100_000])
def test_other_json_is_none(line: str) -> None:
    assert ObjectFacts.read(line) is None


@pytest.mark.parametrize("claim", [None, 7, "", "short", "AB" * 32])
def test_a_claim_that_is_no_sha256_is_none(claim: Any) -> None:
    metadata = {} if claim is None else {"sha256": claim}
    facts = ObjectFacts("k", 1, "", "ab" * 32, "audio/wav", "", metadata)
    assert facts.claimed_sha256 == ""
