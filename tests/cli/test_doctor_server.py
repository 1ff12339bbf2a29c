"""The command ``doctor`` tests the server's parts of the set-up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audiodesk.services.doctor import Doctor
from tests.cli.conftest import Run, Said, SignIn, assert_no_secret
from tests.cloud.pretended_servers import nobody
from tests.twin.databases import Database, apply_files
from tests.twin.fault_actions import captive_portal, cut, gateway_page, stall, status
from tests.twin.faults import Fault
from tests.twin.platform_sql import migration_files
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow  # the file as a whole

SERVER = ("schema", "tables", "functions", "bucket", "policies", "quota", "other-policies", "clock", "storage")


@pytest.fixture(autouse=True)
def _server_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave this computer's own parts to their own test."""
    monkeypatch.setattr(Doctor, "_tests", lambda _doctor: {})


@pytest.fixture
def author(twin: Twin, sign_in: SignIn) -> TwinUser:
    user = twin.add_user("anna@example.org", "secret-of-anna")
    sign_in(user)
    return user


def _checks(said: Said) -> dict[str, Any]:
    return {check["name"]: check for check in said.document["checks"]}


def _wrong(said: Said) -> dict[str, str]:
    """Return what is not well, with its sentence; each such part has an action."""
    found = {name: check for name, check in _checks(said).items() if not check["ok"]}
    assert all(check["action"] for check in found.values()), found
    assert said.code == (1 if found else 0)
    return {name: check["message"] for name, check in found.items()}


def test_no_server_is_well(run: Run) -> None:
    said = run("doctor", "--json")
    assert _checks(said) == {
        "server": {
            "name": "server",
            "ok": True,
            "message": "No server is set up; everything works on this computer.",
            "action": "",
        }
    }
    assert said.code == 0


def test_a_server_that_is_asked_for_and_not_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_BACKEND", "supabase")
    assert "STORAGE_BACKEND" in _wrong(run("doctor", "--json"))["server"]


@pytest.mark.parametrize(
    ("url", "key", "words"),
    [
        ("https://example.org", "", "SUPABASE_ANON_KEY is missing"),
        ("", "sb_publishable_abc", "SUPABASE_URL is missing"),
        ("https://example.org", "sb_secret_abc", "secret key"),
        ("http://example.org", "sb_publishable_abc", "unencrypted"),
        ("postgresql://postgres:hidden@example.org/x", "sb_publishable_abc", "address of a database"),
        ("https://supabase.com/dashboard", "sb_publishable_abc", "dashboard"),
    ],
)
def test_settings_that_cannot_be_meant(
    run: Run, monkeypatch: pytest.MonkeyPatch, url: str, key: str, words: str
) -> None:
    monkeypatch.setenv("SUPABASE_URL", url)
    monkeypatch.setenv("SUPABASE_ANON_KEY", key)
    said = run("doctor", "--json")
    assert words in _wrong(said)["server"]
    assert "hidden" not in said.out + said.err
    assert "sb_" not in said.out + said.err


def test_all_is_well(run: Run, twin: Twin, author: TwinUser) -> None:
    said = run("doctor", "--json")
    assert _wrong(said) == {}
    assert tuple(_checks(said)) == ("server", "accounts", "sign-in", *SERVER)
    assert "Auth v2." in _checks(said)["server"]["message"]
    assert "Storage 1." in _checks(said)["server"]["message"]
    assert author.email in _checks(said)["sign-in"]["message"]
    assert [record.path for record in twin.faults.log][-1] == "/auth/v1/logout"
    assert_no_secret(twin, said, run("doctor"))


def test_without_a_sign_in_the_rest_is_not_tested(run: Run, sign_in: SignIn) -> None:
    sign_in(None)
    checks = _checks(run("doctor", "--json"))
    assert tuple(checks) == ("server", "accounts", "sign-in")
    assert checks["sign-in"]["ok"]
    assert "AUDIODESK_EMAIL" in checks["sign-in"]["action"]


