"""The table of files: complete, any Unicode, and nothing that a spreadsheet would execute."""

from __future__ import annotations

import csv
import io

import pytest

from audiodesk.cli.output.support_csv import files_csv
from audiodesk.domain.server.support import FILE_FACTS


def _read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "title",
    [
        '=HYPERLINK("http://evil","x")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "|cmd",
        "%0A=1",
    ],
)
def test_nothing_is_a_formula(title: str) -> None:
    (row,) = _read(files_csv([{"take_title": title}]))
    assert row["take_title"] == f"'{title}"


@pytest.mark.parametrize(
    "title",
    ["Kapitel 1 – Über", "第一章", "قصة", "🎙️ take", 'say "yes", twice', "two\nlines", "a;b\tc", "1=1", "e\u0301", "12"],
)
def test_any_name_comes_back_as_it_was(title: str) -> None:
    (row,) = _read(files_csv([{"take_title": title}]))
    assert row["take_title"] == title


def test_numbers_are_numbers_and_text_is_quoted() -> None:
    data = files_csv([{"size": 1024, "seconds": 12.5, "stored": True, "current": False, "take_title": "12"}])
    line = data.decode("utf-8-sig").split("\r\n")[1]
    assert ",1024," in line
    assert ",12.5," in line
    assert '"12"' in line
    assert '"yes"' in line
    assert '"no"' in line
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b"\r\n")


def test_every_fact_has_its_column() -> None:
    assert _read(files_csv([])) == []
    (row,) = _read(files_csv([{fact: fact for fact in FILE_FACTS}]))
    assert row == {fact: fact for fact in FILE_FACTS}


def test_what_no_text_may_hold() -> None:
    (row,) = _read(files_csv([{"take_title": "a\0b\ud800c"}]))
    assert row["take_title"] == "a\ufffdb\\ud800c"
