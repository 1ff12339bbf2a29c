-- Support's window to a person's storage: numbers and facts, never audio, and a record of each look.

-- Who looked at whose storage, when and at what. Only the functions below write it, and nobody may change it: there
-- is no policy and no grant. A row outlives the accounts that it names, so that leaving covers nothing up.
create table if not exists audiodesk.support_access_log (
    id uuid primary key default gen_random_uuid(),
    at timestamptz not null default clock_timestamp(),
    support_user uuid not null,
    owner uuid not null,
    what text not null check (what in ('usage', 'files', 'problems')),
    -- A further page of the same list.
    continued boolean not null default false
);
create index if not exists support_access_log_by_owner on audiodesk.support_access_log (owner, at desc, id);
create index if not exists support_access_log_by_time on audiodesk.support_access_log (at);
alter table audiodesk.support_access_log enable row level security;
revoke all on audiodesk.support_access_log from public, anon, authenticated, service_role;

-- A time as RFC 3339 in UTC, whatever the session's time zone.
create or replace function audiodesk.rfc3339(moment timestamptz) returns text
language sql stable set search_path = ''
return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- The same of the milliseconds that rows carry; null for what is no time of the first 9999 years, which only somebody
-- who writes their own rows past sync_push can state: that must not keep support from looking.
create or replace function audiodesk.rfc3339(milliseconds bigint) returns text
language sql stable set search_path = ''
return case when milliseconds between 0 and 253402300799999 then
    audiodesk.rfc3339(to_timestamp(milliseconds / 1000.0)) end;

-- The caller, if support at this moment. Asked of auth.users, never of the token: a token outlives the role that it
-- was made with. raw_user_meta_data does not count, because people write it themselves.
create or replace function audiodesk.require_support() returns uuid
language plpgsql stable set search_path = '' as $$
declare
    caller uuid := auth.uid();
    is_support boolean;
begin
    -- Through jsonb, because older projects lack these two columns.
    select coalesce(account.raw_app_meta_data ->> 'role' = 'support', false)
           and account.record ->> 'deleted_at' is null
           and coalesce((account.record ->> 'banned_until')::timestamptz <= now(), true)
      into is_support
      from (select known.raw_app_meta_data, to_jsonb(known) as record
              from auth.users as known where known.id = caller) as account;
    if is_support is not true then
        raise exception 'Only AudioDesk''s support staff may look at another person''s storage.'
            using errcode = '42501';
    end if;
    return caller;
end
$$;

-- The person meant by an id or an e-mail address, in any case of letters.
create or replace function audiodesk.find_person(who text, out id uuid, out email text, out created_at timestamptz)
language plpgsql stable set search_path = '' as $$
declare
    wanted text := btrim(who, E' \t\r\n');
    wanted_id uuid;
    hits integer;
begin
    if wanted is null or wanted = '' or length(wanted) > 320 then
        raise exception 'Name the person by e-mail address or id.' using errcode = '22023';
    end if;
    if wanted ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        wanted_id := wanted::uuid;
    end if;
    -- Two statements, so that each can use its index. At most two are read: one more than one is already too many.
    if wanted_id is not null then
        select known.id, known.email::text, known.created_at, 1
          into find_person.id, find_person.email, find_person.created_at, hits
          from auth.users as known where known.id = wanted_id;
    else
        select (array_agg(found.id))[1], (array_agg(found.email))[1], (array_agg(found.created_at))[1], count(*)
          into find_person.id, find_person.email, find_person.created_at, hits
          from (select known.id, known.email::text, known.created_at from auth.users as known
                 where lower(known.email) = lower(wanted) limit 2) as found;
    end if;
    if coalesce(hits, 0) = 0 then
        raise exception 'No account has this e-mail address or id.' using errcode = 'PT404';
    elsif hits > 1 then
        raise exception 'Several accounts have this e-mail address. Ask for the id.' using errcode = 'PT409';
    end if;
end
$$;

-- One look: the right to it, the person it is at, and the record of it. The record is in the same transaction as the
-- answer, so nothing is seen without one. Arguments must be checked before this, or an error would tell that the
-- person exists and roll the record back.
create or replace function audiodesk.look(
    who text, what text, continued boolean default false, out id uuid, out person jsonb)
