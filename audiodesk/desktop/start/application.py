"""Runs the program with a window: one library after the other, each in a window of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import audiodesk
from audiodesk.composition import Core, Program
from audiodesk.desktop.desk import Desk, give_memory_back
from audiodesk.desktop.start import locale
from audiodesk.desktop.start.crash import CrashHook
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.settings import Scheme
from audiodesk.local.database.migrations import is_older
from audiodesk.system.folders import resources
from audiodesk.system.locks import WindowLock
from audiodesk.system.turns import keep_turns_short
from audiodesk.views.parts import icons
from audiodesk.views.parts.theme import STYLE, Theme

__all__ = ["Windows", "main", "prepare"]

_NOT_NOW = 3
"""The exit code for "not possible now"."""


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Open the window of this person's library; return the exit code after the last window is closed."""
    # The style is an argument: ``QApplication.setStyle`` returns it, and for that PySide makes all of its enums.
    application = QApplication([*(sys.argv if argv is None else argv), "-style", STYLE])
    theme = prepare(application, None)
    hook = CrashHook(application)
    hook.install()
    try:
        with Program(environ, face="window") as program:
            return Windows(application, program, theme, hook).run(program.chosen_folder)
    finally:
        hook.remove()


def prepare(application: QApplication, scheme: Scheme | None = "system") -> Theme:
    """Give the application its name, texts, icons and colours; with None the colours are chosen later."""
    keep_turns_short()
    application.setApplicationName("AudioDesk")
    application.setApplicationVersion(audiodesk.__version__)
    application.setDesktopFileName("audiodesk")
    locale.install(application, resources() / "translations")
    icons.use_folder(resources() / "icons")
    application.setWindowIcon(QIcon(icons.icon("mic", "accent", 32)))
    theme = Theme(application)
    if scheme is not None:
        theme.choose(scheme)
    return theme


