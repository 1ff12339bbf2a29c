-- What the operator watches: storage by user and by day, uploads that failed for good, and growth.

-- Final failures as the programs report them: a code and a size, never a name. An attempt that is repeated is none.
create table if not exists audiodesk.failed_upload (
    id bigint generated always as identity primary key,
    owner uuid not null,
    at timestamptz not null default clock_timestamp(),
    code text collate "C" not null check (code ~ '^[a-z][a-z0-9_]{0,39}$'),
    size bigint check (size between 0 and 1099511627776)
);
create index if not exists failed_upload_by_owner on audiodesk.failed_upload (owner, at);
create index if not exists failed_upload_by_time on audiodesk.failed_upload (at);
alter table audiodesk.failed_upload enable row level security;
revoke all on audiodesk.failed_upload from public, anon, authenticated, service_role;

-- Records one final failure of the caller's. At most 200 a day (UTC) are kept of each person; more are not an error,
-- because the program that reports them has trouble enough.
create or replace function public.report_failed_upload(code text, size bigint) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    caller uuid := audiodesk.require_account();
    today timestamptz := date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';
    reported integer;
begin
    if report_failed_upload.code is null or report_failed_upload.code !~ '^[a-z][a-z0-9_]{0,39}$' then
        raise exception 'A failure''s code is at most 40 small letters, digits and underscores.'
            using errcode = '22023';
    elsif report_failed_upload.size not between 0 and 1099511627776 then
        raise exception 'A failed upload''s size is 0 to 1099511627776 bytes.' using errcode = '22023';
    end if;
    -- One reporter of a person at a time, or two that count at once would both go past the bound.
    perform pg_advisory_xact_lock(hashtext('audiodesk.failed_upload'), hashtext(caller::text));
    select count(*) into reported
      from (select from audiodesk.failed_upload as failure
             where failure.owner = caller and failure.at >= today limit 200) as kept;
    if reported < 200 then
        insert into audiodesk.failed_upload (owner, code, size)
        values (caller, report_failed_upload.code, report_failed_upload.size);
    end if;
end
$$;

-- The views below run with their maker's rights, which reach what service_role's do not; so they are granted to it and
-- to nobody else. A function asks for the address, because a view on auth.users would hinder the server's own changes
-- to that table. Functions in a view need the reader's right to run them.
create or replace function audiodesk.email_of(person uuid) returns text
language plpgsql stable security definer set search_path = '' as $$
begin
    return (select known.email from auth.users as known where known.id = person);
end
$$;

-- Each person who has a plan or stored something. Without an address: the account is gone.
create or replace view audiodesk.usage_by_user as
select credits.user_id, audiodesk.email_of(credits.user_id) as email, credits.plan,
       credits.storage_used_bytes as used_bytes, allowance.bytes as allowed_bytes,
       round(100.0 * credits.storage_used_bytes / nullif(allowance.bytes, 0), 1) as percent_used,
       greatest(credits.storage_used_bytes - allowance.bytes, 0) as over_quota_bytes,
       credits.storage_object_count as object_count,
       (select max(known.day) from audiodesk.usage_day as known
         where known.owner = credits.user_id and known.added_bytes > 0) as last_upload_day
  from public.user_credits as credits
 cross join lateral (select audiodesk.allowed_bytes(credits.plan, credits.storage_quota_bytes)) as allowance (bytes);

-- What each person added and removed on each day (UTC).
create or replace view audiodesk.usage_by_day as
select known.day, known.owner as user_id, audiodesk.email_of(known.owner) as email, known.added_bytes,
       known.removed_bytes, known.added_bytes - known.removed_bytes as net_bytes, known.added_objects,
       known.removed_objects
  from audiodesk.usage_day as known;

-- Final failures of uploads by day (UTC) and reason, and how many people they struck.
create or replace view audiodesk.failed_uploads_by_day as
select (failure.at at time zone 'UTC')::date as day, failure.code, count(*) as failures,
       count(distinct failure.owner) as people, sum(failure.size) as bytes, max(failure.size) as largest_bytes
  from audiodesk.failed_upload as failure
 group by 1, 2;

-- The whole storage by day (UTC): what came and went, and what was stored at the day's end. That is reckoned back from
-- what is stored now, so it is right though the days before the first count are unknown.
create or replace view audiodesk.storage_growth as
select each_day.day, each_day.people, each_day.added_bytes, each_day.removed_bytes,
       each_day.added_bytes - each_day.removed_bytes as net_bytes,
       each_day.added_objects, each_day.removed_objects,
       (select coalesce(sum(credits.storage_used_bytes), 0) from public.user_credits as credits)
       - coalesce(sum(each_day.added_bytes - each_day.removed_bytes) over (
             order by each_day.day desc rows between unbounded preceding and 1 preceding), 0) as stored_bytes
  from (select known.day, count(*) as people, sum(known.added_bytes) as added_bytes,
               sum(known.removed_bytes) as removed_bytes, sum(known.added_objects) as added_objects,
               sum(known.removed_objects) as removed_objects
          from audiodesk.usage_day as known group by known.day) as each_day;

-- For the operator: removes what is older than it need be kept and tells how much that was. Days before the kept ones
-- leave the figures of later days right.
create or replace function audiodesk.forget_old_records(
    failures interval default '90 days', looks interval default '2 years', days interval default '2 years')
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
    failures_gone bigint;
    looks_gone bigint;
    days_gone bigint;
begin
    if least(failures, looks, days) < interval '1 day' or failures is null or looks is null or days is null then
        raise exception 'Keep at least one day of each.' using errcode = '22023';
    end if;
    delete from audiodesk.failed_upload as failure where failure.at < now() - failures;
    get diagnostics failures_gone = row_count;
    delete from audiodesk.support_access_log as look where look.at < now() - looks;
    get diagnostics looks_gone = row_count;
    delete from audiodesk.usage_day as known where known.day < (now() at time zone 'UTC')::date - days;
    get diagnostics days_gone = row_count;
    return jsonb_build_object('failures', failures_gone, 'looks', looks_gone, 'days', days_gone);
end
$$;

revoke all on audiodesk.usage_by_user, audiodesk.usage_by_day, audiodesk.failed_uploads_by_day,
    audiodesk.storage_growth from public, anon, authenticated, service_role;
grant select on audiodesk.usage_by_user, audiodesk.usage_by_day, audiodesk.failed_uploads_by_day,
    audiodesk.storage_growth to service_role;

do $$
begin
    perform audiodesk.set_callers('{authenticated}', 'public.report_failed_upload(text, bigint)');
    perform audiodesk.set_callers('{service_role}', 'audiodesk.email_of(uuid)');
    perform audiodesk.set_callers('{}', 'audiodesk.forget_old_records(interval, interval, interval)');
end
$$;
