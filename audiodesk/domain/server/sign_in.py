"""What the errors of a sign-in mean: whether it is over, and which field of the dialog they belong to."""

from __future__ import annotations

from typing import Literal

from audiodesk.domain.errors import AudioDeskError

__all__ = ["SIGN_IN_ENDED", "Field", "field_of", "is_ended"]

Field = Literal["address", "key", "email", "password", "code", ""]

SIGN_IN_ENDED = frozenset(
    {
        "account-deleted",
        "sign-in-banned",
        "sign-in-ended",
        "sign-in-one-computer",
        "sign-in-time-over",
        "sign-in-used",
    }
)
"""Errors by which a server refuses to renew a sign-in. Only these sign a person out; all other trouble passes."""

_FIELDS: dict[str, Field] = {
    "server-not-set": "address",
    "server-address-wrong": "address",
    "server-address-insecure": "address",
    "server-address-dashboard": "address",
    "server-address-database": "address",
    "server-answer-odd": "address",
    "server-certificate": "address",
    "server-name-unknown": "address",
    "server-needs-update": "address",
    "server-not-encrypted": "address",
    "server-page": "address",
    "server-paused": "address",
    "server-redirects": "address",
    "server-schema-missing": "address",
    "server-unreachable": "address",
    "server-half-set": "key",
    "server-key-wrong": "key",
    "server-key-other-project": "key",
    "server-key-refused": "key",
    "service-key-refused": "key",
    "email-wrong": "email",
    "sign-in-no-account": "email",
    "sign-in-unconfirmed": "email",
    "sign-in-banned": "email",
    "mails-too-many": "email",
    "sign-in-refused": "password",
    "code-wrong": "code",
}


def is_ended(error: AudioDeskError) -> bool:
    """Tell whether the server refused to renew the sign-in, so that the person has to sign in again."""
    return error.code in SIGN_IN_ENDED


def field_of(error: AudioDeskError) -> Field:
    """Return the field under which the dialog shows ``error``; empty if it belongs to none of them."""
    if error.code == "server-half-set" and error.params.get("name") == "SUPABASE_URL":
        return "address"
    return _FIELDS.get(error.code, "")
