"""Logs: rotated, by module, without secrets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.system import logs

_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    handler = logs.start(tmp_path / "log", "window")
    yield tmp_path / "log"
    logs.stop(handler)


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {_TOKEN}",
        f"token {_TOKEN} expired",
        "GET https://x.example/object/sign/a.mp3?token=s3cr3tvalue&download=1",
        "apikey=s3cr3tvalue",
        "{'password': 's3cr3tvalue', 'email': 'a@b.c'}",
        '{"refresh_token": "s3cr3tvalue"}',
        "SUPABASE_SERVICE_ROLE_KEY=s3cr3tvalue",
        "AUDIODESK_PASSWORD=s3cr3tvalue",
        "postgres://me:s3cr3tvalue@host/db",
        "sb_secret_s3cr3tvalue",
        "sb_secret_ab-s3cr3tvalue",
        "X-Api-Key: s3cr3tvalue",
        "Cookie: sb-access-token=s3cr3tvalue",
        "{'token': 's3cr3tvalue'}",
        "token=s3cr3tvalue",
        '{"password": "a\\"s3cr3tvalue"}',
        "postgres://me:a@s3cr3tvalue@host/db",
    ],
)
def test_secrets_are_taken_out(text: str) -> None:
    redacted = logs.redact(text)
    assert "s3cr3t" not in redacted
    assert "eyJ" not in redacted


def test_what_is_no_secret_stays() -> None:
    for text in ("imported 3 files into “The key of C”", "library-busy(retry_after=2.0)", "https://x.example/a?b=c"):
        assert logs.redact(text) == text


def test_records_and_their_tracebacks_are_redacted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("audiodesk.services.x")
    # Outside pytest's capture, which passes reports on as UTF-8: a lone surrogate cannot be encoded.
    monkeypatch.setattr(logging.getLogger("audiodesk"), "propagate", False)
    logger.info("started with %s, \udcff", "password=s3cr3tvalue")
    try:
        raise ValueError(f"Bearer {_TOKEN}")
    except ValueError:
        logger.exception("failed")
    text = (folder / "window.log").read_text(encoding="utf-8")
    assert "audiodesk.services.x" in text
    assert "ValueError" in text
    assert "s3cr3t" not in text
    assert _TOKEN not in text


def test_they_rotate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("audiodesk")
    monkeypatch.setattr(logs, "_MAX_BYTES", 500)
    for number in range(100):
        logger.info("line %d of many", number)
    assert sorted(path.name for path in folder.iterdir()) == ["window.log", *(f"window.log.{n}" for n in (1, 2, 3))]
    assert "line 99" in (folder / "window.log").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    handler = logs.start(tmp_path / "file" / "log", "window")
    assert handler is None
    logs.stop(handler)
