"""Resumable uploads over the stand-in: each answer of the server, and what it means."""

from __future__ import annotations

import contextlib
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest

from audiodesk.cloud.server import Server
from audiodesk.cloud.transfer.resumable import CHUNK, NewObject, Reached
from audiodesk.cloud.transfer.storage_host import upload_addresses
from audiodesk.cloud.transfer.upload_refusals import upload_refusal
from audiodesk.domain.errors import OutsideError
from tests.twin.faults import Fault, captive_portal, cut, empty, expire_token, gateway_page, html, status
from tests.twin.twin import Twin, TwinUser

pytestmark = pytest.mark.slow
TUS = "/storage/v1/upload/resumable"


class File:
    """Bytes, the object they become, and a body that counts what was sent."""

    def __init__(self, author: TwinUser, size: int) -> None:
        self.data = random.Random(size).randbytes(size)
        key = f"{author.id}/{uuid4()}/{uuid4()}/{uuid4()}/a-1234abcd.wav"
        self.new = NewObject(key, size, "audio/wav", hashlib.sha256(self.data).hexdigest())
        self.sent = 0

    def body(self, first: int, length: int) -> Iterator[bytes]:
        for start in range(first, first + length, 65536):
            block = self.data[start : min(start + 65536, first + length)]
            self.sent += len(block)
            yield block


@pytest.fixture
def make(author: TwinUser) -> Callable[[int], File]:
    return lambda size: File(author, size)


def finished(project: Server, file: File, reached: Reached) -> Reached:
    """Send what is left."""
    while reached.offset < file.new.size:
        reached = project.uploads.send(reached.address, reached.offset, file.new.size, file.body)
    return reached


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(OutsideError) as caught:
        work()
    return caught.value.code


@pytest.mark.parametrize("size", [1, 65536, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 12345])
def test_every_size_arrives_whole(project: Server, make: Callable[[int], File], size: int) -> None:
    file = make(size)
    reached = project.uploads.begin(file.new, file.body)
    assert reached.offset == min(size, CHUNK)
    assert finished(project, file, reached).offset == size
    assert file.sent == size
    assert project.objects.piece(file.new.key, 0, size) == file.data
    facts = project.objects.facts(file.new.key)
    assert facts is not None
    assert (facts.size, facts.sha256) == (size, file.new.sha256)


@pytest.mark.parametrize("phase", ["before", "body"])
def test_a_cut_line_keeps_what_came(twin: Twin, project: Server, make: Callable[[int], File], phase: str) -> None:
    file = make(2 * CHUNK + 5)
    reached = project.uploads.begin(file.new, file.body)
    after = 1_000_000 if phase == "body" else 0
    twin.faults.add(Fault(cut(), method="PATCH", path=TUS, phase=phase, after_bytes=after))  # type: ignore[arg-type]
    code = code_of(lambda: project.uploads.send(reached.address, reached.offset, file.new.size, file.body))
    assert code == "connection-lost"
    again = project.uploads.look(reached.address, file.new.size)
    assert CHUNK + after <= again.offset <= CHUNK + after + 1_000_000
    finished(project, file, again)
    assert project.objects.piece(file.new.key, 0, file.new.size) == file.data


def test_a_complete_upload_whose_answer_was_lost_is_recognised(
    twin: Twin, project: Server, make: Callable[[int], File]
) -> None:
    file = make(CHUNK + 100)
    reached = project.uploads.begin(file.new, file.body)
    twin.faults.add(Fault(cut(), method="PATCH", path=TUS, phase="handled"))
    assert code_of(lambda: finished(project, file, reached)) == "connection-lost"
    assert project.uploads.look(reached.address, file.new.size).offset == file.new.size
    assert code_of(lambda: project.uploads.send(reached.address, CHUNK, file.new.size, file.body)) in (
        "upload-elsewhere",
        "object-exists",
    )


def test_a_token_that_expires_in_the_middle_is_renewed(
    twin: Twin, project: Server, make: Callable[[int], File]
) -> None:
    file = make(2 * CHUNK + 1)
    reached = project.uploads.begin(file.new, file.body)
    twin.faults.add(Fault(expire_token(), method="PATCH", path=TUS))
    finished(project, file, reached)
    twin.faults.add(Fault(expire_token(), method="HEAD", path=TUS))
    assert project.uploads.look(reached.address, file.new.size).offset == file.new.size


def test_an_upload_that_the_server_forgot(project: Server, make: Callable[[int], File]) -> None:
    file = make(CHUNK + 1)
    reached = project.uploads.begin(file.new, file.body)
    project.uploads.give_up(reached.address)
    assert code_of(lambda: project.uploads.look(reached.address, file.new.size)) == "upload-gone"
    assert code_of(lambda: finished(project, file, reached)) == "upload-gone"
    assert project.objects.facts(file.new.key) is None


def test_another_offset_than_the_servers(project: Server, make: Callable[[int], File]) -> None:
    file = make(3 * CHUNK)
    reached = project.uploads.begin(file.new, file.body)
    behind = replace(reached, offset=CHUNK + 1)
    assert code_of(lambda: finished(project, file, behind)) == "upload-elsewhere"


