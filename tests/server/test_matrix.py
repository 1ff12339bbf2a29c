"""What each role may do with every table and function: two tables in words, and every entry is tried."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.server.matrix import SECRET, Stage, read_matrix
from tests.twin.databases import Databases
from tests.twin.postgres import SUPERUSER

pytestmark = pytest.mark.slow  # the file as a whole

# Select, insert, update and delete on the owner's row, through the API's role. Y: done; n: allowed, but it finds
# nothing of the owner's or the row is refused; -: no right. (A request with an expired token does not get that far.)
TABLES = read_matrix("""
    table                            owner  other  support  former  anon
    audiodesk.account                Y---   n---   n---     n---    ----
    audiodesk.applied_changes        YY--   nn--   nn--     nn--    ----
    audiodesk.chapter                YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.cover                  YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.device                 YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.device_seen            YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.entity                 Y---   Y---   Y---     Y---    ----
    audiodesk.failed_upload          ----   ----   ----     ----    ----
    audiodesk.failed_uploads_by_day  ----   ----   ----     ----    ----
    audiodesk.field                  Y---   Y---   Y---     Y---    ----
    audiodesk.lineage                Y---   n---   n---     n---    ----
    audiodesk.note                   YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.placed_file            ----   ----   ----     ----    ----
    audiodesk.project                YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.section                YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.shipped_part           ----   ----   ----     ----    ----
    audiodesk.storage_growth         ----   ----   ----     ----    ----
    audiodesk.support_access_log     ----   ----   ----     ----    ----
    audiodesk.take                   YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.take_file              YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.take_file_shape        YYY-   nnn-   nnn-     nnn-    ----
    audiodesk.travelling             Y---   n---   n---     n---    ----
    audiodesk.usage_by_day           ----   ----   ----     ----    ----
    audiodesk.usage_by_user          ----   ----   ----     ----    ----
    audiodesk.usage_day              ----   ----   ----     ----    ----
    public.user_credits              Y---   n---   n---     n---    ----
    storage.buckets                  nnnn   nnnn   nnnn     nnnn    nnnn
    storage.objects                  YYYY   nnnn   nnnn     nnnn    nnnn
""")

# Over HTTP: "sees" is an answer with something of the owner's in it, "own" one without, "refused" one whose result is a
# refusal, a number the status.
TABLES_OVER_HTTP = read_matrix("""
    path                     owner  other  support  former  anon  expired
    user_credits             sees   own    own      own     401   401
    take_file                404    404    404      404     404   401
    audiodesk.take_file      406    406    406      406     406   401
    audiodesk.usage_by_user  406    406    406      406     406   401
""")

# Called over HTTP with the owner's ids; results as above.
FUNCTIONS = read_matrix("""
    function              owner  other  support  former  anon  expired
    backend_health        own    own    own      own     401   401
    device_seen           own    refused  refused  refused  401   401
    devices               sees   own    own      own     401   401
    recount_user_database  403   403    403      403     401   401
    recount_user_storage  403    403    403      403     401   401
    report_failed_upload  own    own    own      own     401   401
    set_take_file_shape   own    refused  refused  refused  401   401
    set_user_database_limit  403  403   403      403     401   401
    set_user_plan         403    403    403      403     401   401
    storage_usage         sees   own    own      own     401   401
    support_access_log    own    own    own      own     401   401
    support_files         403    403    sees     403     401   401
    support_problems      403    403    sees     403     401   401
    support_usage         403    403    sees     403     401   401
    sync_pull             sees   own    own      own     401   401
    sync_push             sees   refused  refused  refused  401   401
    take_file_shapes      sees   own    own      own     401   401
    verify_take_file      sees   refused  refused  refused  401   401
    verify_take_files     sees   refused  refused  refused  401   401
