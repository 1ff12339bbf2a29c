-- What each account holds in the database, in rows and bytes, counted once a statement; and no more than is allowed.

-- The columns are those of audiodesk.account, whose row every writer holds locked already. A row weighs what its text
-- weighs, bytes as such: what PostgreSQL itself says of a row depends on whether it has been compressed yet. Waveforms
-- and applied changes count in bytes alone, for a library has one of each for every file and every edit.

-- Adds to an account's counters, or takes off. In a push the numbers are gathered and written at its end (begin_count).
-- Only what adds rows or waveforms is refused here; a push refuses single changes, in words, before it comes to this.
create or replace function audiodesk.add_to_count(of_owner uuid, rows bigint, bytes bigint, adding boolean)
returns void
language plpgsql volatile set search_path = '' as $$
declare
    gathered constant bigint[] := nullif(current_setting('audiodesk.count', true), '');
    own audiodesk.account;
begin
    if gathered is not null and of_owner = auth.uid() then
        perform set_config('audiodesk.count',
            array[gathered[1] + rows, gathered[2] + bytes, gathered[3], gathered[4]]::text, true);
        return;
    end if;
    update audiodesk.account as known
       set row_count = greatest(known.row_count + rows, 0), byte_count = greatest(known.byte_count + bytes, 0)
     where known.owner = of_owner
    returning known.* into own;
    if adding and (own.row_count > own.allowed_rows or own.byte_count > own.allowed_bytes) then
        raise exception 'too_much: % of % rows and % of % bytes would be used', own.row_count, own.allowed_rows,
            own.byte_count, own.allowed_bytes using errcode = '42501';
    end if;
end
$$;

-- The triggers' functions, one for each kind of statement: what it left counts for the account, what it took counts
-- against it. They serve all tables: a column of bytes that a table lacks is found among `absent`. Their argument tells
-- whether the table's rows count as rows.
do $$
declare
    head constant text := 'create or replace function audiodesk.%I() returns trigger'
        ' language plpgsql security definer set search_path = '''' as %L';
    counts constant text := 'declare
    each_row constant bigint := case tg_argv[0] when ''rows'' then 1 else 0 end;
    change record;
begin
    for change in
        select weighed.owner, sum(weighed.sign) as rows, sum(weighed.sign * weighed.bytes)::bigint as bytes
          from (values (''''::bytea, ''''::bytea, ''''::bytea)) as absent (data, overview, seek_table)
         cross join lateral (%s) as weighed
         group by weighed.owner having sum(weighed.sign * weighed.bytes) <> 0 order by weighed.owner
    loop
        perform audiodesk.add_to_count(change.owner, change.rows * each_row, change.bytes, %L);
    end loop;
    return null;
end';
    weighs constant text := '
            select its.owner, %s as sign, octet_length(its::text) - octet_length(data)
                   - octet_length(overview) - octet_length(seek_table) as bytes
              from %I as its';
    left_rows constant text := format(weighs, 1, 'new_rows');
    taken_rows constant text := format(weighs, -1, 'old_rows');
begin
    execute format(head, 'count_added', format(counts, left_rows, true));
    execute format(head, 'count_changed', format(counts, left_rows || ' union all' || taken_rows, false));
    execute format(head, 'count_removed', format(counts, taken_rows, false));
end
$$;

-- What an account holds at this moment. Written out from the list of entities, with one query for each table.
do $$
declare
    of_entities text;
