"""How much is used and free, and which part of the queue does not fit."""

from __future__ import annotations

import pytest

from audiodesk.domain.server.storage_usage import ProjectUsage, Queued, StorageUsage


@pytest.mark.parametrize(
    ("used", "free", "over"), [(0, 1000, 0), (999, 1, 0), (1000, 0, 0), (1001, 0, 1), (5000, 0, 4000)]
)
def test_free_and_over(used: int, free: int, over: int) -> None:
    usage = StorageUsage("free", used, 1000, 1)
    assert (usage.free, usage.over) == (free, over)


@pytest.mark.parametrize(("size", "over"), [(0, 0), (400, 0), (401, 1), (1000, 600)])
def test_the_queue_has_to_fit_beside_what_is_there(size: int, over: int) -> None:
    assert Queued(1, size).over(StorageUsage("free", 600, 1000, 1)) == over


def test_where_too_much_is_stored_nothing_fits() -> None:
    assert Queued(1, 10).over(StorageUsage("free", 1600, 1000, 1)) == 10


@pytest.mark.parametrize(("used", "elsewhere"), [(70, 0), (100, 30), (50, 0)])
def test_what_no_project_has(used: int, elsewhere: int) -> None:
    projects = (ProjectUsage("a", "A", 40, 1), ProjectUsage("b", "B", 30, 1))
    assert StorageUsage("free", used, 1000, 3, projects).elsewhere == elsewhere
