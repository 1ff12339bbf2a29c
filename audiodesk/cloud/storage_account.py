"""What the server says of storage: a person's own, and for support that of another."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.cloud.answers import Fields
from audiodesk.cloud.procedures import Procedures
from audiodesk.domain.storage_usage import DatabaseUsage, ProjectUsage, StorageUsage
from audiodesk.domain.support import FILE_FACTS, Person, StorageProblem, StoredFile
from audiodesk.domain.support_looks import SupportLook, SupportLooks

__all__ = ["StorageAccount"]

_PAGE = 1000
"""Files in one answer: the most that the server gives."""


class StorageAccount:
    """Questions about storage. Each raises what ``Procedures.call`` raises."""

    def __init__(self, procedures: Procedures) -> None:
        self._procedures = procedures

    def own_usage(self) -> StorageUsage:
        """Return the usage of the person who is signed in."""
        return _usage(self._ask("storage_usage"))

    def looks_at_own(self, limit: int) -> SupportLooks:
        """Return the newest looks, ``limit`` of them at most, that support took at the storage of who is signed in."""
        answer = self._ask("support_access_log", limit=limit)
        looks = tuple(
            SupportLook(found.text("id"), found.moment("at"), found.text("what"), found.flag("continued"))
            for found in answer.children("looks")
        )
        return SupportLooks(looks, answer.flag("more"))

    def usage_of(self, who: str) -> tuple[Person, StorageUsage, str]:
        """Return who an e-mail address or an id means, their usage, and when the last upload came (RFC 3339)."""
        answer = self._ask("support_usage", who=who)
        return _person(answer.child("user")), _usage(answer), answer.text("last_upload_at")

    def problems_of(self, who: str) -> tuple[tuple[StorageProblem, ...], dict[str, int]]:
        """Return the problems in a person's storage, and how many there are of each code."""
        answer = self._ask("support_problems", who=who)
        problems = tuple(
            StorageProblem(found.text("code"), found.child("params").plains()) for found in answer.children("problems")
        )
        counts = answer.child("counts")
        return problems, {code: counts.number(code) for code in counts.mapping()}

    def files_of(self, who: str, *, progress: Callable[[int], None] = lambda _: None) -> list[StoredFile]:
        """Return a person's files, in the order of their keys; ``progress`` is told how many there are so far."""
        files: list[StoredFile] = []
        after: str | None = None
        while True:
            answer = self._ask("support_files", who=who, after_key=after, limit=_PAGE)
            files += [{fact: found.plain(fact) for fact in FILE_FACTS} for found in answer.children("files")]
            progress(len(files))
            following = answer.text("next")
            # A cursor that does not move would ask for ever.
            if not following or following == after:
                return files
            after = following

    def _ask(self, name: str, **arguments: object) -> Fields:
        return Fields(self._procedures.document(name, **arguments), self._procedures.host, name)


def _person(fields: Fields) -> Person:
    return Person(id=fields.text("id"), email=fields.text("email"), created_at=fields.text("created_at"))


def _usage(fields: Fields) -> StorageUsage:
    return StorageUsage(
        plan=fields.text("plan"),
        used=fields.number("used"),
        allowed=fields.number("allowed"),
        objects=fields.number("objects"),
        database=_database(fields.child("database")) if fields.mapping().get("database") is not None else None,
        projects=tuple(
            ProjectUsage(
                id=found.text("id"),
                title=found.text("title"),
                used=found.number("used"),
                takes=found.number("takes"),
            )
            for found in fields.children("projects")
        ),
    )


def _database(fields: Fields) -> DatabaseUsage:
    return DatabaseUsage(
        rows=fields.number("rows"),
        allowed_rows=fields.number("allowed_rows"),
        size=fields.number("bytes"),
        allowed=fields.number("allowed_bytes"),
    )
