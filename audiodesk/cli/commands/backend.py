"""The commands for the server's schema: printed, or applied."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audiodesk.cli.commands import backend_objects
from audiodesk.cli.output.answer import Answer
from audiodesk.cli.output.options import AsJson
from audiodesk.composition import Program
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.server.backend_words import (
    apply_summary,
    arguments_are_seen,
    foreign_migrations,
    migration_differs,
    migration_result,
)

if TYPE_CHECKING:
    from audiodesk.domain.server.backend import MigrationItem, SchemaOutcome

__all__ = ["app"]

_NOT_NOW = 3

app = typer.Typer(help="The server: its schema, and copies of the audio in it.", no_args_is_help=True)
app.add_typer(backend_objects.app, name="objects")


@app.command("sql", help="Print the server's schema as one document for the project's SQL editor.")
def sql(*, as_json: AsJson = False) -> int:
    """Print the schema."""
    answer = Answer(as_json=as_json)
    with Program(face="command") as program:
        if as_json:
            files = [
                {"version": migration.version, "name": migration.name, "file": migration.file, "sql": migration.sql}
                for migration in program.backend.migrations
            ]
            answer.document({"files": files})
        else:
            answer.line(program.backend.script().rstrip("\n"))
    return 0


@app.command("apply", help="Apply the server's schema to the database that AUDIODESK_DB_URL names.")
def apply(
    *,
    db_url: Annotated[
        str | None,
        typer.Option("--db-url", metavar="URL", help="The database's address, where AUDIODESK_DB_URL is not set."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    include_all: Annotated[
        bool, typer.Option("--include-all", help="Also apply what comes before something that is applied already.")
    ] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Also apply again what is applied, so that parts changed by hand are put back."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Apply the schema, file by file; exit code 3 if a file failed."""
    answer = Answer(as_json=as_json)
    if db_url is not None:
        answer.note(arguments_are_seen())
    with Program(face="command") as program:
        if dry_run:
            outcome = program.backend.plan(db_url, include_all=include_all, repair=repair)
            for item in outcome.items:
                _say(answer, item)
        else:
            outcome = program.backend.apply(
                db_url, include_all=include_all, repair=repair, tell=lambda item: _say(answer, item)
            )
    counts = Counter(item.result for item in outcome.items)
    answer.document(_document(outcome))
    if outcome.foreign:
        answer.note(foreign_migrations(len(outcome.foreign)))
    differing = sum(item.differs for item in outcome.items)
    answer.line(apply_summary(counts, repair=repair, differing=differing))
    if outcome.error is None:
        return 0
    _say_error(answer, outcome.error)
    return _NOT_NOW


def _say(answer: Answer, item: MigrationItem) -> None:
    answer.line(f"{migration_result(item):<14} {item.migration.file}")
    for notice in item.notices:
        answer.note(f"{'':<14} {notice}")
    if item.differs:
        answer.note(f"{'':<14} {migration_differs()}")


def _say_error(answer: Answer, error: AudioDeskError) -> None:
    answer.note(error_sentence(error))
    if action := error_action(error):
        answer.note(action)


def _document(outcome: SchemaOutcome) -> dict[str, Any]:
    counts = Counter(item.result.value for item in outcome.items)
    document: dict[str, Any] = {
        "items": [
            {
                "version": item.migration.version,
                "name": item.migration.name,
                "file": item.migration.file,
                "result": item.result.value,
                "differs": item.differs,
                "notices": list(item.notices),
            }
            for item in outcome.items
        ],
        "summary": dict(sorted(counts.items())),
        "foreign": list(outcome.foreign),
    }
    if (error := outcome.error) is not None:
        document["error"] = {
            "code": error.code,
            "message": error_sentence(error),
            "action": error_action(error),
            "details": error.details,
        }
    return document
