"""A person's own storage, from a terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiodesk.composition import open_core
from audiodesk.system.folders import resources
from tests import media
from tests.cli.conftest import Run, SignIn, assert_no_secret, logged
from tests.server.storage_book import StorageBook, put_object
from tests.twin.fault_actions import bandwidth, captive_portal, stall, status
from tests.twin.faults import Fault
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow  # the file as a whole

Asked = Callable[..., Any]
MB = 1024 * 1024


@pytest.fixture
def author(twin: Twin, sign_in: SignIn) -> TwinUser:
    user = twin.add_user("anna@example.org", "secret-of-anna")
    sign_in(user)
    return user


def _set_plan(twin: Twin, user: TwinUser, plan: str, size: int | None = None) -> None:
    with twin.database.connect() as connection:
        connection.execute("select public.set_user_plan(%s, %s, %s)", [user.id, plan, size])


def _resize(size: int) -> None:
    """Let every file of the local library have this many bytes."""
    with open_core(face="command") as core:
        core.database.write(lambda connection: connection.execute("update take_file set size = ?", (size,)))


def test_without_a_server(run: Run) -> None:
    said = run("usage", "--json")
    assert said.code == 3
    assert said.document["error"]["code"] == "server-not-set"
    assert "SUPABASE_URL" in said.document["error"]["action"]
    assert run("usage").out == ""


@pytest.mark.parametrize("name", ["SUPABASE_URL", "SUPABASE_ANON_KEY"])
def test_half_a_server(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "https://example.org" if name == "SUPABASE_URL" else "sb_publishable_abc")
    said = run("usage", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "server-half-set")
    assert name not in said.document["error"]["message"]


def test_without_a_sign_in(run: Run, twin: Twin, sign_in: SignIn) -> None:
    sign_in(None)
    said = run("usage", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "signed-out")
    assert "AUDIODESK_EMAIL" in said.document["error"]["action"]
    assert twin.faults.log == []


def test_half_a_sign_in(run: Run, author: TwinUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUDIODESK_PASSWORD")
    said = run("usage", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "sign-in-incomplete")
    assert "AUDIODESK_PASSWORD" in said.document["error"]["message"]


def test_an_empty_storage(run: Run, author: TwinUser, asked: Asked) -> None:
    assert asked("usage") == {
        "plan": "free",
        "used": 0,
        "allowed": 524_288_000,
        "free": 524_288_000,
        "objects": 0,
        "projects": [],
        "queued": 0,
        "queued_takes": 0,
        "over": 0,
        "too_large": {"takes": 0, "size": 0},
        "support_looks": [],
        "support_looks_more": False,
        "database": {"rows": 0, "allowed_rows": 1_000_000, "bytes": 0, "allowed_bytes": 524_288_000},
    }
    assert not (Path(os.environ["AUDIODESK_HOME"]) / "local").exists(), "asking must not make a library"


def test_the_servers_numbers(run: Run, twin: Twin, author: TwinUser, asked: Asked) -> None:
    ferry, salt = (StorageBook(twin.database, author.id, title) for title in ("The Ferry – 渡し船", "Salt"))
    salt.change("project", salt.project, order_key="a1")
    for number, size in enumerate((40 * MB, 20 * MB)):
        ferry.add_take(f"{number}.mp3", size)
        ferry.upload(f"{number}.mp3", size)
    salt.add_take("one.mp3", 10 * MB)
    salt.upload("one.mp3", 10 * MB)
    put_object(twin.database, f"{author.id}/a/b/c/stray.mp3", 5 * MB)
    _set_plan(twin, author, "free", 100 * MB)
    document = asked("usage")
    assert (document["used"], document["allowed"], document["free"]) == (75 * MB, 100 * MB, 25 * MB)
    assert document["objects"] == 4
    projects = {project["title"]: (project["used"], project["takes"]) for project in document["projects"]}
    assert projects == {"The Ferry – 渡し船": (60 * MB, 2), "Salt": (10 * MB, 1)}
    assert run("usage").out.splitlines() == [
        "Plan free: 75.0 MB of 100.0 MB used (75 %), 25.0 MB free",
        "  The Ferry – 渡し船  2 takes  60.0 MB",
        "  Salt                 1 take  10.0 MB",
        "  (in no project)               5.0 MB",
    ]
    assert_no_secret(twin, run("usage", "--json"), run("usage"))


def test_another_person_sees_nothing_of_it(twin: Twin, author: TwinUser, sign_in: SignIn, asked: Asked) -> None:
    book = StorageBook(twin.database, author.id)
    book.add_take("one.mp3", MB)
    book.upload("one.mp3", MB)
    sign_in(twin.add_user("ben@example.org", "secret-of-ben"))
    assert (asked("usage")["used"], asked("usage")["projects"]) == (0, [])


@pytest.fixture
def library(asked: Asked, tmp_path: Path) -> list[str]:
    """Three takes on this computer, 10 MB each; returns their ids."""
    for number in range(3):
        media.wav(tmp_path / "Book" / f"{number}.wav", seconds=0.3, tone=200 + 50 * number)
    asked("import", str(tmp_path / "Book"))
    _resize(10 * MB)
    return [item["id"] for item in _takes(asked)]


def _takes(asked: Asked) -> list[Any]:
    return [
        take
        for project in asked("tree")["projects"]
        for chapter in project["chapters"]
        for section in chapter["sections"]
        for take in section["takes"]
    ]


def test_what_waits_on_this_computer(
    run: Run, twin: Twin, author: TwinUser, library: list[str], asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_BACKEND", "local")
    document = asked("usage")
    assert (document["queued"], document["queued_takes"], document["over"]) == (30 * MB, 3, 0)
    assert run("usage").out.splitlines()[1:] == ["3 takes (30.0 MB) wait to go up. They fit."]
    _set_plan(twin, author, "free", 20 * MB)
    assert asked("usage")["over"] == 10 * MB
    *_, sentence, action = run("usage").out.splitlines()
    assert sentence == "3 takes (30.0 MB) wait to go up: 10.0 MB more than fits."
    assert action == "Empty the trash, use MP3 instead of WAV, or ask for a larger plan."


def test_what_does_not_wait(author: TwinUser, library: list[str], asked: Asked) -> None:
    asked("take", "trash", library[0])
    assert asked("usage")["queued_takes"] == 2
    with open_core(face="command") as core:
        core.database.write(lambda c: c.execute("update take set upload_wanted = 0 where id = ?", (library[1],)))
    assert asked("usage")["queued"] == 10 * MB
    with open_core(face="command") as core:
        core.database.write(
            lambda c: c.execute(
                "update take_file set verified_at = 1, verified_how = 'safe' where take_id = ?", library[2:]
            )
        )
    assert asked("usage")["queued"] == 0


def test_of_a_repaired_take_the_repaired_file_waits(author: TwinUser, library: list[str], asked: Asked) -> None:
    facts = "sha256, kind, seconds, sample_rate, channels"
    statement = (
        f"insert into take_file (id, order_key, created_at, take_id, role, size, {facts})"
        f" select 'another', order_key, created_at, take_id, 'repaired', 7, {facts} from take_file where take_id = ?"
    )
    with open_core(face="command") as core:
        core.database.write(lambda connection: connection.execute(statement, library[:1]))
    document = asked("usage")
    assert (document["queued_takes"], document["queued"]) == (3, 20 * MB + 7)


def test_what_no_cloud_file_can_hold(run: Run, author: TwinUser, library: list[str], asked: Asked) -> None:
    _resize(52_428_800)
    assert (asked("usage")["queued"], asked("usage")["too_large"]["takes"]) == (3 * 52_428_800, 0)
    _resize(52_428_801)
    document = asked("usage")
    assert (document["queued"], document["queued_takes"]) == (0, 0)
    assert document["too_large"] == {"takes": 3, "size": 3 * 52_428_801}
    assert "larger than the 50.0 MB" in run("usage").out


@pytest.fixture
def support(twin: Twin) -> TwinUser:
    return twin.add_user("help@example.org", "secret-of-help", app_metadata={"role": "support"})


def test_who_looked(
    run: Run, twin: Twin, author: TwinUser, support: TwinUser, sign_in: SignIn, asked: Asked, tmp_path: Path
) -> None:
    assert "Support" not in run("usage").out
    sign_in(support)
    asked("support", author.email, "--csv", str(tmp_path / "files.csv"))
    assert asked("usage")["support_looks"] == [], "support's own storage nobody looked at"
    sign_in(author)
    document = asked("usage")
    with twin.database.open() as connection:
        recorded = connection.execute("select id from audiodesk.support_access_log order by at").fetchall()
    assert [look["what"] for look in document["support_looks"]] == ["files", "problems", "usage"]
    assert [look["id"] for look in reversed(document["support_looks"])] == [str(row[0]) for row in recorded]
    assert all(set(look) == {"id", "at", "what", "continued"} for look in document["support_looks"])
    assert document["support_looks_more"] is False
    looked, who = run("usage").out.splitlines()[-2:]
    assert re.fullmatch(r"Support looked at your storage on [\d-]{10} [\d:]{5}: usage, problems, files", looked)
    assert who.startswith("  The operator can find out who it was")
    assert all(str(row[0]) in who for row in recorded)
    assert "help@" not in looked + who


def test_many_looks(run: Run, twin: Twin, author: TwinUser, support: TwinUser, asked: Asked) -> None:
    with twin.database.open("supabase_admin", autocommit=True) as connection:
        connection.execute(
            "insert into audiodesk.support_access_log (support_user, owner, what, at)"
            " select %s, %s, 'usage', now() - n * interval '1 hour' from generate_series(1, 101) as n",
            [support.id, author.id],
        )
    document = asked("usage")
    assert (len(document["support_looks"]), document["support_looks_more"]) == (100, True)
    said = run("usage").out.splitlines()
    assert sum("Support looked" in line for line in said) == 3
    assert said[-1] == "… and at least 97 earlier"


def test_a_server_that_keeps_no_record_of_looks(run: Run, twin: Twin, author: TwinUser, asked: Asked) -> None:
    with twin.database.open("supabase_admin", autocommit=True) as connection:
        connection.execute("drop function public.support_access_log(integer)")
    assert asked("usage")["support_looks"] == []
    assert run("usage").out.splitlines() == ["Plan free: 0 bytes of 500.0 MB used (0 %), 500.0 MB free"]


@pytest.mark.parametrize("at", [None, "", "soon", "2026-11-23", "2026-11-23T05:50:00", "9999-12-31T23:59:59Z", 5])
def test_a_look_at_no_time(run: Run, twin: Twin, author: TwinUser, at: Any) -> None:
    look = {"id": "a", "at": at, "what": "usage", "continued": False}
    twin.faults.add(Fault(status(200, {"looks": [look], "more": False}), path="support_access_log"))
    said = run("usage", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "server-answer-odd")


def test_a_wrong_password(run: Run, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIODESK_PASSWORD", "not-hers-at-all")
    said = run("usage", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "sign-in-refused")
    assert_no_secret(twin, said)


def test_a_service_key_is_not_used(run: Run, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_ANON_KEY", twin.service_key)
    said = run("usage", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "service-key-refused")
    assert twin.faults.log == []
    assert_no_secret(twin, said)


def test_a_server_that_is_gone(run: Run, twin: Twin, author: TwinUser) -> None:
    twin.stop()
    said = run("usage", "--json")
    assert (said.code, said.document["error"]["code"]) == (3, "server-unreachable")
    assert_no_secret(twin, said)


def test_a_hotels_network(run: Run, twin: Twin, author: TwinUser) -> None:
    twin.faults.add(Fault(captive_portal(), nth="every"))
    said = run("usage")
    assert said.code == 3
    assert said.out == ""
    assert "open a browser" in said.err


@pytest.mark.parametrize("action", [stall(), bandwidth(down=2)], ids=["silent", "dripping"])
@pytest.mark.parametrize("path", ["/auth/v1/token", "rpc/storage_usage", "/auth/v1/logout"])
def test_a_server_that_is_silent_or_drips(
    run: Run, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch, path: str, action: Any
) -> None:
    monkeypatch.setattr("audiodesk.cli.output.asking._FIRST_WORD", 0.3)
    monkeypatch.setattr("audiodesk.cli.output.asking._LONGEST_SILENCE", 1.5)
    monkeypatch.setattr("audiodesk.cloud.sign_in.session._SIGN_OUT_SECONDS", 1.0)
    planned = twin.faults.add(Fault(action, path=path, nth="every"))
    began = time.monotonic()
    said = run("usage", "--json")
    assert time.monotonic() - began < 8
    planned.release()
    if path.endswith("logout"):
        assert said.code == 0
        return
    assert (said.code, said.document["error"]["code"]) == (3, "server-silent")
    assert said.err.startswith("Asking 127.0.0.1")


def test_its_patience_is_what_the_help_says() -> None:
    from audiodesk.cli.output import asking
    from audiodesk.cloud.sign_in import session

    assert asking._FIRST_WORD <= 1
    assert asking._LONGEST_SILENCE + session._SIGN_OUT_SECONDS <= 18
    page = (resources() / "help" / "command-line.md").read_text(encoding="utf-8")
    assert "after 20 seconds" in " ".join(page.split())


def test_what_the_database_holds(twin: Twin, author: TwinUser, asked: Asked) -> None:
    StorageBook(twin.database, author.id).add_take("one.mp3", MB)
    database = asked("usage")["database"]
    assert (database["rows"], database["allowed_rows"], database["allowed_bytes"]) == (5, 1_000_000, 524_288_000)
    assert database["bytes"] > 500


def test_a_database_that_is_nearly_full(run: Run, twin: Twin, author: TwinUser) -> None:
    StorageBook(twin.database, author.id)
    with twin.database.connect() as connection:
        connection.execute("select public.set_user_database_limit(%s, 3)", [author.id])
    assert "The database holds 3 of 3 rows" in run("usage").out


def test_an_account_that_was_deleted(run: Run, twin: Twin, author: TwinUser) -> None:
    from audiodesk.cloud.wire.refusals import trigger_error

    error = trigger_error("unknown_user: This account was deleted.")
    assert error is not None
    assert error.code == "account-deleted"
    full = trigger_error("too_much: 11 of 10 rows and 5 of 7 bytes would be used")
    assert full is not None
    assert (full.code, full.params["rows"], full.params["allowed"]) == ("database-full", 11, 7)


def test_signed_out_again(twin: Twin, author: TwinUser, asked: Asked) -> None:
    asked("usage")
    assert [record.path for record in twin.faults.log][-1] == "/auth/v1/logout"
    with twin.database.open("supabase_auth_admin") as connection:
        assert connection.execute("select count(*) from auth.sessions").fetchone() == (0,)
    assert "usage" not in logged()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_while_the_server_is_silent(twin: Twin, author: TwinUser) -> None:
    planned = twin.faults.add(Fault(stall(), path="storage_usage"))
    command = [sys.executable, "-m", "audiodesk", "usage", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        twin.faults.wait_for(lambda records: any(record.path.endswith("storage_usage") for record in records), 30)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    planned.release()
    assert running.returncode == 130
    assert json.loads(out)["error"]["code"] == "stopped"
    assert err.splitlines()[-1] == "Stopped. What was done until then stays."
    assert [record.path for record in twin.faults.log][-1] == "/auth/v1/logout"
