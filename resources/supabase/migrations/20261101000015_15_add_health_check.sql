-- The health check: whether what these migrations made is still there and unchanged, told to any signed-in user.

-- What was made, by kind and name, remembered when it was made. Comparing with a list in the program would fail with
-- the next PostgreSQL, which may print the same expression otherwise.
create table if not exists audiodesk.shipped_part (
    kind text not null check (kind in ('table', 'trigger', 'policy', 'function')),
    name text not null,
    definition jsonb not null,
    server_major integer not null default current_setting('server_version_num')::integer / 10000,
    primary key (kind, name)
);
alter table audiodesk.shipped_part enable row level security;
revoke all on audiodesk.shipped_part from public, anon, authenticated, service_role;

-- The newest migration that these functions belong to, for a project whose history table does not know them because
-- somebody ran the files by hand. A later migration replaces this.
create or replace function audiodesk.schema_marker() returns text
language sql immutable set search_path = '' as $$ select '20261101000015' $$;

-- Names in public are not ours alone, so ours are listed.
create or replace function audiodesk.public_functions() returns text[]
language sql immutable set search_path = '' as $$
    select array[
        'sync_push', 'sync_pull', 'device_seen', 'devices', 'take_file_shapes', 'set_take_file_shape',
        'verify_take_file', 'verify_take_files', 'storage_usage', 'report_failed_upload', 'support_access_log',
        'support_usage', 'support_files', 'support_problems', 'backend_health', 'set_user_plan', 'recount_user_storage',
        'set_user_database_limit',
        'recount_user_database']
$$;

create or replace function audiodesk.role_names(roles oid[]) returns text
language sql stable set search_path = '' as $$
    select string_agg(case role when 0 then 'public' else pg_get_userbyid(role) end, ', ' order by role)
      from unnest(roles) as role
$$;

-- The parts as they are now. Of a table or view the columns and their types and whose rights it goes by, of a trigger
-- when it fires and whether it is enabled, of a function its text and how it runs. Expressions are printed with an
-- empty search_path, so they name their schemas whoever asks. In tables that are not ours alone, ours are the listed
-- columns, the policies named after us, and the triggers that run a function of ours.
create or replace function audiodesk.present_parts()
returns table (kind text, name text, definition jsonb)
language sql stable set search_path = '' as $$
    with our_table as (
        select relation.oid, relation.oid::regclass::text as name, relation.reloptions,
               space.nspname = 'storage' as is_storage,
               space.nspname = 'audiodesk' as is_ours
          from pg_class as relation join pg_namespace as space on space.oid = relation.relnamespace
         where relation.relkind in ('r', 'p', 'v')
           and (space.nspname = 'audiodesk'
                or (space.nspname, relation.relname) in (('public', 'user_credits'), ('storage', 'objects')))
    )
    select 'table', our_table.name,
           jsonb_build_object(
               'options', array_to_string(our_table.reloptions, ', '),
               'columns', jsonb_object_agg(
                   attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)))
      from our_table
      join pg_attribute as attribute on attribute.attrelid = our_table.oid
     where not our_table.is_storage and attribute.attnum > 0 and not attribute.attisdropped
       and (our_table.is_ours or attribute.attname in (
                'user_id', 'plan', 'storage_used_bytes', 'storage_object_count', 'storage_quota_bytes'))
     group by our_table.name, our_table.reloptions
    union all
    select 'trigger', our_table.name || '.' || trigger.tgname,
           jsonb_build_object('enabled', trigger.tgenabled in ('O', 'A'), 'type', trigger.tgtype,
                              'function', trigger.tgfoid::regproc::text)
      from our_table
      join pg_trigger as trigger on trigger.tgrelid = our_table.oid and not trigger.tgisinternal
      join pg_proc as routine on routine.oid = trigger.tgfoid
     where routine.pronamespace = 'audiodesk'::regnamespace
    union all
    select 'policy', our_table.name || '.' || policy.polname,
           jsonb_build_object('permissive', policy.polpermissive, 'command', policy.polcmd,
                              'roles', audiodesk.role_names(policy.polroles),
                              'using', pg_get_expr(policy.polqual, policy.polrelid),
                              'check', pg_get_expr(policy.polwithcheck, policy.polrelid))
      from our_table
      join pg_policy as policy on policy.polrelid = our_table.oid
     where our_table.is_ours or starts_with(policy.polname::text, 'audiodesk_')
        or policy.polname = 'user_credits_read_own'
    union all
    select 'function', routine.oid::regprocedure::text,
           jsonb_build_object('text', md5(routine.prosrc), 'definer', routine.prosecdef,
                              'volatile', routine.provolatile, 'settings', to_jsonb(routine.proconfig))
      from pg_proc as routine
     where routine.pronamespace = 'audiodesk'::regnamespace
        or (routine.pronamespace = 'public'::regnamespace
            and routine.proname = any (audiodesk.public_functions()))
