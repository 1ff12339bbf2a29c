"""Sentences about the account: its plan, its sign-in, signing out, and removing its library."""

from __future__ import annotations

from collections.abc import Sequence

from audiodesk.domain import words
from audiodesk.domain.server.account import AccountFacts
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.connection_words import connection_word

__all__ = [
    "books_in_sync",
    "computer_line",
    "everywhere_question",
    "plan_words",
    "platform_name",
    "removal_question",
    "removal_refused",
    "renamed_sentence",
    "server_words",
    "sign_in_words",
    "unsent_edits",
]


def platform_name(platform: str) -> str:
    """Return the name of an operating system as people write it."""
    code = platform.casefold()
    if code in ("macos", "darwin"):
        return "macOS"
    if code in ("windows", "win32"):
        return "Windows"
    return "Linux" if code == "linux" else platform


def computer_line(title: str, platform: str, *, is_this: bool) -> str:
    """Return a computer as a line: "Studio PC, Linux (this computer)"."""
    said = ", ".join(part for part in (title, platform_name(platform)) if part)
    return words.tr("{computer} (this computer)").format(computer=said) if is_this else said


def renamed_sentence(*, is_sent: bool) -> str:
    """Return who knows the new name of this computer."""
    if is_sent:
        return words.tr("The server has the new name; your other computers show it after their next sync.")
    return words.tr("The new name could not be sent now. It goes with the next sync.")


def plan_words(facts: AccountFacts) -> str:
    """Return "Free, 500.0 MB · 356.0 MB used", as far as it is known."""
    plans = {"free": words.tr("Free"), "paid": words.tr("Paid")}
    plan = plans.get(facts.plan, facts.plan)
    allowed = "" if facts.allowed is None else formats.size(facts.allowed)
    used = "" if facts.used is None else words.tr("{size} used").format(size=formats.size(facts.used))
    return " · ".join(part for part in (", ".join(part for part in (plan, allowed) if part), used) if part)


def server_words(facts: AccountFacts) -> str:
    """Return "audio.example.org · Online", or that the settings keep the library here."""
    if facts.sends_nothing:
        return words.tr("{host} · nothing is sent, the library is kept on this computer only").format(host=facts.host)
    return f"{facts.host} · {connection_word(facts.connection)}"


def sign_in_words(facts: AccountFacts, since: str) -> str:
    """Return where the sign-in is kept; ``since`` is a date in words, empty if it is not known."""
    if not facts.is_signed_in:
        return words.tr("Signed out. The library stays on this computer, and work goes on.")
    if not facts.keyring:
        return words.tr("Lasts until AudioDesk closes")
    if not since:
        return words.tr("Kept by {keyring}").format(keyring=facts.keyring)
    return words.tr("Kept by {keyring}, since {day}").format(keyring=facts.keyring, day=since)


def books_in_sync(when: str) -> str:
    """Return that this computer and the server agree; ``when`` is the moment of the last sync in words."""
    return words.tr("Books in sync · {when}").format(when=when)


def everywhere_question(email: str) -> str:
    """Return the question before all computers are signed out."""
    return words.tr(
        "All computers of {email} are signed out: this one at once, the others within an hour. Nothing is removed "
        "from them, and each can sign in again."
    ).format(email=email)


def removal_question(email: str, size: int) -> str:
    """Return the question before a library is removed from this computer that has nothing of its own here."""
    return words.tr(
        "Nothing of {email} is only on this computer. Removing its library from here frees {size}; sign in again, and "
        "it comes back."
    ).format(email=email, size=formats.size(size))


def removal_refused(unsafe: Sequence[str]) -> str:
    """Return why a library cannot be removed, and what to do instead: ``unsafe`` names what is only here."""
    return words.tr(
        "{count} things are only on this computer and would be lost, so the library stays. To leave the account, sign "
        "out: that removes nothing.",
        "{count} thing is only on this computer and would be lost, so the library stays. To leave the account, sign "
        "out: that removes nothing.",
        len(unsafe),
    ).format(count=formats.number(len(unsafe)))


def unsent_edits(changes: int) -> list[str]:
    """Return the line about edits that the server did not take yet; none if there are none."""
    if not changes:
        return []
    said = words.tr(
        "{count} edits that the server does not have", "{count} edit that the server does not have", changes
    )
    return [said.format(count=formats.number(changes))]
