"""The sign-in in the window: from the dialog over server and keyring to an account whose library can be opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from audiodesk.composition import Program
from audiodesk.desktop.account.adoption_asking import AdoptionAsking
from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.notices import error_text
from audiodesk.desktop.base.open_dialog import OpenDialog
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.server.account import KnownAccount
from audiodesk.domain.server.adoption import AdoptionChoice, AdoptionQuestion
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.domain.server.sign_in import field_of
from audiodesk.domain.words.server.sign_in_words import (
    environment_decides,
    keyring_keeps,
    keyring_name,
    keyring_waited_for,
    server_answers,
    sign_in_lasts_until_close,
)
from audiodesk.domain.words.server.typed_server_words import typed_server_trouble
from audiodesk.views.account.sign_in_dialog import SignInDialog, SignInField

if TYPE_CHECKING:  # imported with the first sign-in
    from audiodesk.cloud.server_trial import TriedServer
    from audiodesk.services.account.account_service import AccountService, FreshSignIn

__all__ = ["SignInController"]

_LONGEST_WAIT = 300.0
"""Seconds in all; when they are over, the server's refusal is shown as an error."""
_FIELDS: dict[str, SignInField] = {
    "address": "server",
    "key": "key",
    "email": "email",
    "password": "password",
    "code": "code",
}


class _Request:
    """One request to the server; its answer is used only if the request was not cancelled."""

    def __init__(self) -> None:
        self.is_over = False


