"""The table of the help page names exactly the answers that are tested; the mail templates show the code."""

from __future__ import annotations

import tomllib

from audiodesk.system.folders import resources
from tests.services.account.test_ends_of_a_sign_in import ENDS, TROUBLE


def test_each_row_of_the_table_is_a_test() -> None:
    page = (resources() / "help" / "sign-in.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ") and "---" not in line][1:]
    answers = {row[1].strip().strip("`"): row[2].strip() for row in rows}
    assert set(answers) == set(ENDS) | set(TROUBLE)
    for answer, outcome in answers.items():
        assert outcome.startswith("signed out" if answer in ENDS else "stays signed in")


def test_the_mail_templates_show_the_code() -> None:
    folder = resources() / "supabase"
    templates = tomllib.loads((folder / "config.toml").read_text(encoding="utf-8"))["auth"]["email"]["template"]
    assert set(templates) == {"magic_link", "confirmation"}
    for template in templates.values():
        text = (folder.parent / template["content_path"]).read_text(encoding="utf-8")
        assert "{{ .Token }}" in text
