-- The schema that the API does not show, and the counter of each account by which changes are put into one order.

create schema if not exists audiodesk;
comment on schema audiodesk is
    'AudioDesk''s own tables. Not to be exposed by the API: functions in public are the window to them.';
revoke all on schema audiodesk from public;
grant usage on schema audiodesk to authenticated, service_role;

-- The command of a policy as SQL writes it, from pg_policy.polcmd.
create or replace function audiodesk.policy_command(code "char") returns text
language sql immutable set search_path = ''
as $$
    select case code when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
        else 'all' end
$$;

-- Makes a policy, or makes the one of this name what it should be. Every migration can be applied once more, to mend
-- what somebody changed by hand; nothing is dropped for that, because DROP would lock every table that has triggers.
create or replace function audiodesk.set_policy(
    on_table regclass, policy_name name, kind text, command text, role name, using_text text, check_text text
) returns void
language plpgsql volatile set search_path = ''
as $$
declare
    clauses constant text := coalesce(' using (' || using_text || ')', '')
        || coalesce(' with check (' || check_text || ')', '');
    there record;
begin
    select found.polpermissive as is_permissive, audiodesk.policy_command(found.polcmd) as command
    into there
    from pg_policy found where found.polrelid = on_table and found.polname = policy_name;
    if not found then
        execute format('create policy %I on %s as %s for %s to %I', policy_name, on_table, kind, command, role)
            || clauses;
    elsif there.is_permissive <> (kind = 'permissive') or there.command <> set_policy.command then
        raise exception '% has a policy % that is not AudioDesk''s.', on_table, policy_name
            using errcode = '55000',
            hint = format('Rename that policy: alter policy … on %s rename to …;', on_table);
    else
        execute format('alter policy %I on %s to %I', policy_name, on_table, role) || clauses;
    end if;
end
$$;

-- Lets these roles of the API call these functions, and no others, whatever the project grants by default. Without a
-- role only functions that run with their maker's rights can call them.
create or replace function audiodesk.set_callers(callers name[], variadic functions regprocedure[]) returns void
language plpgsql volatile set search_path = ''
as $$
declare
    ours regprocedure;
    caller name;
begin
    foreach ours in array functions loop
        execute format('revoke all on function %s from public, anon, authenticated, service_role', ours);
        foreach caller in array callers loop
            execute format('grant execute on function %s to %I', ours, caller);
        end loop;
    end loop;
end
$$;

-- One row for each account. Each transaction that writes rows of the account updates it first, and holds it to its end:
-- lock and counter in one. So two transactions never write at once, and a row with a higher seq was committed later.
create table if not exists audiodesk.account (
    owner uuid primary key,
    seq bigint not null default 0,
    -- The transaction that raised seq last: it is raised once for each, however many rows it writes. The time is
    -- compared too, because numbers of transactions start again in a database restored from a dump.
    raised_by xid8,
    raised_at timestamptz,
    -- What the account holds in this database, and may hold: kept by the triggers of the migration add_database_limit.
    row_count bigint not null default 0,
    byte_count bigint not null default 0,
    allowed_rows bigint not null default 1000000,
    allowed_bytes bigint not null default 524288000
);

-- A random tag for each step. A client shows the last one it saw; one that is not here was lost with a restored backup.
-- Verifications and uploads take steps that no limit counts, so only the newest half million of each account are kept
-- (next_seq), some 50 MB. A client that comes from further back is treated as after a restore, which loses nothing.
create table if not exists audiodesk.lineage (
    owner uuid not null,
    seq bigint not null,
    tag uuid not null,
    primary key (owner, seq)
);

alter table audiodesk.account enable row level security;
alter table audiodesk.lineage enable row level security;
do $$
begin
    perform audiodesk.set_policy('audiodesk.account', 'own_account', 'permissive', 'select', 'authenticated',
        'owner = (select auth.uid())', null);
    perform audiodesk.set_policy('audiodesk.lineage', 'own_lineage', 'permissive', 'select', 'authenticated',
        'owner = (select auth.uid())', null);
end
$$;
revoke all on audiodesk.account, audiodesk.lineage from public, anon, authenticated, service_role;
grant select on audiodesk.account, audiodesk.lineage to authenticated, service_role;

create or replace function audiodesk.now_ms() returns bigint
language sql volatile set search_path = ''
as $$ select floor(extract(epoch from clock_timestamp()) * 1000)::bigint $$;
comment on function audiodesk.now_ms() is 'The server''s clock in milliseconds since 1970-01-01 UTC.';

