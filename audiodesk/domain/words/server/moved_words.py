"""Sentences of the question whether a server moved to another address, or is another server."""

from __future__ import annotations

from collections.abc import Sequence

from audiodesk.domain import words
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.login_words import size_words

__all__ = [
    "another_server_words",
    "known_words",
    "moved_question",
    "moved_words",
    "namesake_words",
    "not_moved_yet",
    "other_address",
    "proof_words",
    "waiting_words",
    "went_on",
]


def other_address(former: str, host: str) -> str:
    """Return what a window says of a library whose server is not the one that the settings name."""
    return words.tr(
        "These books belong to an account at {former}, and the settings name {host} now. Nothing is sent to it before "
        "you sign in there."
    ).format(former=former, host=host)


def known_words(moved: MovedServer) -> str:
    """Return why there is a question."""
    return words.tr("On this computer {email} is known at {former}. The account at {host} has the same id.").format(
        email=moved.former.email, former=moved.former.host, host=moved.host
    )


def proof_words(moved: MovedServer) -> str:
    """Return what the server knows of the library, and whether the former address still answers."""
    if moved.knows_library:
        said = words.tr("{host} knows the last sync of this library.")
    elif moved.knows_library is None:
        said = words.tr("Whether {host} knows this library cannot be told.")
    else:
        said = words.tr("{host} does not know the last sync of this library: it is another server, or an older backup.")
    answers = (
        words.tr("A server still answers at {former}.")
        if moved.former_answers
        else words.tr("{former} does not answer any more.")
    )
    return f"{said.format(host=moved.host)} {answers.format(former=moved.former.host)}"


def waiting_words(moved: MovedServer) -> str:
    """Return how many edits wait to be sent."""
    return words.tr("{count} edits", "{count} edit", moved.waiting).format(count=formats.number(moved.waiting))


def moved_words(moved: MovedServer) -> str:
    """Return what follows if it is the same server."""
    said = words.tr(
        "The library opens as it is, with all that was not sent yet, and agrees with {host} from now on."
    ).format(host=moved.host)
    if moved.knows_library is False:
        more = words.tr("What this computer has and that server lacks is sent to it.")
        said = f"{said} {more}"
    return said


def another_server_words(moved: MovedServer) -> str:
    """Return what follows if it is another server."""
    return words.tr(
        "A library of its own opens for {host}. That of {former} stays on this computer, and nothing of it is sent "
        "elsewhere."
    ).format(host=moved.host, former=moved.former.host)


def not_moved_yet(former: str, host: str) -> str:
    """Return what is said of a library that could not follow its server yet."""
    return words.tr(
        "This library is to go on at {host}, and could not be moved there yet. Until then it opens as it is, as that "
        "of {former}, and nothing of it is sent. Each start tries again."
    ).format(former=former, host=host)


def namesake_words(email: str, former: str) -> str:
    """Return what is said in an empty library where the same e-mail address has another one here."""
    return words.tr("The books of {email} at {former} are still on this computer, in a library of their own.").format(
        email=email, former=former
    )


def went_on(former: str, host: str) -> str:
    """Return the sentence after a library has followed its server."""
    return words.tr("The library of {former} goes on at {host}.").format(former=former, host=host)


def moved_question(moved: MovedServer) -> Sequence[str]:
    """Return the lines that come before the choice at the command line."""
    return [
        known_words(moved),
        words.tr("Its library here: {size}; not sent yet: {waiting}.").format(
            size=size_words(moved.size), waiting=waiting_words(moved)
        ),
        proof_words(moved),
        words.tr("If the server moved: {sentence}").format(sentence=moved_words(moved)),
        words.tr("If not: {sentence}").format(sentence=another_server_words(moved)),
    ]
