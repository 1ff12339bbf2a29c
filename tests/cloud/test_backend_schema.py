"""Applying the schema: in order, once, completely or not at all, beside others; no failure reveals a secret."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable

import psycopg
import pytest

from audiodesk.cloud.schema import project_database
from audiodesk.cloud.schema.backend_schema import BackendSchema
from audiodesk.cloud.schema.database_url import read_database_url
from audiodesk.cloud.schema.migrations import APPLY_LOCK, Migration
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.server.backend import MigrationResult, SchemaOutcome
from tests.cloud.pretended_servers import answering, nobody, refusal
from tests.server.schema_picture import history, schema_picture
from tests.twin.databases import Database

pytestmark = pytest.mark.slow

SECRET = "s3cr3t%2Fword"


def _files(*texts: str) -> tuple[Migration, ...]:
    return tuple(
        Migration(f"202611010000{number:02}", f"{number:02}_step", text) for number, text in enumerate(texts, start=1)
    )


FILES = _files(
    "-- One.\ncreate schema of_ours;\ncreate table of_ours.a (id int primary key);",
    "-- Two.\ncreate function of_ours.f() returns int language sql set search_path = '' as $$ select 1; $$;\n-- End.\n",
    "-- Three.\ninsert into of_ours.a values (1), (2);",
)
IN_THE_WAY = _files(FILES[0].sql, "set local lock_timeout = '50ms'; drop table of_ours.a;")


def _schema(
    database: Database, files: tuple[Migration, ...] = FILES, **options: Callable[[float], None]
) -> BackendSchema:
    return BackendSchema(read_database_url(database.url), files, **options)


def _results(outcome: SchemaOutcome) -> str:
    return " ".join(item.result.value for item in outcome.items)


def _numbers(database: Database) -> list[int]:
    return [int(version[-2:]) for version, _ in history(database)]


def _execute(database: Database, *statements: str) -> None:
    with database.open() as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _error(database: Database, *texts: str, pause: Callable[[float], None] = lambda _: None) -> AudioDeskError:
    error = _schema(database, _files(*texts), pause=pause).apply().error
    assert error is not None
    return error


def test_all_of_it_is_applied_once_and_recorded_as_the_cli_does(bare_server: Database) -> None:
    told: list[str] = []
    assert _results(_schema(bare_server).plan()) == "planned planned planned"
    assert history(bare_server) == []
    outcome = _schema(bare_server).apply(tell=lambda item: told.append(item.result.value))
    assert _results(outcome) == "applied applied applied"
    assert outcome.error is None
    assert told == ["applied", "applied", "applied"]
    with bare_server.open() as connection:
        rows = connection.execute(
            "select version, name, statements from supabase_migrations.schema_migrations"
        ).fetchall()
    assert rows == [(m.version, m.name, [s.text for s in m.statements]) for m in FILES]
    assert rows[1][2][-1] == "-- End."
    before = schema_picture(bare_server)
    assert _results(_schema(bare_server).apply()) == "present present present"
    assert _results(_schema(bare_server).plan()) == "present present present"
    assert schema_picture(bare_server) == before


def test_what_was_applied_differently_is_told(bare_server: Database) -> None:
    _schema(bare_server).apply()
    changed = (FILES[0], Migration(FILES[1].version, FILES[1].name, "select 1;"), FILES[2])
    outcome = _schema(bare_server, changed).apply()
    assert [item.differs for item in outcome.items] == [False, True, False]


@pytest.mark.parametrize("columns", ["version text", "version text, statements text[]", "version varchar, name text"])
def test_an_older_history_is_understood_and_completed(bare_server: Database, columns: str) -> None:
    _execute(
        bare_server,
        "create schema supabase_migrations",
        f"create table supabase_migrations.schema_migrations ({columns}, primary key (version))",
        "insert into supabase_migrations.schema_migrations (version)"
        f" values ('20250101000000'), ('{FILES[0].version}')",
        "create schema of_ours",
        "create table of_ours.a (id int primary key)",
    )
    assert _results(_schema(bare_server).plan()) == "present planned planned"
    outcome = _schema(bare_server).apply()
    assert _results(outcome) == "present applied applied"
    assert outcome.foreign == ("20250101000000",)


def test_a_failure_leaves_what_came_before_and_nothing_of_its_own(bare_server: Database) -> None:
    files = _files(
        FILES[0].sql, "create table of_ours.b ();\n\ncreate table of_ours.c (\n  id int,\n  wrong nonsense\n);", ""
    )
    outcome = _schema(bare_server, files).apply()
    assert _results(outcome) == "applied failed waiting"
    error = outcome.error
    assert isinstance(error, OutsideError)
    assert error.code == "backend-statement"
    assert error.params == {"file": files[1].file, "line": 5, "message": 'type "nonsense" does not exist'}
    assert _numbers(bare_server) == [1]
    assert "CREATE TABLE of_ours.b" not in schema_picture(bare_server)
    assert _results(_schema(bare_server).apply()) == "present applied applied"


def test_a_migration_that_stops_itself_is_quoted(bare_server: Database) -> None:
    error = _error(
        bare_server,
        "do $$ begin raise exception 'The table %% has no column %.', 'x'"
        " using hint = 'Add it.', errcode = '42501'; end $$;",
    )
    assert error.code == "backend-stopped"
    assert error.params["message"] == "The table % has no column x."
    assert error.params["hint"] == "Add it."


def test_what_a_migration_says_on_purpose_is_passed_on(bare_server: Database) -> None:
    files = _files(
        "create schema if not exists public; do $$ begin raise notice 'The bucket was there.'; end $$;"
        " do $$ begin raise warning 'It is large.' using hint = 'Make it smaller.'; end $$;"
    )
    outcome = _schema(bare_server, files).apply()
    assert outcome.items[0].notices == ("The bucket was there.", "It is large. Make it smaller.")


def test_a_gap_is_filled_only_when_asked_for(bare_server: Database) -> None:
    _schema(bare_server).apply()
    _execute(
        bare_server,
        f"delete from supabase_migrations.schema_migrations where version = '{FILES[1].version}'",
        "drop function of_ours.f()",
    )
    for act in (_schema(bare_server).apply, _schema(bare_server).plan):
        with pytest.raises(AudioDeskError) as caught:
            act()
        assert caught.value.code == "backend-gap"
    assert _results(_schema(bare_server).apply(include_all=True)) == "present applied present"


@pytest.mark.parametrize(
    ("version", "name", "code"),
    [("20261101000009", "09_more", "backend-newer"), (FILES[2].version, "03_other", "backend-name-differs")],
)
def test_what_the_history_forbids_changes_nothing(bare_server: Database, version: str, name: str, code: str) -> None:
    _schema(bare_server, FILES[:1]).apply()
    _execute(bare_server, f"insert into supabase_migrations.schema_migrations values ('{version}', null, '{name}')")
    before = schema_picture(bare_server)
    for act in (_schema(bare_server).apply, _schema(bare_server).plan):
        with pytest.raises(AudioDeskError) as caught:
            act()
        assert caught.value.code == code
    assert schema_picture(bare_server) == before


def test_two_operators_at_once_apply_each_file_once(bare_server: Database) -> None:
    slow = _files(*(f"select pg_sleep(0.05); {migration.sql}" for migration in FILES))
    outcomes: list[SchemaOutcome] = []
    start = threading.Barrier(4)

    def apply() -> None:
        start.wait()
        outcomes.append(_schema(bare_server, slow).apply())

    threads = [threading.Thread(target=apply) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.error for outcome in outcomes] == [None] * 4
    done = sorted("".join(item.result.value[0] for item in outcome.items) for outcome in outcomes)
    assert sum(results.count("a") for results in done) == 3, done
    assert _numbers(bare_server) == [1, 2, 3]


def test_a_cli_that_works_at_the_same_time_is_waited_for(
    bare_server: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes no lock of ours: it does its work and records it in one transaction that is still open."""
    monkeypatch.setattr("audiodesk.cloud.schema.backend_schema._LOCKS_MAY_TAKE", "100ms")
    _schema(bare_server, FILES[:1]).apply()
    with bare_server.open() as other:
        other.execute(FILES[1].sql.encode())
        other.execute(
            "insert into supabase_migrations.schema_migrations (version, name) values (%s, %s)",
            (FILES[1].version, FILES[1].name),
        )
        # The first try waits for the row until the lock timeout; the CLI is done before the second.
        outcome = _schema(bare_server, pause=lambda _: other.commit()).apply()
    assert outcome.error is None
    assert _results(outcome) == "present present applied"


