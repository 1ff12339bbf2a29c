"""The server's schema as one SQL document for the SQL editor; it can be pasted any number of times."""

from __future__ import annotations

from collections.abc import Sequence

from audiodesk.cloud.schema.migrations import APPLY_LOCK, OLDEST_SERVER, Migration, beginning_of

__all__ = ["backend_script"]

_HEAD = """\
-- AudioDesk's schema for a Supabase project: {count} migrations, {first} to {last}.
--
-- Paste all of it into the project's SQL editor and run it, or run it with psql as the role postgres. What is recorded
-- as applied is left alone, so it may be run again, also after a part of it failed. It records what it applies where
-- the supabase CLI does, so "supabase db push", "audiodesk backend apply" and this document may follow one another.

do $prepare$
begin
  if pg_catalog.current_setting('server_version_num')::int < {oldest} then
    raise exception 'AudioDesk needs PostgreSQL 15 or newer; this is %. Nothing was changed.',
      pg_catalog.current_setting('server_version');
  end if;
  perform pg_catalog.set_config('role', 'postgres', true);
  perform pg_catalog.set_config('lock_timeout', '60s', true);
  perform pg_catalog.pg_advisory_xact_lock({lock});
  if (select count(*) from pg_catalog.pg_attribute a
        join pg_catalog.pg_class c on c.oid = a.attrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'supabase_migrations' and c.relname = 'schema_migrations'
         and a.attname in ('version', 'statements', 'name') and not a.attisdropped) < 3 then
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
    alter table supabase_migrations.schema_migrations add column if not exists statements text[];
    alter table supabase_migrations.schema_migrations add column if not exists name text;
  end if;
  if exists (select from supabase_migrations.schema_migrations
              where version like '{beginning}____' and version > '{last}') then
    raise exception 'This project has the schema of a newer AudioDesk. Nothing was changed; use the newest AudioDesk.';
  end if;
end
$prepare$;
"""

_ONE = """
-- ---------------------------------------------------------------------------------------------------------------------
-- {file}
-- ---------------------------------------------------------------------------------------------------------------------
do {tag}
declare
  statements constant text[] := array[
{statements}
  ];
  recorded text;
  statement text;
begin
  perform pg_catalog.set_config('role', 'postgres', true);
  perform pg_catalog.set_config('lock_timeout', '60s', true);
  perform pg_catalog.pg_advisory_xact_lock({lock});
  select coalesce(m.name, '') into recorded
    from supabase_migrations.schema_migrations m where m.version = '{version}';
  if recorded not in ('', '{name}') then
    raise exception '{file} cannot be applied: its version is recorded for something else, "%".', recorded;
  elsif recorded is not null then
    raise notice '{file} is there already.';
    return;
  end if;
  if (select count(*) from supabase_migrations.schema_migrations m where m.version = any ({before})) < {place} then
    raise exception '{file} cannot be applied: one that comes before it is missing.';
  elsif exists (select from supabase_migrations.schema_migrations m where m.version = any ({after})) then
    raise exception '{file} cannot be applied: one that comes after it is there already.';
  end if;
  perform pg_catalog.set_config('lock_timeout', '4s', true);
  insert into supabase_migrations.schema_migrations (version, name, statements)
    values ('{version}', '{name}', statements);
  foreach statement in array statements loop
    execute statement;
  end loop;
end
{tag};
"""

_TAIL = """
select m.version, m.name as applied
  from supabase_migrations.schema_migrations m
 where m.version like '{beginning}____'
 order by m.version;
"""


def backend_script(migrations: Sequence[Migration]) -> str:
    """Return the document; each file is a separate block, headed by its name.

    A block is one transaction, or part of the transaction that the editor opens. It takes the lock that all of
    AudioDesk's ways of applying share.
    """
    versions = [migration.version for migration in migrations]
    first, last = versions[0], versions[-1]
    beginning = beginning_of(last)
    head = _HEAD.format(
        count=len(versions), first=first, last=last, lock=APPLY_LOCK, beginning=beginning, oldest=OLDEST_SERVER
    )
    parts = [head]
    parts += [_block(migration, versions, place) for place, migration in enumerate(migrations)]
    return "".join([*parts, _TAIL.format(beginning=beginning)])


def _block(migration: Migration, versions: Sequence[str], place: int) -> str:
    statements = ",\n".join(_quoted(statement.text) for statement in migration.statements)
    return _ONE.format(
        tag=_tag("migration", statements),
        file=migration.file,
        version=migration.version,
        name=migration.name,
        statements=statements,
        before=_array(versions[:place]),
        after=_array(versions[place + 1 :]),
        place=place,
        lock=APPLY_LOCK,
    )


def _quoted(text: str) -> str:
    tag = _tag("sql", text)
    return f"{tag}{text}{tag}"


def _tag(name: str, text: str) -> str:
    """Return a dollar quote named ``name`` that does not occur in ``text``."""
    number = 0
    while (tag := f"${name}{number or ''}$") in text:
        number += 1
    return tag


def _array(versions: Sequence[str]) -> str:
    return "array[" + ", ".join(f"'{version}'" for version in versions) + "]::text[]"