-- Takes the account's lock and holds it to the end of the transaction. Whoever writes rows of an account, and reads
-- first what to write, begins with this. Accounts are locked in the order of their ids, after rows of user_credits
-- and before any other row.
create or replace function audiodesk.lock_account(of_owner uuid) returns void
language plpgsql volatile set search_path = ''
as $$
begin
    perform 1 from audiodesk.account a where a.owner = of_owner for update;
    if not found then
        insert into audiodesk.account (owner) values (of_owner) on conflict (owner) do nothing;
        perform 1 from audiodesk.account a where a.owner = of_owner for update;
    end if;
end
$$;

-- Whether an account is there. Of one that was deleted "softly" a row without an address stays, with the time in a
-- column that old servers lack; so the row is asked as JSON.
create or replace function audiodesk.is_account(person uuid) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
    return exists (
        select from auth.users known where known.id = person and to_jsonb(known) ->> 'deleted_at' is null
    );
end
$$;

-- Refuses an id that no account has, for the operator's functions.
create or replace function audiodesk.require_known(person uuid) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if not exists (select from auth.users known where known.id = person) then
        raise exception 'No account has the id %.', coalesce(person::text, 'NULL') using errcode = 'PT404';
    end if;
end
$$;

-- The caller's id; whoever is not signed in is refused.
create or replace function audiodesk.require_sign_in() returns uuid
language plpgsql stable set search_path = ''
as $$
begin
    if auth.uid() is null then
        raise exception 'Sign in first.' using errcode = '42501';
    end if;
    return auth.uid();
end
$$;

-- The caller, whose account is there. A token goes on after the account was deleted, up to an hour by default; nothing
-- may be written in that time, for nobody could remove it again. Whoever writes for the caller asks this first.
create or replace function audiodesk.require_account() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
declare
    me constant uuid := audiodesk.require_sign_in();
begin
    if not audiodesk.is_account(me) then
        raise exception 'unknown_user: This account was deleted.' using errcode = '42501';
    end if;
    return me;
end
$$;

-- The same for the caller's own account, which the caller's role may not write.
create or replace function audiodesk.lock_own_account() returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
    perform audiodesk.lock_account(audiodesk.require_account());
end
$$;

-- Returns the seq of this transaction for an account: raises the counter, with a new tag, when first asked.
create or replace function audiodesk.next_seq(of_owner uuid) returns bigint
language plpgsql volatile set search_path = ''
as $$
declare
    taken bigint;
begin
    select a.seq into taken from audiodesk.account a
    where a.owner = of_owner and a.raised_by = pg_current_xact_id() and a.raised_at = transaction_timestamp();
    if found then
        return taken;
    end if;
    insert into audiodesk.account as a (owner, seq, raised_by, raised_at)
    values (of_owner, 1, pg_current_xact_id(), transaction_timestamp())
    on conflict (owner) do update
    set seq = a.seq + 1, raised_by = excluded.raised_by, raised_at = excluded.raised_at
    returning a.seq into taken;
    insert into audiodesk.lineage (owner, seq, tag) values (of_owner, taken, gen_random_uuid());
    -- Steps have no gaps, so one that is added and one that goes keep the number. The whole key finds it, whatever plan
    -- is kept.
    delete from audiodesk.lineage l where l.owner = of_owner and l.seq = taken - 500000;
    return taken;
end
$$;

-- Where an account stands, as each answer says it: {"seq", "tag"}; tag is null before the first change.
create or replace function audiodesk.head(of_owner uuid) returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_build_object('seq', coalesce(max(a.seq), 0), 'tag', max(l.tag::text))
    from audiodesk.account a
    left join audiodesk.lineage l on l.owner = a.owner and l.seq = a.seq
    where a.owner = of_owner
$$;

-- Tells whether this database ever gave that answer. Nothing was ever answered: 0 without a tag.
create or replace function audiodesk.is_known(of_owner uuid, known_seq bigint, known_tag text) returns boolean
language sql stable set search_path = ''
as $$
    select case
        when coalesce(known_seq, 0) = 0 and coalesce(known_tag, '') = '' then true
        else exists (
            select from audiodesk.lineage l
            where l.owner = of_owner and l.seq = known_seq and l.tag::text = lower(known_tag)
        )
    end
$$;

do $$
begin
    perform audiodesk.set_callers('{authenticated, service_role}',
        'audiodesk.now_ms()', 'audiodesk.head(uuid)', 'audiodesk.is_known(uuid, bigint, text)');
    perform audiodesk.set_callers('{authenticated}',
        'audiodesk.require_sign_in()', 'audiodesk.require_account()',
        'audiodesk.lock_own_account()');
    perform audiodesk.set_callers('{}',
        'audiodesk.policy_command("char")', 'audiodesk.set_policy(regclass, name, text, text, name, text, text)',
        'audiodesk.set_callers(name[], regprocedure[])', 'audiodesk.lock_account(uuid)', 'audiodesk.is_account(uuid)',
        'audiodesk.require_known(uuid)', 'audiodesk.next_seq(uuid)');
end
$$;
