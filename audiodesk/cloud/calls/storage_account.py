"""Asks the server about storage: a person's own, and for support that of another person."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.domain.server.storage_usage import StorageUsage
from audiodesk.domain.server.support import Person, StorageProblem, StoredFile
from audiodesk.domain.server.support_looks import SupportLooks

__all__ = ["StorageAccount"]

_PAGE = 1000
"""Files in one answer: the server's maximum."""


class StorageAccount:
    """Questions about storage. Each raises what ``cloud.calls.answers.ask`` raises."""

    def __init__(self, procedures: Procedures) -> None:
        self._procedures = procedures

    def own_usage(self) -> StorageUsage:
        """Return the usage of the signed-in person."""
        from audiodesk.cloud.calls.answers import UsageAnswer, ask

        return ask(UsageAnswer, self._procedures, "storage_usage").usage()

    def looks_at_own(self, limit: int) -> SupportLooks:
        """Return support's newest looks at the signed-in person's storage, at most ``limit``."""
        from audiodesk.cloud.calls.answers import LooksAnswer, ask

        return ask(LooksAnswer, self._procedures, "support_access_log", limit=limit).all()

    def usage_of(self, who: str) -> tuple[Person, StorageUsage, str]:
        """Return the person with the e-mail address or id ``who``, their usage, and their last upload (RFC 3339)."""
        from audiodesk.cloud.calls.answers import UsageOfAnswer, ask

        answer = ask(UsageOfAnswer, self._procedures, "support_usage", who=who)
        return answer.person(), answer.usage(), answer.last_upload_at

    def problems_of(self, who: str) -> tuple[tuple[StorageProblem, ...], dict[str, int]]:
        """Return the problems in a person's storage, and the number of problems of each code."""
        from audiodesk.cloud.calls.answers import ProblemsAnswer, ask

        answer = ask(ProblemsAnswer, self._procedures, "support_problems", who=who)
        return answer.all(), answer.counts

    def files_of(self, who: str, *, progress: Callable[[int], None] = lambda _: None) -> list[StoredFile]:
        """Return a person's files in the order of the keys; ``progress`` gets the number of files so far."""
        from audiodesk.cloud.calls.answers import FilesAnswer, ask

        files: list[StoredFile] = []
        after: str | None = None
        while True:
            answer = ask(FilesAnswer, self._procedures, "support_files", who=who, after_key=after, limit=_PAGE)
            files += answer.files
            progress(len(files))
            # Stop if the cursor does not move: the loop would never end.
            if not answer.next or answer.next == after:
                return files
            after = answer.next