$$;

-- Takes the present parts for right. Each later migration that makes or replaces one ends with this.
create or replace function audiodesk.remember_parts() returns void
language sql volatile set search_path = '' as $$
    delete from audiodesk.shipped_part;
    insert into audiodesk.shipped_part (kind, name, definition)
    select kind, name, definition from audiodesk.present_parts();
$$;

-- Whether a part still is what was shipped. More columns in a table are no harm. After an upgrade of the server the
-- same expression may be printed with other brackets and casts, so then these do not count.
create or replace function audiodesk.is_as_shipped(present jsonb, shipped jsonb, same_server boolean) returns boolean
language sql immutable set search_path = '' as $$
    select present @> shipped
        or (not same_server
            and regexp_replace(present::text, '[\s()]|::[a-z ]+', '', 'g')
              = regexp_replace(shipped::text, '[\s()]|::[a-z ]+', '', 'g'))
$$;

-- The newest of our migrations and all of them, from the history that `supabase db push` and `backend apply` keep;
-- without one, from the marker. The operator's own migrations are nobody's business here.
create or replace function audiodesk.schema_state() returns jsonb
language plpgsql stable set search_path = '' as $$
declare
    applied jsonb;
begin
    -- One question after the other: each is an error where the one before it is answered with no.
    if has_schema_privilege(to_regnamespace('supabase_migrations'), 'usage') then
        if has_table_privilege(to_regclass('supabase_migrations.schema_migrations'), 'select') then
            execute 'select jsonb_agg(version order by version) from supabase_migrations.schema_migrations'
                    ' where version like ''2026110100____'''
               into applied;
        end if;
    end if;
    return jsonb_build_object('version', coalesce(applied ->> -1, audiodesk.schema_marker()),
        'applied', coalesce(applied, '[]'), 'marker', audiodesk.schema_marker());
end
$$;

-- The bucket for audio, as it is set up now.
create or replace function audiodesk.bucket_state() returns jsonb
language sql stable set search_path = '' as $$
    select coalesce(
        (select jsonb_build_object(
                    'exists', true, 'public', bucket.public, 'file_size_limit', bucket.file_size_limit,
                    'allowed_mime_types', to_jsonb(bucket.allowed_mime_types),
                    -- Storage servers before 2026 have no such column, and keep no former versions.
                    'versioning', coalesce(to_jsonb(bucket) ->> 'versioning_status', 'DISABLED'))
           from storage.buckets as bucket where bucket.id = 'audiofiles'),
        '{"exists": false, "public": null, "file_size_limit": null, "allowed_mime_types": null, "versioning": null}')
$$;

-- The triggers on storage.objects that keep quota and verification right.
create or replace function audiodesk.storage_trigger_state() returns jsonb
language sql stable set search_path = '' as $$
    with present_part as materialized (select * from audiodesk.present_parts())
    select jsonb_build_object(
               'present', count(*) > 0 and bool_and(present.name is not null),
               'enabled', coalesce(bool_and(coalesce((present.definition -> 'enabled')::boolean, false)), false))
      from audiodesk.shipped_part as shipped
      left join present_part as present using (kind, name)
     where shipped.kind = 'trigger' and shipped.name like 'storage.objects.%'
$$;

