"""The accounts that were ever used on this computer, and whose library was open last. Holds no secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from audiodesk.domain.server.account import KnownAccount
from audiodesk.system.json_file import JsonFile

__all__ = ["AccountStore"]


class AccountStore:
    """``accounts.json`` in the settings folder; several processes may write it.

    ``leaves`` of an account is a note that only grows, until ``note_left``: it is written before a keyring is asked to
    store or remove a secret, so that a program that is killed leaves no secret that nobody knows of.
    """

    def __init__(self, path: Path) -> None:
        self._file = JsonFile(path)

    def mark(self) -> tuple[int, ...]:
        """Return what differs after each change, also one by another process."""
        return self._file.mark()

    def all(self) -> list[KnownAccount]:
        """Return every account, the one that was used last first."""
        return [one for one in _accounts(self._file.read()) if not one.is_retired]

    def left_behind(self) -> list[KnownAccount]:
        """Return every account of which a keyring still holds the secret of an ended sign-in."""
        return [one for one in _accounts(self._file.read()) if one.leaves]

    def in_use(self) -> KnownAccount | None:
        """Return the account whose library was open last; None where that was the one without an account."""
        found = self._file.read()
        return next((one for one in _accounts(found) if one.name == found.get("in_use") and not one.is_retired), None)

    def named(self, host: str, user_id: str) -> KnownAccount | None:
        """Return one account; None if it was never used here."""
        return next((one for one in self.all() if (one.host, one.user_id) == (host, user_id)), None)

    def with_email(self, host: str, email: str) -> KnownAccount | None:
        """Return the account of an e-mail address at a server, the one used last; None if it was never used here."""
        wanted = email.casefold()
        return next((one for one in self.all() if one.host == host and one.email.casefold() == wanted), None)

    def remember(self, account: KnownAccount, *, use: bool = False) -> None:
        """Store ``account`` in place of what was known of it; with ``use`` its library opens from now on.

        What was noted of keyrings that hold a secret stays.
        """

        def change(found: dict[str, Any]) -> dict[str, Any]:
            before = [one for one in _accounts(found) if one.name == account.name]
            others = [one for one in _accounts(found) if one.name != account.name]
            noted = [keyring for one in before for keyring in (*one.leaves, one.keyring)]
            name = account.name if use else found.get("in_use", "")
            kept = [asdict(one) for one in (_leaving(account, *noted), *others)]
            return {"accounts": kept, "in_use": name}

        self._file.change(change)

    def update(self, account: KnownAccount, **values: Any) -> None:
        """Change ``values``, but not ``leaves``, of an account that is known; nothing where it was forgotten."""
        self._map(lambda one: replace(one, **values) if one.name == account.name else one)

    def end(self, account: KnownAccount) -> None:
        """Note that the sign-in ``account`` is over and has no secret, unless somebody signed in to it again since."""
        self._map(lambda one: replace(one, signed_in=False, keyring="") if _is_same_sign_in(one, account) else one)

    def note_leaving(self, account: KnownAccount, keyring: str = "", *, unless_again: bool = False) -> None:
        """Note that an account is signed out, and that ``keyring`` and the one known before may hold its secret.

        ``unless_again``: not where somebody signed in to it again since the sign-in ``account``.
        """

        def change(one: KnownAccount) -> KnownAccount:
            if one.name != account.name or (unless_again and not _is_same_sign_in(one, account)):
                return one
            return _leaving(replace(one, signed_in=False, keyring=""), keyring, one.keyring)

        self._map(change)

    def note_arriving(self, account: KnownAccount, keyring: str) -> None:
        """Note that ``keyring`` is about to get a secret: unless it becomes the account's keyring, it has to go."""
        self._map(lambda one: _leaving(one, keyring) if one.name == account.name else one)

    def note_left(self, account: KnownAccount, keyring: str) -> None:
        """Note that ``keyring`` holds no secret of an ended sign-in; forget an account of which that was the last."""

        def change(found: dict[str, Any]) -> dict[str, Any]:
            kept = []
            for one in _accounts(found):
                if one.name == account.name:
                    one = replace(one, leaves=tuple(name for name in one.leaves if name != keyring))
                    if one.is_retired and not one.leaves:
                        continue
                kept.append(asdict(one))
            return {**found, "accounts": kept}

        self._file.change(change)

    def use(self, account: KnownAccount | None) -> None:
        """Let the library of ``account``, or the one without an account, open from now on."""

        def change(found: dict[str, Any]) -> dict[str, Any]:
            return {**found, "in_use": "" if account is None else account.name}

        self._file.change(change)

    def retire(self, account: KnownAccount) -> None:
        """Take an account off the list; while a keyring holds its secret, that is noted until it is removed."""
        if not account.leaves and not account.keyring:
            self.forget(account)
            return
        retired = replace(account, signed_in=False, keyring="", is_retired=True)
        self._map(lambda one: _leaving(retired, *one.leaves, one.keyring) if one.name == account.name else one)

    def forget(self, account: KnownAccount) -> None:
        """Take an account off the list, and everything that is known of it."""

        def change(found: dict[str, Any]) -> dict[str, Any]:
            kept = [asdict(one) for one in _accounts(found) if one.name != account.name]
            in_use = found.get("in_use", "")
            return {"accounts": kept, "in_use": "" if in_use == account.name else in_use}

        self._file.change(change)

    def _map(self, act: Callable[[KnownAccount], KnownAccount]) -> None:
        self._file.change(lambda found: {**found, "accounts": [asdict(act(one)) for one in _accounts(found)]})


def _is_same_sign_in(one: KnownAccount, account: KnownAccount) -> bool:
    return (one.name, one.since) == (account.name, account.since)


def _leaving(account: KnownAccount, *keyrings: str) -> KnownAccount:
    """Return the account with these keyrings noted, but for the one that holds its sign-in."""
    noted = dict.fromkeys((*account.leaves, *keyrings))
    return replace(account, leaves=tuple(name for name in noted if name and name != account.keyring))


def _accounts(found: Mapping[str, Any]) -> list[KnownAccount]:
    listed = found.get("accounts", [])
    if not isinstance(listed, list):
        return []
    return [known for entry in listed if (known := _account(entry)) is not None]


def _account(entry: Any) -> KnownAccount | None:
    if not isinstance(entry, dict):
        return None
    values = {field.name: entry[field.name] for field in fields(KnownAccount) if field.name in entry}
    signed_in, is_retired = (values.pop(name, False) is True for name in ("signed_in", "is_retired"))
    since = values.pop("since", 0)
    leaves = values.pop("leaves", ())
    leaves = (leaves,) if isinstance(leaves, str) else leaves if isinstance(leaves, list) else ()
    needed = ("host", "address", "key", "user_id", "email")
    if not all(isinstance(value, str) for value in values.values()) or not all(values.get(name) for name in needed):
        return None
    since = since if type(since) is int and since > 0 else 0
    noted = tuple(name for name in leaves if name and isinstance(name, str))
    return KnownAccount(**values, signed_in=signed_in, since=since, is_retired=is_retired, leaves=noted)
