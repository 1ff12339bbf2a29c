"""Computers with the same name are told apart, the same way on every computer."""

from __future__ import annotations

from audiodesk.domain.server.computers import distinct_names


def test_the_oldest_keeps_the_name_whatever_the_order() -> None:
    found = [("c", "Studio PC", 3), ("a", "Laptop", 2), ("b", "studio pc", 1), ("d", "Studio PC", 3)]
    wanted = {"b": "studio pc", "a": "Laptop", "c": "Studio PC (2)", "d": "Studio PC (3)"}
    assert distinct_names(found) == wanted
    assert distinct_names(reversed(found)) == wanted


def test_a_number_that_somebody_chose_is_not_given_again() -> None:
    found = [("a", "PC", 1), ("b", "PC (2)", 2), ("c", "PC", 3)]
    assert distinct_names(found) == {"a": "PC", "b": "PC (2)", "c": "PC (3)"}


def test_computers_without_a_name_stay_without_one() -> None:
    assert distinct_names([("a", "", 1), ("b", "", 2)]) == {"a": "", "b": ""}