def test_a_sign_in_that_does_not_work(run: Run, author: TwinUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIODESK_PASSWORD", "wrong")
    assert tuple(_wrong(run("doctor", "--json"))) == ("sign-in",)
    monkeypatch.delenv("AUDIODESK_PASSWORD")
    assert "AUDIODESK_PASSWORD is missing" in _wrong(run("doctor", "--json"))["sign-in"]


def test_a_key_of_another_project(run: Run, author: TwinUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_ANON_KEY", "sb_publishable_of_another")
    assert "belongs to another project" in _wrong(run("doctor", "--json"))["server"]


@pytest.mark.parametrize("action", [captive_portal(), gateway_page()])
def test_something_in_between(run: Run, twin: Twin, author: TwinUser, action: Any) -> None:
    twin.faults.add(Fault(action, nth="every"))
    assert tuple(_wrong(run("doctor", "--json"))) == ("server",)


def test_a_gateway_that_hides_the_version_of_storage(run: Run, twin: Twin, author: TwinUser) -> None:
    twin.faults.add(Fault(captive_portal(), path="/storage/v1/version"))
    said = run("doctor", "--json")
    assert _wrong(said) == {}
    assert "Storage" not in _checks(said)["server"]["message"]


@pytest.mark.parametrize("code", [500, 502, 503, 504, 544, 540, 402])
def test_storage_that_is_down(run: Run, twin: Twin, author: TwinUser, code: int) -> None:
    answer = status(code, {"message": "plan used up"}) if code == 402 else status(code)
    twin.faults.add(Fault(answer, path="/storage/v1/", nth="every"))
    said = run("doctor", "--json")
    assert tuple(_wrong(said)) == ("server",)
    assert _wrong(said)["server"].startswith("Its storage does not work: ")
    assert _checks(said)["schema"]["ok"], "the rest is tested nevertheless"


@pytest.mark.parametrize("code", [401, 403, 404])
def test_a_version_of_storage_that_is_withheld(run: Run, twin: Twin, author: TwinUser, code: int) -> None:
    twin.faults.add(Fault(status(code, {"message": "no Route matched"}), path="/storage/v1/version"))
    assert _wrong(run("doctor", "--json")) == {}


@pytest.mark.parametrize("action", [cut(), stall()])
def test_storage_that_does_not_answer(
    run: Run, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch, action: Any
) -> None:
    monkeypatch.setattr("audiodesk.services.server.server_diagnosis._LONGEST", 3.0)
    planned = twin.faults.add(Fault(action, path="/storage/v1/", nth="every"))
    said = run("doctor", "--json")
    planned.release()
    assert tuple(_wrong(said)) == ("server",)
    assert "Its storage does not work" in _wrong(said)["server"]


def test_both_services_that_are_down_are_named(run: Run, twin: Twin, author: TwinUser) -> None:
    twin.faults.add(Fault(status(500, {"msg": "no"}), path="/auth/v1/health", nth="every"))
    twin.faults.add(Fault(status(503), path="/storage/v1/", nth="every"))
    message = _wrong(run("doctor", "--json"))["server"]
    assert "could not do it" in message
    assert "Its storage does not work" in message


def test_a_whole_check_is_bounded_and_says_a_first_word(
    run: Run, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audiodesk.services.server.server_diagnosis._WHOLE", 2.0)
    monkeypatch.setattr("audiodesk.services.server.server_diagnosis._LONGEST", 1.5)
    monkeypatch.setattr("audiodesk.cli.output.asking._FIRST_WORD", 0.2)
    planned = twin.faults.add(Fault(stall(), path="/rest/v1/rpc|/storage/v1/version", nth="every"))
    began = time.monotonic()
    said = run("doctor", "--json")
    assert time.monotonic() - began < 8
    planned.release()
    assert "Asking 127.0.0.1" in said.err
    assert set(_wrong(said)) == {"server", "schema"}


def test_a_check_ends_within_20_seconds() -> None:
    from audiodesk.cloud.sign_in import session
    from audiodesk.services.server import server_diagnosis

    assert server_diagnosis._LONGEST <= server_diagnosis._WHOLE
    assert server_diagnosis._WHOLE + session._SIGN_OUT_SECONDS <= 19


@pytest.mark.parametrize("status_word", ["ENABLED", "SUSPENDED"])
def test_a_bucket_that_keeps_versions(
    run: Run, newer_server: Database, tmp_path: Path, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, status_word: str
) -> None:
    with newer_server.open("supabase_storage_admin") as connection:
        connection.execute("update storage.buckets set versioning_status = %s, public = true", [status_word])
    with Twin(newer_server, tmp_path / "newer") as twin:
        user = twin.add_user("anna@example.org", "secret-of-anna")
        monkeypatch.setenv("SUPABASE_URL", twin.url)
        monkeypatch.setenv("SUPABASE_ANON_KEY", twin.anon_key)
        monkeypatch.setenv("AUDIODESK_EMAIL", user.email)
        monkeypatch.setenv("AUDIODESK_PASSWORD", user.password)
        said = run("doctor", "--json")
    assert f"keeps former versions ({status_word})" in _wrong(said)["bucket"]
    assert "is public" in _wrong(said)["bucket"], "all faults are named"
    assert "backend objects copy" in _checks(said)["bucket"]["action"]
    assert "Make it private now" in _checks(said)["bucket"]["action"]


def test_all_faults_of_a_part_are_named(run: Run, twin: Twin, author: TwinUser) -> None:
    with twin.database.open("supabase_admin", autocommit=True) as connection:
        connection.execute("alter table audiodesk.take disable row level security")
        connection.execute("drop table audiodesk.note cascade")
        connection.execute("alter table audiodesk.take_file_shape drop column overview")
        connection.execute("drop policy audiodesk_only_own_folder on storage.objects")
        connection.execute("alter policy audiodesk_read_own_folder on storage.objects using (true)")
        connection.execute("grant execute on function public.sync_push to anon")
        connection.execute("drop function public.take_file_shapes")
    wrong = _wrong(run("doctor", "--json"))
    for words in (
        "Row level security is off for: audiodesk.take",
        "missing: audiodesk.note",
        "audiodesk.take_file_shape",
    ):
        assert words in wrong["tables"]
    assert "storage.objects.audiodesk_only_own_folder; These were changed by hand: storage." in wrong["policies"]
    assert "storage.objects.audiodesk_read_own_folder" in wrong["policies"]
    assert "without a sign-in: public.sync_push" in wrong["functions"]
    assert "take_file_shapes" in wrong["functions"]


def test_a_dead_server_does_not_delay_the_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_URL", f"http://127.0.0.1:{nobody()}")
    monkeypatch.setenv("SUPABASE_ANON_KEY", "sb_publishable_abc")
    began = time.monotonic()
    assert "cannot be reached" in _wrong(run("doctor", "--json"))["server"]
    assert time.monotonic() - began < 8


@pytest.mark.parametrize(
    ("path", "part"), [("/auth/v1/health", "server"), ("/auth/v1/token", "sign-in"), ("/rest/v1/rpc", "schema")]
)
def test_a_silent_server_is_given_up(
    run: Run, twin: Twin, author: TwinUser, monkeypatch: pytest.MonkeyPatch, path: str, part: str
) -> None:
    monkeypatch.setattr("audiodesk.services.server.server_diagnosis._LONGEST", 0.5)
    planned = twin.faults.add(Fault(stall(), path=path, nth="every"))
    said = run("doctor", "--json")
    assert "did not answer in time" in _wrong(said)[part]
    planned.release()


def test_a_name_that_is_looked_up_for_ever(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given_up = threading.Event()

    def look_up(*_: object, **__: object) -> None:
        given_up.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr("audiodesk.services.server.server_diagnosis._LONGEST", 0.3)
    monkeypatch.setenv("SUPABASE_URL", "abcdefghijklmnopqrst.supabase.co")
    monkeypatch.setenv("SUPABASE_ANON_KEY", "sb_publishable_abc")
    began = time.monotonic()
    assert "did not answer in time" in _wrong(run("doctor", "--json"))["server"]
    assert time.monotonic() - began < 20
    given_up.set()


@pytest.fixture
def bare(bare_server: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twin]:
    """A project before the first migration, signed in."""
    with Twin(bare_server, tmp_path / "bare") as twin:
        user = twin.add_user("anna@example.org", "secret-of-anna")
        monkeypatch.setenv("SUPABASE_URL", twin.url)
        monkeypatch.setenv("SUPABASE_ANON_KEY", twin.anon_key)
        monkeypatch.setenv("AUDIODESK_EMAIL", user.email)
        monkeypatch.setenv("AUDIODESK_PASSWORD", user.password)
        yield twin
    assert twin.failures == []


@pytest.mark.usefixtures("bare")
def test_a_project_without_our_schema(run: Run) -> None:
    said = run("doctor", "--json")
    assert _wrong(said) == {"schema": "AudioDesk's tables and functions are not on this server."}
    assert "audiodesk backend apply" in _checks(said)["schema"]["action"]


@pytest.mark.parametrize("left", [13, 9, 6])
def test_a_schema_of_which_the_last_files_are_missing(run: Run, bare: Twin, bare_server: Database, left: int) -> None:
    apply_files(bare_server, migration_files()[:left])
    said = run("doctor", "--json")
    assert _wrong(said) == {"schema": "It is older than this AudioDesk, or was applied only in part."}
    assert _checks(said)["schema"]["action"] == "Run: audiodesk backend apply"


def test_trouble_while_an_older_schema_is_looked_for(run: Run, bare: Twin) -> None:
    bare.faults.add(Fault(cut(), path="/rest/v1/rpc/storage_usage"))
    assert "broke off" in _wrong(run("doctor", "--json"))["schema"]


DAMAGE: dict[str, tuple[str, str]] = {
    "bucket": ("update storage.buckets set public = true where id = 'audiofiles'", "public"),
    "policies": ("drop policy audiodesk_only_own_folder on storage.objects", "audiodesk_only_own_folder"),
    "quota": ("alter table storage.objects disable trigger user", "Triggers"),
    "functions": ("grant execute on function public.sync_push to anon", "sync_push"),
    "tables": ("alter table audiodesk.take disable row level security", "audiodesk.take"),
}


def test_each_damage_is_named(run: Run, twin: Twin, author: TwinUser) -> None:
    done: set[str] = set()
    for part, (statement, words) in DAMAGE.items():
        with twin.database.open("supabase_admin", autocommit=True) as connection:
            connection.execute(statement.encode())
        done.add(part)
        wrong = _wrong(run("doctor", "--json"))
        assert set(wrong) == done
        assert words in wrong[part]


def test_policies_that_are_not_ours_are_listed(run: Run, twin: Twin, author: TwinUser) -> None:
    with twin.database.open("supabase_admin", autocommit=True) as connection:
        connection.execute('create policy "Give all" on storage.objects for select to public using (true)')
    said = run("doctor", "--json")
    assert _wrong(said) == {}
    assert "Give all" in _checks(said)["other-policies"]["message"]
    assert _checks(said)["other-policies"]["action"]


@pytest.mark.parametrize(
    "damage",
    [
        "drop policy audiodesk_only_own_folder on storage.objects",
        "alter policy audiodesk_only_own_folder on storage.objects using (true)",
        "alter table storage.objects disable row level security",
    ],
)
def test_policies_that_are_not_ours_while_ours_are_damaged(run: Run, twin: Twin, author: TwinUser, damage: str) -> None:
    with twin.database.open("supabase_admin", autocommit=True) as connection:
        connection.execute('create policy "Give all" on storage.objects for select to public using (true)')
        connection.execute(damage.encode())
    said = run("doctor", "--json")
    assert _wrong(said)["other-policies"].startswith("Audio may be open to others")
    assert "Give all" in _wrong(said)["other-policies"]
    assert "still guard" not in said.out


def test_a_bucket_for_hardly_anything(run: Run, twin: Twin, author: TwinUser) -> None:
    with twin.database.open("supabase_admin", autocommit=True) as connection:
        connection.execute("update storage.buckets set file_size_limit = 1000 where id = 'audiofiles'")
        said = run("doctor", "--json")
        assert "only 1\u202f000 bytes" in _wrong(said)["bucket"] or "only 1000 bytes" in _wrong(said)["bucket"]
        connection.execute(
            "update storage.buckets set file_size_limit = null, allowed_mime_types = null where id = 'audiofiles'"
        )
    said = run("doctor", "--json")
    assert _wrong(said) == {}
    assert "neither types nor sizes" in _checks(said)["bucket"]["message"]


def test_a_clock_that_is_wrong(run: Run, author: TwinUser, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 3600)
    monkeypatch.setattr("audiodesk.system.clock.time.time_ns", lambda: int((now() - 3600) * 1e9), raising=False)
    assert "60 minutes behind" in _wrong(run("doctor", "--json"))["clock"]


def test_a_bug_in_it_hides_nothing_and_tells_no_secret(
    run: Run, author: TwinUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret-of-anna")

    monkeypatch.setattr("audiodesk.cloud.calls.public_endpoints.PublicEndpoints.auth_version", broken)
    said = run("doctor", "--json")
    assert "ZeroDivisionError" in _wrong(said)["server"]
    assert "secret-of-anna" not in said.out + said.err


DOCTOR = "/00000000-0000-0000-0000-000000000000/doctor-"


def _doctors_files(twin: Twin) -> list[str]:
    with twin.database.connect() as connection:
        query = "select name from storage.objects where name like %s"
        return [row[0] for row in connection.execute(query, [f"%{DOCTOR}%"]).fetchall()]


def test_a_tiny_file_goes_up_and_is_removed(run: Run, twin: Twin, author: TwinUser) -> None:
    said = run("doctor", "--json")
    assert _checks(said)["storage"]["ok"]
    assert any(record.method == "POST" and "resumable" in record.path for record in twin.faults.log)
    assert _doctors_files(twin) == []


def test_what_a_stopped_test_left_goes_with_the_next_and_support_does_not_see_it(
    run: Run, twin: Twin, author: TwinUser
) -> None:
    twin.faults.add(Fault(status(500), method="DELETE", path="/storage/v1/object/"))
    said = run("doctor", "--json")
    assert "could not be removed" in _wrong(said)["storage"]
    (left,) = _doctors_files(twin)
    assert left.startswith(f"{author.id}/")
    with twin.database.connect() as connection:
        listed = connection.execute("select object_key from audiodesk.objects_of(%s)", [author.id]).fetchall()
    assert listed == []
    assert _wrong(run("doctor", "--json")) == {}
    assert _doctors_files(twin) == []


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(status(500), method="POST", path="/upload/resumable", nth="every"), "could not go up"),
        (Fault(status(500), method="GET", path="/object/authenticated/", nth="every"), "could not be read back"),
    ],
)
def test_a_server_that_says_healthy_and_takes_nothing(
    run: Run, twin: Twin, author: TwinUser, fault: Fault, message: str
) -> None:
    twin.faults.add(fault)
    assert message in _wrong(run("doctor", "--json"))["storage"]


def test_a_full_quota_is_an_answer(run: Run, twin: Twin, author: TwinUser) -> None:
    with twin.database.connect("supabase_admin") as connection:
        connection.execute(
            "insert into public.user_credits (user_id, storage_quota_bytes) values (%s, 100)"
            " on conflict (user_id) do update set storage_quota_bytes = 100",
            [author.id],
        )
    said = run("doctor", "--json")
    assert _wrong(said) == {}
    assert "takes nothing more" in _checks(said)["storage"]["message"]