begin
    select string_agg(format('select true as is_row, octet_length(t::text)%s as bytes from audiodesk.%I as t'
            ' where t.owner = of_owner', f.pictures, e.entity), ' union all ' order by e.place)
      into of_entities
      from audiodesk.entity as e
     cross join lateral (
        select coalesce(string_agg(format(' - octet_length(t.%I)', f.field), ''), '') as pictures
          from audiodesk.field as f where f.entity = e.entity and f.kind = 'picture') as f;
    execute format('create or replace function audiodesk.held_by(of_owner uuid, out rows bigint, out bytes bigint)'
        ' language plpgsql volatile set search_path = '''' as %L', 'begin
    select count(*) filter (where held.is_row), coalesce(sum(held.bytes), 0) into rows, bytes
      from (
        ' || of_entities || '
        union all
        select false, octet_length(t::text) - octet_length(t.overview) - octet_length(t.seek_table)
          from audiodesk.take_file_shape as t where t.owner = of_owner
        union all
        select false, octet_length(t::text) from audiodesk.applied_changes as t where t.owner = of_owner
      ) as held;
end');
end
$$;

do $$
declare
    its record;
begin
    for its in
        select counted.name, counted.kind, moment.trigger, moment.verb, moment.rows
        from (
            select e.entity as name, 'rows' as kind from audiodesk.entity as e
            union all values ('take_file_shape', 'bytes'), ('applied_changes', 'bytes')
        ) as counted
        cross join (values
            ('count_added', 'insert', 'new table as new_rows'),
            ('count_changed', 'update', 'old table as old_rows new table as new_rows'),
            ('count_removed', 'delete', 'old table as old_rows')
        ) as moment (trigger, verb, rows)
    loop
        execute format('create or replace trigger %1$I after %2$s on audiodesk.%3$I referencing %4$s'
            ' for each statement execute function audiodesk.%1$I(%5$L)',
            its.trigger, its.verb, its.name, its.rows, its.kind);
    end loop;
end
$$;

-- For the operator: how much a person may hold in the database; a number that is not given stays as it is. It holds at
-- once. Nothing is deleted when less is allowed than is held.
create or replace function public.set_user_database_limit(
    user_id uuid, rows bigint default null, bytes bigint default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    own audiodesk.account;
begin
    if set_user_database_limit.rows < 0 or set_user_database_limit.bytes < 0 then
        raise exception 'A limit of % rows and % bytes cannot be: the least is 0.', set_user_database_limit.rows,
            set_user_database_limit.bytes using errcode = '22023';
    end if;
    perform audiodesk.require_known(set_user_database_limit.user_id);
    perform audiodesk.lock_account(set_user_database_limit.user_id);
    update audiodesk.account as known
       set allowed_rows = coalesce(set_user_database_limit.rows, known.allowed_rows),
           allowed_bytes = coalesce(set_user_database_limit.bytes, known.allowed_bytes)
     where known.owner = set_user_database_limit.user_id
    returning known.* into own;
    return jsonb_build_object('user_id', own.owner, 'rows', own.row_count, 'allowed_rows', own.allowed_rows,
        'bytes', own.byte_count, 'allowed_bytes', own.allowed_bytes);
end
$$;

-- For the operator: compares the counters with what is there, of one person or of all, account by account, and tells
-- the differences; with `repair` it puts them right. A lock is held to the end of all, and whoever pushes waits for it.
-- So an account is looked at without a lock first. Only one that differs, perhaps by a push of this moment, is locked.
create or replace function public.recount_user_database(user_id uuid default null, repair boolean default true)
returns table (
    person uuid, rows_before bigint, rows_counted bigint, bytes_before bigint, bytes_counted bigint, repaired boolean)
language plpgsql volatile security definer set search_path = '' as $$
declare
    locked boolean;
begin
    for person in
        select known.owner from audiodesk.account as known
         where recount_user_database.user_id is null or known.owner = recount_user_database.user_id
         order by known.owner
    loop
        foreach locked in array array[false, true] loop
            if locked then
                perform audiodesk.lock_account(person);
            end if;
            select known.row_count, known.byte_count into rows_before, bytes_before
              from audiodesk.account as known where known.owner = person;
            select held.rows, held.bytes into rows_counted, bytes_counted from audiodesk.held_by(person) as held;
            exit when (rows_before, bytes_before) is not distinct from (rows_counted, bytes_counted);
        end loop;
        continue when (rows_before, bytes_before) is not distinct from (rows_counted, bytes_counted);
        repaired := repair;
        if repair then
            update audiodesk.account as known set row_count = rows_counted, byte_count = bytes_counted
             where known.owner = person;
        end if;
        return next;
    end loop;
end
$$;

-- What was there before the triggers were.
do $$
begin
    perform from public.recount_user_database(null, true);
end
$$;

do $$
begin
    perform audiodesk.set_callers('{service_role}',
        'public.set_user_database_limit(uuid, bigint, bigint)', 'public.recount_user_database(uuid, boolean)');
    perform audiodesk.set_callers('{}',
        'audiodesk.add_to_count(uuid, bigint, bigint, boolean)', 'audiodesk.count_added()',
        'audiodesk.count_changed()', 'audiodesk.count_removed()', 'audiodesk.held_by(uuid)');
end
$$;