def test_a_busy_project_is_not_held_up(bare_server: Database) -> None:
    _schema(bare_server, FILES[:1]).apply()
    pauses: list[float] = []
    with bare_server.open() as other:
        other.execute("lock table of_ours.a in access share mode")
        error = _schema(bare_server, IN_THE_WAY, pause=pauses.append).apply().error
    assert error is not None
    assert error.code == "backend-locked"
    assert len(pauses) == 3
    assert _numbers(bare_server) == [1]


def test_it_is_tried_again_when_the_project_is_quieter(bare_server: Database) -> None:
    _schema(bare_server, FILES[:1]).apply()
    with bare_server.open() as other:
        other.execute("lock table of_ours.a in access share mode")
        outcome = _schema(bare_server, IN_THE_WAY, pause=lambda _: other.commit()).apply()
    assert outcome.error is None
    assert _results(outcome) == "present applied"


def test_somebody_who_never_ends_is_told_of(bare_server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audiodesk.cloud.schema.backend_schema._OTHERS_MAY_TAKE", "50ms")
    with bare_server.open() as other:
        other.execute("select pg_advisory_xact_lock(%s)", (APPLY_LOCK,))
        with pytest.raises(OutsideError) as caught:
            _schema(bare_server).apply()
    assert caught.value.code == "backend-busy"
    assert history(bare_server) == []


def test_what_takes_too_long_is_told(bare_server: Database) -> None:
    error = _error(bare_server, "create schema of_ours;\nset local statement_timeout = '30ms';\nselect pg_sleep(5);")
    assert (error.code, error.params["line"]) == ("backend-slow", 3)


def test_a_connection_that_breaks_off_is_told(bare_server: Database) -> None:
    error = _error(bare_server, "create schema of_ours; select pg_terminate_backend(pg_backend_pid());")
    assert error.code == "db-connection-lost"
    assert _numbers(bare_server) == []
    assert _results(_schema(bare_server).apply()) == "applied applied applied"


def test_what_the_platform_forbids_is_told_with_its_place(bare_server: Database) -> None:
    error = _error(bare_server, "select 1;\nalter table auth.users add column of_ours int;")
    assert (error.code, error.params["line"]) == ("backend-not-allowed", 2)


def test_a_database_that_takes_no_changes_is_told_of(bare_server: Database) -> None:
    _execute(bare_server, f'alter database "{bare_server.name}" set default_transaction_read_only = on')
    with pytest.raises(OutsideError) as caught:
        _schema(bare_server).apply()
    assert caught.value.code == "backend-read-only"
    assert _results(_schema(bare_server).plan()) == "planned planned planned"


def test_a_server_that_is_too_old(bare_server: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_database, "OLDEST_SERVER", 990_000)
    with pytest.raises(OutsideError) as caught:
        _schema(bare_server).plan()
    assert caught.value.code == "backend-too-old"
    assert str(caught.value.params["found"]).startswith("PostgreSQL 1")


def test_a_database_that_is_no_supabase_project(bare_server: Database) -> None:
    plain = read_database_url(bare_server.server.url("template1"))
    with pytest.raises(OutsideError) as caught:
        BackendSchema(plain, FILES).apply()
    assert caught.value.code == "backend-no-supabase"
    assert "storage.objects" in str(caught.value.params["missing"])


def test_a_user_without_the_rights(bare_server: Database) -> None:
    url = read_database_url(bare_server.server.url(bare_server.name, "authenticator"))
    for act in (BackendSchema(url, FILES).plan, BackendSchema(url, FILES).apply):
        with pytest.raises(OutsideError) as caught:
            act()
        assert caught.value.code == "backend-no-rights"


def test_whoever_applies_it_belongs_to_postgres(bare_server: Database) -> None:
    """A self-hosted project's operator may come as the superuser."""
    url = read_database_url(bare_server.server.url(bare_server.name, "supabase_admin"))
    assert _results(BackendSchema(url, FILES).apply()) == "applied applied applied"
    with bare_server.open() as connection:
        owners = connection.execute(
            "select distinct pg_get_userbyid(relowner) from pg_class where relnamespace in"
            " ('of_ours'::regnamespace, 'supabase_migrations'::regnamespace)"
        ).fetchall()
    assert owners == [("postgres",)]


def _refused(url: str) -> AudioDeskError:
    """Return the error of a connection that does not come about, after looking for the password all over it."""
    with pytest.raises(AudioDeskError) as caught:
        BackendSchema(read_database_url(url, environ={}), FILES).plan()
    error = caught.value
    said = "".join(traceback.format_exception(error)) + repr(error.params) + error.details
    assert "s3cr3t" not in said
    assert error.__cause__ is None
    assert error.__context__ is None, "what psycopg raises knows the password"
    return error


def test_a_wrong_password(bare_server: Database) -> None:
    port = bare_server.server.port
    error = _refused(f"postgresql://postgres:{SECRET}@127.0.0.1:{port}/{bare_server.name}")
    assert error.code == "db-wrong-password"
    assert error.params == {"place": f"127.0.0.1:{port}"}


def test_a_database_that_is_not_there(bare_server: Database) -> None:
    assert _refused(bare_server.server.url("s_there")).code == "db-missing"


def test_a_server_that_does_not_answer() -> None:
    assert _refused(f"postgresql://postgres:{SECRET}@127.0.0.1:{nobody()}/x").code == "db-unreachable"
    assert _refused(f"postgresql://postgres:{SECRET}@nowhere.invalid/x").code == "db-unreachable"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "db-not-postgresql"),
        (b"", "db-unreachable"),
        (refusal("Tenant or user not found"), "db-unknown-project"),
        (refusal("MaxClientsInSessionMode: max clients reached"), "db-too-many"),
        (refusal("sorry, too many clients already", code="53300"), "db-too-many"),
        (refusal("the database system is starting up", code="57P03"), "db-starting"),
        (refusal('no pg_hba.conf entry for host "1.2.3.4"', code="28000"), "db-not-allowed"),
        (refusal('role "nobody" does not exist', code="28000"), "db-missing"),
        (refusal("something else"), "db-unreachable"),
    ],
)
def test_what_a_server_says_instead_of_a_welcome(data: bytes, code: str) -> None:
    with answering(data) as port:
        assert _refused(f"postgresql://postgres:{SECRET}@127.0.0.1:{port}/x").code == code