language plpgsql volatile set search_path = '' as $$
declare
    caller uuid := audiodesk.require_support();
    known record := audiodesk.find_person(who);
begin
    insert into audiodesk.support_access_log (support_user, owner, what, continued)
    values (caller, known.id, look.what, look.continued);
    look.id := known.id;
    look.person := jsonb_build_object(
        'id', known.id, 'email', known.email, 'created_at', audiodesk.rfc3339(known.created_at));
end
$$;

-- The audio objects in a person's folder, in the order of their keys; without the tiny files of `audiodesk doctor`,
-- which lie in a project of zeros. A key lies in the folder when it sorts between
-- "{id}/" and "{id}0", "0" being the character after "/": bytewise, as the server's own index is made. A function and
-- no view, because a view would hinder the server's own changes to storage.objects.
create or replace function audiodesk.objects_of(person uuid, after_key text default null, at_most bigint default null)
returns table (
    object_key text, size bigint, mimetype text, created_at timestamptz, updated_at timestamptz, claimed_sha256 text)
language plpgsql stable set search_path = '' as $$
declare
    first_key text := greatest(person::text || '/', after_key collate "C");
    end_key text := person::text || '0';
begin
    return query
    -- Only what is at a key now (see audiodesk.is_current). A name that storage.objects lacks is found among `absent`.
    -- The size as the storage server states it, by no function: there may be 60 000 of them.
    select stored.name,
           case when stored.metadata ->> 'size' ~ '^[0-9]{1,15}$' then (stored.metadata ->> 'size')::bigint end,
           left(stored.metadata ->> 'mimetype', 100), stored.created_at, stored.updated_at,
           left(stored.user_metadata ->> 'sha256', 64)
      from (values (null::timestamptz, null::boolean)) as absent (archived_at, is_delete_marker)
     cross join lateral (
         select object.name, object.metadata, object.user_metadata, object.created_at, object.updated_at
           from storage.objects as object
          where object.bucket_id = 'audiofiles' and archived_at is null and is_delete_marker is not true
            and object.name collate "C" > first_key and object.name collate "C" < end_key
            and not starts_with(object.name, person::text || '/00000000-0000-0000-0000-000000000000/')) as stored
     order by stored.name collate "C"
     limit at_most;
end
$$;

-- Files of takes with the place that each has in the tree. `trashed_at` is the earliest of the file's own and of all
-- that lie above it.
create or replace view audiodesk.placed_file as
select file.owner, file.id as take_file_id, file.object_key, file.role, file.part, file.kind, file.size, file.seconds,
       file.sha256, file.verified_at, file.verified_how, file.purge_pending, file.purged_at,
       -- What the row was accepted with bears the server's time of that; created_at is a claim. A row that was brought
       -- back after a restored backup has 0 there.
       coalesce(nullif((file.stamps ->> '*')::bigint, 0), file.version) as accepted_at,
       least(file.deleted_at, take.deleted_at, section.deleted_at, chapter.deleted_at, project.deleted_at)
           as trashed_at,
       file.take_id, take.id is not null as take_found,
       left(coalesce(nullif(take.title, ''), take.file_name), 300) as take_title, take.upload_wanted,
       section.current_take_id = take.id as is_current,
       section.id as section_id, left(section.title, 300) as section_title,
       chapter.id as chapter_id, left(chapter.title, 300) as chapter_title,
       project.id as project_id, left(project.title, 300) as project_title
  from audiodesk.take_file as file
  left join audiodesk.take as take on take.owner = file.owner and take.id = file.take_id
  left join audiodesk.section as section on section.owner = file.owner and section.id = take.section_id
  left join audiodesk.chapter as chapter on chapter.owner = file.owner and chapter.id = section.chapter_id
  left join audiodesk.project as project on project.owner = file.owner and project.id = chapter.project_id;
revoke all on audiodesk.placed_file from public, anon, authenticated, service_role;

-- A person's plan, bytes and objects, and what each project holds of them.
create or replace function public.support_usage(who text) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    looked record := audiodesk.look(who, 'usage');
    usage jsonb := audiodesk.usage_of(looked.id);
begin
    return jsonb_build_object('user', looked.person) || usage || jsonb_build_object(
        'over_quota_by', greatest((usage ->> 'used')::bigint - (usage ->> 'allowed')::bigint, 0),
        'last_upload_at', (
            select audiodesk.rfc3339(max(stored.created_at)) from audiodesk.objects_of(looked.id) as stored));