class SignInController(Controller):
    """Opens the dialog and does what it asks for, one request at a time.

    Signals:
        signed_in: a sign-in was stored (KnownAccount of the account store).
    """

    signed_in = Signal(object)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._asking = AdoptionAsking(shared)
        self._request = _Request()
        self._again: Callable[[], None] | None = None
        self._waited = 0.0
        self._server_before = ("", "")
        self._open_dialog: OpenDialog[SignInDialog] = OpenDialog()

    @property
    def dialog(self) -> SignInDialog | None:
        """The open dialog; None if there is none."""
        return self._open_dialog.shown

    @property
    def question(self) -> AdoptionAsking:
        """The question that may follow a sign-in."""
        return self._asking

    def open(self, email: str = "", *, is_new: bool = False) -> None:
        """Ask for a sign-in, unless the environment forbids it; ``email`` is filled in, ``is_new`` fills in none."""
        if self._core.program.environ.get("STORAGE_BACKEND", "").strip() == "local":
            self._notices.show_error(UserError("back-end-is-local"))
            return
        if self.dialog is not None:
            self.dialog.activateWindow()
            return
        try:
            settings = self._core.program.settings
        except AudioDeskError as error:
            self._notices.show_error(error)
            return
        address, key = settings.supabase_url.strip(), settings.supabase_anon_key.strip()
        self._server_before = (address, key)
        dialog = SignInDialog(self._window)
        service = self._service()
        dialog.set_links(sign_up=service.sign_up_url, reset=service.reset_url)
        dialog.set_known(service.known(), email)
        if is_new:
            dialog.form.email_line.clear()
            dialog.form.focus_first_empty()
        dialog.set_server(address, key, _host(address), is_tested=bool(address and key))
        dialog.password_entered.connect(self._on_password)
        dialog.code_requested.connect(self._on_code_requested)
        dialog.code_entered.connect(self._on_code)
        dialog.server_entered.connect(self._on_server)
        dialog.known_chosen.connect(self._on_known)
        dialog.cancel_requested.connect(self._cancel)
        dialog.wait_finished.connect(self._on_waited)
        dialog.not_now.connect(self._on_not_now)
        self._open_dialog.open(dialog)
        self._tasks.start_apart(service.keyring_state).done(self._show_keyring).failed(lambda _error: None)

    def ask_bring_in(self, account: KnownAccount) -> None:
        """Ask whether the library without an account comes into this one, which is signed in and open."""
        service = self._service()

        def keep(choice: AdoptionChoice) -> KnownAccount:
            if choice == "adopt":
                service.bring_in(account)
            return account

        def ask(question: AdoptionQuestion | None) -> None:
            if question is not None:
                self._asking.ask(question, keep=keep, drop=lambda: None, done=self.signed_in.emit, signs_in=False)

        self._window.status.say(words.tr("Asking what your account holds…"))
        self._tasks.start_apart(lambda: service.later_question(account)).done(ask).failed(self._notices.show_error)

    def close(self) -> None:
        """Empty the fields of an open dialog, and drop the answer that it waits for."""
        self._cancel()
        self._asking.close()
        self._open_dialog.close()

    # -- what the dialog asks for ------------------------------------------------------------------------------------

    def _on_password(self, email: str, password: str) -> None:
        service = self._service()
        self._again = self._enter_again
        self._ask(self._asking_words(), lambda: service.sign_in(email, password), self._on_fresh)

    def _enter_again(self) -> None:
        """Send once more what is in the fields: the password is kept nowhere else."""
        if self.dialog is not None:
            self._on_password(self.dialog.form.address, self.dialog.form.password.text())

    def _on_code_requested(self, email: str) -> None:
        service = self._service()
        self._again = lambda: self._on_code_requested(email)
        self._ask(self._asking_words(), lambda: service.send_code(email), lambda _: self._show_code_step(email))

    def _on_code(self, email: str, code: str) -> None:
        service = self._service()
        self._again = lambda: self._on_code(email, code)
        self._ask(self._asking_words(), lambda: service.sign_in_by_code(email, code), self._on_fresh)

    def _on_server(self, address: str, key: str) -> None:
        service, program = self._service(), self._core.program

        def test() -> TriedServer:
            tried = service.try_server(address, key)
            service.set_server(tried)
            return tried

        def show(tried: TriedServer) -> None:
            settings = program.settings
            if self.dialog is None:
                return
            if (settings.supabase_url, settings.supabase_anon_key) != (tried.address, tried.key):
                self.dialog.show_field_error("server", environment_decides("SUPABASE_URL, SUPABASE_ANON_KEY"))
                return
            self.dialog.show_server_tested(tried.host, server_answers(tried.host))

        self._again = lambda: self._on_server(address, key)
        self._ask(self._asking_words(), test, show)

    def _on_known(self, chosen: KnownAccount) -> None:
        """Ask the server of the known account that was chosen."""
        settings = self._core.program.settings
        if self.dialog is None or chosen.address == settings.supabase_url.strip():
            return
        setting = self._core.program.server_setting

        def show(_settings: object) -> None:
            if self.dialog is not None:
                self.dialog.show_idle()
                self.dialog.set_server(chosen.address, chosen.key, chosen.host, is_tested=True)
                self.dialog.form.password.setFocus()

        self._again = None
        self._ask(self._asking_words(), lambda: setting.save(chosen.address, chosen.key), show)

    def _on_waited(self) -> None:
        if self._again is not None:
            self._again()

    def _on_not_now(self) -> None:
        """Go back to the server of the account in use: else the next start would open another library."""
        program = self._core.program
        settings = program.settings
        now = (settings.supabase_url.strip(), settings.supabase_anon_key.strip())
        if now != self._server_before and program.accounts.in_use() is not None:
            address, key = self._server_before
            self._tasks.start_apart(lambda: program.server_setting.save(address, key))

    # -- after the server said yes -----------------------------------------------------------------------------------

    def _on_fresh(self, fresh: FreshSignIn) -> None:
        service = self._service()
        if self.dialog is not None:
            self.dialog.form.forget_password()
            self.dialog.code_form.forget_code()
        self._again = None
        self._ask(
            words.tr("Asking what your account holds…"),
            lambda: (service.moved(fresh), service.question(fresh)),
            lambda found: self._decide_move(fresh, *found),
        )

    def _decide_move(self, fresh: FreshSignIn, moved: MovedServer | None, question: AdoptionQuestion | None) -> None:
        if moved is None:
            self._decide(fresh, None, question)
            return
        if self.dialog is not None:
            self.dialog.accept()
        service = self._service()
        self._asking.ask_moved(
            moved, decided=lambda answer: self._decide(fresh, answer, question), drop=lambda: service.drop(fresh)
        )

    def _decide(self, fresh: FreshSignIn, moved: MovedServer | None, question: AdoptionQuestion | None) -> None:
        service = self._service()
        if question is None:
            before = service.current()
            self._ask(
                keyring_waited_for(),
                lambda: service.keep(fresh, moved=moved),
                self._on_kept,
                undo=lambda kept: _undo(self._core.program, kept, before, has_moved=moved is not None),
            )
            return
        if self.dialog is not None:
            self.dialog.accept()
        self._asking.ask(
            question,
            keep=lambda choice: service.keep(fresh, choice, moved=moved),
            drop=lambda: service.drop(fresh),
            done=self.signed_in.emit,
        )

    def _on_kept(self, account: KnownAccount) -> None:
        if self.dialog is not None:
            self.dialog.accept()
        self.signed_in.emit(account)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _service(self) -> AccountService:
        return self._core.program.account_service

    def _ask(
        self,
        sentence: str,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        *,
        undo: Callable[[Any], object] | None = None,
    ) -> None:
        """Show ``sentence`` and do ``work`` on another thread; what comes of it after a cancel is undone there."""
        self._request.is_over = True
        request = self._request = _Request()
        service = self._service()
        take_back = undo if undo is not None else lambda result: _drop(service, result)
        if self.dialog is not None:
            self.dialog.show_error("")
            self.dialog.show_busy(sentence)

        def run() -> Any:
            result = work()
            if request.is_over:
                take_back(result)
                return None
            return result

        def answer(result: Any) -> None:
            if not request.is_over:
                self._waited = 0.0
                done(result)
            elif result is not None:
                self._tasks.start_apart(lambda: take_back(result))

        def fail(error: AudioDeskError) -> None:
            if not request.is_over:
                self._show_error(error)

        self._tasks.start_apart(run).done(answer).failed(fail)

    def _show_error(self, error: AudioDeskError) -> None:
        dialog = self.dialog
        if dialog is None:
            self._notices.show_error(error)
            return
        wait = (isinstance(error, OutsideError) and error.retry_after) or 0.0
        if error.code == "sign-ins-too-many" and self._again is not None:
            seconds = max(wait, 1.0)
            self._waited += seconds
            if self._waited <= _LONGEST_WAIT:
                dialog.show_wait(seconds, words.tr("Too many sign-ins from this network"))
                return
        self._waited = 0.0
        field = _FIELDS.get(field_of(error))
        if field is None:
            dialog.show_idle()
            dialog.show_error(error_text(error), error.details)
            return
        said = typed_server_trouble(error) if field in ("server", "key") else error_text(error)
        dialog.show_field_error(field, said, error.details, is_kept=error.code != "service-key-refused")
        if error.code == "mails-too-many" and wait:
            dialog.show_code_wait(wait)

    def _show_code_step(self, email: str) -> None:
        if self.dialog is not None:
            self.dialog.ask_code(email)

    def _show_keyring(self, state: tuple[str, str]) -> None:
        if self.dialog is not None:
            holds = state[0] in ("ready", "locked")
            self.dialog.set_keyring_sentence(
                keyring_keeps(keyring_name(state[1])) if holds else sign_in_lasts_until_close()
            )

    def _asking_words(self) -> str:
        return words.tr("Asking the server…")

    def _cancel(self) -> None:
        self._request.is_over = True
        self._again, self._waited = None, 0.0


def _drop(service: AccountService, result: Any) -> None:
    """Forget a sign-in that came after the person had cancelled it."""
    from audiodesk.services.account.account_service import FreshSignIn

    if isinstance(result, FreshSignIn):
        service.drop(result)


def _undo(program: Program, kept: KnownAccount, before: KnownAccount | None, *, has_moved: bool) -> None:
    """Sign out of an account that was stored after the person had cancelled, and use the former one again."""
    if has_moved:
        program.account_service.leave_apart()
    else:
        program.signing_out.sign_out(kept)
    program.account_service.use(before)


def _host(address: str) -> str:
    return address.partition("://")[2].strip("/") or address
