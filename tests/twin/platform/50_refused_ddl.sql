-- What a hosted project refuses to `postgres` in auth and storage, in the same words and with the same code.
--
-- Policies and triggers on these tables are allowed, and so are foreign keys to them: none of the three belongs to
-- the schema by PostgreSQL's own account, so asking for the schema is enough.

create schema platform;

create function platform.is_served_schema(name text) returns boolean language sql immutable as $$
  select name in ('auth', 'storage', 'platform')
$$;

-- Members count as what they logged in as: on a hosted project postgres cannot become these roles.
create function platform.may_do_anything() returns boolean language sql stable as $$
  select session_user in ('supabase_admin', 'supabase_auth_admin', 'supabase_storage_admin')
     and current_user in ('supabase_admin', 'supabase_auth_admin', 'supabase_storage_admin')
$$;

create function platform.refuse(tag text, kind text, schema_name text, identity text) returns void
language plpgsql as $$
begin
  if tag like 'CREATE %' and kind not in ('index', 'trigger', 'policy') then
    raise exception 'permission denied for schema %', schema_name using errcode = '42501';
  end if;
  raise exception 'must be owner of % %', case when kind = 'function' then 'function' else 'table' end,
    split_part(split_part(identity, '.', 2), '(', 1) using errcode = '42501';
end
$$;

create function platform.refuse_commands() returns event_trigger language plpgsql
set search_path = pg_catalog as $$
declare
  command record;
begin
  if platform.may_do_anything() then
    return;
  end if;
  for command in select * from pg_event_trigger_ddl_commands() loop
    if platform.is_served_schema(command.schema_name) then
      if command.object_type = 'index' then
        select i.indrelid::regclass::text into command.object_identity from pg_index i
          where i.indexrelid = command.objid;
      end if;
      perform platform.refuse(command.command_tag, command.object_type, command.schema_name, command.object_identity);
    end if;
  end loop;
end
$$;

create function platform.refuse_drops() returns event_trigger language plpgsql
set search_path = pg_catalog as $$
declare
  gone record;
begin
  if platform.may_do_anything() then
    return;
  end if;
  for gone in select * from pg_event_trigger_dropped_objects() loop
    if platform.is_served_schema(gone.schema_name) and gone.object_type not in ('trigger', 'policy') then
      perform platform.refuse(tg_tag, gone.object_type, gone.schema_name, gone.object_identity);
    end if;
  end loop;
end
$$;

-- REVOKE names no object to an event trigger, so this looks at what must still stand.
create function platform.refuse_revokes() returns event_trigger language plpgsql
set search_path = pg_catalog as $$
declare
  role_name text;
  table_name text;
  privilege text;
begin
  if platform.may_do_anything() then
    return;
  end if;
  foreach role_name in array array['anon', 'authenticated', 'service_role'] loop
    foreach table_name in array array['storage.objects', 'storage.buckets'] loop
      foreach privilege in array array['select', 'insert', 'update', 'delete'] loop
        if not has_table_privilege(role_name, table_name, privilege) then
          raise exception 'must be owner of table %', split_part(table_name, '.', 2) using errcode = '42501';
        end if;
      end loop;
    end loop;
  end loop;
end
$$;

grant usage on schema platform to public;

create event trigger refuse_commands on ddl_command_end execute function platform.refuse_commands();
create event trigger refuse_drops on sql_drop execute function platform.refuse_drops();
create event trigger refuse_revokes on ddl_command_end when tag in ('REVOKE')
  execute function platform.refuse_revokes();
