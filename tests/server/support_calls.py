"""Calls as a member of staff for tests, and helpers to read the answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.twin.databases import Database

__all__ = ["FUNCTIONS", "HOURS", "SUPPORT", "ask", "codes", "the_problem"]

SUPPORT = {"role": "support"}
FUNCTIONS = ("support_usage", "support_files", "support_problems")
HOURS = 60 * 60 * 1000


def ask(database: Database, caller: UUID, function: str, *arguments: Any, **claims: Any) -> Any:
    """Call a function as a signed-in user; returns its document."""
    places = ", ".join(["%s"] * len(arguments))
    with database.as_user(caller, **claims) as connection:
        row = connection.execute(f"select public.{function}({places})".encode(), list(arguments)).fetchone()
    assert row is not None
    return row[0]


def codes(document: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in document["problems"]]


def the_problem(document: dict[str, Any], code: str) -> dict[str, Any]:
    (found,) = (problem["params"] for problem in document["problems"] if problem["code"] == code)
    assert isinstance(found, dict)
    return found
