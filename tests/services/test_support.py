"""Looking at another person's storage: which person a query means."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from audiodesk.cloud.calls.storage_account import StorageAccount
from audiodesk.domain.server.storage_usage import StorageUsage
from audiodesk.domain.server.support import Person, StorageProblem, StoredFile
from audiodesk.services.server.support import Support


class _Account:
    """A server that notes whom it was asked about."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def usage_of(self, who: str) -> tuple[Person, StorageUsage, str]:
        self.asked.append(("usage", who))
        return Person("the-id", who, ""), StorageUsage("free", 0, 100, 7), ""

    def problems_of(self, who: str) -> tuple[tuple[StorageProblem, ...], dict[str, int]]:
        self.asked.append(("problems", who))
        return (), {}

    def files_of(self, who: str, *, progress: Callable[[int], None]) -> list[StoredFile]:
        self.asked.append(("files", who))
        progress(5)
        return []


def test_after_the_first_question_it_goes_by_the_id() -> None:
    account, told = _Account(), list[tuple[int, int]]()
    support = Support(cast("StorageAccount", account))
    report = support.look(" anna@example.org ", files=True, progress=lambda done, whole: told.append((done, whole)))
    assert account.asked == [("usage", "anna@example.org"), ("problems", "the-id"), ("files", "the-id")]
    assert told == [(5, 7)]
    assert report.files == ()


def test_files_are_asked_for_only_when_they_are_wanted() -> None:
    account = _Account()
    report = Support(cast("StorageAccount", account)).look("anna@example.org")
    assert [what for what, _ in account.asked] == ["usage", "problems"]
    assert report.files is None
