"""What the dialogs ask of one service: two steps of a sign-in, known accounts, and the operator's pages."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.composition import Program
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.events import Event, SignedIn, SignedOut, SignInKept, SignInWaiting
from audiodesk.system.clock import boot_id, elapsed_seconds
from tests.keyring_service import KeyringService
from tests.support import code_of
from tests.twin.fault_actions import auth_refusal
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow


@pytest.fixture
def author(twin: Twin) -> TwinUser:
    """Somebody with an account."""
    return twin.add_user("anna@example.org", "her password")


@pytest.fixture
def environ(twin: Twin, tmp_path: Path) -> dict[str, str]:
    """A computer that knows the server."""
    return {
        "AUDIODESK_HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "SUPABASE_URL": twin.url,
        "SUPABASE_ANON_KEY": twin.publishable_key,
    }


@pytest.fixture
def program(environ: dict[str, str]) -> Iterator[Program]:
    """The window's program."""
    with Program(environ, face="window") as opened:
        yield opened


def test_nothing_changes_before_keep(program: Program, author: TwinUser, twin: Twin) -> None:
    service = program.account_service
    fresh = service.sign_in(f" {author.email} ", author.password)
    assert fresh.tokens.access not in repr(fresh)
    assert (service.known(), service.current(), service.question(fresh)) == ([], None, None)
    assert not program.folders.data.exists()
    service.drop(fresh)
    with twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,)


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_it_lasts_until_the_window_closes(
    environ: dict[str, str], author: TwinUser, twin: Twin
) -> None:
    told: list[Event] = []
    with Program(environ, face="window") as program:
        program.bus.subscribe_to_all(told.append)
        service = program.account_service
        assert service.keyring_state() == ("none", "")
        service.keep(service.sign_in(author.email, author.password))
        assert program.settings.storage_backend == "supabase"
        with program.open() as core, core.sign_in() as account:
            assert account.usage.report().usage.plan == "free"
            assert core.account_id == str(author.id)
    kept = [event.trouble.code for event in told if isinstance(event, SignInKept) and event.trouble]
    assert kept == ["keyring-none"]
    assert [event.email for event in told if isinstance(event, SignedIn)] == [author.email]
    with twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,), "signed out at the end"


@pytest.mark.parametrize("part", ["keep_apart", "change"])
def test_a_sign_in_that_cannot_be_kept_leaves_nothing(
    program: Program,
    author: TwinUser,
    twin: Twin,
    keyring_service: KeyringService,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
) -> None:
    """The disk takes no more in the midst: neither the keyring nor the server holds a sign-in that nobody knows of."""

    def full(*_args: object, **_values: object) -> None:
        raise OutsideError("disk-full")

    service = program.account_service
    fresh = service.sign_in(author.email, author.password)
    with monkeypatch.context() as broken:
        broken.setattr(program.adoption if part == "keep_apart" else program.settings_store, part, full)
        assert code_of(service.keep, fresh) == "disk-full"
    assert keyring_service.secrets() == []
    with twin.database.open() as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,)
    assert [one.signed_in for one in program.accounts.all()] == [False]
    service.keep(service.sign_in(author.email, author.password))
    assert [one.signed_in for one in program.accounts.all()] == [True]


@pytest.mark.parametrize("part", ["keep_apart", "change"])
def test_a_sign_in_that_cannot_be_kept_leaves_another_account_in_use(
    program: Program,
    author: TwinUser,
    twin: Twin,
    keyring_service: KeyringService,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
) -> None:
    """The library that was open is the one that opens next; what a keyring still holds of the account stays noted."""

    def full(*_args: object, **_values: object) -> None:
        raise OutsideError("disk-full")

    other = twin.add_user("bert@example.org", "his password")
    service = program.account_service
    left = service.keep(service.sign_in(author.email, author.password))
    program.accounts.update(left, signed_in=False, keyring="")
    program.accounts.note_leaving(left, "A keyring that is away")
    in_use = service.keep(service.sign_in(other.email, other.password))
    fresh = service.sign_in(author.email, author.password)
    with monkeypatch.context() as broken:
        broken.setattr(program.adoption if part == "keep_apart" else program.settings_store, part, full)
        assert code_of(service.keep, fresh) == "disk-full"
    assert program.accounts.in_use() == in_use
    assert [one.email for one in program.accounts.left_behind()] == [author.email]
    assert len(keyring_service.secrets()) == 1


def test_events_of_the_sign_in_reach_the_library_s_bus(
    program: Program, author: TwinUser, keyring_service: KeyringService
) -> None:
    service = program.account_service
    service.keep(service.sign_in(author.email, author.password))
    told: list[Event] = []
    with program.open() as core:
        core.bus.subscribe(SignedOut, told.append)
        program.signing_out.sign_out(program.signing_out.leaving())
    assert told == [SignedOut()]
    assert keyring_service.secrets() == []


