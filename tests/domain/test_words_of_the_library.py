"""Words for edits, history, states, status and errors: every code has some, without an unfilled brace."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import audiodesk
from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.library.edit import Edit
from audiodesk.domain.library.listings import HistoryEntry, Totals
from audiodesk.domain.library.states import ParentState, StateCode, TakeState
from audiodesk.domain.words.errors.error_words import error_action, error_sentence, known_codes
from audiodesk.domain.words.library.act_words import act
from audiodesk.domain.words.library.history_words import history_sentence
from audiodesk.domain.words.library.state_words import parent_text, state_text
from audiodesk.domain.words.program.status_words import brought_back_sentence, status_sentence

_MB = 1024 * 1024


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (TakeState(StateCode.LOCAL), "On this computer"),
        (TakeState(StateCode.LOCAL, "not_uploaded_by_choice"), "Not uploaded, as you chose"),
        (TakeState(StateCode.LOCAL, "copy_only"), "Copy safe · original only on this computer"),
        (TakeState(StateCode.WAITING, "elsewhere"), "On another computer – not uploaded yet"),
        (TakeState(StateCode.WAITING, params={"place": 3}), "Waiting (3rd)"),
        (TakeState(StateCode.WAITING, params={"place": 11}), "Waiting (11th)"),
        (TakeState(StateCode.WAITING, params={"place": 21}), "Waiting (21st)"),
        (
            TakeState(StateCode.UPLOADING, params={"sent": 42, "size": 100, "rate": int(1.2 * _MB), "left": 40}),
            "Uploading 42 % · 1.2 MB/s · 40 s left",
        ),
        (TakeState(StateCode.VERIFYING), "Checking copy"),
        (TakeState(StateCode.REMOTE), "Safe in cloud – fetched when played"),
        (TakeState(StateCode.REMOTE, "copy_only"), "Copy safe in cloud – original on another computer"),
        (TakeState(StateCode.PAUSED, "offline"), "Paused – offline"),
        (TakeState(StateCode.PAUSED, "by_user"), "Paused – by you"),
        (TakeState(StateCode.NEEDS_USER, "over_quota", {"over": 38 * _MB}), "Needs you – over quota by 38.0 MB"),
        (TakeState(StateCode.RETRY, "server_busy", {"seconds": 20}), "Retry in 20 s – server busy"),
        (TakeState(StateCode.CONFLICT, params={"count": 2}), "2 new takes – choose"),
    ],
)
def test_states(state: TakeState, text: str) -> None:
    assert state_text(state) == text


def test_safe_says_when() -> None:
    text = state_text(TakeState(StateCode.SAFE, params={"at": 1_700_000_000_000}))
    assert text.startswith("Safe · ")
    assert len(text.removeprefix("Safe · ")) == 5


def parent(*states: StateCode | tuple[StateCode, str], cloud: bool = True) -> ParentState:
    keys = [(state, "") if isinstance(state, StateCode) else state for state in states]
    return ParentState(Counter(keys), cloud)


def test_parents() -> None:
    assert parent_text(parent()) == "No takes yet"
    assert parent_text(parent(StateCode.LOCAL, cloud=False)) == "1 take on this computer"
    damaged = parent(StateCode.LOCAL, (StateCode.NEEDS_USER, "file_damaged"), cloud=False)
    assert parent_text(damaged) == "2 takes on this computer, 1 needs you"
    assert parent_text(parent(StateCode.LOCAL)) == "1 take on this computer"  # a sign-in alone moves no audio
    assert parent_text(parent((StateCode.LOCAL, "not_uploaded_by_choice"))) == "0 of 1 safe"
    there = (StateCode.WAITING, "elsewhere")
    assert parent_text(parent(StateCode.LOCAL, there, there)) == "3 takes, 2 on another computer"
    assert (
        parent_text(parent(StateCode.SAFE, StateCode.WAITING, there)) == "1 of 3 safe, 1 waiting, 1 on another computer"
    )
    assert parent_text(parent(StateCode.SAFE, StateCode.REMOTE, StateCode.WAITING)) == "2 of 3 safe, 1 waiting"
    several = parent(*[StateCode.UPLOADING] * 3, StateCode.CONFLICT, StateCode.SAFE)
    assert parent_text(several) == "1 of 5 safe, 1 waits for your choice, 3 uploading"


def totals(*states: StateCode | tuple[StateCode, str], cloud: bool = False, last: str = "") -> Totals:
    noon = int(datetime(2026, 11, 27, 14, 32).astimezone().timestamp() * 1000)
    return Totals(1, 1, 1, len(states), 1, 0, 0, last, noon, noon + 60_000, parent(*states, cloud=cloud))


def test_the_sentence_about_all() -> None:
    assert status_sentence(totals()) == "No takes yet"
    assert status_sentence(totals(StateCode.LOCAL)) == "1 take, on this computer"
    assert brought_back_sentence(["A", "1"]) == "Brought back from the trash: “A”, “1”"
    assert status_sentence(totals(*[StateCode.LOCAL] * 214)) == "214 takes, all on this computer"


def test_while_the_first_sync_brings_the_library_the_sentence_claims_nothing_about_all() -> None:
    coming = totals(*[StateCode.LOCAL] * 3, cloud=True, last="a.wav")._replace(is_coming=True)
    assert status_sentence(coming) == "3 takes so far"
    assert status_sentence(totals()._replace(is_coming=True)) == "No takes yet"


def test_a_sign_in_counts_nothing_as_unsafe_before_anything_goes_up() -> None:
    assert status_sentence(totals(StateCode.LOCAL, StateCode.LOCAL, cloud=True)) == "2 takes, all on this computer"
    there = totals(StateCode.LOCAL, (StateCode.WAITING, "elsewhere"), StateCode.CONFLICT, cloud=True)
    assert status_sentence(there) == "3 takes, 1 waits for your choice, 1 on another computer"


def test_the_sentence_names_the_last_take_and_when_it_came() -> None:
    safe = totals(*[StateCode.SAFE] * 213, StateCode.REMOTE, cloud=True, last="07_Chapter-06.wav")
    assert status_sentence(safe) == "All 214 takes safe · last: 07_Chapter-06.wav, 14:32"
    tomorrow = safe._replace(counted_at=safe.last_take_at + 24 * 3_600_000)
    assert status_sentence(tomorrow).endswith(" · last: 07_Chapter-06.wav, 2026-11-27, 14:32")


def test_the_sentence_says_what_is_not_safe() -> None:
    some = totals(StateCode.SAFE, (StateCode.NEEDS_USER, "over_quota"), StateCode.UPLOADING, cloud=True)
    assert status_sentence(some) == "1 of 3 takes safe, 1 needs you, 1 uploading"
    damaged = totals(StateCode.SAFE, (StateCode.NEEDS_USER, "file_damaged"), cloud=True)
    sentence = "the audio of 1 is missing or damaged: add the recording again"
    assert status_sentence(damaged) == f"1 of 2 takes safe; {sentence}"
    alone = totals(StateCode.LOCAL, (StateCode.NEEDS_USER, "file_damaged"))
    assert status_sentence(alone) == f"2 takes; {sentence}"
    copies = totals(StateCode.SAFE, (StateCode.REMOTE, "copy_only"), cloud=True)
    assert status_sentence(copies) == "1 of 2 takes safe"


@pytest.mark.parametrize(
    ("edit", "name"),
    [
        (Edit("move-chapter", (), {"title": "3 · Salt", "count": 1}), "Move chapter “3 · Salt”"),
        (Edit("move-chapter", (), {"title": "3 · Salt", "count": 2}), "Move 2 chapters"),
        (Edit("import", (), {"title": "a.wav", "count": 1}), "Add “a.wav”"),
        (Edit("import", (), {"count": 200}), "Add 200 files"),
        (Edit("choose-take", (), {"title": "{braces}"}), "Choose take “{braces}”"),
        (Edit("unheard-of", (), {}), "Edit"),
    ],
)
def test_acts(edit: Edit, name: str) -> None:
    assert act(edit) == name


def test_long_titles_are_cut_in_menus() -> None:
    assert len(act(Edit("rename-chapter", (), {"title": "x" * 500}))) < 70


def test_history() -> None:
    assert history_sentence(HistoryEntry(0, "added", {"file": "a {b}.wav"})) == "Added from a {b}.wav"
    assert history_sentence(HistoryEntry(0, "chosen", {"number": 2})) == "Take 2 became the current take"
    assert history_sentence(HistoryEntry(0, "renamed", {"title": ""})) == "Own name taken away"
    assert history_sentence(HistoryEntry(0, "of another version", {})) == "Changed"


def test_errors_say_what_and_what_to_do() -> None:
    newer = OutsideError("library-newer", found=9, known=1)
    assert "its form is 9, this one knows 1" in error_sentence(newer)
    assert "newest AudioDesk" in error_action(newer)
    large = UserError("cover-too-large", size=300 * 1024, limit=256 * 1024)
    assert error_sentence(large) == "This picture has 300 KB; a cover may have 256 KB."
    assert error_sentence(UserError("not-found", text="{x}")) == "There is nothing called “{x}” here."
    assert "Something went wrong" in error_sentence(UserError("never-heard-of"))


def raised_codes() -> Iterator[tuple[str, str]]:
    """Find every UserError("…") and OutsideError("…") of the program."""
    root = Path(audiodesk.__file__).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            first = node.args[0]
            if node.func.id in ("UserError", "OutsideError") and isinstance(first, ast.Constant):
                yield str(first.value), str(path.relative_to(root))


@pytest.mark.slow
def test_every_error_that_is_raised_has_words() -> None:
    missing = sorted({(code, path) for code, path in raised_codes() if code not in known_codes()})
    assert missing == []


def test_no_error_leaves_a_brace() -> None:
    for code in known_codes():
        error = UserError(code, message="What a migration says.")  # "backend-stopped" shows only this text
        assert error_sentence(error).endswith("."), code
        assert "{" not in error_sentence(error) + error_action(error)
