"""The output of `backend apply` for each migration and for the whole run."""

from __future__ import annotations

from collections.abc import Mapping

from audiodesk.domain import words
from audiodesk.domain.server.backend import MigrationItem, MigrationResult

__all__ = [
    "apply_summary",
    "arguments_are_seen",
    "foreign_migrations",
    "migration_differs",
    "migration_result",
]


def migration_result(item: MigrationItem) -> str:
    """Return the result of one migration in words."""
    return {
        MigrationResult.APPLIED: words.tr("applied"),
        MigrationResult.PRESENT: words.tr("there already"),
        MigrationResult.REPAIRED: words.tr("repaired"),
        MigrationResult.PLANNED: words.tr("to be applied"),
        MigrationResult.PLANNED_REPAIR: words.tr("to be repaired"),
        MigrationResult.FAILED: words.tr("FAILED"),
        MigrationResult.WAITING: words.tr("not tried"),
    }[item.result]


def migration_differs() -> str:
    """Return the note for a version that is recorded with other statements."""
    return words.tr("What was applied under this version is not what this AudioDesk would apply.")


def foreign_migrations(count: int) -> str:
    """Return the note that the history also holds foreign migrations."""
    return words.tr(
        "{count} other migrations are recorded in this project; they were left alone.",
        "1 other migration is recorded in this project; it was left alone.",
        count,
    ).format(count=count)


def arguments_are_seen() -> str:
    """Return the warning about ``--db-url``: other users of the computer can see arguments."""
    return words.tr("Others on this computer can read what is typed after --db-url. AUDIODESK_DB_URL is the safer way.")


def apply_summary(counts: Mapping[MigrationResult, int], *, repair: bool = False, differing: int = 0) -> str:
    """Return the last line of ``backend apply``; ``repair`` if that was requested.

    ``differing`` is the number of migrations whose recorded statements differ from these files.
    """
    if counts.get(MigrationResult.FAILED):
        if repair:
            return words.tr("Not all is repaired. What was done before stays; the failed part changed nothing.")
        return words.tr("The schema is not complete. What was applied before stays; the failed part left nothing.")
    sentences = [said.format(count=counts[result]) for result, said in _counted(counts) if counts.get(result)]
    if not counts.get(MigrationResult.PLANNED) and not counts.get(MigrationResult.PLANNED_REPAIR):
        sentences.append(
            words.tr("Some of it is not what this AudioDesk would apply; with --repair it is applied again.")
            if differing
            else words.tr("The schema is up to date.")
        )
    return " ".join(sentences)


def _counted(counts: Mapping[MigrationResult, int]) -> tuple[tuple[MigrationResult, str], ...]:
    planned, again = counts.get(MigrationResult.PLANNED, 0), counts.get(MigrationResult.PLANNED_REPAIR, 0)
    applied, repaired = counts.get(MigrationResult.APPLIED, 0), counts.get(MigrationResult.REPAIRED, 0)
    return (
        (
            MigrationResult.PLANNED,
            words.tr("{count} migrations would be applied.", "1 migration would be applied.", planned),
        ),
        (
            MigrationResult.PLANNED_REPAIR,
            words.tr("{count} migrations would be repaired.", "1 migration would be repaired.", again),
        ),
        (MigrationResult.APPLIED, words.tr("{count} migrations were applied.", "1 migration was applied.", applied)),
        (
            MigrationResult.REPAIRED,
            words.tr("{count} migrations were repaired.", "1 migration was repaired.", repaired),
        ),
    )