end
$$;

-- A page of a person's files in the order of their keys: what is stored, and what has a key but is not stored. `next`
-- is the `after_key` of the following page, null at the end. Never an address of the audio.
create or replace function public.support_files(who text, after_key text default null, "limit" integer default 1000)
returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    looked record;
    at_most integer := support_files."limit";
    keys text[];
    files jsonb;
begin
    if at_most is null or at_most not between 1 and 1000 then
        raise exception 'A page has 1 to 1000 files.' using errcode = '22023';
    elsif length(after_key) > 1024 then
        raise exception 'No object key is longer than 1024 characters.' using errcode = '22023';
    end if;
    looked := audiodesk.look(who, 'files', after_key is not null);
    select array_agg(listed.object_key order by listed.object_key)
      into keys
      from (select stored.object_key collate "C" as object_key
              from audiodesk.objects_of(looked.id, after_key, at_most) as stored
             union
            (select file.object_key collate "C" from audiodesk.take_file as file
              where file.owner = looked.id and file.purged_at is null
                and (after_key is null or file.object_key collate "C" > after_key)
              order by 1 limit at_most)
             order by 1 limit at_most) as listed;
    select jsonb_agg(jsonb_build_object(
               'object_key', listed.object_key, 'stored', stored.object_key is not null,
               'size', stored.size, 'mimetype', stored.mimetype, 'object_sha256', stored.claimed_sha256,
               'created_at', audiodesk.rfc3339(stored.created_at),
               'updated_at', audiodesk.rfc3339(stored.updated_at),
               'project', file.project_id, 'project_title', file.project_title,
               'chapter', file.chapter_id, 'chapter_title', file.chapter_title,
               'section', file.section_id, 'section_title', file.section_title,
               'take', file.take_id, 'take_title', file.take_title, 'take_file', file.take_file_id,
               'current', file.is_current, 'upload_wanted', file.upload_wanted, 'role', file.role,
               'kind', file.kind, 'seconds', file.seconds, 'row_size', file.size, 'sha256', file.sha256,
               'verified_at', audiodesk.rfc3339(file.verified_at), 'verified_how', file.verified_how,
               'trashed_at', audiodesk.rfc3339(file.trashed_at), 'purged_at', audiodesk.rfc3339(file.purged_at)
           ) order by listed.object_key)
      into files
      from unnest(keys) as listed (object_key)
      left join audiodesk.objects_of(looked.id, after_key, at_most) as stored
        on stored.object_key = listed.object_key
      left join audiodesk.placed_file as file
        on file.owner = looked.id and file.object_key = listed.object_key;
    return jsonb_build_object('user', looked.person, 'files', coalesce(files, '[]'),
        'next', keys[at_most]);
end
$$;

-- What is wrong in a person's storage: codes with their facts, at most 200 of each code; `counts` tells how many there
-- are. A file is late one day after its row was accepted; before that it simply waits.
create or replace function public.support_problems(who text) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    looked record := audiodesk.look(who, 'problems');
    credits record;
    late_before bigint := (extract(epoch from now() - interval '1 day') * 1000)::bigint;
    trash_before bigint := (extract(epoch from now() - interval '30 days') * 1000)::bigint;
    of_files jsonb;
    counts jsonb;
