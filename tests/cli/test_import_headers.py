"""Importing files with wrong headers or further recordings from a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import media

pytestmark = pytest.mark.slow

Asked = Callable[..., Any]


def test_further_recordings_and_a_missing_size(asked: Asked, tmp_path: Path) -> None:
    stream = media.wav_bytes(seconds=0.7, data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF)
    path = tmp_path / "k01.wav"
    path.write_bytes(media.wav_bytes(seconds=0.5, tone=300) + stream)
    done = asked("import", str(path), "--more-audio")
    (item,) = done["items"]
    assert (item["result"], item["repaired"], len(item["more_takes"])) == ("added", False, 1)
    (finding,) = item["findings"]
    assert (finding["code"], finding["severity"]) == ("more-audio", "warning")
    assert finding["params"]["seconds"] == 0.7
    (chapter,) = asked("tree")["projects"][0]["chapters"]
    takes = chapter["sections"][0]["takes"]
    assert sorted((take["seconds"], take["current"]) for take in takes) == [(0.5, True), (0.7, False)]