class Windows:
    """Shows one library after the other, each in a window and with services of its own."""

    def __init__(self, application: QApplication, program: Program, theme: Theme, hook: CrashHook) -> None:
        self._application = application
        self._program = program
        self._theme = theme
        self._hook = hook
        self._code = 0
        self._has_postponed = False
        """Whether the person put off what is planned for libraries: it is not asked again at each change of library."""
        self._after_closing: Callable[[], object] | None = None

    def run(self, folder: Path) -> int:
        """Show the library in ``folder``, then those that its window asks for; return the exit code.

        If a library cannot be opened and the person gives up, the former one is opened again.
        """
        following: Path | None = folder
        before: Path | None = None
        while following is not None:
            folder = following
            try:
                following = self._open(folder)
            except AudioDeskError as error:
                following = self._instead_of(folder, error)
                if following is None:
                    following, before = before, None
                    self._code = _NOT_NOW
                continue
            before = folder
            if following is not None:  # else the process ends: that is quicker than taking everything apart
                give_memory_back()
        return self._code

    def _open(self, folder: Path) -> Path | None:
        self._after_closing = None
        ready = self._made_ready(folder)
        if ready is None:
            return None
        folder = ready
        with contextlib.ExitStack() as stack:
            with self._upgrading(folder):
                core = stack.enter_context(self._program.open(folder))
            following = self._show(core)
        return following if self._has_done_rest() else folder

    def _made_ready(self, folder: Path) -> Path | None:
        """Finish what was planned for libraries; return the folder to open, None if the person stopped it.

        What cannot be finished is said. Whatever the person answers, a library opens.
        """
        program = self._program
        if not program.has_plans:
            program.make_ready(folder)
            return folder
        from audiodesk.desktop.account.bringing_in import bring_in
        from audiodesk.desktop.start.plan_question import ask_about_plan

        self._theme.choose(self._scheme())
        while True:
            try:
                is_done = bring_in(lambda tell: program.make_ready(folder, tell))
                return program.place_of(folder) if is_done else None
            except AudioDeskError as error:
                if not program.has_plans:
                    raise
                if self._has_postponed and program.place_of(folder) == folder:
                    return folder
                choice = ask_about_plan(error, program.server_move)
            self._has_postponed = choice == "later"
            if choice == "again":
                continue
            place = program.place_of(folder)
            if choice == "leave-apart":
                try:
                    program.account_service.leave_apart()
                except AudioDeskError as error:
                    _say_why_not(error)
            return program.place_of(place)

    def _has_done_rest(self) -> bool:
        """Do what the window left for when its library is closed; if that fails, say why and return False."""
        if self._after_closing is None:
            return True
        try:
            self._after_closing()
        except AudioDeskError as error:
            _say_why_not(error)
            return False
        return True

    @contextlib.contextmanager
    def _upgrading(self, folder: Path) -> Iterator[None]:
        """Show during the block that the library is being upgraded, if it is."""
        if not is_older(folder / "library.sqlite3"):
            yield
            return
        from audiodesk.desktop.start.upgrade_sign import saying_upgrade

        self._theme.choose(self._scheme())
        with saying_upgrade():
            yield

    def _show(self, core: Core) -> Path | None:
        """Show a library until its window is closed; return the folder of the next library, None at the end."""
        lock = WindowLock(core.library_folder)
        if not _is_only_window(core, lock):
            from audiodesk.desktop.base.single_window import raise_other  # a first start need not load QtNetwork

            self._code = 0 if raise_other(core.library_folder) else _NOT_NOW
            return None
        desk = Desk(core, self._theme)
        # After the widgets: a style sheet set before would be processed again each time a widget gets its parent.
        self._theme.choose(core.program.settings.scheme)
        told = self._hook.crashed.connect(desk.show_error)
        try:
            with _ending_on_signals(desk):
                desk.show()
                self._code = self._application.exec()
            if desk.failure is not None:
                raise desk.failure
        finally:
            desk.close()
            lock.release()
            self._hook.crashed.disconnect(told)
            desk.window.deleteLater()
            desk.deleteLater()
        self._after_closing = desk.after_closing
        return desk.next_library

    def _instead_of(self, folder: Path, error: AudioDeskError) -> Path | None:
        """Show why the library cannot be opened; return the folder to open now, None where the person gives up."""
        from audiodesk.desktop.start.opening import OTHER, Opening
        from audiodesk.services.care.list_recovery import RECOVERABLE

        self._theme.choose(self._scheme())
        if error.code in RECOVERABLE or error.code == "library-gone":
            local = self._program.folders.local_library
            place = self._program.place_of(folder)
            chosen = Opening(self._program.list_recovery(place), has_other=place != local).go_on(error)
            if not chosen:
                return None
            return local if chosen == OTHER else folder
        _say_why_not(error)
        return None

    def _scheme(self) -> Scheme:
        """Return the colours chosen in the settings, or the system's if the settings cannot be read."""
        try:
            return self._program.settings.scheme
        except AudioDeskError:
            return "system"


def _is_only_window(core: Core, lock: WindowLock) -> bool:
    """Take the window lock of the library; where the library cannot be written, several windows may show it."""
    try:
        return lock.acquire()
    except OutsideError:
        if core.database.trouble is None:
            raise
        return True


@contextlib.contextmanager
def _ending_on_signals(desk: Desk) -> Iterator[None]:
    """Close the window when the system or the terminal ends the program; Qt's loop alone would not notice."""
    if sys.platform == "win32":  # Windows sends no such signals to a window
        yield
        return
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, desk)
    notifier.activated.connect(lambda *_: _end(desk, reading))
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    old = {number: signal.signal(number, lambda *_: None) for number in numbers}
    old_fd = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield
    finally:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(old_fd)
        for number, handler in old.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _end(desk: Desk, wakened: int) -> None:
    with contextlib.suppress(OSError):
        os.read(wakened, 64)
    desk.window.close_guard = lambda: True
    desk.window.close()


def _say_why_not(error: AudioDeskError) -> None:
    """Show in a window of its own why the library cannot be opened, because there is no other window."""
    from PySide6.QtWidgets import QMessageBox

    from audiodesk.domain.words.errors.error_words import error_action, error_sentence

    box = QMessageBox(QMessageBox.Icon.Warning, "AudioDesk", error_sentence(error))
    box.setInformativeText(error_action(error))
    box.setDetailedText(error.details)
    box.addButton(words.tr("Close"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
