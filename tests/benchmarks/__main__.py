"""Runs every benchmark and prints one table: python -m tests.benchmarks [name ...]. Not part of the tests."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks import Row

HERE = Path(__file__).parent


def main(wanted: list[str]) -> int:
    """Run the benchmarks named ("import", "check", "window"), else all; return 1 where one is over its limit."""
    names = sorted(path.stem for path in HERE.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    if not chosen:
        print(f"There are: {', '.join(name.removeprefix('bench_') for name in names)}", file=sys.stderr)
        return 2
    table = Table(box=None, pad_edge=False)
    for heading in ("what", "ours", "base", "value", "limit", ""):
        table.add_column(heading, justify="left" if heading in ("what", "") else "right")
    fits = True
    for row in _rows(chosen):
        fits = fits and row.ratio <= row.limit
        table.add_row(
            row.name,
            f"{row.ours_seconds:.3f} s",
            f"{row.base_seconds:.3f} s",
            f"{row.ratio:.2f}",
            f"{row.limit:g}",
            "" if row.ratio <= row.limit else "OVER",
        )
    Console().print(table)
    return 0 if fits else 1


def _rows(names: list[str]) -> Iterator[Row]:
    for name in names:
        print(f"{name.removeprefix('bench_')} …", file=sys.stderr)
        yield from importlib.import_module(f"tests.benchmarks.{name}").run()


if __name__ == "__main__":
    # The benchmarks start processes that import this module again.
    sys.exit(main(sys.argv[1:]))