def test_a_key_that_has_an_object(project: Server, make: Callable[[int], File]) -> None:
    file = make(1000)
    finished(project, file, project.uploads.begin(file.new, file.body))
    assert code_of(lambda: project.uploads.begin(file.new, file.body)) == "object-exists"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": 52_428_801}, "upload-too-large"),
        ({"content_type": "text/plain"}, "not-allowed"),
        ({"key": f"{uuid4()}/{uuid4()}/{uuid4()}/{uuid4()}/a-1234abcd.wav"}, "not-allowed"),
    ],
)
def test_what_the_server_never_takes(
    project: Server, make: Callable[[int], File], change: dict[str, object], code: str
) -> None:
    file = make(1000)
    new = replace(file.new, **change)  # type: ignore[arg-type]
    assert code_of(lambda: project.uploads.begin(new, lambda _first, length: iter([bytes(length)]))) == code


def test_a_full_quota_says_by_how_much(
    twin: Twin, project: Server, author: TwinUser, make: Callable[[int], File]
) -> None:
    file = make(5000)
    with twin.database.connect("supabase_admin") as connection:
        connection.execute(
            "insert into public.user_credits (user_id, storage_quota_bytes) values (%s, 4000)"
            " on conflict (user_id) do update set storage_quota_bytes = 4000",
            [author.id],
        )
    with pytest.raises(OutsideError) as caught:
        project.uploads.begin(file.new, file.body)
    assert (caught.value.code, caught.value.params["over"]) == ("quota-exceeded", 1000)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (status(402, {"message": "exceed_storage_size_quota"}), "server-plan-used-up"),
        (html(403), "gateway-blocks"),
        (gateway_page(), "server-busy"),
        (captive_portal(), "server-page"),
        (status(401), "token-refused"),
        (status(423, {"message": "locked"}), "upload-locked"),
        (status(429), "server-busy"),
        (status(500), "server-failed"),
        (status(503), "server-busy"),
        (status(521), "server-busy"),
        (status(540), "server-paused"),
        (status(544), "server-busy"),
        (empty(), "server-answer-odd"),
        (cut(), "connection-lost"),
    ],
)
def test_each_answer_to_a_chunk(
    twin: Twin, project: Server, make: Callable[[int], File], answer: object, code: str
) -> None:
    file = make(CHUNK + 10)
    reached = project.uploads.begin(file.new, file.body)
    twin.faults.add(Fault(answer, method="PATCH", path=TUS, times=2 if code == "token-refused" else 1))  # type: ignore[arg-type]
    assert code_of(lambda: finished(project, file, reached)) == code
    finished(project, file, project.uploads.look(reached.address, file.new.size))
    assert project.objects.piece(file.new.key, 0, file.new.size) == file.data


def test_a_body_that_stops_ends_the_request(project: Server, make: Callable[[int], File]) -> None:
    file = make(2 * CHUNK)
    reached = project.uploads.begin(file.new, file.body)

    def stopping(first: int, length: int) -> Iterator[bytes]:
        for number, block in enumerate(file.body(first, length)):
            if number == 20:
                raise OutsideError("cancelled")
            yield block

    assert code_of(lambda: project.uploads.send(reached.address, CHUNK, 2 * CHUNK, stopping)) == "cancelled"
    for _ in range(20):  # the server may still be taking what came before the stop
        with contextlib.suppress(OutsideError):
            finished(project, file, project.uploads.look(reached.address, file.new.size))
            break
    assert file.sent <= 2 * file.new.size
    assert project.objects.piece(file.new.key, 0, file.new.size) == file.data


def test_pieces_are_read_past_every_cache(twin: Twin, project: Server, make: Callable[[int], File]) -> None:
    file = make(1000)
    finished(project, file, project.uploads.begin(file.new, file.body))
    assert project.objects.piece(file.new.key, 10, 20) == file.data[10:30]
    assert project.objects.piece(file.new.key, 10, 20) == file.data[10:30]
    reads = [record.query for record in twin.faults.log if "/object/authenticated/" in record.path]
    assert len(set(reads)) == len(reads) == 2


def test_removed_objects_are_those_that_the_server_names(project: Server, make: Callable[[int], File]) -> None:
    first, second = make(10), make(11)
    finished(project, first, project.uploads.begin(first.new, first.body))
    assert project.objects.remove([first.new.key, second.new.key]) == {first.new.key}
    assert project.objects.remove([first.new.key]) == set()
    assert project.objects.facts(first.new.key) is None


def test_hosted_projects_have_a_host_for_large_uploads() -> None:
    assert upload_addresses("https://abcdefgh.supabase.co") == (
        "https://abcdefgh.storage.supabase.co",
        "https://abcdefgh.supabase.co",
    )
    assert upload_addresses("https://audio.example.org") == ("https://audio.example.org",)
    assert upload_addresses("https://evil.supabase.co.example.org") == ("https://evil.supabase.co.example.org",)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(404, text="Bucket not found"), "bucket-missing"),
        (httpx.Response(404, text="Not found"), "upload-refused"),
        (httpx.Response(400, json={"statusCode": "404", "message": "Bucket not found"}), "bucket-missing"),
        (httpx.Response(415, text="mime type audio/x is not supported"), "upload-type-refused"),
    ],
)
def test_each_refusal_of_a_new_upload(answer: httpx.Response, code: str) -> None:
    answer.request = httpx.Request("POST", "https://audio.example.org/")
    assert upload_refusal(answer, "audio.example.org", "new upload").code == code
