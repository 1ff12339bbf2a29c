"""The command that says who is signed in, and that removes an account's library from this computer."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.asking import ask_server, waiting_word
from audiodesk.cli.output.confirming import DECLINED, Yes, confirmed
from audiodesk.cli.output.moved import decided_move
from audiodesk.cli.output.options import AsJson
from audiodesk.composition import Core, Program
from audiodesk.composition.standing import has_sign_in, standing_of
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.words.server.account_words import computer_line, renamed_sentence
from audiodesk.domain.words.server.login_words import (
    account_lines,
    ended_sentence,
    not_stored_sentence,
    removed_sentence,
    window_sentence,
)
from audiodesk.domain.words.server.moved_words import not_moved_yet, other_address
from audiodesk.services.account.library_choice import environment_email, host_in

if TYPE_CHECKING:
    from audiodesk.composition.account import Account
    from audiodesk.composition.sign_in import SignIn

__all__ = ["account", "account_document"]

_NAME_SECONDS = 15.0
"""For which the name of a computer is being sent; then the next sync sends it."""


def account(
    *,
    remove_library: Annotated[
        bool,
        typer.Option("--remove-library", help="Remove the account's library from this computer, if all of it is safe."),
    ] = False,
    moved: Annotated[
        bool,
        typer.Option(
            "--moved", help="For a script: the server has a new address, go on with the former one's library."
        ),
    ] = False,
    keep_apart: Annotated[
        bool, typer.Option("--keep-apart", help="For a script: it is another server, begin another library.")
    ] = False,
    leave_apart: Annotated[
        bool,
        typer.Option(
            "--leave-apart",
            help="Give up what could not be finished: the library made without an account, or that of the server's "
            "former address, stays as it is.",
        ),
    ] = False,
    rename_computer: Annotated[
        str, typer.Option("--rename-computer", metavar="NAME", help="Give this computer another name.")
    ] = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> int:
    """Say who is signed in, with which plan, and where the sign-in is kept."""
    answer = Answer(as_json=as_json)
    given = [name for name, is_on in (("--moved", moved), ("--keep-apart", keep_apart)) if is_on]
    if len(given) > 1 or (given and remove_library):
        raise UserError("login-one-way", names=", ".join([*given, *(["--remove-library"] if remove_library else [])]))
    with Program(face="command") as program:
        if leave_apart:
            program.account_service.leave_apart()
        if remove_library:
            return _remove(program, answer, yes=yes)
        if given:
            with program.environment_account() as (person, token):
                found = program.library_questions.moved(person, token)
                former = decided_move(found, answer, moved=moved, keep_apart=keep_apart)
                program.account_service.decide(person, moved=former)
        with program.open() as core:  # an account of the environment becomes known
            account = program.account_of(core.library_folder)
            if account is None:
                raise _nobody(program)
            computers, is_sent = _computers(core, rename_computer)
            standing = standing_of(core)
        host = host_in(program.settings)
        is_there = host in ("", account.host)
        signed_in = is_there and has_sign_in(program, account)
        plan = program.server_move.planned()
        document = account_document(program, account, signed_in=signed_in)
        document |= {"computers": computers, "window": standing.has_window, "rename_sent": is_sent}
    answer.document(document)
    is_unstored = is_there and account.signed_in and not signed_in
    _say(answer, document, account, is_unstored=is_unstored)
    if is_sent is not None:
        answer.line(renamed_sentence(is_sent=is_sent))
    if plan is not None:
        answer.line(not_moved_yet(plan.former, plan.host))
    elif not is_there:
        answer.line(other_address(account.host, host))
    elif is_unstored:
        answer.line(window_sentence(has_window=standing.has_window))
    return 0


def _nobody(program: Program) -> OutsideError:
    """Return why the library of no account is open: nobody signed in, or the environment's sign-in is not used."""
    missing = program.settings.missing_for_server()
    if environment_email(program.environ) and missing:
        return OutsideError("sync-off", names=", ".join(missing))
    return OutsideError("signed-out")


def _say(answer: Answer, document: dict[str, Any], account: KnownAccount, *, is_unstored: bool) -> None:
    """Say in lines what the document holds."""
    if is_unstored:
        answer.line(not_stored_sentence(shown(account.email), account.host))
    else:
        answer.lines(
            account_lines(
                shown(account.email),
                account.host,
                document["plan"] or "",
                signed_in=document["signed_in"],
                in_keyring=document["stored"] == "keyring",
            )
        )
    for computer in document["computers"]:
        answer.line(shown(computer_line(computer["title"], computer["platform"], is_this=computer["this"])))
    if document["ended"]:
        answer.line(ended_sentence(document["ended"]))


def account_document(program: Program, found: KnownAccount, *, signed_in: bool) -> dict[str, Any]:
    """Return ``{id, email, plan, stored, …}``; ``plan`` is null where the server cannot be asked."""
    plan = None
    if signed_in:
        with contextlib.suppress(AudioDeskError), program.sign_in(patient=False) as sign_in:
            plan = ask_server(sign_in, lambda _: _plan(sign_in))
    now = program.accounts.named(found.host, found.user_id) or found
    ended = now.trouble if not now.signed_in and not environment_email(program.environ) else ""
    return {
        "id": found.user_id,
        "email": found.email,
        "plan": plan,
        "stored": "keyring" if now.keyring and now.signed_in else "no",
        "host": found.host,
        "signed_in": signed_in and not ended,
        "keyring": now.keyring,
        "ended": ended,
        "known": [{"id": one.user_id, "email": one.email, "host": one.host} for one in program.accounts.all()],
    }


def _computers(core: Core, new_name: str) -> tuple[list[dict[str, Any]], bool | None]:
    """Return the account's computers as this library knows them; ``new_name`` renames this one before, if given.

    Also whether the server has the new name; None without one.
    """
    if not core.database.is_made or not core.has_account:
        return [], None
    with contextlib.closing(core.sign_in()) as account:
        is_sent = None
        if new_name:
            account.activity.rename_computer(new_name)
            is_sent = _send_name(account)
        this = account.activity.this_computer()
        return [
            {"id": one.id, "title": one.title, "platform": one.platform, "this": one.id == this}
            for one in account.activity.known_computers()
        ], is_sent


def _send_name(account: Account) -> bool:
    """Sync for a moment, because the other computers are to know the name; return whether the server has it."""
    stop = threading.Event()
    end = threading.Timer(_NAME_SECONDS, stop.set)
    end.daemon = True
    end.start()
    try:
        with waiting_word(account.sign_in.host, account.sign_in.asking_for), contextlib.suppress(AudioDeskError):
            account.one_sync.run(stop)
    finally:
        end.cancel()
    return account.activity.is_computer_sent()


def _plan(sign_in: SignIn) -> str:
    return sign_in.storage_account.own_usage().plan


def _remove(program: Program, answer: Answer, *, yes: bool) -> int:
    found = program.account_of(program.library_folder)
    if found is None:
        raise OutsideError("no-account-library")
    if not yes and not confirmed("Remove this account's library from this computer?"):
        return DECLINED
    folder = program.remove_library(found)
    answer.document({"removed": str(folder)})
    answer.line(removed_sentence(shown(str(folder))))
    return 0
