-- The quota: a trigger on storage.objects that counts each person's bytes exactly, and refuses one too many.

-- First what uploads lock first, which matters where this is applied once more: an upload that has written its object
-- would wait for a table below, while this waits for the upload. In a block, for the CLI opens no transaction by name.
do $$
begin
    lock table storage.objects in share row exclusive mode;
end
$$;

-- Whose object it is: the first part of its key, where that is an id as Supabase writes ids. Everything else is
-- nobody's and counts for nobody. A service key stores without an owner, so owner_id tells nothing.
create or replace function audiodesk.object_owner(name text) returns uuid
language plpgsql immutable parallel safe set search_path = '' as $$
declare
    folder constant text := split_part(name, '/', 1);
begin
    if folder ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        return folder::uuid;
    end if;
    return null;
end
$$;

-- A number of bytes out of an object's metadata; NULL where it is none. The bound of 2^46 lets no sum overflow.
create or replace function audiodesk.number_of_bytes(value jsonb) returns bigint
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    case jsonb_typeof(value)
        when 'number' then
            return case when value::numeric >= 0 then least(ceil(value::numeric), 70368744177664)::bigint end;
        when 'string' then
            return case when value #>> '{}' ~ '^[0-9]{1,13}$' then (value #>> '{}')::bigint end;
        else
            return null;
    end case;
end
$$;

-- An object's size; NULL where none is stated, as in the storage server's permission test. One that is stated but
-- cannot be true counts as what was announced.
create or replace function audiodesk.object_size(metadata jsonb) returns bigint
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    if coalesce(jsonb_typeof(metadata -> 'size'), 'null') = 'null' then
        return null;
    end if;
    return coalesce(audiodesk.number_of_bytes(metadata -> 'size'),
                    audiodesk.number_of_bytes(metadata -> 'contentLength'), 0);
end
$$;

-- Whether a row of storage.objects is what is at its key now. Storage servers from 2026 on may keep several rows of one
-- key: former ones have a time in archived_at, and one that marks the key as deleted says so. Servers before that lack
-- both columns, and get them with an update; so a row is asked as JSON, which works with either.
create or replace function audiodesk.is_current(object jsonb) returns boolean
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return object ->> 'archived_at' is null and object ->> 'is_delete_marker' is distinct from 'true';
end
$$;

-- What is stored of one person at this moment, former rows of a key too: their bytes are there. The range is that of
-- the key's bytes from "{id}" to "{id}/…", "0" being the character after "/"; the storage server has an index for it.
create or replace function audiodesk.stored_of(person uuid, out bytes bigint, out objects bigint)
language plpgsql volatile set search_path = '' as $$
begin
    select coalesce(sum(audiodesk.object_size(stored.metadata)), 0), count(audiodesk.object_size(stored.metadata))
      into bytes, objects
      from storage.objects as stored
     where stored.bucket_id = 'audiofiles'
       and stored.name collate "C" >= person::text and stored.name collate "C" < person::text || '0'
       and audiodesk.object_owner(stored.name) = person;
end
$$;

-- What came and went, by person and day (UTC), for the operator's figures. An overwritten object counts with the
-- difference, so that the sums of all days are what is stored since the counting began.
create table if not exists audiodesk.usage_day (
    owner uuid not null,
    day date not null,
    added_bytes bigint not null default 0,
    removed_bytes bigint not null default 0,
    added_objects bigint not null default 0,
    removed_objects bigint not null default 0,
    primary key (owner, day)
);
create index if not exists usage_day_by_day on audiodesk.usage_day (day);
alter table audiodesk.usage_day enable row level security;
revoke all on audiodesk.usage_day from public, anon, authenticated, service_role;

-- A new row of user_credits tells what is there already, whoever makes it: a row that was removed and made again would
-- otherwise begin at nothing. The row's key is in the index by now, so whoever stores something meanwhile waits for
-- this transaction and then adds to what it counted.
create or replace function audiodesk.count_new_user() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    counted record := audiodesk.stored_of(new.user_id);
begin
    update public.user_credits as credits
       set storage_used_bytes = counted.bytes, storage_object_count = counted.objects
     where credits.user_id = new.user_id
       and (credits.storage_used_bytes, credits.storage_object_count)
           is distinct from (counted.bytes, counted.objects);
    return null;
