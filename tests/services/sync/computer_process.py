"""Computers as processes that SIGKILL ends: ``python -m tests.services.sync.computer_process FOLDER USER_ID NUMBER``.

The server and the sign-in come from the environment. Each line on standard input is a life: {"seed", "kill", "steps",
"pictures", "skew"}. It is lived by a fork, whose process id is printed, and in the end how it ended. A fork has loaded
everything already, so that hundreds of lives take little time.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from audiodesk.cloud.server import Server
from audiodesk.cloud.sign_in.session import credentials_from
from tests.services.sync.http_line import HttpLine
from tests.services.sync.person import Person

__all__ = ["COMPUTER_HEADER"]

COMPUTER_HEADER = "x-test-computer"
"""By this header the stand-in's faults know which computer asks."""
_PATIENCE = 0.6
"""Seconds after which a request is given up; it may arrive later than that."""


def live(folder: Path, user_id: UUID, number: str, life: dict[str, Any]) -> None:
    """Edit and sync at random, until the end or until it is killed."""
    skew, real = life["skew"] / 1000, time.time
    setattr(time, "time", lambda: real() + skew)  # noqa: B010  # the computer's date is wrong
    server = Server(os.environ["SUPABASE_URL"], os.environ["SUPABASE_ANON_KEY"], lambda: credentials_from(os.environ))
    server._client.headers[COMPUTER_HEADER] = number
    server._client.timeout = _PATIENCE
    person = Person(
        HttpLine(server.procedures, user_id),
        life["seed"],
        folder,
        pictures=life["pictures"],
        kills=False,
        die=_die,
    )
    person.computer.skew = life["skew"]
    person.computer.kill_after(life["kill"])
    person.live(life["steps"])
    if person.failure is not None:
        raise person.failure
    person.computer.close()


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def main() -> None:
    """Live one life after the other."""
    folder, user_id, number = Path(sys.argv[1]), UUID(sys.argv[2]), sys.argv[3]
    _load()
    print("ready", flush=True)
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            code = 1
            try:
                live(folder, user_id, number, json.loads(line))
                code = 0
            except BaseException:  # noqa: BLE001 - told by the exit code, and on standard error
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(process, flush=True)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _load() -> None:
    """Load what a life needs, so that a fork has it."""
    import httpx
    import pydantic
    import supabase_auth

    from audiodesk.cloud.calls import sync_answers

    assert all((httpx, pydantic, supabase_auth, sync_answers))


if __name__ == "__main__":
    main()