""")

ARGUMENTS: dict[str, Callable[[Stage], dict[str, Any]]] = {
    "backend_health": lambda _: {},
    "device_seen": lambda stage: {"device": stage.ids["device"]},
    "devices": lambda _: {},
    "recount_user_database": lambda stage: {"user_id": str(stage.owner), "repair": True},
    "recount_user_storage": lambda stage: {"user_id": str(stage.owner), "repair": True},
    "report_failed_upload": lambda _: {"code": "too_large", "size": 1},
    "set_take_file_shape": lambda stage: {
        "take_file_id": stage.ids["take_file"],
        "overview": "c2hhcGU=",
        "seek_table": None,
    },
    "set_user_database_limit": lambda stage: {"user_id": str(stage.owner), "rows": 1, "bytes": 1},
    "set_user_plan": lambda stage: {"user_id": str(stage.owner), "plan": "paid"},
    "storage_usage": lambda _: {},
    "support_access_log": lambda _: {},
    "support_files": lambda _: {"who": "owner@example.org"},
    "support_problems": lambda _: {"who": "owner@example.org"},
    "support_usage": lambda _: {"who": "owner@example.org"},
    "sync_pull": lambda _: {"known_seq": 0, "tag": None, "after_seq": 0, "after_id": None, "upto": None, "limit": 100},
    "sync_push": lambda stage: {"known_seq": 0, "tag": None, "changes": [_edit(stage)], "device": None},
    "take_file_shapes": lambda stage: {"ids": [stage.ids["take_file"]]},
    "verify_take_file": lambda stage: {"take_file_id": stage.ids["take_file"], "how": "safe"},
    "verify_take_files": lambda stage: {"take_file_ids": [stage.ids["take_file"]], "how": "safe"},
}

# Functions of the schema that the API hides: who may call those that matter. Nobody may call the others.
INSIDE = {
    "authenticated": """
        apply_change apply_changes base64 base64_bytes begin_count bookkeeping_of branch_of end_count fault faults head
        is_in_trash is_key_taken is_known is_of_the_change is_other_noun is_too_large lock_own_account may_pass misfit
        no_room now_ms outcome parent_of place_of pull_page reach references_of require_account require_sign_in result
        revive row_of settled too_much unempty_below unsettled_of write_chapter write_cover write_device write_note
        write_project write_row write_section write_take write_take_file
    """,
    "service_role": "allowed_bytes base64 email_of head is_known now_ms",
    "anon": "",
}
FOR_SOMEBODY_ELSE: dict[str, Callable[[Stage], Any]] = {
    "me": lambda stage: str(stage.owner),
    "of_owner": lambda stage: str(stage.owner),
    "row_id": lambda stage: stage.ids["project"],
    "device": lambda stage: stage.ids["device"],
    "by_other_than": lambda stage: stage.ids["project"],
    "key": lambda stage: stage.key,
    "noun": lambda _: "project",
    "adding": lambda _: False,
    "careful": lambda _: True,
    "fields": lambda _: Jsonb({"title": "Taken over"}),
    "known": lambda _: Jsonb({}),
    "given": lambda _: Jsonb({}),
    "fault": lambda _: Jsonb({}),
    "content": lambda _: "QUJD",
    "row_now": lambda _: Jsonb({}),
    "revived": lambda _: Jsonb([]),
    "change": lambda stage: Jsonb(_edit(stage, "Taken over")),
    "changes": lambda stage: Jsonb([_edit(stage, "Taken over")]),
    **dict.fromkeys(("known_seq", "after_seq"), lambda _: 0),
    **dict.fromkeys(("upto", "most"), lambda _: 100),
    **dict.fromkeys(
        ("after_id", "own", "rows", "bytes", "tag", "known_tag", "code", "message", "outcome", "state"), lambda _: None
    ),
}
"""What somebody else gives for each parameter, by its name, who would like to reach the owner's rows."""
_REFUSED = re.compile(r'"result": ?"refused"')


