"""Rules of uploads: keys, pieces to read back, what follows after an error, and how long to wait."""

from __future__ import annotations

import random
import re
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import AudioDeskError, BugError, OutsideError
from audiodesk.domain.uploads.aftermath import Aftermath, aftermath, file_reason
from audiodesk.domain.uploads.object_key import object_key
from audiodesk.domain.uploads.pace import MOST_AT_ONCE, Lanes, retry_seconds
from audiodesk.domain.uploads.samples import SAMPLED, sampled_pieces

FILE_ID = "8d2c1f6e-0000-4000-8000-00003f9a2c71"


def key_of(name: str, kind: Kind = Kind.MP3) -> str:
    ids = ("u", "p", "c", "s")
    return object_key(*ids, file_name=name, file_id=FILE_ID, kind=kind).removeprefix("u/p/c/s/")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Kapitel 1 – Über.mp3", "kapitel-1-uber-3f9a2c71.mp3"),
        ("Straße Æon.wav.mp3", "strasse-aeon-wav-3f9a2c71.mp3"),
        ("第一章.mp3", "3f9a2c71.mp3"),
        ("🎙️.mp3", "3f9a2c71.mp3"),
        (".mp3", "mp3-3f9a2c71.mp3"),
        ("a" * 300 + ".mp3", f"{'a' * 80}-3f9a2c71.mp3"),
        ("../../etc/passwd", "etc-passwd-3f9a2c71.mp3"),
    ],
)
def test_keys_hold_a_safe_form_of_the_name(name: str, key: str) -> None:
    assert key_of(name) == key


@given(st.text())
def test_every_name_makes_a_key_that_the_server_takes(name: str) -> None:
    ids = [str(uuid4()) for _ in range(5)]
    key = object_key(*ids[:4], file_name=name, file_id=ids[4], kind=Kind.WAV)
    assert re.fullmatch(r"([0-9a-f-]{36}/){4}[a-z0-9-]{8,90}\.wav", key)
    assert len(key) < 250


@given(st.integers(min_value=0, max_value=60_000_000), st.integers())
def test_pieces_lie_in_the_file_without_overlaps(size: int, seed: int) -> None:
    pieces = sampled_pieces(size, random.Random(seed).randrange)
    assert sum(piece.length for piece in pieces) == min(size, SAMPLED)
    ends = [0]
    for piece in pieces:
        assert piece.first >= ends[-1]
        ends.append(piece.first + piece.length)
    if size:
        assert pieces[0].first == 0
        assert ends[-1] == size


def test_no_byte_is_never_read() -> None:
    size, seen = SAMPLED + 300_000, set[int]()
    for seed in range(200):
        for piece in sampled_pieces(size, random.Random(seed).randrange):
            seen.update(range(piece.first // 10_000, (piece.first + piece.length) // 10_000))
    assert seen == set(range(size // 10_000))


@pytest.mark.parametrize(
    ("error", "after"),
    [
        (OutsideError("upload-elsewhere"), Aftermath.LOOK),
        (OutsideError("upload-gone"), Aftermath.ANEW),
        (OutsideError("object-exists"), Aftermath.COMPARE),
        (OutsideError("upload-locked"), Aftermath.WAIT),
        (OutsideError("connection-lost"), Aftermath.WAIT),
        (OutsideError("server-busy"), Aftermath.WAIT),
        (OutsideError("quota-exceeded"), Aftermath.OVER_QUOTA),
        (OutsideError("upload-too-large"), Aftermath.NEEDS_USER),
        *(
            (OutsideError(code), Aftermath.ALL)
            for code in (
                "no-network", "server-paused", "server-plan-used-up", "gateway-blocks", "bucket-missing", "signed-out",
                "sign-in-ended", "server-name-unknown", "server-page", "keyring-locked", "token-refused", "disk-full",
            )
        ),
        (BugError("unexpected"), Aftermath.WAIT),
    ],
)  # fmt: skip
def test_what_follows_after_an_error(error: AudioDeskError, after: Aftermath) -> None:
    assert aftermath(error) is after


def test_a_file_that_needs_its_person_says_why() -> None:
    assert file_reason(OutsideError("upload-too-large")) == "too_large"
    assert file_reason(OutsideError("upload-refused")) == "refused"


def test_waits_double_and_keep_the_servers_wish() -> None:
    error = OutsideError("server-failed")
    waits = [retry_seconds(error, failures, 0.0) for failures in range(1, 12)]
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == 300.0
    assert retry_seconds(OutsideError("server-busy", retry_after=42.0), 1, 0.0) == 42.0
    assert retry_seconds(error, 1, 1.0) == 1.5
    assert retry_seconds(OutsideError("connection-lost", retry_after=5.0), 1, 0.0) == 1.0


def test_a_crowded_server_gets_fewer_uploads_at_once() -> None:
    lanes = Lanes()
    lanes.failed(OutsideError("server-busy"))
    lanes.failed(OutsideError("connection-lost"))
    assert lanes.count == MOST_AT_ONCE // 2
    for _ in range(5):
        lanes.failed(OutsideError("server-busy"))
    assert lanes.count == 1
    for _ in range(100):
        lanes.smooth()
    assert lanes.count == MOST_AT_ONCE
