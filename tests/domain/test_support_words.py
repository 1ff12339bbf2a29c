"""Each problem that the server finds has a sentence and an action."""

from __future__ import annotations

import re

from audiodesk.domain.server.storage_usage import ProjectUsage, Queued, StorageUsage
from audiodesk.domain.server.support import StorageProblem
from audiodesk.domain.words.server.support_words import known_problems, problem_action, problem_sentence
from audiodesk.domain.words.server.usage_words import (
    forecast_action,
    forecast_sentence,
    project_name,
    too_large_sentence,
    usage_sentence,
)
from audiodesk.system.folders import resources

MB = 1024 * 1024


def test_the_servers_codes_are_known() -> None:
    (path,) = (resources() / "supabase" / "migrations").glob("*_add_support_access.sql")
    body = path.read_text(encoding="utf-8").partition("function public.support_problems")[2]
    codes = set(re.findall(r"then '(\w+)'|select '(\w+)', |'code', '(\w+)'", body))
    found = {next(filter(None, code)) for code in codes}
    assert len(found) == 9
    assert found == known_problems()


def test_a_problem_without_its_facts_is_told_nevertheless() -> None:
    for code in (*known_problems(), "something_new"):
        problem = StorageProblem(code)
        assert problem_sentence(problem)
        assert problem_action(problem)
        assert "{" not in problem_sentence(problem) + problem_action(problem)


def test_numbers_and_names_are_in_the_sentence() -> None:
    params = {"take_title": "Take 2", "project_title": "The Ferry", "size": 43 * MB, "since": "2026-11-20T08:00:00Z"}
    sentence = problem_sentence(StorageProblem("stuck_upload", params))
    assert sentence == "“Take 2” in “The Ferry” (43.0 MB) has been waiting for its upload since 2026-11-20."


def test_braces_in_a_title_stay_braces() -> None:
    sentence = problem_sentence(StorageProblem("stuck_upload", {"take_title": "{size}", "size": 1}))
    assert "“{size}”" in sentence


def test_an_unknown_reason() -> None:
    failed = StorageProblem("failed_upload", {"count": 3, "reason": "odd_thing", "last_at": "2026-11-20T08:00:00Z"})
    assert "because of “odd_thing”" in problem_sentence(failed)


def test_usage_is_never_rounded_up() -> None:
    almost = StorageUsage("free", 524_287_999, 524_288_000, 1)
    assert "(99 %)" in usage_sentence(almost)
    assert "(100 %)" in usage_sentence(StorageUsage("free", 524_288_000, 524_288_000, 1))
    assert "(100 %)" in usage_sentence(StorageUsage("free", 0, 0, 0))


def test_more_than_allowed() -> None:
    usage = StorageUsage("free", 300 * MB, 200 * MB, 3)
    assert usage_sentence(usage).endswith("100.0 MB more than it allows")
    assert "Nothing is deleted" in forecast_action(Queued(), usage)


def test_what_waits_fits_to_the_byte() -> None:
    usage = StorageUsage("free", 100, 200, 1)
    assert forecast_sentence(Queued(), usage) == ""
    assert forecast_sentence(Queued(1, 100), usage).endswith("It fits.")
    assert forecast_action(Queued(1, 100), usage) == ""
    assert forecast_sentence(Queued(2, 101), usage).endswith("1 byte more than fits.")
    assert forecast_action(Queued(2, 101), usage)


def test_what_is_too_large_for_one_file() -> None:
    assert too_large_sentence(Queued()) == ""
    assert "50.0 MB" in too_large_sentence(Queued(too_large=1, too_large_size=60 * MB))


def test_what_no_project_has() -> None:
    usage = StorageUsage("free", 10, 100, 2, (ProjectUsage("a", "A", 7, 1),))
    assert usage.elsewhere == 3
    assert project_name(None) == "(in no project)"
    assert project_name(ProjectUsage("a", "", 7, 1)) == "(without a title)"
