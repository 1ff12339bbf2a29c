-- Storage plans and counters: one row a person in public.user_credits, made here or added to an older table.

-- Operators of older installations keep credits of their own in a table of this name. It stays theirs: four columns
-- are added and guarded, nothing else is touched. What cannot work stops here, in words, before anything is changed.
do $$
declare
    credits regclass := to_regclass('public.user_credits');
    -- Tells a table that was made here from one that was there before, also when this is applied once more.
    made_here constant text := 'AudioDesk: what each person may store, and stores.';
    stops constant text := 'AudioDesk cannot use the table public.user_credits that is there already: ';
    own record;
    found_text text;
begin
    if credits is null then
        create table public.user_credits (user_id uuid primary key);
        execute format('comment on table public.user_credits is %L', made_here);
        credits := 'public.user_credits';
    end if;
    if obj_description(credits, 'pg_class') = made_here then
        alter table public.user_credits enable row level security;
        revoke all on public.user_credits from public, anon, authenticated, service_role;
        grant select on public.user_credits to authenticated, service_role;
        perform audiodesk.set_policy(credits, 'user_credits_read_own', 'permissive', 'select', 'authenticated',
            'user_id = (select auth.uid())', null);
        return;
    end if;

    select relation.relkind, relation.relrowsecurity, pg_has_role(current_user, relation.relowner, 'usage') as is_ours
      into own
      from pg_class as relation where relation.oid = credits;
    if own.relkind not in ('r', 'p') then
        raise exception '%', stops || 'it is not a table but a view or something of that kind.'
            using errcode = '55000';
    end if;
    if not own.is_ours then
        raise exception '%', stops || format('it belongs to another role than %s, who therefore may not add columns.',
            current_user) using errcode = '55000';
    end if;

    select format_type(attribute.atttypid, attribute.atttypmod) into found_text
      from pg_attribute as attribute
     where attribute.attrelid = credits and attribute.attname = 'user_id' and not attribute.attisdropped;
    if found_text is distinct from 'uuid' then
        raise exception '%', stops || case when found_text is null then 'it has no column user_id.'
            else format('its column user_id is of type %s, not uuid.', found_text) end using errcode = '55000';
    end if;
    if not exists (
        select from pg_index as key
          join pg_attribute as attribute on attribute.attrelid = key.indrelid and attribute.attnum = key.indkey[0]
         where key.indrelid = credits and key.indisunique and key.indisvalid and key.indimmediate
           and key.indnkeyatts = 1 and key.indpred is null and key.indexprs is null
           and attribute.attname = 'user_id'
    ) then
        raise exception '%', stops || 'its column user_id is no unique key, so a person might have two plans.'
            using errcode = '55000', hint = 'alter table public.user_credits add unique (user_id);';
    end if;

    select string_agg(format('%s is %s, not %s', attribute.attname,
               case when attribute.attgenerated <> '' then 'computed from others'
                    else 'of type ' || format_type(attribute.atttypid, attribute.atttypmod) end,
               wanted.kind), '; ' order by wanted.name)
      into found_text
      from (values ('plan', 'text'), ('storage_used_bytes', 'bigint'), ('storage_object_count', 'bigint'),
                   ('storage_quota_bytes', 'bigint')) as wanted (name, kind)
      join pg_attribute as attribute on attribute.attrelid = credits and attribute.attname = wanted.name
           and not attribute.attisdropped
     where format_type(attribute.atttypid, attribute.atttypmod) <> wanted.kind or attribute.attgenerated <> '';
    if found_text is not null then
        raise exception '%', stops || 'columns of the names that AudioDesk needs are of other kinds (' || found_text
            || ').' using errcode = '55000', hint = 'Rename these columns.';
    end if;

    -- Without row security, whoever may read the table reads everybody's plan and usage. Switching it on here could
    -- break what reads it today; leaving it off would show people to each other. So that is the operator's to decide.
    if not own.relrowsecurity and (has_any_column_privilege('anon', credits, 'select')
                                   or has_any_column_privilege('authenticated', credits, 'select')) then
        raise exception '%', stops || 'it has no row level security, and everybody with the public key can read it.'
            using errcode = '55000',
            hint = 'alter table public.user_credits enable row level security; then add the policies you need.';
    end if;

    select string_agg(distinct constraint_found.conname, ', ') into found_text
      from pg_constraint as constraint_found
     where constraint_found.conrelid = credits and constraint_found.contype = 'f'
       and constraint_found.confrelid = 'auth.users'::regclass and constraint_found.confdeltype in ('a', 'r');
    if found_text is not null then
        raise warning 'People who have a row in public.user_credits cannot be deleted (foreign key %). AudioDesk makes '
            'a row for everybody who uploads.', found_text
            using hint = 'Make the foreign key again with: on delete cascade.';
    end if;
