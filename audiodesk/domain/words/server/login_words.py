"""Sentences about accounts: signed in, signed out, what is asked about the library made without an account."""

from __future__ import annotations

from collections.abc import Sequence

from audiodesk.domain import words
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.adoption import AdoptionQuestion, LibrarySize
from audiodesk.domain.words import formats
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.server.adopt_words import bring_in_words, keep_apart_words

__all__ = [
    "account_lines",
    "adopted_sentence",
    "adoption_question",
    "code_sent",
    "ended_sentence",
    "environment_person",
    "kept_sentence",
    "no_code_help",
    "not_stored_sentence",
    "read_without_account",
    "removed_sentence",
    "signed_in_sentence",
    "signed_out_sentences",
    "size_words",
    "waiting_sentence",
    "window_sentence",
]


def signed_in_sentence(email: str, host: str) -> str:
    """Return the sentence after a sign-in."""
    return words.tr("Signed in as {email} at {host}.").format(email=email, host=host)


def environment_person(email: str, host: str) -> str:
    """Return the notice that the server of the environment's sign-in answers now."""
    return words.tr("{host} answers now: the environment signs in {email}.").format(host=host, email=email)


def kept_sentence(*, in_keyring: bool) -> str:
    """Return how long the sign-in lasts."""
    if in_keyring:
        return words.tr("This computer's keyring holds the sign-in.")
    return words.tr("The sign-in lasts until AudioDesk closes.")


def waiting_sentence(seconds: float) -> str:
    """Return the sentence while the server takes no more sign-ins from this network."""
    whole = max(1, round(seconds))
    return words.tr(
        "Too many sign-ins from this network – trying again in {count} seconds",
        "Too many sign-ins from this network – trying again in {count} second",
        whole,
    ).format(count=formats.number(whole))


def code_sent(email: str) -> str:
    """Return the sentence after a code was sent."""
    return words.tr("A code was sent to {email}.").format(email=email)


def no_code_help() -> str:
    """Return what to do about an e-mail that shows a link and no code."""
    return words.tr(
        "The mail shows a link, not a code? Then the operator's mail template lacks it: {placeholder}."
    ).format(placeholder="{{ .Token }}")


def size_words(size: LibrarySize) -> str:
    """Return "3 projects, 214 takes, 1.2 GB"."""
    projects = words.tr("{count} projects", "{count} project", size.projects).format(
        count=formats.number(size.projects)
    )
    takes = words.tr("{count} takes", "{count} take", size.takes).format(count=formats.number(size.takes))
    return f"{projects}, {takes}, {formats.size(size.size)}"


def adoption_question(question: AdoptionQuestion) -> Sequence[str]:
    """Return the lines that come before the choice: both libraries, and what each choice does."""
    lines = [
        words.tr("Made on this computer without an account: {size}.").format(size=size_words(question.here)),
    ]
    if question.there is not None:
        lines.append(words.tr("In the account: {size}.").format(size=size_words(question.there)))
    lines.append(words.tr("Brought in: {what}").format(what=bring_in_words(question)))
    lines.append(words.tr("Kept apart: {what}").format(what=keep_apart_words(question)))
    return lines


def adopted_sentence(size: LibrarySize) -> str:
    """Return the sentence after a library was brought in."""
    return words.tr("Brought in: {size}.").format(size=size_words(size))


def signed_out_sentences(*, told: bool, everywhere: bool, folder: str, unsent: int = 0) -> Sequence[str]:
    """Return what a sign-out did, and what stays on this computer: the library, with ``unsent`` edits."""
    lines = [words.tr("Signed out on this computer.")]
    if told and everywhere:  # when they renew their sign-in
        lines.append(words.tr("Your other computers notice it within an hour of being online."))
    if not told and everywhere:
        lines.append(words.tr("The server could not be reached, so your other computers are still signed in."))
    elif not told:
        lines.append(words.tr("The server could not be told; nobody has the secret of that sign-in any more."))
    lines.append(words.tr("The library stays here, and can be read and edited: {folder}").format(folder=folder))
    if unsent:
        waits = words.tr(
            "{count} edits were not sent yet. They stay in it, and are sent after the next sign-in.",
            "{count} edit was not sent yet. It stays in it, and is sent after the next sign-in.",
            unsent,
        )
        lines.append(waits.format(count=formats.number(unsent)))
    return lines


def account_lines(email: str, host: str, plan: str, *, signed_in: bool, in_keyring: bool) -> Sequence[str]:
    """Return who is signed in, the plan if it is known, and how long the sign-in lasts."""
    if not signed_in:
        return [words.tr("{email} at {host}, signed out.").format(email=email, host=host)]
    lines = [words.tr("{email} at {host}.").format(email=email, host=host)]
    if plan:
        lines.append(words.tr("Plan: {plan}.").format(plan=plan))
    if in_keyring:
        lines.append(kept_sentence(in_keyring=True))
    return lines


def read_without_account(reason: str) -> str:
    """Return what a command says that shows the library without an account, because nobody could be asked."""
    return words.tr(
        "{reason} So it is not known whose library this should be: here is the one without an account."
    ).format(reason=reason)


def not_stored_sentence(email: str, host: str) -> str:
    """Return that no command can use the last sign-in, although nobody signed out."""
    return words.tr("{email} at {host}: no sign-in is stored on this computer.").format(email=email, host=host)


def window_sentence(*, has_window: bool) -> str:
    """Return who may be signed in nevertheless, and what to do; ``has_window``: a window shows the library."""
    if has_window:
        return words.tr(
            "The window that shows this library may be signed in: no keyring held its sign-in, so it lasts until that "
            "window closes. To sign in for commands: audiodesk login"
        )
    return words.tr(
        "No keyring held the last sign-in: it lasts only in the window that made it. Sign in with: audiodesk login"
    )


def ended_sentence(code: str) -> str:
    """Return why the server ended the last sign-in; empty for an empty code."""
    return error_sentence(OutsideError(code)) if code else ""


def removed_sentence(folder: str) -> str:
    """Return the sentence after a library was removed from this computer."""
    return words.tr("Removed from this computer; the cloud has all of it: {folder}").format(folder=folder)
