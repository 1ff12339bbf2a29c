"""Whatever happens on the way, each take is at last in the cloud exactly once, byte for byte, and called safe."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from audiodesk.composition import open_core
from audiodesk.domain.library.states import StateCode
from audiodesk.local.rows.sync.adoption import adopt
from tests.services.uploading.takes import Recorder, bytes_in_bucket, state_of
from tests.twin.faults import Fault, captive_portal, cut, delay, empty, expire_token, gateway_page, html, status
from tests.twin.twin import Twin

pytestmark = pytest.mark.slow
CHUNK = 6 * 1024 * 1024
KILLS = 7
"""Of each seed."""
UPLOADS = "/storage/v1/upload/resumable"
STORAGE = "/storage/v1/"
GONE = "The file for this url no longer exists"
FAULTS = [
    Fault(cut(), path=UPLOADS, phase="before"),
    Fault(cut(), method="PATCH", path=UPLOADS, phase="body", after_bytes=2_000_000),
    Fault(cut(), method="PATCH", path=UPLOADS, phase="handled"),
    Fault(cut(), method="POST", path=UPLOADS, phase="handled"),
    Fault(cut(), method="POST", path="verify_take_files", phase="handled"),
    Fault(cut(), method="GET", path="/object/authenticated/", phase="answer", after_bytes=1000),
    Fault(status(401), path=STORAGE),
    Fault(status(410, GONE), method="PATCH", path=UPLOADS),
    Fault(status(404, GONE), method="HEAD", path=UPLOADS),
    Fault(status(409, "Upload-Offset conflict"), method="PATCH", path=UPLOADS),
    Fault(status(423, "locked"), path=UPLOADS),
    Fault(status(429), path=STORAGE),
    Fault(status(500), path=STORAGE),
    Fault(status(503), path=UPLOADS),
    Fault(status(544), path=STORAGE),
    Fault(gateway_page(), path=STORAGE),
    Fault(html(521), path=STORAGE),
    Fault(captive_portal(), path=STORAGE),
    Fault(empty(), path=STORAGE),
    Fault(expire_token(), path=UPLOADS),
    Fault(delay(0.4), path=STORAGE),
]
SLOW = Fault(delay(0.15), path=UPLOADS, nth="every")
DESTROYS = {7, 8}
"""Those after which the file begins anew."""


def _sync(environ: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "audiodesk", "sync", "--json"],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _synced(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "audiodesk", "sync", "--json"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=90)


def _run(seed: int, twin: Twin, home: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Upload with faults and kills; return how many processes were killed."""
    chance = random.Random(seed)
    user = twin.add_user(f"anna{seed}@example.org", "secret-of-anna")
    own = {
        "SUPABASE_URL": twin.url, "SUPABASE_ANON_KEY": twin.anon_key, "AUDIODESK_EMAIL": user.email,
        "AUDIODESK_PASSWORD": user.password, "STORAGE_BACKEND": "supabase", "AUDIODESK_HOME": str(home),
    }  # fmt: skip
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    environ = dict(os.environ)
    sizes = [chance.choice([1, 70_000, 400_000, CHUNK, CHUNK + 1, 2 * CHUNK + 9]) for _ in range(4)] + [2 * CHUNK]
    with open_core(face="command") as core:
        core.library.add_project("Book")
        core.database.write(lambda connection: adopt(connection, core.database.clock(), str(user.id)))
        recorder = Recorder(core)
        for number, size in enumerate(sizes):
            recorder.add(size, seed=1000 * seed + number)
    began = len(twin.faults.log)
    hits = killed = 0
    destroyed = 0
    for _ in range(KILLS):
        chosen = chance.randrange(len(FAULTS))
        planned = twin.faults.add(FAULTS[chosen])
        twin.faults.add(SLOW)
        process = _sync(environ)
        try:
            process.wait(chance.uniform(0.7, 2.2))
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
            process.wait()
        hits += planned.hits
        destroyed += planned.hits * (chosen in DESTROYS)
        twin.faults.clear()
    deadline = time.monotonic() + 60
    while (done := _synced(environ)).returncode != 0:
        assert time.monotonic() < deadline, (done.returncode, done.stdout, done.stderr)
    with open_core(face="command") as core:
        account = core.sign_in()
        assert {state_of(account, take_id).code for take_id in recorder.data} == {StateCode.SAFE}
    assert sorted(bytes_in_bucket(twin, user.id)) == sorted(recorder.data.values())
    sent = sum(each.received for each in twin.faults.log[began:] if each.path.startswith(UPLOADS))
    whole = sum(sizes)
    # A killed process and a fault cost a chunk of each upload under way, or the file where they destroy it.
    assert sent <= 1.1 * whole + (4 * killed + hits) * CHUNK + destroyed * max(sizes), (sent, whole, killed, hits)
    return killed


@pytest.mark.parametrize("seed", range(3))
def test_every_take_arrives_once(twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    assert _run(seed, twin, tmp_path / "home", monkeypatch) >= 1


@pytest.mark.soak
@pytest.mark.parametrize("batch", range(10))
def test_every_take_arrives_once_over_many_seeds(
    twin: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Twenty kills in each batch, two hundred in all."""
    killed, seed = 0, 100 * (batch + 1)
    while killed < 20:
        killed += _run(seed, twin, tmp_path / f"home-{seed}", monkeypatch)
        seed += 1