def test_a_web_server_in_its_place() -> None:
    with answering(b"", tls=b"H") as port:
        assert _refused(f"postgresql://postgres:{SECRET}@127.0.0.1:{port}/x").code == "db-not-postgresql"


def test_a_server_without_encryption_is_not_spoken_to_where_it_is_asked_for() -> None:
    with answering(refusal("too late")) as port:
        assert _refused(f"postgresql://postgres:{SECRET}@127.0.0.1:{port}/x?sslmode=require").code == "db-no-tls"


def test_an_unknown_option_is_no_crash(bare_server: Database) -> None:
    assert _refused(f"{bare_server.url}?nonsense=1").code == "db-url-unreadable"


def test_it_needs_nothing_that_a_transaction_pooler_does_not_keep(bare_server: Database) -> None:
    """No prepared statements, no lock and no setting that would stay with the connection."""
    seen: list[str] = []
    url = read_database_url(bare_server.url)
    schema = BackendSchema(url, FILES)
    connect = psycopg.connect

    def watched(conninfo: str, **options: object) -> psycopg.Connection:
        connection: psycopg.Connection = connect(conninfo, **options)  # type: ignore[arg-type]
        close = connection.close

        def look() -> None:
            rows = connection.execute(
                "select 'prepared ' || name from pg_prepared_statements union all"
                " select 'lock ' || locktype from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'"
                " union all select 'setting ' || name from pg_settings where source = 'session'"
                " union all select 'role ' || current_user where current_user <> session_user"
            )
            seen.extend(row[0] for row in rows)
            close()

        connection.close = look  # type: ignore[method-assign]
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg, "connect", watched)
        assert all(item.result is MigrationResult.APPLIED for item in schema.apply().items)
    assert seen == []
