"""What the window says under the server's address and key that a person typed: settings have no names there."""

from __future__ import annotations

from collections.abc import Mapping

from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words.errors.error_words import error_action, error_sentence

__all__ = ["typed_server_trouble"]

_SAID: Mapping[str, str] = {
    "server-address-wrong": words.QT_TR_NOOP(
        "This is not the address of a server. It looks like https://audio.example.org, without a name or password."
    ),
    "server-name-unknown": words.QT_TR_NOOP(
        "There is no server called {host}. Look for a slip in the address. If it is right, ask the person who runs the "
        "server."
    ),
    "server-unreachable": words.QT_TR_NOOP(
        "{host} cannot be reached. Check whether this computer is online, then the address."
    ),
    "server-not-encrypted": words.QT_TR_NOOP(
        "{host} does not speak an encryption that this computer knows. Check the address, its port above all."
    ),
    "server-page": words.QT_TR_NOOP(
        "A web page came where {host} should have answered. Check the address. If this network has a sign-in page of "
        "its own, open a browser first."
    ),
    "server-redirects": words.QT_TR_NOOP(
        "{host} sends every request on to {where}, which AudioDesk does not follow. If you know {where}, type it as "
        "the address. If this network wants a sign-in, open a browser."
    ),
    "server-answer-odd": words.QT_TR_NOOP(
        "{host} answers in a way that AudioDesk does not know; it may not be a Supabase project. Check the address."
    ),
    "server-key-wrong": words.QT_TR_NOOP(
        "This is not a project's public key; it may have been cut short while copying. Copy it again, as a whole."
    ),
    "server-key-refused": words.QT_TR_NOOP(
        "{host} does not accept this key: it belongs to another project, or is no longer valid. Ask the person who "
        "runs the server for the public key."
    ),
}


def typed_server_trouble(error: AudioDeskError) -> str:
    """Return what is wrong with what was typed, and what to do, as one text."""
    said = _SAID.get(error.code)
    if said is not None and ("{host}" not in said or error.params.get("host")):
        return words.tr(said).format_map({"host": "", "where": "", **error.params})
    return " ".join(part for part in (error_sentence(error), error_action(error)) if part)
