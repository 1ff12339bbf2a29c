"""Probes ask their question in a process of their own, which may crash."""

from __future__ import annotations

import os

import pytest

from audiodesk.system import probes
from audiodesk.system.probes import Probe


def _crash() -> str:
    os.abort()


def _raise() -> str:
    raise ImportError("libpulse.so.0 is not there")


@pytest.mark.slow
def test_a_crash_in_the_other_process_is_an_answer() -> None:
    assert probes._ask(_crash).answer is None
    assert probes._ask(_raise) == Probe(None, "ImportError: libpulse.so.0 is not there")