end
$$;

alter table public.user_credits
    add column if not exists plan text not null default 'free',
    add column if not exists storage_used_bytes bigint not null default 0,
    add column if not exists storage_object_count bigint not null default 0,
    add column if not exists storage_quota_bytes bigint;

-- Columns of these names and kinds that were there before are made to hold what ours hold; the counters are counted
-- anew with the first count of the storage.
do $$
declare
    strange text;
begin
    select string_agg(format('%L', known.plan), ', ') into strange
      from (select distinct credits.plan from public.user_credits as credits
             where credits.plan not in ('free', 'paid') order by 1 limit 5) as known;
    if strange is not null then
        raise exception 'AudioDesk cannot use the table public.user_credits that is there already: its column plan '
            'holds %, and AudioDesk knows free and paid.', strange
            using errcode = '55000', hint = 'Rename this column, or bring its values down to free and paid.';
    end if;
    if exists (select from public.user_credits as credits
                where credits.plan is null or credits.storage_used_bytes is null
                   or credits.storage_object_count is null or credits.storage_quota_bytes < 0) then
        update public.user_credits as credits
           set plan = coalesce(credits.plan, 'free'), storage_used_bytes = coalesce(credits.storage_used_bytes, 0),
               storage_object_count = coalesce(credits.storage_object_count, 0),
               storage_quota_bytes = greatest(credits.storage_quota_bytes, 0)
         where credits.plan is null or credits.storage_used_bytes is null or credits.storage_object_count is null
            or credits.storage_quota_bytes < 0;
    end if;
end
$$;

alter table public.user_credits
    alter column plan set default 'free', alter column plan set not null,
    alter column storage_used_bytes set default 0, alter column storage_used_bytes set not null,
    alter column storage_object_count set default 0, alter column storage_object_count set not null;

do $$
declare
    reason text;
begin
    if not exists (select from pg_constraint where conrelid = 'public.user_credits'::regclass
                      and conname = 'user_credits_known_plan') then
        alter table public.user_credits add constraint user_credits_known_plan check (plan in ('free', 'paid'));
    end if;
    if not exists (select from pg_constraint where conrelid = 'public.user_credits'::regclass
                      and conname = 'user_credits_quota_not_negative') then
        alter table public.user_credits
            add constraint user_credits_quota_not_negative check (storage_quota_bytes >= 0);
    end if;

    -- The first upload of a person makes a row that says no more than who it is. Try one, and take it back.
    begin
        insert into public.user_credits (user_id) values (gen_random_uuid());
        raise exception using errcode = 'AD000';
    exception
        when sqlstate 'AD000' then null;
        when foreign_key_violation then null;  -- nobody has this id, of course
        when others then reason := sqlerrm;
    end;
    if reason is not null then
        raise exception 'AudioDesk cannot use the table public.user_credits that is there already: a new row with no '
            'more than a user_id is refused (%).', reason
            using errcode = '55000', hint = 'Give its other columns defaults.';
    end if;
end
$$;

comment on column public.user_credits.plan is 'AudioDesk: free or paid. Set it with set_user_plan().';
comment on column public.user_credits.storage_used_bytes is 'AudioDesk: kept by the trigger on storage.objects.';
comment on column public.user_credits.storage_object_count is 'AudioDesk: kept by the trigger on storage.objects.';
comment on column public.user_credits.storage_quota_bytes is
    'AudioDesk: a number of the person''s own, NULL for the plan''s. Set it with set_user_plan().';

-- What a plan allows, in bytes. A number of the person's own wins over the plan's. It is asked at every upload, where
-- plpgsql keeps its plan and a function in SQL would be planned again: 5 µs against 28.
create or replace function audiodesk.allowed_bytes(plan text, quota_bytes bigint) returns bigint
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return coalesce(quota_bytes, case plan when 'paid' then 5368709120 else 524288000 end);
end
$$;

