"""The database of a Supabase project: makes sure that it is one and can be written to."""

from __future__ import annotations

import psycopg
from psycopg.rows import dict_row

from audiodesk.cloud.schema.migrations import OLDEST_SERVER
from audiodesk.domain.errors import OutsideError

__all__ = ["as_postgres", "ensure_project"]

_ROLES = ("anon", "authenticated", "service_role", "postgres")
_RELATIONS = ("auth.users", "storage.buckets", "storage.objects")

_FACTS = """
select pg_catalog.version() as version,
       pg_catalog.current_setting('server_version_num')::int as number,
       pg_catalog.pg_is_in_recovery() as follows,
       current_user::text as who,
       array(select r.rolname::text from pg_catalog.pg_roles r where r.rolname = any (%(roles)s)) as roles,
       array(select n.nspname::text || '.' || c.relname::text
               from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              where n.nspname::text || '.' || c.relname::text = any (%(relations)s)) as relations,
       coalesce((select pg_catalog.pg_has_role(r.oid, 'member')
                   from pg_catalog.pg_roles r where r.rolname = 'postgres'), false) as is_postgres
"""
_RIGHTS = """
select pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create')
   and pg_catalog.has_schema_privilege('public', 'create')
   and pg_catalog.has_table_privilege('storage.buckets', 'insert')
   and pg_catalog.has_table_privilege('storage.objects', 'trigger')
"""


def ensure_project(connection: psycopg.Connection) -> None:
    """Make sure that this is a Supabase project's database, and become the role ``postgres`` for this transaction.

    So everything belongs to the same role, whoever applies it. Raises OutsideError "backend-no-supabase" (missing),
    "backend-too-old" (found), "backend-read-only" or "backend-no-rights".
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        facts = cursor.execute(_FACTS, {"roles": list(_ROLES), "relations": list(_RELATIONS)}).fetchone() or {}
    if not facts["version"].startswith("PostgreSQL") or facts["number"] < OLDEST_SERVER:
        raise OutsideError("backend-too-old", found=" ".join(facts["version"].split()[:2]))
    missing = [name for name in _ROLES if name not in facts["roles"]]
    missing += [name for name in _RELATIONS if name not in facts["relations"]]
    if missing:
        raise OutsideError("backend-no-supabase", missing=", ".join(missing))
    if facts["follows"]:
        raise OutsideError("backend-read-only")
    if not facts["is_postgres"]:
        raise OutsideError("backend-no-rights", who=facts["who"])
    as_postgres(connection)
    row = connection.execute(_RIGHTS).fetchone()
    if row is None or not row[0]:
        raise OutsideError("backend-no-rights", who=facts["who"])


def as_postgres(connection: psycopg.Connection) -> None:
    """Act as ``postgres`` until this transaction ends."""
    connection.execute("set local role postgres")
