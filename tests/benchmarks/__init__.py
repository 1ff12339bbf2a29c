"""How fast AudioDesk is, as ratios to a bare loop for the same job: python -m tests.benchmarks."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: medians over several interleaved repetitions."""

    name: str
    ratio: float
    """What is held against the limit: mostly ``ours_seconds / base_seconds``."""
    limit: float
    ours_seconds: float
    base_seconds: float