-- A person's plan, bytes stored and allowed, and objects. Without a row: the free plan, of which nothing is used.
create or replace function audiodesk.credits_of(
    person uuid, out plan text, out used bigint, out allowed bigint, out objects bigint)
language plpgsql stable set search_path = '' as $$
begin
    select kept.plan, kept.storage_used_bytes, audiodesk.allowed_bytes(kept.plan, kept.storage_quota_bytes),
           kept.storage_object_count
      into plan, used, allowed, objects
      from public.user_credits as kept where kept.user_id = person;
    if not found then
        plan := 'free';
        used := 0;
        allowed := audiodesk.allowed_bytes(plan, null);
        objects := 0;
    end if;
end
$$;

-- An old grant or an old policy may let people edit this table. They keep that, except for what AudioDesk counts and
-- allows by. It is no security definer function, because it asks who is writing.
create or replace function audiodesk.guard_user_credits() returns trigger
language plpgsql set search_path = '' as $$
begin
    if pg_has_role(current_user, (select relation.relowner from pg_class as relation where relation.oid = tg_relid),
                   'usage') then
        return coalesce(new, old);
    end if;
    if tg_op = 'DELETE' then
        -- Only whom the API lets in is kept from it: whoever deletes an account may take the row along.
        if current_user <> 'service_role' and pg_has_role('authenticator', current_user, 'member') then
            raise exception 'The row keeps this person''s storage plan and cannot be removed here.'
                using errcode = '42501';
        end if;
        return old;
    end if;
    -- A new row is counted as it is made, whatever it says of bytes and objects.
    if tg_op = 'UPDATE' and (new.user_id is distinct from old.user_id
                             or new.storage_used_bytes is distinct from old.storage_used_bytes
                             or new.storage_object_count is distinct from old.storage_object_count) then
        raise exception 'The storage counters are kept by the server and cannot be changed here.'
            using errcode = '42501';
    end if;
    if current_user <> 'service_role' and (
        (tg_op = 'INSERT' and (new.plan <> 'free' or new.storage_quota_bytes is not null))
        or (tg_op = 'UPDATE' and (new.plan is distinct from old.plan
                                  or new.storage_quota_bytes is distinct from old.storage_quota_bytes))
    ) then
        raise exception 'The storage plan is set by the operator and cannot be changed here.' using errcode = '42501';
    end if;
    return new;
end
$$;

create or replace trigger audiodesk_guard before insert or update or delete on public.user_credits
    for each row when (current_user <> 'postgres') execute function audiodesk.guard_user_credits();

-- For the operator: gives a person a plan, and with `quota_bytes` a number of their own; NULL takes that back. It holds
-- at once: uploads that are being committed are waited for. Nothing is deleted when less is allowed than is used.
create or replace function public.set_user_plan(user_id uuid, plan text, quota_bytes bigint default null)
returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
    if set_user_plan.plan is null or set_user_plan.plan not in ('free', 'paid') then
        raise exception 'The plan is free or paid, not %.', coalesce(set_user_plan.plan, 'nothing')
            using errcode = '22023';
    end if;
    if set_user_plan.quota_bytes < 0 then
        raise exception 'A quota of % bytes cannot be: the least is 0.', set_user_plan.quota_bytes
            using errcode = '22023';
    end if;
    perform audiodesk.require_known(set_user_plan.user_id);
    insert into public.user_credits as credits (user_id, plan, storage_quota_bytes)
    values (set_user_plan.user_id, set_user_plan.plan, set_user_plan.quota_bytes)
    on conflict (user_id) do update
       set plan = excluded.plan, storage_quota_bytes = excluded.storage_quota_bytes;
    return jsonb_build_object('user_id', set_user_plan.user_id)
        || to_jsonb(audiodesk.credits_of(set_user_plan.user_id));
end
$$;

do $$
begin
    perform audiodesk.set_callers('{service_role}',
        'public.set_user_plan(uuid, text, bigint)', 'audiodesk.allowed_bytes(text, bigint)');
    perform audiodesk.set_callers('{}', 'audiodesk.credits_of(uuid)', 'audiodesk.guard_user_credits()');
end
$$;
