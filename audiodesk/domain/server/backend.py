"""What became of the server's migrations: a result for each, and for the whole run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from audiodesk.domain.errors import AudioDeskError

__all__ = ["MigrationItem", "MigrationName", "MigrationResult", "SchemaOutcome"]


@dataclass(frozen=True)
class MigrationName:
    """A migration's name: ``version`` is the leading digits of its file, ``name`` the rest without the ending."""

    version: str
    name: str

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.version}_{self.name}.sql"


class MigrationResult(StrEnum):
    """The result for one migration."""

    APPLIED = "applied"
    PRESENT = "present"
    """It was applied already."""
    REPAIRED = "repaired"
    """It was applied already, and was applied again."""
    PLANNED = "planned"
    """It would be applied."""
    PLANNED_REPAIR = "planned-repair"
    """It is applied already, and would be applied again."""
    FAILED = "failed"
    WAITING = "waiting"
    """An earlier one failed."""


@dataclass(frozen=True, slots=True)
class MigrationItem:
    """One migration with its result and the server's messages."""

    migration: MigrationName
    result: MigrationResult
    differs: bool = False
    """Whether the recorded statements differ from those of this file."""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemaOutcome:
    """The results for all migrations. ``error`` is what stopped the run; earlier results stay."""

    items: tuple[MigrationItem, ...]
    foreign: tuple[str, ...] = ()
    """Versions in the history that belong to foreign migrations."""
    error: AudioDeskError | None = None