-- Policies on storage.objects that are not ours, at most 100. A permissive one is no hole in our bucket as long as
-- our restrictive ones stand, but the operator should know it.
create or replace function audiodesk.foreign_policies() returns jsonb
language sql stable set search_path = '' as $$
    select coalesce(jsonb_agg(jsonb_build_object(
               'name', others.polname,
               'permissive', others.polpermissive,
               'cmd', audiodesk.policy_command(others.polcmd),
               'roles', audiodesk.role_names(others.polroles)) order by others.polname), '[]')
      from (select policy.* from pg_policy as policy
             where policy.polrelid = 'storage.objects'::regclass
               and not exists (
                   select from audiodesk.shipped_part as shipped
                    where shipped.kind = 'policy' and shipped.name = 'storage.objects.' || policy.polname)
             order by policy.polname limit 100) as others
$$;

-- What is there and what is wrong, for `doctor`. It tells of the server's make-up alone, nothing of anybody's data.
create or replace function public.backend_health() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
    major constant integer := current_setting('server_version_num')::integer / 10000;
    parts jsonb;
    exposed jsonb;
    without_rls jsonb;
begin
    perform audiodesk.require_sign_in();
    -- Once, whatever the planner thinks of it: asked again for each part it would take seconds.
    with present_part as materialized (select * from audiodesk.present_parts()),
    compared as (
        select shipped.kind, shipped.name,
               case when present.name is null then 'missing'
                    when not audiodesk.is_as_shipped(
                        present.definition, shipped.definition, shipped.server_major = major) then 'altered'
               end as trouble
          from audiodesk.shipped_part as shipped
          left join present_part as present using (kind, name)
    )
    select jsonb_object_agg(kind, jsonb_build_object('missing', missing, 'altered', altered))
      into parts
      from (select kind,
                   coalesce(jsonb_agg(name order by name) filter (where trouble = 'missing'), '[]') as missing,
                   coalesce(jsonb_agg(name order by name) filter (where trouble = 'altered'), '[]') as altered
              from compared group by kind) as by_kind;
    -- A blanket grant on schema public would open these to people who are not signed in.
    select jsonb_agg(routine.oid::regprocedure::text order by routine.oid::regprocedure::text)
      into exposed
      from pg_proc as routine
     where routine.pronamespace in ('audiodesk'::regnamespace, 'public'::regnamespace)
       and (routine.pronamespace = 'audiodesk'::regnamespace
            or routine.proname = any (audiodesk.public_functions()))
       and has_function_privilege('anon', routine.oid, 'execute');
    select jsonb_agg(relation.oid::regclass::text order by relation.oid::regclass::text)
      into without_rls
      from pg_class as relation
     where relation.relkind in ('r', 'p') and not relation.relrowsecurity
       and (relation.relnamespace = 'audiodesk'::regnamespace
            or relation.oid in (to_regclass('public.user_credits'), to_regclass('storage.objects')));
    return jsonb_build_object(
        'schema', audiodesk.schema_state(),
        'tables_ok', parts -> 'table' = '{"missing": [], "altered": []}',
        'tables', parts -> 'table',
        'rls', without_rls is null,
        'without_rls', coalesce(without_rls, '[]'),
        'functions', (parts -> 'function') || jsonb_build_object('exposed', coalesce(exposed, '[]')),
        'bucket', audiodesk.bucket_state(),
        'trigger', audiodesk.storage_trigger_state(),
        'triggers', parts -> 'trigger',
        'policies', (parts -> 'policy') || jsonb_build_object('foreign', audiodesk.foreign_policies()),
        'server_version', current_setting('server_version'),
        'now', audiodesk.rfc3339(clock_timestamp()));
end
$$;

do $$
begin
    perform audiodesk.set_callers('{authenticated}', 'public.backend_health()');
    perform audiodesk.set_callers('{}',
        'audiodesk.schema_marker()', 'audiodesk.public_functions()', 'audiodesk.present_parts()',
        'audiodesk.role_names(oid[])', 'audiodesk.remember_parts()', 'audiodesk.is_as_shipped(jsonb, jsonb, boolean)',
        'audiodesk.schema_state()', 'audiodesk.bucket_state()', 'audiodesk.storage_trigger_state()',
        'audiodesk.foreign_policies()');
end
$$;

select audiodesk.remember_parts();

-- PostgREST knows the functions that it saw when it started. Hosted projects tell it of new ones by themselves, a
-- server of one's own may not.
notify pgrst, 'reload schema';
