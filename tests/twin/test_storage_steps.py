"""Every write is two transactions: what policies and triggers see in each, and the answer when one raises."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.twin.storage_stand import BUCKET, StorageStand, without_length

# Only the server's log shows what was rolled back.
TRACE = """
create function public.trace() returns trigger language plpgsql as $$
begin
  raise log 'step %', jsonb_build_object(
    'when', lower(tg_when), 'op', lower(tg_op), 'role', current_user, 'uid', auth.uid(),
    'operation', current_setting('storage.operation', true), 'path', current_setting('request.path', true),
    'method', current_setting('request.method', true),
    'agent', current_setting('request.headers', true)::jsonb ->> 'x-agent',
    'version', coalesce(new.version, old.version), 'owner', coalesce(new.owner_id, old.owner_id),
    'metadata', case when tg_op = 'DELETE' then old.metadata else new.metadata end,
    'user_metadata', new.user_metadata);
  return coalesce(new, old);
end $$;
create trigger a_trace_before before insert or update or delete on storage.objects
  for each row execute function public.trace();
create trigger a_trace_after after insert or update or delete on storage.objects
  for each row execute function public.trace();
"""
RAISE = """
create function public.refuse() returns trigger language plpgsql as $$
declare
  code text := (regexp_match(new.name, 'raise/([A-Z0-9]{5})'))[1];
  late boolean := new.name like '%late%';
begin
  if code is not null and late = (new.metadata ? 'size') then
    raise exception 'My message: 5 of 3 MB' using errcode = code;
  end if;
  return null;
