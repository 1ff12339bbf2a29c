"""The synchronizer ends in time, whatever the server does."""

from __future__ import annotations

import time

import pytest

from audiodesk.composition.account import Account
from tests.services.sync.synchronizing import account
from tests.twin.fault_actions import stall
from tests.twin.faults import Fault
from tests.twin.twin import Twin

__all__ = ["account"]  # a fixture

pytestmark = pytest.mark.slow  # the file as a whole


@pytest.mark.parametrize("path", ["/auth/v1/", "sync_push", "sync_pull", "device_seen"])
def test_it_ends_within_three_seconds_in_every_phase(account: Account, twin: Twin, path: str) -> None:
    planned = twin.faults.add(Fault(stall(), path=path, nth="every"))
    account.synchronizer.start()
    twin.faults.wait_for(lambda records: any(path in record.path for record in records), 20)
    began = time.monotonic()
    account.synchronizer.close()
    assert time.monotonic() - began < 3
    planned.release()
