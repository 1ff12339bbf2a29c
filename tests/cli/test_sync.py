"""The command that syncs, over HTTP, with a sign-in from the environment."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from audiodesk.cloud.calls import sync_calls
from audiodesk.cloud.wire.http import IMPATIENT, TIMEOUTS
from audiodesk.composition import open_core
from audiodesk.composition.program import Program
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.sync.adoption import adopt
from audiodesk.services.sync import one_sync, puller
from tests.cli.conftest import Run, SignIn, assert_no_secret
from tests.media.wav import wav
from tests.twin.fault_actions import delay, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow  # the file as a whole


@pytest.fixture
def author(twin: Twin, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> TwinUser:
    user = twin.add_user("anna@example.org", "secret-of-anna")
    sign_in(user)
    monkeypatch.setenv("STORAGE_BACKEND", "supabase")
    return user


def _adopt(user_id: object) -> None:
    with open_core(face="command") as core:
        core.database.write(lambda connection: adopt(connection, core.database.clock(), str(user_id)))


def _titles(twin: Twin) -> set[str]:
    with twin.database.connect() as connection:
        return {row[0] for row in connection.execute("select title from audiodesk.project").fetchall()}


def test_what_was_made_here_is_on_the_other_computer(
    run: Run, asked: Callable[..., Any], twin: Twin, author: TwinUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("project", "add", "Märchen")
    _adopt(author.id)
    run("chapter", "add", "One", "--project", "Märchen")
    done = asked("sync", "--no-upload")
    assert done["items"] == []
    assert done["summary"]["pushed"] == 3  # with the computer
    assert (done["summary"]["waiting"], done["summary"]["failed"]) == (0, 0)
    assert _titles(twin) == {"Märchen"}
    monkeypatch.setenv("AUDIODESK_HOME", str(tmp_path / "second"))
    _adopt(author.id)
    asked("sync", "--no-upload")
    assert [chapter["title"] for chapter in asked("tree")["projects"][0]["chapters"]] == ["One"]
    said = run("sync", "--no-upload")
    assert (said.code, said.out) == (0, "Up to date.\n")


def test_audio_goes_up_and_is_safe_on_every_computer(
    run: Run, asked: Callable[..., Any], author: TwinUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("project", "add", "Book")
    _adopt(author.id)
    asked("import", str(wav(tmp_path / "Ferry.wav")), "--project", "Book")
    said = run("sync")
    assert said.code == 0
    assert "1 take is in the cloud now" in said.out
    status = asked("status")
    assert (status["states"], status["all_safe"]) == ({"safe": 1}, True)
    assert run("sync").out == "Up to date.\n"
    monkeypatch.setenv("AUDIODESK_HOME", str(tmp_path / "second"))
    _adopt(author.id)
    assert asked("sync")["items"] == []
    assert asked("status")["states"] == {"remote": 1}


def test_what_does_not_fit_is_named_and_the_exit_code_is_one(
    run: Run, twin: Twin, author: TwinUser, tmp_path: Path
) -> None:
    run("project", "add", "Book")
    _adopt(author.id)
    run("import", str(wav(tmp_path / "Ferry.wav")), "--project", "Book")
    with twin.database.connect("supabase_admin") as connection:
        connection.execute(
            "insert into public.user_credits (user_id, storage_quota_bytes) values (%s, 1000)"
            " on conflict (user_id) do update set storage_quota_bytes = 1000",
            [author.id],
        )
    said = run("sync", "--json")
    assert said.code == 1
    assert [(item["result"], item["reason"]) for item in said.document["items"]] == [("failed", "over_quota")]
    assert said.document["summary"]["failed"] == 1
    said = run("sync")
    assert said.code == 1
    assert "Needs you" in said.out
    assert "1 take needs you." in said.out


def test_a_refused_edit_is_listed_and_the_exit_code_is_one(run: Run, author: TwinUser) -> None:
    run("project", "add", "Book")
    _adopt(author.id)
    assert run("sync", "--no-upload").code == 0
    with open_core(face="command") as core:
        project = core.catalogue.resolve("Book", Entity.PROJECT)
        core.database.write(
            lambda connection: EditedRows(connection, 1).update(Ref(Entity.PROJECT, project.id), title="x" * 70_000)
        )
    said = run("sync", "--no-upload", "--json")
    assert said.code == 1
    (item,) = said.document["items"]
    assert (item["entity"], item["id"], item["result"], item["reason"]) == ("project", project.id, "failed", "too_long")
    with open_core(face="command") as core, core.sign_in() as account:
        ((refused, path),) = account.activity.refused()
        assert path == ("Book",)
        account.activity.retry(refused.change_id)
        assert account.activity.refused() == []
    assert run("sync", "--no-upload").code == 1
    with open_core(face="command") as core, core.sign_in() as account:
        ((again, _),) = account.activity.refused()
        account.activity.dismiss(again.change_id)
        (computer,) = account.activity.computers().computers
        assert computer.seen_at is not None
    assert run("sync", "--no-upload").code == 0


def test_it_says_what_came_what_was_replaced_and_what_waits_for_a_choice(
    run: Run, author: TwinUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = [str(tmp_path / name) for name in ("studio", "laptop")]

    def at(home: int) -> None:
        monkeypatch.setenv("AUDIODESK_HOME", homes[home])

    at(0)
    run("project", "add", "Book")
    run("chapter", "add", "One", "--project", "Book")
    run("section", "add", "Toll", "--chapter", "Book/One")
    first = wav(tmp_path / "first.wav", seconds=1.0)
    assert run("import", str(first), "--section", "Book/One/Toll").code == 0
    _adopt(author.id)
    run("sync", "--no-upload")
    at(1)
    _adopt(author.id)
    said = run("sync", "--no-upload")
    assert "Your library came to this computer." in said.out
    for home in (0, 1):
        at(home)
        take = wav(tmp_path / f"take {home}.wav", seconds=2.0 + home)
        assert run("import", str(take), "--section", "Book/One/Toll").code == 0
        run("chapter", "rename", "Book/One", f"One of {home}")
    at(0)
    run("sync", "--no-upload")
    at(1)
    said = run("sync", "--no-upload")
    assert "Book / One of 1 / Toll: 2 new takes: " in said.out
    assert "audiodesk take current TAKE" in said.err
    at(0)
    said = run("sync", "--no-upload")
    assert said.code == 0
    assert "Chapter renamed to “One of 1”; here it was “One of 0”." in said.out
    assert "1 new take" in said.out
    document = run("sync", "--no-upload", "--json").document
    assert document["news"] == []
    assert document["summary"]["conflicts"] == 1
    (conflict,) = document["conflicts"]
    assert len(conflict["takes"]) == 2
    at(1)
    run("take", "current", conflict["takes"][0]["take"])
    run("chapter", "rename", "Book/One of 1", "Mine")
    run("sync", "--no-upload")
    at(0)
    document = run("sync", "--no-upload", "--json").document
    assert document["summary"]["conflicts"] == 0
    (renamed,) = [entry for entry in document["news"] if entry["what"] == "renamed"]
    assert (renamed["title"], renamed["entity"]) == ("Mine", "chapter")
    assert renamed["former"] == "One of 0"  # what was here before the first of several that nobody has read


def test_what_came_back_from_the_trash_is_said(
    run: Run, author: TwinUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = str(tmp_path / "studio"), str(tmp_path / "laptop")
    monkeypatch.setenv("AUDIODESK_HOME", first)
    run("project", "add", "Book")
    run("chapter", "add", "One", "--project", "Book")
    _adopt(author.id)
    run("sync", "--no-upload")
    monkeypatch.setenv("AUDIODESK_HOME", second)
    _adopt(author.id)
    run("sync", "--no-upload")
    run("chapter", "trash", "Book/One")
    run("sync", "--no-upload")
    monkeypatch.setenv("AUDIODESK_HOME", first)
    run("chapter", "rename", "Book/One", "Mine")
    said = run("sync", "--no-upload")
    assert "“Mine” came back from the trash, because it was edited here." in said.out


def test_each_account_of_the_environment_syncs_its_own_library(
    run: Run, twin: Twin, author: TwinUser, sign_in: SignIn
) -> None:
    _adopt(author.id)
    run("project", "add", "Anna's book")
    assert run("sync", "--no-upload").code == 0
    sign_in(twin.add_user("ben@example.org", "secret-of-ben"))
    assert run("tree", "--json").document == {"projects": []}
    assert run("sync", "--no-upload").code == 0
    assert _titles(twin) == {"Anna's book"}


@pytest.mark.parametrize("case", ["off", "signed out", "unreachable"])
def test_what_is_not_possible_now(
    run: Run, twin: Twin, author: TwinUser, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    run("project", "add", "Book")
    _adopt(author.id)
    codes = {
        "off": "sync-off",
        "signed out": "signed-out",
        "unreachable": "server-unreachable",
    }
    if case == "off":
        monkeypatch.setenv("STORAGE_BACKEND", "local")
    elif case == "signed out":
        sign_in(None)
    elif case == "unreachable":
        twin.stop()
    said = run("sync", "--no-upload", "--json")
    assert said.code == 3
    assert said.document["error"]["code"] == codes[case]
    if case != "unreachable":
        assert_no_secret(twin, said)
    if case == "unreachable":
        twin.start()
    assert _titles(twin) == set()


def test_a_library_is_never_sent_to_an_account_that_it_does_not_belong_to(
    twin: Twin, author: TwinUser, sign_in: SignIn, tmp_path: Path
) -> None:
    del author
    sign_in(twin.add_user("ben@example.org", "secret-of-ben"))
    with Program(face="command") as program, program.open(tmp_path / "library") as core:
        core.library.add_project("Book")
        with core.sign_in() as account, pytest.raises(OutsideError, match="library-without-account"):
            _ = account.one_sync
        core.database.write(lambda connection: adopt(connection, 1, "00000000-0000-4000-8000-000000000001"))
        with core.sign_in() as account, pytest.raises(OutsideError, match="library-of-another"):
            account.one_sync.run(threading.Event())
    assert _titles(twin) == set()


def test_a_first_sync_that_fails_in_its_midst_says_that_what_came_stays(
    run: Run,
    asked: Callable[..., Any],
    twin: Twin,
    author: TwinUser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _adopt(author.id)
    for number in range(8):
        run("project", "add", f"Book {number}")
    whole = asked("sync", "--no-upload")
    assert whole["summary"]["partly_here"] is False
    monkeypatch.setenv("AUDIODESK_HOME", str(tmp_path / "second"))
    _adopt(author.id)
    monkeypatch.setattr(sync_calls.SyncCalls.__init__, "__kwdefaults__", {"page": 3})
    monkeypatch.setattr(puller, "_FIRST_ROWS", 1)
    monkeypatch.setattr(puller, "_FIRST_SECONDS", 0.0)
    says = "A part of your library has come and stays here. The next `sync` goes on from there."
    twin.faults.add(Fault(status(540), path="sync_pull", nth=1))
    said = run("sync", "--no-upload", "--json")
    assert (said.code, "partly_here" in said.document["error"]) == (3, False), "nothing has come yet"
    assert says not in said.err
    twin.faults.add(Fault(status(540), path="sync_pull", nth=3))
    said = run("sync", "--no-upload", "--json")
    assert said.code == 3
    assert said.document["error"]["partly_here"] is True
    assert says in said.err.splitlines()
    count = len(asked("tree")["projects"])
    assert 0 < count < 8
    rest = asked("sync", "--no-upload")
    assert rest["summary"]["partly_here"] is False
    assert rest["summary"]["pulled"] < 9
    assert len(asked("tree")["projects"]) == 8


def test_a_silent_server_is_named_and_given_up(
    run: Run, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _adopt(author.id)
    monkeypatch.setattr("audiodesk.cloud.server.TIMEOUTS", httpx.Timeout(1.2))
    monkeypatch.setattr("audiodesk.cloud.server.IMPATIENT", httpx.Timeout(0.6))
    for name, seconds in (("_FIRST_WORD", 0.05), ("_SECOND_WORD", 0.3), ("_LOOK", 0.05)):
        monkeypatch.setattr(f"audiodesk.cli.output.asking.{name}", seconds)
    planned = twin.faults.add(Fault(stall(), path="sync_pull", nth="every"))
    said = run("sync", "--no-upload", "--json")
    planned.release()
    assert (said.code, said.document["error"]["code"]) == (3, "server-silent")
    host = twin.url.removeprefix("http://")
    waits = f"Waiting for {host}, which has not answered yet …"
    lines = said.err.splitlines()
    assert (lines[0], lines.count(waits)) == (f"Asking {host} …", 2), "once for each request"
    assert len([record for record in twin.faults.log if record.path.endswith("sync_pull")]) == 2


def test_a_server_that_was_silent_once_gets_its_time_again(
    run: Run, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers the second request soon, and may take its time for the next ones."""
    _adopt(author.id)
    run("sync", "--no-upload")
    run("project", "add", "Book")
    monkeypatch.setattr("audiodesk.cloud.server.TIMEOUTS", httpx.Timeout(1.5))
    monkeypatch.setattr("audiodesk.cloud.server.IMPATIENT", httpx.Timeout(0.6))
    twin.faults.clear()
    planned = twin.faults.add(Fault(stall(), path="sync_push", nth=1))
    twin.faults.add(Fault(delay(0.9), path="sync_pull", nth="every"))
    said = run("sync", "--no-upload", "--json")
    planned.release()
    assert said.code == 0, said
    assert _titles(twin) == {"Book"}


def test_a_silent_server_costs_half_a_minute() -> None:
    first, second = TIMEOUTS.read, IMPATIENT.read
    assert first is not None
    assert second is not None
    assert first < one_sync._SILENT_SECONDS
    assert first + one_sync._SILENT_PAUSE + second <= 30


def test_ctrl_c_stops_at_once_and_keeps_the_queue(twin: Twin, author: TwinUser, run: Run) -> None:
    run("project", "add", "Book")
    _adopt(author.id)
    planned = twin.faults.add(Fault(stall(), path="sync_push"))
    command = [sys.executable, "-m", "audiodesk", "sync", "--no-upload", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        twin.faults.wait_for(lambda records: any(record.path.endswith("sync_push") for record in records), 30)
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    planned.release()
    assert running.returncode == 130
    assert time.monotonic() - began < 8
    assert json.loads(out)["summary"]["waiting"] == 2
    assert err.splitlines()[-1] == "Stopped. What was done until then stays."
    with open_core(face="command") as core, core.sign_in() as account:
        assert account.waiting() == 2
