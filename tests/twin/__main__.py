"""Starts a stand-in by hand: python -m tests.twin [--port N] [--folder F] [--faults F] [--newer]; Ctrl-C ends it."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.twin.databases import Databases
from tests.twin.faults import FaultPlan
from tests.twin.postgres import PostgresServer
from tests.twin.twin import Twin

_PEOPLE = {"AUTHOR": {}, "OTHER": {}, "SUPPORT": {"role": "support"}}


def main() -> int:
    """Serve until asked to stop; leave nothing behind but the folder that was named."""
    parser = argparse.ArgumentParser(prog="python -m tests.twin", description="A stand-in for a Supabase project.")
    parser.add_argument("--port", type=int, default=0, help="the port to serve on; any that is free")
    parser.add_argument("--folder", type=Path, help="where the bytes of objects go; a folder that goes away again")
    parser.add_argument("--newer", action="store_true", help="keys and tokens as new projects have them")
    parser.add_argument("--faults", type=Path, help="a plan of what goes wrong, in JSON: see tests/twin/faults.py")
    chosen = parser.parse_args()
    faults = FaultPlan.from_json(chosen.faults) if chosen.faults else None
    stopped = threading.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: stopped.set())
    with (
        _folder(chosen.folder) as folder,
        _databases() as databases,
        Twin(databases.create(), folder, port=chosen.port, faults=faults) as twin,
    ):
        twin.auth.on_code = lambda email, code: print(f"code for {email}: {code}", file=sys.stderr, flush=True)
        if chosen.newer:
            twin.tokens.algorithm, twin.auth_settings.refresh_token_algorithm = "ES256", 2
        for name, value in _settings(twin, newer=chosen.newer).items():
            print(f"{name}={value}", flush=True)
        # In short waits: on Windows, Ctrl-C does not interrupt a long one.
        while not stopped.wait(0.5):
            pass
    return 0


def _settings(twin: Twin, *, newer: bool) -> dict[str, str]:
    key = twin.publishable_key if newer else twin.anon_key
    settings = {"SUPABASE_URL": twin.url, "SUPABASE_ANON_KEY": key, "DB_URL": twin.db_url}
    for name, metadata in _PEOPLE.items():
        user = twin.add_user(f"{name.lower()}@example.org", secrets.token_hex(12), app_metadata=metadata)
        settings |= {f"{name}_EMAIL": user.email, f"{name}_PASSWORD": user.password}
    return settings


@contextlib.contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    if named is not None:
        named.mkdir(parents=True, exist_ok=True)
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="audiodesk-twin-") as folder:
        yield Path(folder)


@contextlib.contextmanager
def _databases() -> Iterator[Databases]:
    server = PostgresServer()
    try:
        databases = Databases(server)
        yield databases
        databases.close()
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