end $$;
create trigger refuse after insert or update on storage.objects for each row execute function public.refuse();
"""


class Trace:
    """What the triggers saw since the last time one looked."""

    def __init__(self, stand: StorageStand) -> None:
        self._log = stand.database.server.log
        self._from = self._log.stat().st_size

    def steps(self) -> list[dict[str, Any]]:
        with self._log.open(encoding="utf-8", errors="replace") as file:
            file.seek(self._from)
            text = file.read()
            self._from = file.tell()
        return [json.loads(line.partition("step ")[2]) for line in text.splitlines() if "step {" in line]


@pytest.fixture
def traced(stand: StorageStand) -> StorageStand:
    stand.sql(TRACE)
    return stand


def shape(step: Mapping[str, Any]) -> str:
    """One step in short: who, when, what, whether it is the test, and what is told of the size."""
    metadata = step["metadata"] or {}
    told = "size" if "size" in metadata else metadata.get("contentLength", "nothing")
    who = {"authenticated": "user", "service_role": "service"}[step["role"]]
    assert (step["uid"] is None) == (who == "service"), "nobody is auth.uid() at the completion"
    return f"{who} {step['when']} {step['op']} {'test' if step['version'] == '1' else 'real'} {told}"


def raw(stand: StorageStand, key: str, **headers: str) -> httpx.Response:
    return stand.put(key, b"x" * 100, x_agent="tests", **headers)


def form(stand: StorageStand, key: str) -> httpx.Response:
    return stand.http().post(f"/object/{BUCKET}/{key}", files={"file": ("x", b"x" * 100, "audio/wav")})


def chunked(stand: StorageStand, key: str) -> httpx.Response:
    path, headers = f"/object/{BUCKET}/{key}", {"Content-Type": "audio/wav"}
    return stand.http().post(path, content=without_length(b"x" * 100), headers=headers)


def test_a_raw_upload(traced: StorageStand) -> None:
    trace = Trace(traced)
    assert raw(traced, traced.key(), x_metadata="eyJhIjoxfQ==").status_code == 200
    test_before, test_after, before, after = trace.steps()
    assert [shape(step) for step in (test_before, test_after, before, after)] == [
        "user before insert test 100",
        "user after insert test 100",
        "service before insert real size",
        "service after insert real size",
    ]
    owner = str(traced.owner)
    assert (test_after["uid"], test_after["owner"], after["owner"]) == (owner, owner, owner)
    assert test_after["metadata"] == {"mimetype": "audio/wav", "contentLength": 100}
    assert after["metadata"]["size"] == 100
    for step in (test_after, after):
        assert (step["method"], step["agent"], step["user_metadata"]) == ("POST", "tests", {"a": 1})
        assert step["path"] == f"/object/{BUCKET}/{traced.key()}"
        assert step["operation"] == "storage.object.upload"


def test_a_form_announces_the_whole_request(traced: StorageStand) -> None:
    trace = Trace(traced)
    answer = form(traced, traced.key())
    announced = trace.steps()[0]["metadata"]["contentLength"]
    assert announced == int(answer.request.headers["Content-Length"])
    assert 100 < announced < 700


def test_a_chunked_body_announces_nothing(traced: StorageStand) -> None:
    trace = Trace(traced)
    assert chunked(traced, traced.key()).status_code == 200
    assert [shape(step) for step in trace.steps()][:2] == [
        "user before insert test nothing",
        "user after insert test nothing",
    ]


UPSERTED = [
    "user before insert test 100",
    "user before update test 100",
    "user after update test 100",
    "service before insert real size",
    "service before update real size",
    "service after update real size",
]


def test_an_upsert_fires_no_after_insert(traced: StorageStand) -> None:
    raw(traced, traced.key())
    trace = Trace(traced)
    raw(traced, traced.key(), x_upsert="true")
    assert [shape(step) for step in trace.steps()] == UPSERTED


def test_a_put_is_an_operation_of_its_own(traced: StorageStand) -> None:
    raw(traced, traced.key())
    trace = Trace(traced)
    traced.http().put(f"/object/{BUCKET}/{traced.key()}", content=b"x" * 100, headers={"Content-Type": "audio/wav"})
    steps = trace.steps()
    assert [shape(step) for step in steps] == UPSERTED
    assert {step["operation"] for step in steps} == {"storage.object.upload_update"}


def test_a_duplicate_is_found_after_the_before_trigger(traced: StorageStand) -> None:
    raw(traced, traced.key())
    trace = Trace(traced)
    assert raw(traced, traced.key()).json()["statusCode"] == "409"
    assert [shape(step) for step in trace.steps()] == ["user before insert test 100"]


def test_resumable_uploads_are_tested_at_each_request(traced: StorageStand) -> None:
    trace, tus = Trace(traced), traced.tus()
    tested = ["user before insert test 6", "user after insert test 6"]
    done = ["service before insert real size", "service after insert real size"]
    url = tus.create(traced.key(), 6, metadata={"metadata": '{"a":1}'}).headers["Location"]
    steps = trace.steps()
    assert [shape(step) for step in steps] == tested
    assert steps[1]["metadata"] == {"mimetype": "audio/wav", "contentLength": 6}
    assert (steps[1]["user_metadata"], steps[1]["operation"]) == ({"a": 1}, "storage.tus.upload.create")
    tus.head(url)
    assert trace.steps() == []
    tus.patch(url, 0, b"123")
    assert [shape(step) for step in trace.steps()] == tested
    tus.patch(url, 3, b"456")
    steps = trace.steps()
    assert [shape(step) for step in steps] == tested + done
    assert {step["operation"] for step in steps} == {"storage.tus.upload.part"}
    other = tus.create(traced.key("gone.wav"), 6).headers["Location"]
    trace.steps()
    tus.delete(other)
    assert [shape(step) for step in trace.steps()] == tested


def test_a_deferred_length_announces_nothing(traced: StorageStand) -> None:
    trace = Trace(traced)
    traced.tus().create(traced.key(), None)
    assert shape(trace.steps()[0]) == "user before insert test nothing"


def test_signed_uploads_run_as_the_service(traced: StorageStand) -> None:
    trace = Trace(traced)
    signed = traced.http().post(f"/object/upload/sign/{BUCKET}/{traced.key()}").json()
    steps = trace.steps()
    assert [shape(step) for step in steps] == ["user before insert test 0", "user after insert test 0"]
    assert steps[0]["operation"] == "storage.object.sign_upload_url"
    traced.anyone().put(signed["url"], content=b"x" * 9, headers={"Content-Type": "audio/wav"})
    steps = trace.steps()
    assert [shape(step) for step in steps] == [
        "service before insert test 9",
        "service after insert test 9",
        "service before insert real size",
        "service after insert real size",
    ]
    assert {step["operation"] for step in steps} == {"storage.object.upload_signed"}
    assert {step["owner"] for step in steps} == {str(traced.owner)}
    key = traced.key("signed-tus.wav")
    token = traced.http().post(f"/object/upload/sign/{BUCKET}/{key}").json()["token"]
    trace.steps()
    tus = type(traced.tus())(traced.anyone())
    assert tus.create(key, 3, path="/upload/resumable/sign", content=b"123", x_signature=token).status_code == 201
    assert {step["operation"] for step in trace.steps()} == {"storage.tus.upload.create_signed"}


def test_move_and_copy(traced: StorageStand) -> None:
    raw(traced, traced.key("a.wav"))
    trace, official = Trace(traced), traced.official().from_(BUCKET)
    official.move(traced.key("a.wav"), traced.key("b.wav"))
    steps = trace.steps()
    assert [shape(step) for step in steps] == [
        "user before update real size",
        "user after update real size",
        "service before update real size",
        "service after update real size",
    ]
    assert {step["operation"] for step in steps} == {"storage.object.move"}
    official.copy(traced.key("b.wav"), traced.key("c.wav"))
    steps = trace.steps()
    assert [shape(step) for step in steps] == [
        "user before insert test size",
        "user after insert test size",
        "service before insert real size",
        "service after insert real size",
    ]
    assert {step["operation"] for step in steps} == {"storage.object.copy"}


def test_deletes_run_as_the_user_row_by_row(traced: StorageStand) -> None:
    for name in ("a.wav", "b.wav", "c.wav"):
        raw(traced, traced.key(name))
    trace, one = Trace(traced), ["user before delete real size", "user after delete real size"]
    traced.http().delete(f"/object/{BUCKET}/{traced.key('a.wav')}")
    steps = trace.steps()
    assert [shape(step) for step in steps] == one
    assert steps[0]["operation"] == "storage.object.delete"
    traced.official().from_(BUCKET).remove([traced.key("b.wav"), traced.key("c.wav")])
    steps = trace.steps()
    assert sorted(shape(step) for step in steps) == sorted(one * 2)
    assert steps[0]["operation"] == "storage.object.delete_many"


MESSAGE = "My message: 5 of 3 MB"
RAISED = [
    ("42501", 400, "403", "Unauthorized", MESSAGE, "AccessDenied"),
    ("22P02", 400, "400", "InvalidParameter", MESSAGE, "InvalidParameter"),
    *(
        (state, 500, "500", "DatabaseError", f"database error, code: {state}", "DatabaseError")
        for state in ("P0001", "PT413", "23514", "53100", "54000")
    ),
    ("55P03", 400, "423", "ResourceLocked", "The resource is locked", "ResourceLocked"),
    ("23505", 400, "409", "Duplicate", "The resource already exists", "KeyAlreadyExists"),
    ("57014", 544, "544", "DatabaseTimeout", "The connection to the database timed out", "DatabaseTimeout"),
]


@pytest.fixture(scope="module")
def raising(shared_stand: StorageStand) -> StorageStand:
    shared_stand.sql(RAISE)
    return shared_stand


@pytest.mark.slow
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(("state", "http", "status", "error", "message", "code"), RAISED)
def test_what_a_raising_trigger_makes_of_it(
    raising: StorageStand, state: str, http: int, status: str, error: str, message: str, code: str, late: bool
) -> None:
    key = raising.key(f"raise/{state}{'/late' if late else ''}.wav")
    answer = raising.put(key)
    body = answer.json()
    if (state, late) == ("23505", True):  # at the completion a clash means an existing object
        code = "ResourceAlreadyExists"
    assert (answer.status_code, body) == (
        http,
        {"statusCode": status, "error": error, "message": message, "code": code},
    )
    resumed = raising.tus().create(key, 1, content=b"x")
    assert (resumed.status_code, resumed.text) == (int(status), message)
    assert (raising.row(key), raising.files()) == (None, [])


def test_a_message_about_row_level_security_is_not_passed_on(stand: StorageStand) -> None:
    stand.sql(RAISE.replace("My message: 5 of 3 MB", "no row-level security here"))
    assert stand.put(stand.key("raise/42501.wav")).json()["message"] == "new row violates row-level security policy"
