"""Builds the services of one library, and closes them in reverse."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from audiodesk.composition.lazy import Scope, lazy
from audiodesk.domain.errors import OutsideError
from audiodesk.local.database.database import Database
from audiodesk.local.database.library_place import LIST
from audiodesk.local.rows.store import fact_repo
from audiodesk.services.bus import Bus

if TYPE_CHECKING:  # each is imported when it is first asked for: a command that lists titles needs no importer
    from audiodesk.composition.account import Account
    from audiodesk.composition.program import Program
    from audiodesk.local.files.peaks import Peaks
    from audiodesk.local.files.vault import Vault
    from audiodesk.services.audio.analyser import Analyser
    from audiodesk.services.audio.playback import Playback
    from audiodesk.services.care.background_work import BackgroundWork
    from audiodesk.services.care.found_recordings import FoundRecordings
    from audiodesk.services.care.library_watch import LibraryWatch
    from audiodesk.services.care.room import Room
    from audiodesk.services.care.upkeep import Upkeep
    from audiodesk.services.care.verifier import Verifier
    from audiodesk.services.importing.importer import Importer
    from audiodesk.services.importing.planner import Planner
    from audiodesk.services.importing.waiting_files import WaitingFiles
    from audiodesk.services.jobs import Jobs
    from audiodesk.services.library.catalogue import Catalogue
    from audiodesk.services.library.library import Library
    from audiodesk.services.library.section_sums import SectionSums
    from audiodesk.services.library.tree import Tree
    from audiodesk.system.locks import ProcessSign
    from audiodesk.system.writers import RestWatch

__all__ = ["Core"]

_log = logging.getLogger(__name__)


class Core(Scope):
    """Everything a face needs of one library. Made by ``Program.open``, and closed before its program.

    ``library_folder`` holds ``library.sqlite3`` and ``vault/``.
    """

    def __init__(self, program: Program, folder: Path) -> None:
        super().__init__()
        self.program = program
        self.library_folder = folder
        self.bus = Bus()
        self._stack.callback(program.bus.subscribe_to_all(self.bus.publish))
        self.account: Account | None = None
        known = program.registry.at(folder)
        self.database = Database(
            folder / LIST,
            clock=program.clock,
            make=False,
            known=None if known is None else known.id,
            on_opened=self._on_opened,
        )
        self._stack.callback(self.database.close)

    @property
    def account_id(self) -> str | None:
        """The user id of the account that this library belongs to; None for a library without an account.

        A library keeps its account for good, signed in or not. Costs one short read. Raises OutsideError.
        """
        with self.database.read() as connection:
            return fact_repo.known(connection, fact_repo.ACCOUNT)

    @property
    def has_account(self) -> bool:
        """Whether this library belongs to an account (see ``account_id``)."""
        return self.account_id is not None

    @property
    def awaits_account(self) -> bool:
        """Whether the server has to be asked whose library opens: the environment signs in somebody new here."""
        return not self.has_account and bool(self.program.library_choice.unknown_email)

    @lazy
    def vault(self) -> Vault:
        """The audio files."""
        from audiodesk.local.files.vault import Vault

        return Vault(self.library_folder / "vault", on_removed=self.peaks.remove)

    @lazy
    def peaks(self) -> Peaks:
        """The fine waveforms, which can be made again."""
        from audiodesk.local.files.peaks import Peaks

        return Peaks(self.library_folder / "peaks")

    @lazy
    def room(self) -> Room:
        """The reserve of disk space."""
        from audiodesk.services.care.room import Room

        return Room(self.database, self.library_folder / "peaks")

    @lazy
    def library(self) -> Library:
        """Edits, with undo."""
        from audiodesk.services.library.library import Library

        return Library(self.database, self.bus, vault=self.vault, room=self.room)

    @lazy
    def tree(self) -> Tree:
        """Reads of the tree alone: the catalogue has them too, but takes longer to load."""
        from audiodesk.services.library.tree import Tree

        return Tree(self.database, self._sums)

    @lazy
    def catalogue(self) -> Catalogue:
        """Reads of the tree, of takes and of everything that is listed."""
        from audiodesk.services.library.catalogue import Catalogue

        return Catalogue(self.database, self._sums)

    @lazy
    def planner(self) -> Planner:
        """Makes the plans of imports."""
        from audiodesk.services.importing.planner import Planner

        return Planner(self.catalogue, self.library_folder)

    @lazy
    def jobs(self) -> Jobs:
        """The long work that runs."""
        from audiodesk.services.jobs import Jobs

        return Jobs(self.bus)

    @lazy
    def importer(self) -> Importer:
        """Copies audio into the library. In a command it first sweeps up after crashed processes."""
        from audiodesk.services.importing.importer import Importer
        from audiodesk.system.locks import is_alive

        sign = self._sign
        is_writable = self.database.trouble is None
        if self.database.is_made and is_writable:
            sign.show()
            self.room.hold()
        importer = Importer(
            database=self.database,
            vault=self.vault,
            checker=self.program.checker,
            bus=self.bus,
            owner=sign.owner,
            is_alive=lambda owner: is_alive(self.library_folder, owner),
            record=self.library.record,
            clock=self.program.clock,
            rest=self.rest,
            jobs=self.jobs,
        )
        if self.program.face == "command" and is_writable:
            importer.recover()
            self.upkeep.clear()
        return importer

    @lazy
    def found(self) -> FoundRecordings:
        """Recordings in the vault that no book knows."""
        from audiodesk.services.care.found_recordings import FoundRecordings

        return FoundRecordings(self.database, self.vault, self.program.checker, self.importer, self.bus)

    @lazy
    def rest(self) -> RestWatch:
        """Tells which files are still being written."""
        from audiodesk.system.writers import RestWatch

        return RestWatch()

    @lazy
    def waiting_files(self) -> WaitingFiles:
        """Adds dropped files once they are finished."""
        from audiodesk.services.importing.waiting_files import WaitingFiles

        return WaitingFiles(self.importer, self.bus, self.rest)

    @lazy
    def analyser(self) -> Analyser:
        """The full decodes that are still to be done."""
        from audiodesk.services.audio.analyser import Analyser

        # In a window one decoder stays free for what is dropped meanwhile.
        checker = self.program.checker
        lanes = checker.workers if self.program.face == "command" else max(1, checker.workers - 1)
        return Analyser(self.database, self.vault, self.peaks, checker, self.bus, lanes=lanes, jobs=self.jobs)

    @lazy
    def playback(self) -> Playback:
        """Readers on takes' audio."""
        from audiodesk.services.audio.playback import Playback

        return Playback(self.catalogue, self.vault)

    @lazy
    def verifier(self) -> Verifier:
        """Reads the vault's files again."""
        from audiodesk.services.care.verifier import Verifier

        return Verifier(self.database, self.vault, self.bus)

    @lazy
    def upkeep(self) -> Upkeep:
        """Looks after the library unasked."""
        from audiodesk.services.care.upkeep import Upkeep

        return Upkeep(self.library_folder, self.database, lambda: self.vault, lambda: self.peaks)

    @lazy
    def background(self) -> BackgroundWork:
        """The background work of a window."""
        from audiodesk.services.care.background_work import BackgroundWork

        return BackgroundWork(
            database=self.database,
            bus=self.bus,
            room=self.room,
            upkeep=self.upkeep,
            watch=self._watch,
            importer=lambda: self.importer,
            found=lambda: self.found,
            analyser=lambda: self.analyser,
            waiting_files=lambda: self.waiting_files,
        )

    def sign_in(self) -> Account:
        """Return what this library has with a sign-in at the server that the settings name; nothing is sent yet.

        It is closed with this library, if not before; an earlier one is closed now. Raises what ``Program.sign_in``
        raises.
        """
        from audiodesk.composition.account import Account

        if self.account is not None:
            self.account.close()
        self.account = Account(self, self.program.sign_in(self.library_folder))
        return self.account

    def begin(self) -> None:
        """Do what comes first: a command removes what an earlier one promised to remove, a window makes the library."""
        if self.program.face == "window":
            self.database.make()
        elif self.database.trouble is None:
            self.upkeep.finish_leaving()

    def close(self) -> None:
        """Close what was built, last first. Idempotent."""
        if self.is_closed:
            return
        if self.account is not None:
            self.account.close()
        if self.is_built("background"):
            self.background.close()  # first, because it builds parts
        if self.database.has_written:
            if self.is_built("_sign"):  # audio may have come in
                self.room.hold()
            self.upkeep.copy_list()
        super().close()

    @lazy
    def _sign(self) -> ProcessSign:
        """What shows other processes that this one is alive."""
        from audiodesk.system.locks import ProcessSign

        return ProcessSign(self.library_folder, shown=False)

    @lazy
    def _sums(self) -> SectionSums:
        """The numbers of sections, kept for the tree and the catalogue."""
        from audiodesk.services.library.section_sums import SectionSums

        return SectionSums(self.database, self.bus, lambda: self.program.settings.storage_backend != "local")

    @lazy
    def _watch(self) -> LibraryWatch:
        """Looks for what other processes do to the library."""
        from audiodesk.services.care.library_watch import LibraryWatch

        return LibraryWatch(self.database, self.bus)

    def _on_opened(self, library_id: str) -> None:
        """Register the library, so that a lost one is not silently made anew; show this process's sign of life."""
        if self.is_built("_sign") and self.database.trouble is None:
            self._sign.show()
        try:
            self.program.registry.remember(self.library_folder, library_id)
        except OutsideError as error:
            _log.warning("the library could not be noted in libraries.json: %s", error)
