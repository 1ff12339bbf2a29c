"""Builds what one library has only while somebody is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiodesk.composition.lazy import Scope, lazy
from audiodesk.domain.errors import OutsideError
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.sync import sync_place_repo
from audiodesk.local.rows.work import queued_repo

if TYPE_CHECKING:
    import threading

    from audiodesk.composition.core import Core
    from audiodesk.composition.sign_in import SignIn
    from audiodesk.domain.server.storage_usage import Queued
    from audiodesk.services.server.usage import UsageService
    from audiodesk.services.sync.activity_log import ActivityLog
    from audiodesk.services.sync.engine import Engine
    from audiodesk.services.sync.hourly import Hourly
    from audiodesk.services.sync.one_sync import OneSync
    from audiodesk.services.sync.synchronizer import Synchronizer
    from audiodesk.services.uploading.one_upload import OneUpload
    from audiodesk.services.uploading.upload_room import UploadRoom
    from audiodesk.services.uploading.uploader import Uploader
    from audiodesk.system.locks import SyncLock, UploadLock

__all__ = ["Account"]


class Account(Scope):
    """A library and a sign-in together. Made by ``Core.sign_in``; closed before the core, and closing signs out."""

    def __init__(self, core: Core, sign_in: SignIn) -> None:
        super().__init__()
        self.core = core
        self.sign_in = sign_in
        self._stack.callback(sign_in.close)

    def close(self) -> None:
        """Stop the sync, then sign out within what that leaves of the time for closing. Idempotent."""
        if not self.is_closed:
            self.core.program.farewell.begin()
        super().close()

    @lazy
    def usage(self) -> UsageService:
        """The person's own storage, and what of this library waits for it. Raises what ``SignIn.server`` raises."""
        from audiodesk.services.server.usage import UsageService

        return UsageService(self.sign_in.storage_account, self._queued)

    @lazy
    def synchronizer(self) -> Synchronizer:
        """Keeps this library and the server in agreement while a window is open; ``start`` begins."""
        from audiodesk.services.account.sign_in_watch import SignInWatch
        from audiodesk.services.sync.keyring_watch import KeyringWatch
        from audiodesk.services.sync.synchronizer import Synchronizer
        from audiodesk.system.network import network_mark

        program, folder = self.core.program, self.core.library_folder
        return Synchronizer(
            database=self.core.database,
            engine=self._engine,
            hourly=self._hourly,
            bus=self.core.bus,
            lock=self._sync_lock,
            network=network_mark,
            keyring=KeyringWatch(lambda: program.secrets, lambda: program.if_built("secrets")),
            wanted=lambda: program.settings.storage_backend == "supabase" and self.core.has_account,
            signed_in=SignInWatch(program.accounts, lambda: program.account_of(folder)).email,
        )

    @lazy
    def one_sync(self) -> OneSync:
        """One sync for a command. Raises OutsideError where the settings or the library do not allow any."""
        trouble = self._sync_trouble()
        if trouble is not None:
            raise trouble
        from audiodesk.services.sync.one_sync import OneSync

        return OneSync(
            self._engine, self._hourly, self._sync_lock, wait=lambda patience: self.sign_in.server.wait(patience)
        )

    @lazy
    def one_upload(self) -> OneUpload:
        """One upload of all that waits, for a command. Raises as ``one_sync``."""
        from audiodesk.services.uploading.one_upload import OneUpload

        return OneUpload(
            self.core.database,
            self._upload_room,
            sync=self.one_sync.run,
            free=lambda: self.sign_in.storage_account.own_usage().free,
            lock=self._upload_lock,
        )

    @lazy
    def uploader(self) -> Uploader:
        """Brings this library's takes to the cloud while a window is open; ``start`` begins."""
        from audiodesk.services.uploading.uploader import Uploader

        program, core = self.core.program, self.core
        return Uploader(
            database=core.database,
            make_room=self._upload_room,
            free=lambda: self.sign_in.storage_account.own_usage().free,
            sync=lambda: self.synchronizer.code,
            wanted=lambda: program.settings.storage_backend == "supabase" and core.has_account,
            bus=core.bus,
            jobs=core.jobs,
            lock=self._upload_lock,
        )

    @lazy
    def activity(self) -> ActivityLog:
        """What came, what was refused, and the account's computers."""
        from audiodesk.services.sync.activity_log import ActivityLog

        return ActivityLog(self.core.database, self.core.bus, self.core.library, lambda: self.sign_in.server.sync_calls)

    def waiting(self) -> int:
        """Return how many edits made here the server has not answered."""
        with self.core.database.read() as connection:
            return change_repo.count(connection)

    def is_partly_here(self) -> bool:
        """Return whether the first sync has begun and not come to its end: what came stays, and the next goes on."""
        with self.core.database.read() as connection:
            return sync_place_repo.is_partly_here(connection)

    @lazy
    def _upload_lock(self) -> UploadLock:
        from audiodesk.system.locks import UploadLock

        return UploadLock(self.core.library_folder)

    def _upload_room(self, stop: threading.Event) -> UploadRoom:
        """Return what the uploads of one run share; signs in first, as ``_engine`` does."""
        from audiodesk.services.uploading.upload_room import UploadRoom

        self._require_own_library()
        core, server = self.core, self.sign_in.server
        account = core.account_id
        assert account is not None  # noqa: S101 - it was just compared
        return UploadRoom(
            database=core.database,
            vault=core.vault,
            uploads=server.uploads,
            objects=server.objects,
            verifying=server.sync_calls,
            account=account,
            bus=core.bus,
            stop=stop,
        )

    @lazy
    def _sync_lock(self) -> SyncLock:
        from audiodesk.system.locks import SyncLock

        return SyncLock(self.core.library_folder)

    def _engine(self) -> Engine:
        """Return a sync of this library; signs in first."""
        from audiodesk.services.sync.engine import Engine

        self._require_own_library()
        core, server = self.core, self.sign_in.server
        notes_each = core.program.face == "command"
        return Engine(core.database, server.sync_calls, core.bus, vault=core.vault, notes_each=notes_each)

    def _require_own_library(self) -> None:
        """Sign in, and raise if the library is another's: it is never sent to another account or server.

        Two servers may have an account of the same id: one may be a copy of the other.
        """
        from audiodesk.cloud.sign_in.token_claims import user_id_of

        core, server = self.core, self.sign_in.server
        account = core.program.account_of(core.library_folder)
        if account is not None and account.host != server.host:
            raise OutsideError("library-of-another-server", host=account.host, other=server.host)
        if user_id_of(server.session.access_token()) != core.account_id:
            raise OutsideError("library-of-another")

    def _hourly(self, device: str) -> Hourly:
        from audiodesk.services.sync.hourly import Hourly

        return Hourly(self.core.database, self.sign_in.server.sync_calls, self.core.library, device)

    def _sync_trouble(self) -> OutsideError | None:
        """Return why this library is not synced; None if it is."""
        if missing := self.core.program.settings.missing_for_server():
            return OutsideError("sync-off", names=", ".join(missing))
        return None if self.core.has_account else OutsideError("library-without-account")

    def _queued(self) -> Queued:
        with self.core.database.read() as connection:
            return queued_repo.queued(connection)
