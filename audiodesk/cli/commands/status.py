"""The command that says where every take stands, in one truthful sentence and in numbers."""

from __future__ import annotations

from audiodesk.cli.output.answer import Answer
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.reading import open_to_read
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.program.status_words import status_sentence, with_trouble

__all__ = ["status"]


def status(*, as_json: AsJson = False) -> int:
    """Say where every take stands."""
    answer = Answer(as_json=as_json)
    with open_to_read() as core:
        cut_short = core.upkeep.is_import_cut_short()
        totals = core.catalogue.totals()
        trouble = core.database.trouble
    sentence = with_trouble(status_sentence(totals), trouble)
    answer.document(
        {
            "connection": "local",
            "sentence": sentence,
            # Only what is in the cloud counts as safe; without a cloud nothing does.
            "all_safe": totals.takes > 0 and totals.states.safe == totals.takes,
            "states": {state.value: count for state, count in totals.states.by_code.items()},
            "queue": [],
            "read_only": None if trouble is None else trouble.code,
            "projects": totals.projects,
            "sections": totals.sections,
            "recorded": totals.recorded,
            "takes": totals.takes,
            "size": totals.size,
            "trashed": totals.trashed,
        }
    )
    answer.line(sentence)
    if trouble is not None:
        answer.note(f"{error_sentence(trouble)} {error_action(trouble)}")
    if cut_short:
        from audiodesk.domain.words.importing.import_words import cut_short_sentence

        answer.note(cut_short_sentence())
    return 0