end
$$;

-- Makes the person's row where it is missing and tells whether it did. An older table may demand that the person has
-- an account (a foreign key); then there is none for somebody who has left.
create or replace function audiodesk.make_user_credits(person uuid) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
    insert into public.user_credits (user_id) values (person) on conflict (user_id) do nothing;
    return found;
exception
    when foreign_key_violation then
        return false;
end
$$;

-- Refuses what goes over the quota. The program reads these numbers.
create or replace function audiodesk.refuse_over_quota(used bigint, allowed bigint, more bigint) returns void
language plpgsql immutable set search_path = '' as $$
begin
    raise exception 'quota_exceeded: % of % bytes used, % more do not fit', used, allowed, more using errcode = '42501';
end
$$;

-- Refuses what somebody would add to the folder of an account that is not there: a token outlives it. Whoever removes
-- the folder, or only touches what is in it, is let pass.
create or replace function audiodesk.refuse_unknown(person uuid, is_known boolean) returns void
language plpgsql immutable set search_path = '' as $$
begin
    if not is_known then
        raise exception 'unknown_user: nobody has the account %, so nothing is stored in its folder.', person
            using errcode = '42501';
    end if;
end
$$;

-- Adds to a person's counters, or takes off, and refuses what goes over the quota. The row is locked by this until the
-- transaction ends, which is what makes the count exact. Only growth is ever refused.
create or replace function audiodesk.add_usage(person uuid, bytes bigint, objects integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
    used bigint;
    allowed bigint;
begin
    if person is null or (bytes = 0 and objects = 0) then
        return;
    end if;
    loop
        update public.user_credits as credits
           set storage_used_bytes = greatest(credits.storage_used_bytes + bytes, 0),
               storage_object_count = greatest(credits.storage_object_count + objects, 0)
         where credits.user_id = person
        returning credits.storage_used_bytes, audiodesk.allowed_bytes(credits.plan, credits.storage_quota_bytes)
          into used, allowed;
        exit when found;
        -- Without a row there is nothing to take off from; the row will be counted when it is made.
        if bytes <= 0 and objects <= 0 then
            return;
        end if;
        -- It was there before the object was written, so somebody has just removed it. The new one is counted with
        -- this object in it.
        if audiodesk.make_user_credits(person) then
            select credits.storage_used_bytes,
                   audiodesk.allowed_bytes(credits.plan, credits.storage_quota_bytes)
              into used, allowed
              from public.user_credits as credits where credits.user_id = person for update;
            exit;
        end if;
        perform audiodesk.refuse_unknown(
            person, exists (select from public.user_credits as credits where credits.user_id = person));
    end loop;
    if bytes > 0 and used > allowed then
        perform audiodesk.refuse_over_quota(used - bytes, allowed, bytes);
    end if;
    insert into audiodesk.usage_day as known (owner, day, added_bytes, removed_bytes, added_objects, removed_objects)
    values (person, (now() at time zone 'UTC')::date, greatest(bytes, 0), greatest(-bytes, 0),
            greatest(objects, 0), greatest(-objects, 0))
    on conflict (owner, day) do update
       set added_bytes = known.added_bytes + excluded.added_bytes,
           removed_bytes = known.removed_bytes + excluded.removed_bytes,
           added_objects = known.added_objects + excluded.added_objects,
           removed_objects = known.removed_objects + excluded.removed_objects;
end
$$;

-- The storage server's permission test, before any byte is sent, states what is announced and is rolled back; so it is
-- the place to refuse what cannot fit. A TUS upload announces the exact size, a multipart request the file and some
-- hundred bytes around it: those are let pass and decided by the exact size at the end. `replaced` is the size of the
-- object that stood at this key, already taken off the counters.
create or replace function audiodesk.refuse_announced(person uuid, announced bigint, replaced bigint) returns void
language plpgsql stable set search_path = '' as $$
declare
    tolerance constant bigint :=
        case when strpos(coalesce(current_setting('storage.operation', true), ''), 'tus.') > 0 then 0 else 4096 end;
    credits record;
begin
    if announced is null or announced - replaced <= tolerance then
        return;
    end if;
    credits := audiodesk.credits_of(person);
    if credits.used + announced - tolerance > credits.allowed then
        perform audiodesk.refuse_over_quota(credits.used + replaced, credits.allowed, announced - replaced);
    end if;
end
$$;

-- The person's row is made before the object is written, so that it is counted without it; the test below adds it.
create or replace function audiodesk.prepare_usage() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    person uuid;
begin
    if new.bucket_id = 'audiofiles' and audiodesk.object_size(new.metadata) is not null then
        person := audiodesk.object_owner(new.name);
        if person is not null
           and not exists (select from public.user_credits as credits where credits.user_id = person) then
            perform audiodesk.make_user_credits(person);
        end if;
    end if;
    return new;
end
$$;

-- Counts what a row adds and takes away. It runs after the row is written: an upsert fires the triggers before INSERT
-- and before UPDATE, but only one after. Where an object changes hands, the lower id is locked first.
create or replace function audiodesk.track_usage() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    old_owner uuid;
    new_owner uuid;
    old_size bigint;
    new_size bigint;
begin
    if tg_op <> 'INSERT' and old.bucket_id = 'audiofiles' then
        old_owner := audiodesk.object_owner(old.name);
        old_size := audiodesk.object_size(old.metadata);
    end if;
    if tg_op <> 'DELETE' and new.bucket_id = 'audiofiles' then
        new_owner := audiodesk.object_owner(new.name);
        new_size := audiodesk.object_size(new.metadata);
    end if;

    if new_owner is not null and (tg_op = 'INSERT' or (old.bucket_id, old.name, old.version, old_size)
                                  is distinct from (new.bucket_id, new.name, new.version, new_size)) then
        perform audiodesk.refuse_unknown(new_owner, audiodesk.is_account(new_owner));
    end if;
    if old_owner = new_owner then
        perform audiodesk.add_usage(new_owner, coalesce(new_size, 0) - coalesce(old_size, 0),
            (new_size is not null)::integer - (old_size is not null)::integer);
    else
        if old_owner < new_owner or new_owner is null then
            perform audiodesk.add_usage(old_owner, coalesce(-old_size, 0), -(old_size is not null)::integer);
        end if;
        perform audiodesk.add_usage(new_owner, coalesce(new_size, 0), (new_size is not null)::integer);
        if old_owner > new_owner then
            perform audiodesk.add_usage(old_owner, coalesce(-old_size, 0), -(old_size is not null)::integer);
        end if;
    end if;

    if new_owner is not null and new_size is null then
        perform audiodesk.refuse_announced(new_owner, audiodesk.number_of_bytes(new.metadata -> 'contentLength'),
            case when old_owner = new_owner then coalesce(old_size, 0) else 0 end);
    end if;
    return null;
end
$$;

-- TRUNCATE asks no row. Nothing is left after it.
create or replace function audiodesk.forget_usage() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update public.user_credits as credits set storage_used_bytes = 0, storage_object_count = 0
     where credits.storage_used_bytes <> 0 or credits.storage_object_count <> 0;
    return null;
end
$$;

-- Triggers of one moment fire in the order of their names: the counters, which are locked first everywhere, come before
-- whatever else looks at the object. Up to the end of this migration nobody else can write to storage.objects.
create or replace trigger audiodesk_1_prepare_usage before insert or update on storage.objects
    for each row execute function audiodesk.prepare_usage();
create or replace trigger audiodesk_1_track_usage after insert or update or delete on storage.objects
    for each row execute function audiodesk.track_usage();
create or replace trigger audiodesk_1_forget_usage after truncate on storage.objects
    for each statement execute function audiodesk.forget_usage();
create or replace trigger audiodesk_count after insert on public.user_credits
    for each row execute function audiodesk.count_new_user();

-- For the operator: compares the counters with what is stored, of one person or of all, and tells the differences; with
-- `repair` it puts them right. What differs is found without a lock, which a single statement may do, because an object
-- and its count are always committed together; it is counted again under the lock before it is changed.
create or replace function public.recount_user_storage(user_id uuid default null, repair boolean default true)
returns table (
    person uuid, used_before bigint, used_counted bigint, objects_before bigint, objects_counted bigint,
    repaired boolean)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
    counted record;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'Recount in a transaction of the ordinary kind (read committed): this one would not see what '
            'was stored since it began.' using errcode = '25001';
    end if;
    for person, used_before, objects_before, used_counted, objects_counted in
        select coalesce(credits.user_id, stored.owner), credits.storage_used_bytes, credits.storage_object_count,
               coalesce(stored.bytes, 0), coalesce(stored.objects, 0)
          from (select audiodesk.object_owner(object.name) as owner,
                       sum(audiodesk.object_size(object.metadata))::bigint as bytes,
                       count(audiodesk.object_size(object.metadata)) as objects
                  from storage.objects as object
                 where object.bucket_id = 'audiofiles'
                   and (recount_user_storage.user_id is null
                        or (object.name collate "C" >= recount_user_storage.user_id::text
                            and object.name collate "C" < recount_user_storage.user_id::text || '0'))
                 group by 1) as stored
          full join (select * from public.user_credits as known
                      where recount_user_storage.user_id is null
                         or known.user_id = recount_user_storage.user_id) as credits
            on credits.user_id = stored.owner
         where coalesce(credits.user_id, stored.owner) is not null
           and (coalesce(credits.storage_used_bytes, 0), coalesce(credits.storage_object_count, 0))
               is distinct from (coalesce(stored.bytes, 0), coalesce(stored.objects, 0))
           -- Of somebody who has left only bytes count: an empty folder, which the dashboard keeps with an object of no
           -- bytes, could not be put right and would be listed for ever.
           and (stored.bytes <> 0 or credits.user_id is not null
                or exists (select from auth.users as known where known.id = stored.owner))
         order by 1
    loop
        repaired := false;
        if repair then
            repaired := audiodesk.make_user_credits(person);
            select credits.storage_used_bytes, credits.storage_object_count into used_before, objects_before
              from public.user_credits as credits where credits.user_id = person for update;
            -- A row just made was counted by its own trigger, and somebody who has left has none to repair.
            if found and not repaired then
                counted := audiodesk.stored_of(person);
                continue when (counted.bytes, counted.objects) = (used_before, objects_before);
                used_counted := counted.bytes;
                objects_counted := counted.objects;
                update public.user_credits as credits
                   set storage_used_bytes = counted.bytes, storage_object_count = counted.objects
                 where credits.user_id = person;
                repaired := true;
            elsif repaired then
                used_counted := used_before;
                objects_counted := objects_before;
                used_before := null;
                objects_before := null;
            end if;
        end if;
        return next;
    end loop;
end
$$;

-- The first count, and every later one: what is there already.
do $$
begin
    perform from public.recount_user_storage(null, true);
end
$$;

-- A person's plan, bytes and objects, and what each project holds of them, in the order of the projects. A take belongs
-- where its rows say, whatever the key; what is in the trash counts too.
create or replace function audiodesk.usage_of(person uuid) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
    credits constant record := audiodesk.credits_of(person);
    projects jsonb;
    account audiodesk.account;
begin
    select kept.* into account from audiodesk.account as kept where kept.owner = person;
    select jsonb_agg(jsonb_build_object('id', held.id, 'title', held.title, 'used', held.used, 'takes', held.takes)
               order by held.order_key, held.id)
      into projects
      from (select project.id, project.title, project.order_key,
                   sum(coalesce(audiodesk.object_size(stored.metadata), 0))::bigint as used,
                   count(distinct take.id) as takes
              from audiodesk.take_file as file
              -- Only what is at a key now (see is_current). A name that storage.objects lacks is found in `absent`.
             cross join (values (null::timestamptz, null::boolean)) as absent (archived_at, is_delete_marker)
              join lateral (
                  select object.metadata from storage.objects as object
                   where object.bucket_id = 'audiofiles' and object.name = file.object_key
                     and archived_at is null and is_delete_marker is not true) as stored on true
              join audiodesk.take as take on take.owner = person and take.id = file.take_id
              join audiodesk.section as section on section.owner = person and section.id = take.section_id
              join audiodesk.chapter as chapter on chapter.owner = person and chapter.id = section.chapter_id
              join audiodesk.project as project on project.owner = person and project.id = chapter.project_id
             where file.owner = person
             group by project.id, project.title, project.order_key) as held;
    return to_jsonb(credits) || jsonb_build_object(
        'projects', coalesce(projects, '[]'),
        'database', jsonb_build_object(
            'rows', coalesce(account.row_count, 0), 'allowed_rows', coalesce(account.allowed_rows, 1000000),
            'bytes', coalesce(account.byte_count, 0), 'allowed_bytes', coalesce(account.allowed_bytes, 524288000)));
end
$$;

-- How much the rows of an account hold, whether or not their audio is in the cloud yet, and its last change: what a
-- person weighs before two libraries go together. What was emptied out of the trash does not count.
create or replace function audiodesk.library_of(person uuid) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
    projects jsonb;
    changed record;
begin
    select jsonb_agg(project.title order by project.order_key, project.id) into projects
      from audiodesk.project as project where project.owner = person and project.purged_at is null;
    select newest.version, newest.changed_by into changed from (
        (select t.seq, t.version, t.changed_by from audiodesk.project as t where t.owner = person
          order by t.seq desc limit 1)
        union all (select t.seq, t.version, t.changed_by from audiodesk.chapter as t where t.owner = person
          order by t.seq desc limit 1)
        union all (select t.seq, t.version, t.changed_by from audiodesk.section as t where t.owner = person
          order by t.seq desc limit 1)
        union all (select t.seq, t.version, t.changed_by from audiodesk.take as t where t.owner = person
          order by t.seq desc limit 1)) as newest
     order by newest.seq desc limit 1;
    return jsonb_build_object(
        'titles', coalesce(projects, '[]'),
        'sections', (select count(*) from audiodesk.section as section
                      where section.owner = person and section.purged_at is null),
        'takes', (select count(*) from audiodesk.take as take where take.owner = person and take.purged_at is null),
        'bytes', (select coalesce(sum(held.size), 0)::bigint from (
                    select distinct file.sha256, file.size from audiodesk.take_file as file
                      join audiodesk.take as take on take.owner = person and take.id = file.take_id
                     where file.owner = person and file.role <> 'cloud_copy' and take.purged_at is null) as held),
        'changed_at', changed.version,
        'changed_on', (select device.title from audiodesk.device as device
                        where device.owner = person and device.id::text = changed.changed_by::text));
end
$$;

-- The caller's own usage, and what the account's rows hold.
create or replace function public.storage_usage() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
    me constant uuid := audiodesk.require_sign_in();
begin
    return audiodesk.usage_of(me) || jsonb_build_object('library', audiodesk.library_of(me));
end
$$;

do $$
begin
    perform audiodesk.set_callers('{authenticated}', 'public.storage_usage()');
    perform audiodesk.set_callers('{service_role}', 'public.recount_user_storage(uuid, boolean)');
    perform audiodesk.set_callers('{}',
        'audiodesk.object_owner(text)', 'audiodesk.number_of_bytes(jsonb)', 'audiodesk.object_size(jsonb)',
        'audiodesk.is_current(jsonb)', 'audiodesk.stored_of(uuid)', 'audiodesk.count_new_user()',
        'audiodesk.make_user_credits(uuid)', 'audiodesk.add_usage(uuid, bigint, integer)',
        'audiodesk.refuse_announced(uuid, bigint, bigint)', 'audiodesk.refuse_unknown(uuid, boolean)',
        'audiodesk.refuse_over_quota(bigint, bigint, bigint)',
        'audiodesk.prepare_usage()', 'audiodesk.track_usage()', 'audiodesk.forget_usage()',
        'audiodesk.usage_of(uuid)', 'audiodesk.library_of(uuid)');
end
$$;
