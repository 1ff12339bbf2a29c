"""The command that signs in, by password or by a code from an e-mail, and decides about the library made before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from audiodesk.cli.commands.account import account_document
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.confirming import has_terminal
from audiodesk.cli.output.moved import decided_move
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.progress import progress_bar
from audiodesk.composition import Program
from audiodesk.domain.errors import AudioDeskError, UserError
from audiodesk.domain.events import SignInWaiting
from audiodesk.domain.server.adoption import AdoptionChoice, LibrarySize
from audiodesk.domain.words.program.command_words import at_work
from audiodesk.domain.words.server.login_words import (
    adopted_sentence,
    adoption_question,
    code_sent,
    kept_sentence,
    no_code_help,
    signed_in_sentence,
    waiting_sentence,
)
from audiodesk.domain.words.server.moved_words import not_moved_yet, went_on

if TYPE_CHECKING:
    from audiodesk.services.account.account_service import AccountService, FreshSignIn

__all__ = ["login"]


def login(
    *,
    email: Annotated[str, typer.Option("--email", metavar="E", help="The account's e-mail address.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    code: Annotated[bool, typer.Option("--code", help="Sign in with a code that is sent by e-mail.")] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Bring the library made without an account into this one.")
    ] = False,
    keep_apart: Annotated[bool, typer.Option("--keep-apart", help="Leave that library as it is.")] = False,
    moved: Annotated[
        bool, typer.Option("--moved", help="The server has a new address: go on with the library of the former one.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Sign in, and let this computer's keyring hold the sign-in."""
    answer = Answer(as_json=as_json)
    if password_stdin and code:
        raise UserError("login-one-way", names="--password-stdin, --code")
    if adopt and keep_apart:
        raise UserError("login-one-way", names="--adopt, --keep-apart")
    with Program(face="command") as program:
        program.bus.subscribe(SignInWaiting, lambda event: answer.note(waiting_sentence(event.seconds)))
        service = program.account_service
        local = service.local_size()
        choice: AdoptionChoice | None = "adopt" if adopt else "keep-apart" if keep_apart or local is None else None
        if choice is None and local is not None and not has_terminal():
            raise UserError("adoption-undecided", projects=local.projects, takes=local.takes)
        fresh = _ask_server(program, service, answer, email, password_stdin=password_stdin, by_code=code)
        try:
            former = decided_move(service.moved(fresh), answer, moved=moved, keep_apart=keep_apart)
            decided = choice or _decide(service, fresh, answer)
        except BaseException:
            service.drop(fresh)
            raise
        brought = local if decided == "adopt" else None
        account = service.keep(fresh, decided, moved=former, needs_keyring=True)
        _finish_plans(program, answer)
        document = account_document(program, account, signed_in=True)
        before = None if former is None else former.former.host
        answer.document({**document, "adopted": _numbers(brought), "moved_from": before})
        answer.line(signed_in_sentence(shown(account.email), account.host))
        answer.line(kept_sentence(in_keyring=bool(account.keyring)))
        if former is not None:
            answer.line(went_on(former.former.host, former.host))
        if brought is not None:
            answer.line(adopted_sentence(brought))
    return 0


def _finish_plans(program: Program, answer: Answer) -> None:
    """Do what was decided for libraries, or say why not. Ctrl-C stops it; the next command goes on."""
    latest = [(0, 0)]

    def tell(done: int, total: int) -> None:
        latest[0] = (done, total)

    def read() -> tuple[float, float, str] | None:
        done, total = latest[0]
        return (done, total, "") if total else None

    with progress_bar(at_work("bringing-in"), read):
        try:
            program.make_ready(program.chosen_folder, tell)
        except AudioDeskError:
            if (plan := program.server_move.planned()) is not None:
                answer.note(not_moved_yet(plan.former, plan.host))
            raise


def _ask_server(
    program: Program, service: AccountService, answer: Answer, email: str, *, password_stdin: bool, by_code: bool
) -> FreshSignIn:
    given = email or program.environ.get("AUDIODESK_EMAIL", "").strip() or _asked_email(service)
    if by_code:
        service.send_code(given)
        answer.note(code_sent(shown(given)))
        answer.note(no_code_help())
        return service.sign_in_by_code(given, _line("Code"))
    if password_stdin:
        return service.sign_in(given, sys.stdin.readline().rstrip("\r\n"))
    password = "" if email else program.environ.get("AUDIODESK_PASSWORD", "")
    if not password:
        if not has_terminal():
            raise UserError("login-no-terminal")
        password = typer.prompt("Password", hide_input=True, err=True)
    return service.sign_in(given, password)


def _asked_email(service: AccountService) -> str:
    if not has_terminal():
        raise UserError("login-no-terminal")
    known = service.known()
    return str(typer.prompt("E-mail", default=known[0].email if known else None, err=True))


def _line(question: str) -> str:
    """Return one line: asked at the terminal, or the next one of standard input."""
    return str(typer.prompt(question, err=True)) if has_terminal() else sys.stdin.readline().strip()


def _decide(service: AccountService, fresh: FreshSignIn, answer: Answer) -> AdoptionChoice:
    question = service.question(fresh)
    if question is None:
        return "keep-apart"
    for line in adoption_question(question):
        answer.note(line)
    return "adopt" if typer.confirm("Bring it in?", err=True) else "keep-apart"


def _numbers(size: LibrarySize | None) -> dict[str, int] | None:
    return None if size is None else {"projects": size.projects, "takes": size.takes, "size": size.size}