begin
    with stored as materialized (select * from audiodesk.objects_of(looked.id)),
    file as materialized (
        select placed.*, stored.object_key is not null as is_stored, stored.size as stored_size
          from audiodesk.placed_file as placed
          left join stored on stored.object_key = placed.object_key
         where placed.owner = looked.id
    ),
    coded as (
        select case
                 when is_stored and purged_at is not null then 'tombstone_stored'
                 when is_stored and stored_size is distinct from size then 'size_differs'
                 when is_stored and trashed_at < trash_before then 'trash_overdue'
                 when is_stored or purged_at is not null or purge_pending then null
                 when verified_at is not null then 'missing_object'
                 when accepted_at > late_before then null
                 when trashed_at is null and upload_wanted and object_key is not null then 'stuck_upload'
                 when object_key is not null then 'row_without_object'
               end as code, *
          from file
    ),
    -- A wanted take none of whose files was ever given a key never came to the queue's front.
    keyless as (
        select min(accepted_at) as accepted_at, take_id, min(take_title) as take_title,
               min(project_title) as project_title, max(size) as size
          from file
         where trashed_at is null and upload_wanted and take_found
         group by take_id
        having bool_and(object_key is null) and min(accepted_at) <= late_before
    ),
    found as (
        select code, object_key as sorted_by, jsonb_build_object(
                   'object_key', object_key, 'take', take_id, 'take_title', take_title,
                   'project_title', project_title, 'role', role, 'size', size, 'stored_size', stored_size,
                   'since', audiodesk.rfc3339(coalesce(purged_at, trashed_at, accepted_at))) as params
          from coded where code is not null
        union all
        select 'stuck_upload', take_id::text, jsonb_build_object(
                   'object_key', null, 'take', take_id, 'take_title', take_title,
                   'project_title', project_title, 'role', null, 'size', size, 'stored_size', null,
                   'since', audiodesk.rfc3339(accepted_at))
          from keyless
        union all
        select 'object_without_row', stored.object_key, jsonb_build_object(
                   'object_key', stored.object_key, 'stored_size', stored.size,
                   'since', audiodesk.rfc3339(stored.created_at))
          from stored
         where not exists (select from file where file.object_key = stored.object_key)
        union all
        -- What the person's own programs reported in the last week.
        select 'failed_upload', failure.code, jsonb_build_object(
                   'reason', failure.code, 'count', count(*), 'size', max(failure.size),
                   'last_at', audiodesk.rfc3339(max(failure.at)))
          from audiodesk.failed_upload as failure
         where failure.owner = looked.id and failure.at > now() - interval '7 days'
         group by failure.code
    ),
    ranked as (
        select code, params, row_number() over (partition by code order by sorted_by collate "C") as place from found
    )
    select (select jsonb_agg(jsonb_build_object('code', code, 'params', params) order by code, place)
              from ranked where place <= 200),
           (select jsonb_object_agg(code, number)
              from (select code, count(*) as number from ranked group by code) as counted)
      into of_files, counts;
    credits := audiodesk.credits_of(looked.id);
    if credits.used > credits.allowed then
        of_files := jsonb_build_array(jsonb_build_object('code', 'over_quota', 'params', jsonb_build_object(
            'used', credits.used, 'allowed', credits.allowed,
            'over_by', credits.used - credits.allowed))) || coalesce(of_files, '[]');
        counts := jsonb_build_object('over_quota', 1) || coalesce(counts, '{}');
    end if;
    return jsonb_build_object('user', looked.person, 'problems', coalesce(of_files, '[]'),
        'counts', coalesce(counts, '{}'), 'checked_at', audiodesk.rfc3339(now()));
end
$$;

-- The looks at the caller's own storage, newest first. They name no member of staff; with a look's id the person can
-- ask the operator, who finds them.
create or replace function public.support_access_log("limit" integer default 100) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
    at_most integer := support_access_log."limit";
begin
    if at_most is null or at_most not between 1 and 1000 then
        raise exception 'The list has 1 to 1000 looks.' using errcode = '22023';
    end if;
    return (
        select jsonb_build_object(
                   'looks', coalesce(jsonb_agg(jsonb_build_object(
                       'id', looks.id, 'at', audiodesk.rfc3339(looks.at), 'what', looks.what,
                       'continued', looks.continued) order by looks.at desc, looks.id)
                       filter (where looks.place <= at_most), '[]'),
                   'more', coalesce(bool_or(looks.place > at_most), false))
          from (select entry.*, row_number() over (order by entry.at desc, entry.id) as place
                  from audiodesk.support_access_log as entry
                 where entry.owner = auth.uid()
                 order by entry.at desc, entry.id limit at_most + 1) as looks);
end
$$;

do $$
begin
    perform audiodesk.set_callers('{authenticated}',
        'public.support_usage(text)', 'public.support_files(text, text, integer)', 'public.support_problems(text)',
        'public.support_access_log(integer)');
    perform audiodesk.set_callers('{}',
        'audiodesk.rfc3339(timestamptz)', 'audiodesk.rfc3339(bigint)', 'audiodesk.require_support()',
        'audiodesk.find_person(text)', 'audiodesk.look(text, text, boolean)',
        'audiodesk.objects_of(uuid, text, bigint)');
end
$$;
