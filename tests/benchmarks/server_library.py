"""Fills an account on the server with a large library, as an adoption would have: the base and the sync read it."""

from __future__ import annotations

from uuid import UUID

from tests.twin.databases import Connection, Database

__all__ = ["ROWS", "TAKES", "fill_library", "read_library"]

_PROJECTS, _CHAPTERS, _SECTIONS, _TAKES = 100, 2_000, 20_000, 60_000
TAKES = _TAKES
ROWS = _PROJECTS + _CHAPTERS + _SECTIONS + 2 * _TAKES
"""Projects, chapters, sections, takes, and one file for each take."""
_PUSHED = 500
"""Rows in one transaction, as in one push: they share a ``seq``."""


def _head(noun: str) -> str:
    return f"select %(owner)s, md5('{noun}' || n)::uuid, 'a' || lpad(n::text, 6, '0'), 1767225600000 + n"


_FILLS = (
    (
        _PROJECTS,
        (
            "insert into audiodesk.project (owner, id, order_key, created_at, title, author)"
            f" {_head('project')}, 'Book ' || n, 'A. Narrator'"
        ),
    ),
    (
        _CHAPTERS,
        (
            "insert into audiodesk.chapter (owner, id, order_key, created_at, project_id, title)"
            f" {_head('chapter')}, md5('project' || (n + 19) / 20)::uuid, 'Chapter ' || n"
        ),
    ),
    (
        _SECTIONS,
        (
            "insert into audiodesk.section (owner, id, order_key, created_at, chapter_id, title, current_take_id,"
            f" status, last_number) {_head('section')}, md5('chapter' || (n + 9) / 10)::uuid, 'Section ' || n,"
            " md5('take' || 3 * n)::uuid, 'recorded', 3"
        ),
    ),
    (
        _TAKES,
        (
            "insert into audiodesk.take (owner, id, order_key, created_at, section_id, file_name, number, device_id,"
            f" replaces_take_id) {_head('take')}, md5('section' || (n + 2) / 3)::uuid,"
            " '07_Chapter-' || n || '.wav', (n + 2) %% 3 + 1, md5('device')::uuid::text,"
            " case when n %% 3 = 1 then null else md5('take' || n - 1)::uuid end"
        ),
    ),
    (
        _TAKES,
        (
            "insert into audiodesk.take_file (owner, id, order_key, created_at, take_id, sha256, size, kind, seconds,"
            f" sample_rate, channels, bit_depth, tags) {_head('file')}, md5('take' || n)::uuid,"
            " md5('a' || n) || md5('b' || n), 1048576 + n, 'wav', 11.9, 44100, 1, 16,"
            " case when n %% 10 = 0 then jsonb_build_object('title', 'Ferry ' || n) else '{}'::jsonb end"
        ),
    ),
)
"""Each insert ends where its rows n come from."""


def fill_library(database: Database, owner: UUID) -> None:
    """Write the library: 60 000 takes in 20 000 sections, every tenth with a title in its file's tags."""
    for count, insert in _FILLS:
        for first in range(1, count + 1, _PUSHED):
            last = min(first + _PUSHED - 1, count)
            with database.open() as connection:
                connection.execute(
                    f"{insert} from generate_series(%(first)s::integer, %(last)s::integer) as n".encode(),
                    {"owner": owner, "first": first, "last": last},
                )
    with database.open(autocommit=True) as connection:
        for table in _TABLES:
            connection.execute(f"vacuum analyze audiodesk.{table}".encode())


def read_library(connection: Connection) -> int:
    """Read the same rows in the same order with one statement for each table, row security on; return their number."""
    return sum(
        len(connection.execute(f"select * from audiodesk.{table} order by seq, id".encode()).fetchall())
        for table in _TABLES
    )


_TABLES = ("project", "chapter", "section", "take", "take_file")
