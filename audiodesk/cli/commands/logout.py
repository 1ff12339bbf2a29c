"""The command that signs out, on this computer or everywhere."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.options import AsJson
from audiodesk.composition import Program
from audiodesk.composition.standing import standing_of
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words.server.login_words import signed_out_sentences

__all__ = ["logout"]


def logout(
    *,
    email: Annotated[
        str, typer.Option("--email", metavar="E", help="The account's address, if it is not the one in use.")
    ] = "",
    everywhere: Annotated[bool, typer.Option("--everywhere", help="End the sign-ins of all your computers.")] = False,
    as_json: AsJson = False,
) -> int:
    """Remove the sign-in from this computer, also offline; the library stays."""
    answer = Answer(as_json=as_json)
    with Program(face="command") as program:
        signing_out = program.signing_out
        result = signing_out.sign_out(signing_out.leaving(email), everywhere=everywhere)
        folder = program.place_of(program.folders.library_of(result.account))
        unsent = _unsent(program, folder)
    done = result.told or not everywhere
    answer.document(
        {
            "id": result.account.user_id,
            "email": result.account.email,
            "server_told": result.told,
            "everywhere": everywhere and result.told,
            "library": str(folder),
            "unsent": unsent,
        }
    )
    place = shown(str(folder))
    answer.lines(signed_out_sentences(told=result.told, everywhere=everywhere, folder=place, unsent=unsent or 0))
    return 0 if done else 1


def _unsent(program: Program, folder: Path) -> int | None:
    """Return how many edits in the library wait to be sent; None where it cannot be read, which hinders no sign-out."""
    with contextlib.suppress(AudioDeskError), program.open(folder) as core:
        return standing_of(core).waiting
    return None
