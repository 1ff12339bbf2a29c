"""Apply the schema by every way and compare, the real supabase CLI too: python -m tests.server.compare_with_cli.

The CLI comes from npm (``npm install supabase``); give its place by ``--cli`` where it is not on the path. Each way
gets a fresh project. It prints a line for each way, then what differs, and ends with 1 if anything does.
"""

from __future__ import annotations

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from audiodesk.cloud.schema.migration_files import migrations_folder, read_migrations
from audiodesk.services.server.backend import Backend
from audiodesk.services.server.backend_script import backend_script
from tests.server.schema_picture import schema_picture
from tests.twin.databases import Database, Databases
from tests.twin.postgres import PostgresServer

__all__ = ["main"]

FILES = read_migrations()
CONFIG = (migrations_folder().parent / "config.toml").read_bytes()
Step = tuple[Callable[[Database, int], None], int]
SHOWN = 60
WIDTH = 500
"""Lines of a difference, and characters of each."""


class Cli:
    """The supabase CLI, run on a copy of our folder: it leaves notes of its own there."""

    def __init__(self, program: str) -> None:
        self._program = program

    def run(self, database: Database, *arguments: str, files: int | None = None) -> str:
        """Run it with the first ``files`` migrations and return what it said; it must not fail."""
        with self.folder(files) as folder:
            return self.run_in(folder, database, *arguments)

    def run_in(self, folder: Path, database: Database, *arguments: str) -> str:
        """Run it in ``folder`` and return what it said; it must not fail."""
        done = subprocess.run(
            [self._program, *arguments, f"--remote={database.url}", "--workdir", str(folder), "--yes"],
            env={**os.environ, "DO_NOT_TRACK": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        said = done.stdout + done.stderr
        if done.returncode:
            raise SystemExit(f"supabase {' '.join(arguments)} failed:\n{said}")
        return said

    @contextmanager
    def folder(self, files: int | None = None) -> Iterator[Path]:
        """A copy of our folder with the first ``files`` migrations, None all of them, for ``--workdir``."""
        with tempfile.TemporaryDirectory(prefix="audiodesk-cli-") as place:
            copy = Path(place) / "supabase"
            (copy / "migrations").mkdir(parents=True)
            (copy / "config.toml").write_bytes(CONFIG)
            for migration in FILES[:files]:
                (copy / "migrations" / migration.file).write_bytes(migration.sql.encode())
            yield Path(place)


def _apply(database: Database, files: int) -> None:
    outcome = Backend(FILES[:files]).apply(database.url)
    if outcome.error is not None:
        raise SystemExit(f"backend apply failed: {outcome.error}\n{outcome.error.details}")


def _paste(database: Database, files: int, *options: str) -> None:
    subprocess.run(
        [database.server.binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *options, database.url],
        input=backend_script(FILES[:files]),
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
        timeout=300,
    )


def _paste_at_once(database: Database, files: int) -> None:
    _paste(database, files, "--single-transaction")


def _ways(cli: Cli) -> dict[str, list[Step]]:
    """Return each way as steps: what is done, and with how many of the files."""
    some, every = len(FILES) // 2, len(FILES)

    def push(database: Database, files: int) -> None:
        cli.run(database, "db", "push", files=files)

    return {
        "supabase db push": [(push, every)],
        "backend apply": [(_apply, every)],
        "backend sql, each block by itself": [(_paste, every)],
        "backend sql, all in one transaction": [(_paste_at_once, every)],
        "db push, then backend apply": [(push, some), (_apply, every)],
        "backend apply, then db push": [(_apply, some), (push, every)],
        "backend sql, then db push": [(_paste, some), (push, every)],
        "db push, then backend sql": [(push, some), (_paste, every)],
        "all three in turn, then again": [
            *((_apply, 1), (_paste, 2), (push, 3), (_apply, 4), (_paste_at_once, 5)),
            *((push, every), (_apply, every), (_paste, every), (push, every)),
        ],
    }


def _content(cli: Cli, database: Database) -> list[str]:
    """Return what the CLI still finds to do after the schema is there; it should be nothing."""
    found = []
    said = cli.run(database, "db", "push", "--dry-run")
    if "up to date" not in said:
        found.append(f"db push --dry-run: {said}")
    said = cli.run(database, "migration", "list")
    found += [f"migration list misses {m.version}" for m in FILES if said.count(m.version) != 2]
    with cli.folder(0) as folder:
        cli.run_in(folder, database, "migration", "fetch")
        fetched = {path.name: path.read_text() for path in (folder / "supabase" / "migrations").glob("*.sql")}
    for migration in FILES:
        words = " ".join(fetched.get(migration.file, "").replace(";", " ").split())
        if words != " ".join(migration.sql.replace(";", " ").split()):
            found.append(f"migration fetch gives another {migration.file}")
    return found


def main(arguments: list[str]) -> int:
    """Compare all ways on projects of both ages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cli", default="supabase", help="the supabase CLI, 3.1 or newer")
    cli = Cli(parser.parse_args(arguments).cli)
    differences = 0
    server = PostgresServer()
    try:
        databases = Databases(server)
        for newer in (False, True):
            expected = ""
            for name, way in _ways(cli).items():
                database = databases.create(migrations=False, newer=newer)
                for act, files in way:
                    act(database, files)
                picture = schema_picture(database)
                expected = expected or picture
                found = _content(cli, database)
                lines = difflib.unified_diff(expected.splitlines(), picture.splitlines(), lineterm="", n=1)
                found += [line[:WIDTH] for line in lines][:SHOWN]
                differences += len(found)
                print(f"{'DIFFERENT' if found else 'the same':<10} {'newer' if newer else 'older'} project: {name}")
                print(*found, sep="\n", end="\n" if found else "")
                databases.drop(database)
        databases.close()
    finally:
        server.close()
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