def test_the_question_has_both_sizes(program: Program, author: TwinUser) -> None:
    with program.open() as core:
        core.library.add_project("Book")
    service = program.account_service
    question = service.question(service.sign_in(author.email, author.password))
    assert question is not None
    assert question.here.projects == 1
    assert question.there is not None
    assert question.there.projects == 0
    assert not question.is_here


def test_too_many_sign_ins_are_waited_for(environ: dict[str, str], author: TwinUser, twin: Twin) -> None:
    told: list[float] = []
    waited: list[float] = []
    with Program(environ, face="command") as program:
        program.bus.subscribe(SignInWaiting, lambda event: told.append(event.seconds))
        service = program.account_service
        program.server_requests._sleep = waited.append
        twin.faults.add(Fault(auth_refusal("over_request_rate_limit"), path="/token"))
        assert service.sign_in(author.email, author.password)
        assert told == waited == [10.0]
        twin.faults.add(Fault(auth_refusal("over_request_rate_limit"), path="/token", nth="every"))
        assert code_of(service.sign_in, author.email, author.password) == "sign-ins-too-many"
        assert len(waited) < 10, "never a loop"


def test_a_window_counts_down_by_itself(program: Program, author: TwinUser, twin: Twin) -> None:
    twin.faults.add(Fault(auth_refusal("over_request_rate_limit"), path="/token"))
    assert code_of(program.account_service.sign_in, author.email, author.password) == "sign-ins-too-many"


def test_an_address_and_key_that_were_tested_are_saved(environ: dict[str, str], twin: Twin) -> None:
    own = {name: value for name, value in environ.items() if not name.startswith("SUPABASE")}
    with Program(own, face="window") as program:
        service = program.account_service
        assert code_of(service.sign_in, "a@b.c", "x") == "server-not-set"
        service.set_server(service.try_server(twin.url + "/", twin.anon_key))
        assert (program.settings.supabase_url, program.settings.supabase_anon_key) == (twin.url, twin.anon_key)


def test_the_operator_s_pages(environ: dict[str, str]) -> None:
    with Program(environ, face="window") as program:
        assert (program.account_service.reset_url, program.account_service.sign_up_url) == ("", "")
        program.settings_store.change(reset_url="https://example.org/lost", sign_up_url="javascript:alert(1)")
        assert program.account_service.reset_url == "https://example.org/lost"
        assert program.account_service.sign_up_url == "", "only pages are opened"
    with Program({**environ, "AUDIODESK_RESET_URL": "https://example.org/other"}, face="window") as program:
        assert program.account_service.reset_url == "https://example.org/other"


@pytest.mark.usefixtures("no_keyring")
def test_while_signed_in_a_crash_leaves_no_core_file(program: Program, author: TwinUser) -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    try:
        service = program.account_service
        service.keep(service.sign_in(author.email, author.password))
        assert resource.getrlimit(resource.RLIMIT_CORE)[0] in (0, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


def test_the_clock_of_tokens_goes_on() -> None:
    assert elapsed_seconds() <= elapsed_seconds()
    assert boot_id() == boot_id()


@pytest.mark.usefixtures("no_keyring")
def test_the_window_s_next_library_brings_in_the_former_one(program: Program, author: TwinUser) -> None:
    """As the window does it: the dialog decides while the library is shown; it is closed, and the next one opens."""
    service = program.account_service
    with program.open(program.library_folder) as core:
        core.library.add_project("Book")
        fresh = service.sign_in(author.email, author.password)
        account = service.keep(fresh, "adopt")
        assert core.library_folder.exists(), "nothing moves below a window"
    following = program.library_folder
    assert following == program.folders.account_library(account.host, account.user_id)
    with program.open(following) as core:
        assert [node.title for node in core.catalogue.children(None)] == ["Book"]
        assert core.account_id == account.user_id
    service.use(None)
    with program.open(program.library_folder) as core:
        assert not core.has_account
    service.use(account)
    with program.open(program.library_folder) as core:
        assert core.account_id == account.user_id


def test_an_account_s_library_that_is_gone_is_not_made_anew(
    program: Program, author: TwinUser, keyring_service: KeyringService, tmp_path: Path
) -> None:
    service = program.account_service
    service.keep(service.sign_in(author.email, author.password))
    folder = program.library_folder
    folder.rename(tmp_path / "elsewhere")
    assert code_of(program.open) == code_of(program.open, folder) == "library-gone"
    assert not folder.exists()
