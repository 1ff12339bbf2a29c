"""Uploads that do not wait long."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.uploads.pace import retry_seconds
from audiodesk.services.uploading import one_upload, upload_run, uploader


def _hurried(seconds: Callable[[AudioDeskError, int, float], float]) -> Callable[[AudioDeskError, int, float], float]:
    return lambda error, failures, jitter: seconds(error, failures, jitter) / 20


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a twentieth of the time after a failure."""
    monkeypatch.setattr(upload_run, "retry_seconds", _hurried(retry_seconds))
    monkeypatch.setattr(one_upload, "_PAUSE", 0.1)
    monkeypatch.setattr(uploader, "_GATHER_SECONDS", 0.1)
