"""Rights are the same in older projects, which grant everything by default, and in newer ones, which grant nothing."""

from __future__ import annotations

import pytest

from tests.twin.databases import Database

# The rights that a role has in the end, from whatever grant; only objects made by postgres are ours.
_RELATIONS = """
select role, n.nspname, c.relname, privilege
from pg_class c join pg_namespace n on n.oid = c.relnamespace,
  unnest(array['anon', 'authenticated', 'service_role']) as role,
  unnest(case when c.relkind = 'S' then array['select', 'usage', 'update']
    else array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'] end) as privilege
where n.nspname in ('public', 'audiodesk') and c.relkind in ('r', 'p', 'v', 'm', 'S')
  and case when c.relkind = 'S' then has_sequence_privilege(role, c.oid, privilege)
    else has_table_privilege(role, c.oid, privilege) end
"""
_COLUMNS = """
select role, n.nspname, c.relname, a.attname, privilege
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
  unnest(array['anon', 'authenticated', 'service_role']) as role,
  unnest(array['select', 'insert', 'update', 'references']) as privilege
where n.nspname in ('public', 'audiodesk') and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0
  and not a.attisdropped and has_column_privilege(role, c.oid, a.attnum, privilege)
"""
_FUNCTIONS = """
select role, p.oid::regprocedure::text
from pg_proc p, unnest(array['anon', 'authenticated', 'service_role']) as role
where p.pronamespace::regnamespace::text in ('public', 'audiodesk') and has_function_privilege(role, p.oid, 'execute')
"""
_SCHEMAS = """
select role, nspname, privilege
from pg_namespace, unnest(array['anon', 'authenticated', 'service_role']) as role,
  unnest(array['usage', 'create']) as privilege
where nspname in ('public', 'audiodesk') and has_schema_privilege(role, oid, privilege)
"""


@pytest.mark.parametrize(
    "question", [_RELATIONS, _COLUMNS, _FUNCTIONS, _SCHEMAS], ids=["relations", "columns", "functions", "schemas"]
)
def test_privileges_do_not_depend_on_the_projects_age(server: Database, newer_server: Database, question: str) -> None:
    answers = []
    for project in (server, newer_server):
        with project.connect() as connection:
            answers.append({tuple(row) for row in connection.execute(question.encode())})
    older, newer = answers
    assert older, "the question finds nothing"
    assert older == newer
