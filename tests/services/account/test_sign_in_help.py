"""The table of the help page names exactly the answers that are tested; the mail templates show the code."""

from __future__ import annotations

import tomllib

import pytest

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.connection import Connection, connection_after
from audiodesk.domain.words.server.connection_words import connection_word
from audiodesk.system.folders import resources
from tests.services.account.answers_of_auth import ANSWERS, MOMENTS


def test_each_cell_of_the_table_is_a_test() -> None:
    """``test_ends_of_a_sign_in`` tries every answer of ``ANSWERS`` at every one of ``MOMENTS``."""
    page = (resources() / "help" / "sign-in.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    titles, *rows = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    assert titles == ["answer to the renewal", *MOMENTS.values()]
    assert [row[0] for row in rows] == list(ANSWERS)
    for name, *cells in rows:
        outcome = "signed out" if ANSWERS[name].ends else "stays signed in"
        assert cells[0].startswith(outcome)
        assert len(cells) == len(MOMENTS)
        assert all(cell == "the same" or cell.startswith(outcome) for cell in cells)


@pytest.mark.parametrize("connection", list(Connection))
def test_the_page_explains_each_word_of_the_status_bar(connection: Connection) -> None:
    page = " ".join((resources() / "help" / "sign-in.md").read_text(encoding="utf-8").split())
    assert f"*{connection_word(connection)}*" in page


@pytest.mark.parametrize(
    ("name", "connection"),
    [
        ("captive portal", Connection.BLOCKED),
        ("407", Connection.BLOCKED),
        ("429", Connection.BUSY),
        ("521", Connection.BUSY),
        ("540", Connection.NEEDS_OPERATOR),
        ("no such address", Connection.UNREACHABLE),
        ("no network", Connection.OFFLINE),
    ],
)
def test_each_answer_has_the_word_of_whoever_must_act(name: str, connection: Connection) -> None:
    assert connection_after(OutsideError(ANSWERS[name].code)) is connection


def test_the_mail_templates_show_the_code() -> None:
    folder = resources() / "supabase"
    templates = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))["auth"]["email"]["template"]
    assert set(templates) == {"magic_link", "confirmation"}
    for template in templates.values():
        text = (folder.parent / template["content_path"]).read_text(encoding="utf-8")
        assert "{{ .Token }}" in text
