"""The server in the settings: the only place that reads it for a sign-in and that saves another one."""

from __future__ import annotations

from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.named_server import named_server
from audiodesk.system.settings_store import SettingsStore

__all__ = ["ServerSetting"]


class ServerSetting:
    """Address and public key of the server in use. ``save`` and ``use`` raise OutsideError for a full disk."""

    def __init__(self, settings: SettingsStore) -> None:
        self._settings = settings

    def named(self) -> tuple[str, str]:
        """Return address and key as they are in force. Raises what ``named_server`` raises."""
        settings = self._settings.load()
        return named_server(settings.supabase_url, settings.supabase_anon_key)

    def save(self, address: str, key: str) -> None:
        """Save another server; what is sent to it is decided elsewhere."""
        self._settings.change(supabase_url=address, supabase_anon_key=key)

    def use(self, account: KnownAccount) -> None:
        """Save the server of ``account``, and that it is used."""
        self._settings.change(storage_backend="supabase", supabase_url=account.address, supabase_anon_key=account.key)