@pytest.fixture(scope="module", params=["older project", "newer project"])
def stage(
    request: pytest.FixtureRequest, postgres_server: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """One project of each age; nothing that is tried in here changes what the next one finds."""
    database = postgres_server.create(newer=request.param == "newer project")
    made = Stage(database, tmp_path_factory.mktemp("objects"))
    yield made
    made.close()
    postgres_server.drop(database)


def _edit(stage: Stage, title: str = SECRET) -> dict[str, Any]:
    return {**stage.change("project"), "create": False, "fields": {"title": title}}


def _relations(stage: Stage) -> set[str]:
    query = """
        select n.nspname || '.' || c.relname
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'v', 'm', 'f')
           and (n.nspname in ('audiodesk', 'public')
                or (n.nspname, c.relname) in (('storage', 'objects'), ('storage', 'buckets')))
    """
    with stage.database.open() as connection:
        return {str(row[0]) for row in connection.execute(query)}


def test_the_table_knows_every_table(stage: Stage) -> None:
    assert _relations(stage) == set(TABLES)


class Attempt:
    """One who tries the four verbs on one table, with the owner's row; all of it is taken back."""

    def __init__(self, stage: Stage, table: str, role: str, admin: psycopg.Connection[Any]) -> None:
        self._stage, self._role = stage, role
        self._schema, self._name = table.split(".")
        self._table = sql.Identifier(self._schema, self._name)
        self._columns = admin.execute(
            "select a.attname::text, has_column_privilege(%(role)s, a.attrelid, a.attnum, 'insert'),"
            " has_column_privilege(%(role)s, a.attrelid, a.attnum, 'update')"
            " from pg_attribute a where a.attrelid = %(table)s::regclass and a.attnum > 0 and not a.attisdropped"
            " and a.attgenerated = '' order by a.attnum",
            {"role": role, "table": table},
        ).fetchall()
        self._where = self._owners()
        query = sql.SQL("select to_jsonb(t) from {} t where {}").format(self._table, self._where)
        row = admin.execute(query).fetchone()
        assert row is not None, f"the owner has nothing in {table}, so this would show nothing"
        self._row: dict[str, Any] = row[0]

    def results(self, actor: str) -> str:
        """Return the four letters of ``actor``, who has the role."""
        # As the storage server: without these two rights no role can write there.
        settings = {"storage.allow_delete_query": "true", "storage.operation": "storage.object.upload"}
        statements = (self._select(), self._insert(), self._update(), self._delete())
        with self._stage.database.connect(self._role, self._stage.claims(actor), settings=settings) as connection:
            return "".join(_letter(connection, statement) for statement in statements)

    def _owners(self) -> sql.Composable:
        """Return the condition for the owner's rows; where rows belong to nobody it is any row."""
        names = [column[0] for column in self._columns]
        if (self._schema, self._name) == ("storage", "objects"):
            return sql.SQL("name = {}").format(self._stage.key)
        for name in ("owner", "user_id"):
            if name in names and self._schema != "storage":
                return sql.SQL("{} = {}").format(sql.Identifier(name), str(self._stage.owner))
        return sql.SQL("true")

    def _select(self) -> sql.Composed:
        return sql.SQL("select from {} where {}").format(self._table, self._where)

    def _insert(self) -> sql.Composed:
        """Another row of the owner's, made of the columns that this role may give."""
        fresh = {"id", "change_id", "take_file_id", "device_id"} & set(self._row)
        given = {**self._row, **{name: str(uuid4()) for name in fresh}, "object_key": None}
        if self._schema == "storage":
            given["name"] = self._stage.new_key() if self._name == "objects" else "another"
        names = [name for name, insertable, _ in self._columns if insertable] or list(self._row)[:1]
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        query = "insert into {table} ({columns}) select {columns} from jsonb_populate_record(null::{table}, {row})"
        return sql.SQL(query).format(table=self._table, columns=columns, row=sql.Literal(json.dumps(given)))

    def _update(self) -> sql.Composed:
        name = next((name for name, _, updatable in self._columns if updatable), next(iter(self._row)))
        query = sql.SQL("update {table} set {column} = {column} where {where}")
        return query.format(table=self._table, column=sql.Identifier(name), where=self._where)

    def _delete(self) -> sql.Composed:
        return sql.SQL("delete from {} where {}").format(self._table, self._where)


def _letter(connection: psycopg.Connection[Any], statement: sql.Composed) -> str:
    try:
        with connection.transaction(force_rollback=True):
            return "Y" if connection.execute(statement).rowcount else "n"
    except psycopg.errors.InsufficientPrivilege as error:
        return "-" if "permission denied" in str(error) else "n"
    except psycopg.errors.ObjectNotInPrerequisiteState:  # a view that cannot be written at all
        return "-"


@pytest.mark.parametrize("table", TABLES)
def test_what_each_may_do_with_a_table(stage: Stage, table: str) -> None:
    with psycopg.connect(stage.database.server.conninfo(stage.database.name, SUPERUSER)) as admin:
        attempts = {role: Attempt(stage, table, role, admin) for role in ("authenticated", "anon")}
    found = {actor: attempts[str(stage.claims(actor)["role"])].results(actor) for actor in TABLES[table]}
    assert found == TABLES[table]


def _outcome(stage: Stage, status: int, text: str) -> str:
    if status >= 400:
        assert not stage.tells(text), text
        return str(status)
    if stage.tells(text):
        return "sees"
    return "refused" if _REFUSED.search(text) else "own"


@pytest.mark.parametrize("path", TABLES_OVER_HTTP)
def test_what_each_reads_over_http(stage: Stage, path: str) -> None:
    schema, _, table = path.rpartition(".")
    headers = {"Accept-Profile": schema} if schema else {}
    found = {}
    for actor in TABLES_OVER_HTTP[path]:
        answer = stage.client(actor).get(f"/rest/v1/{table}", headers=headers)
        found[actor] = _outcome(stage, answer.status_code, answer.text)
    assert found == TABLES_OVER_HTTP[path]


def test_the_table_knows_every_function(stage: Stage) -> None:
    with stage.database.open() as connection:
        rows = connection.execute(
            "select proname from pg_proc p where pronamespace = 'public'::regnamespace"
            " and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"
        )
        assert sorted(str(row[0]) for row in rows) == sorted(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_each_may_call(stage: Stage, function: str) -> None:
    before = _rows(stage)
    found = {}
    for actor in FUNCTIONS[function]:
        answer = stage.call(actor, function, ARGUMENTS[function](stage))
        found[actor] = _outcome(stage, answer.status_code, answer.text)
    assert found == FUNCTIONS[function]
    assert _rows(stage) == before, "nobody but the owner changed anything of the owner's"


def _inside(stage: Stage, role: str) -> dict[str, list[str]]:
    """Return the functions inside that ``role`` may call, each with its parameters' names."""
    with stage.database.open() as connection:
        rows = connection.execute(
            "select p.proname::text, coalesce(p.proargnames, '{}')::text[], p.pronargs from pg_proc p"
            " where p.pronamespace = 'audiodesk'::regnamespace and has_function_privilege(%s, p.oid, 'execute')",
            [role],
        )
        return {str(name): list(names)[:number] for name, names, number in rows}


@pytest.mark.parametrize("role", INSIDE)
def test_what_is_inside_is_for_those_alone(stage: Stage, role: str) -> None:
    assert sorted(_inside(stage, role)) == sorted(INSIDE[role].split())


def test_no_function_inside_reaches_somebody_else_s_rows(stage: Stage) -> None:
    before = _rows(stage)
    with stage.database.connect("authenticated", stage.claims("other")) as connection:
        for name, parameters in _inside(stage, "authenticated").items():
            given = [FOR_SOMEBODY_ELSE[parameter](stage) for parameter in parameters]
            call = f"select * from audiodesk.{name}({', '.join(f'{parameter} => %s' for parameter in parameters)})"
            try:
                with connection.transaction():
                    said = repr(connection.execute(call.encode(), given).fetchall())
            except (
                psycopg.errors.InsufficientPrivilege,
                psycopg.errors.DataError,
                psycopg.errors.IntegrityError,
            ) as error:
                said = str(error)
            assert SECRET not in said, name
            assert stage.key not in said, name
    assert _rows(stage) == before


def _rows(stage: Stage) -> list[Any]:
    """Return the owner's rows as others could have changed them."""
    with stage.database.open() as connection:
        found: list[Any] = [
            connection.execute(f"select to_jsonb(t) - 'seq' - 'version' - 'stamps' from {name} t".encode()).fetchall()
            for name in ("audiodesk.project", "audiodesk.chapter", "audiodesk.take", "audiodesk.take_file_shape")
        ]
        plans = "select plan, storage_used_bytes, storage_quota_bytes from public.user_credits where user_id = %s"
        return [*found, connection.execute(plans, [stage.owner]).fetchall()]
