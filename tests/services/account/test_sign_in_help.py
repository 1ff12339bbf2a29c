"""The table of the help page names exactly the answers that are tested; the mail templates show the code."""

from __future__ import annotations

import tomllib

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


def test_the_mail_templates_show_the_code() -> None:
    folder = resources() / "supabase"
    templates = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))["auth"]["email"]["template"]
    assert set(templates) == {"magic_link", "confirmation"}
    for template in templates.values():
        text = (folder.parent / template["content_path"]).read_text(encoding="utf-8")
        assert "{{ .Token }}" in text
