"""What `backend apply` says of each migration and of all of them."""

from __future__ import annotations

from collections.abc import Mapping

from audiodesk.domain.backend import MigrationItem, MigrationResult
from audiodesk.domain.words import tr, trn

__all__ = [
    "apply_summary",
    "arguments_are_seen",
    "foreign_migrations",
    "migration_differs",
    "migration_result",
]


def migration_result(item: MigrationItem) -> str:
    """Return what became of one migration."""
    return {
        MigrationResult.APPLIED: tr("applied"),
        MigrationResult.PRESENT: tr("there already"),
        MigrationResult.REPAIRED: tr("repaired"),
        MigrationResult.PLANNED: tr("to be applied"),
        MigrationResult.PLANNED_REPAIR: tr("to be repaired"),
        MigrationResult.FAILED: tr("FAILED"),
        MigrationResult.WAITING: tr("not tried"),
    }[item.result]


def migration_differs() -> str:
    """Return what is said where something else was applied under the same version."""
    return tr("What was applied under this version is not what this AudioDesk would apply.")


def foreign_migrations(count: int) -> str:
    """Return what is said of a history that holds other migrations too."""
    return trn(
        "1 other migration is recorded in this project; it was left alone.",
        "{count} other migrations are recorded in this project; they were left alone.",
        count,
    ).format(count=count)


def arguments_are_seen() -> str:
    """Return the warning that goes with ``--db-url``."""
    return tr("Others on this computer can read what is typed after --db-url. AUDIODESK_DB_URL is the safer way.")


def apply_summary(counts: Mapping[MigrationResult, int], *, repair: bool = False, differing: int = 0) -> str:
    """Return the last line of ``backend apply``; ``repair`` where that was asked for.

    ``differing`` tells of how many other statements are recorded than these files hold.
    """
    if counts.get(MigrationResult.FAILED):
        if repair:
            return tr("Not all is repaired. What was done before stays; the failed part changed nothing.")
        return tr("The schema is not complete. What was applied before stays; the failed part left nothing.")
    sentences = [said.format(count=counts[result]) for result, said in _counted(counts) if counts.get(result)]
    if not counts.get(MigrationResult.PLANNED) and not counts.get(MigrationResult.PLANNED_REPAIR):
        sentences.append(
            tr("Some of it is not what this AudioDesk would apply; with --repair it is applied again.")
            if differing
            else tr("The schema is up to date.")
        )
    return " ".join(sentences)


def _counted(counts: Mapping[MigrationResult, int]) -> tuple[tuple[MigrationResult, str], ...]:
    planned, again = counts.get(MigrationResult.PLANNED, 0), counts.get(MigrationResult.PLANNED_REPAIR, 0)
    applied, repaired = counts.get(MigrationResult.APPLIED, 0), counts.get(MigrationResult.REPAIRED, 0)
    return (
        (
            MigrationResult.PLANNED,
            trn("1 migration would be applied.", "{count} migrations would be applied.", planned),
        ),
        (
            MigrationResult.PLANNED_REPAIR,
            trn("1 migration would be repaired.", "{count} migrations would be repaired.", again),
        ),
        (MigrationResult.APPLIED, trn("1 migration was applied.", "{count} migrations were applied.", applied)),
        (MigrationResult.REPAIRED, trn("1 migration was repaired.", "{count} migrations were repaired.", repaired)),
    )
