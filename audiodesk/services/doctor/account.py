"""Tests of the sign-in on this computer: which keyring could hold it, and why the last one ended."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.domain.doctor import PartReport
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.system.secrets import SecretStore

__all__ = ["report_keyring", "report_last_sign_in"]


def report_keyring(secrets: Callable[[], SecretStore], account: KnownAccount | None) -> PartReport:
    """Report which keyring can be used. It matters only for somebody whose sign-in a keyring holds."""
    state, name = secrets().state()
    held = account.keyring if account is not None and account.signed_in else ""
    if held and name and name != held:
        return PartReport("keyring", "another", {"name": name, "held": held}, ok=False)
    return PartReport("keyring", state, {"name": name}, ok=state == "ready" or not held)


def report_last_sign_in(account: KnownAccount | None) -> PartReport | None:
    """Report why the server ended the last sign-in; None if it did not."""
    if account is None or account.signed_in or not account.trouble:
        return None
    error = OutsideError(account.trouble)
    params: dict[str, str | int] = {"sentence": error_sentence(error), "action": error_action(error)}
    return PartReport("last-sign-in", "trouble", params, ok=False)
