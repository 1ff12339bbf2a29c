"""The command line as a whole: its commands, its exit codes, and what becomes of an error."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
import typer.core

from audiodesk import __version__
from audiodesk.cli.frame.interrupt import INTERRUPTED
from audiodesk.cli.frame.lazy import LazyCommands, take_plain_values_as_they_are
from audiodesk.cli.output.answer import Answer, prepare_streams
from audiodesk.domain.errors import AudioDeskError, BugError, OutsideError, UserError
from audiodesk.domain.words.program.command_words import no_whole_number, stopped, unforeseen, unknown_value
from audiodesk.system import logs
from audiodesk.system.folders import folders

__all__ = ["COMMANDS", "main", "program"]

_WRONG_USAGE = 2
_NOT_NOW = 3
_NO_INTEGER = "valid integer"
_NO_CHOICE = re.compile(r".*(?:, |: )'(.*?)' is not (?:one of )?('.*)", re.DOTALL)
_log = logging.getLogger(__name__)


COMMANDS = {
    "tree": "audiodesk.cli.commands.tree:tree",
    "check": "audiodesk.cli.commands.check:check",
    "import": "audiodesk.cli.commands.importing:import_audio",
    "status": "audiodesk.cli.commands.status:status",
    "verify": "audiodesk.cli.commands.verify:verify",
    "login": "audiodesk.cli.commands.login:login",
    "logout": "audiodesk.cli.commands.logout:logout",
    "account": "audiodesk.cli.commands.account:account",
    "sync": "audiodesk.cli.commands.sync:sync",
    "usage": "audiodesk.cli.commands.usage:usage",
    "support": "audiodesk.cli.commands.support:support",
    "doctor": "audiodesk.cli.commands.doctor:doctor",
    "project": "audiodesk.cli.commands.project:app",
    "chapter": "audiodesk.cli.commands.chapter:app",
    "section": "audiodesk.cli.commands.section:app",
    "take": "audiodesk.cli.commands.take:app",
    "trash": "audiodesk.cli.commands.trash:app",
    "recover": "audiodesk.cli.commands.recover:app",
    "backend": "audiodesk.cli.commands.backend:app",
}
"""Every command, in the order of the help, and where it is: its module is imported when the command is asked for."""


class _Stopped(BaseException):
    """Ctrl-C as an exception of our own, because typer ends a command silently on KeyboardInterrupt."""


class _Program(typer.core.TyperGroup):
    """All commands. Ctrl-C in one of them is raised on to ``main``, which reports it."""

    at_work: Callable[[], None]
    """Called once it is clear that a command runs."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**{**attributes, "commands": LazyCommands(COMMANDS)})

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(COMMANDS)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # the class of contexts is typer's own affair
        found = super().resolve_command(ctx, args)  # loads the command
        if not ctx.resilient_parsing:
            self.at_work()
        return found

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _Stopped from None


program = typer.Typer(
    cls=_Program,
    name="audiodesk",
    help="Projects, chapters, sections and takes for people who make narration. Without a command the window opens.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        Answer(as_json=False).line(f"AudioDesk {__version__}")
        raise typer.Exit


@program.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


def main(arguments: Sequence[str], *, at_work: Callable[[], None] = lambda: None) -> int:
    """Run the command that ``arguments`` name and return the exit code. Raises nothing.

    ``at_work`` is called once it is clear that a command runs; until then, ending the process loses nothing.
    """
    prepare_streams()
    # Without this, log records would go to the terminal when no log file can be written.
    logging.getLogger("audiodesk").addHandler(logging.NullHandler())
    as_json = "--json" in _options_of(arguments)
    answer = Answer(as_json=as_json)
    try:
        return _run(arguments, answer, at_work)
    except AudioDeskError as error:
        return _failed(error, answer)
    except (KeyboardInterrupt, _Stopped):
        answer.failure("stopped", stopped())
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # ours: told in words like everything else, all of it in the log
        _log_bug(error)
        with contextlib.suppress(OutsideError):  # perhaps neither stream can be written
            answer.failure("bug", unforeseen(), details=logs.redact(f"{type(error).__name__}: {error}"))
        return _NOT_NOW
    finally:
        _leave_streams()


def _run(arguments: Sequence[str], answer: Answer, at_work: Callable[[], None]) -> int:
    take_plain_values_as_they_are()
    command: Any = typer.main.get_command(program)
    command.at_work = at_work
    try:
        code = command.main(args=list(arguments), prog_name="audiodesk", standalone_mode=False)
    except typer.TyperException as error:
        _wrong_usage(error, answer)
        return _WRONG_USAGE
    except typer.Abort:
        return INTERRUPTED
    return int(code or 0)


def _wrong_usage(error: typer.TyperException, answer: Answer) -> None:
    context = getattr(error, "ctx", None)
    message = _said_plainly(error)
    if context is not None and type(error).__name__ != "NoArgsIsHelpError":
        answer.note(context.get_usage())
    answer.failure("wrong-usage", message)


def _said_plainly(error: typer.TyperException) -> str:
    """Return what is wrong; where a value is wrong, what is allowed, and not the words of the library that reads it."""
    message = error.format_message()
    param = getattr(error, "param", None)
    options = [text for text in getattr(param, "opts", []) if text.startswith("-")]
    name = options[0] if options else str(getattr(param, "metavar", None) or getattr(param, "name", "")).strip("{}")
    if found := _NO_CHOICE.search(message):
        value, allowed = found.groups()
        return unknown_value(name, value, re.findall(r"'([^']*)'", allowed))
    return no_whole_number(name) if _NO_INTEGER in message else message


def _failed(error: AudioDeskError, answer: Answer) -> int:
    with contextlib.suppress(OutsideError):  # perhaps neither stream can be written
        answer.error(error)
    if isinstance(error, UserError):
        return _WRONG_USAGE
    if isinstance(error, BugError):
        _log_bug(error)
    return _NOT_NOW


def _log_bug(error: Exception) -> None:
    """Write the error and its traceback to the log; the command's own handler is closed by now."""
    handler = logs.start(folders().logs, "command")
    try:
        _log.error("A command broke", exc_info=error)
    finally:
        logs.stop(handler)


def _options_of(arguments: Sequence[str]) -> Sequence[str]:
    """Return the arguments up to ``--``, after which everything is a name."""
    return arguments[: list(arguments).index("--")] if "--" in arguments else arguments


def _leave_streams() -> None:
    """Flush both streams; send a broken one to nothing, or the interpreter would complain about it at the end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
