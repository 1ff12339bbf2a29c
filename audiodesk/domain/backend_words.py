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
        MigrationResult.PLANNED: tr("to be applied"),
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


def apply_summary(counts: Mapping[MigrationResult, int]) -> str:
    """Return the last line of ``backend apply``."""
    if counts.get(MigrationResult.FAILED):
        return tr("The schema is not complete. What was applied before stays; the failed part left nothing.")
    if planned := counts.get(MigrationResult.PLANNED):
        return trn("1 migration would be applied.", "{count} migrations would be applied.", planned).format(
            count=planned
        )
    if applied := counts.get(MigrationResult.APPLIED):
        return trn(
            "1 migration was applied. The schema is up to date.",
            "{count} migrations were applied. The schema is up to date.",
            applied,
        ).format(count=applied)
    return tr("The schema is up to date.")
