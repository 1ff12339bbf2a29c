-- sync_pull: what an account's rows have become since a place in their order; and the shapes of files, one by one.

-- STABLE, and so it must stay: then the counter and the rows are read from one snapshot. A volatile function reads the
-- rows in one and the counter in a later one, and whoever trusts that counter skips what was committed in between.
--
-- One document for a page, as the API cuts sets at a thousand rows. The page follows (after_seq, after_id], without
-- an id all of after_seq, up to the head that the first page saw; rows above it wait for the next pull. A page has at
-- most "limit" rows and about 1 MB, but at least one row while there is any; an empty page is the end.
create or replace function audiodesk.pull_page(
    known_seq bigint, tag text, after_seq bigint, after_id uuid, upto bigint, most integer
) returns json
language plpgsql stable set search_path = '' set enable_seqscan = off
as $$
declare
    me constant uuid := audiodesk.require_sign_in();
    head constant jsonb := audiodesk.head(me);
    top constant bigint := least(coalesce(upto, (head ->> 'seq')::bigint), (head ->> 'seq')::bigint);
    most_rows constant integer := least(greatest(coalesce(most, 1000), 1), 1000);
    most_bytes constant integer := 1048576;
    most_alike constant integer := (select count(*) - 1 from audiodesk.entity);
    from_seq constant bigint := coalesce(after_seq, 0);
    from_id constant uuid := coalesce(after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    item record;
    last_seq bigint;
    last_id uuid;
    page text[] := '{}'::text[];
    bytes integer := 0;
begin
    if not audiodesk.is_known(me, known_seq, tag) then
        return (head || jsonb_build_object('restored', true, 'rows', '[]'::jsonb, 'upto', head -> 'seq'))::json;
    end if;
    if from_seq < top or (from_seq = top and after_id is not null) then
        for item in
            select t.seq, t.id, t.line from audiodesk.travelling t
            where t.owner = me and (t.seq, t.id) > (from_seq, from_id) and t.seq <= top and t.seq > 0
            order by t.seq, t.id
            limit most_rows + most_alike
        loop
            -- Rows of two entities could have one id: a page never ends between them, for the place would be the same.
            exit when (cardinality(page) >= most_rows or bytes + octet_length(item.line) > most_bytes)
                and cardinality(page) > 0 and (item.seq, item.id) <> (last_seq, last_id);
            page := page || item.line;
            bytes := bytes + octet_length(item.line);
            last_seq := item.seq;
            last_id := item.id;
        end loop;
    end if;
    return format(
        '{"seq": %s, "tag": %s, "restored": false, "rows": [%s], "upto": %s}',
        head -> 'seq', head -> 'tag', array_to_string(page, ','), top
    )::json;
end
$$;

-- The page under the name and with the arguments that the API shows.
create or replace function public.sync_pull(
    known_seq bigint, tag text, after_seq bigint, after_id uuid, upto bigint, "limit" integer
) returns json
language sql stable set search_path = ''
as $$ select audiodesk.pull_page(known_seq, tag, after_seq, after_id, upto, "limit") $$;
comment on function public.sync_pull(bigint, text, bigint, uuid, bigint, integer) is
    'The rows of the caller''s account after a place in their order, one page; {seq, tag, restored, rows, upto}.';

-- The waveform overviews and seek tables of files, in base64; those that are not there are left out.
create or replace function public.take_file_shapes(ids uuid[]) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    me constant uuid := audiodesk.require_sign_in();
    most_ids constant integer := 500;
begin
    if cardinality(ids) > most_ids then
        raise exception 'At most % shapes are given at once.', most_ids using errcode = 'PT413';
    end if;
    return jsonb_build_object('shapes', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'take_file_id', s.take_file_id,
            'overview', audiodesk.base64(s.overview), 'seek_table', audiodesk.base64(s.seek_table)
        ) order by s.take_file_id), '[]')
        from audiodesk.take_file_shape s
        where s.owner = me and s.take_file_id = any (ids)
    ));
end
$$;
comment on function public.take_file_shapes(uuid[]) is 'Waveform overviews and seek tables of the caller''s files.';

-- Keeps a file's overview (at most 1 KB) and seek table (at most 16 KB), both in base64; null leaves what is there.
create or replace function public.set_take_file_shape(take_file_id uuid, overview text, seek_table text) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
    me constant uuid := audiodesk.require_account();
    overview_bytes constant integer := audiodesk.base64_bytes(overview);
    table_bytes constant integer := audiodesk.base64_bytes(seek_table);
    fault jsonb;
    own audiodesk.account;
begin
    if length(overview) > 1368 or length(seek_table) > 21848 or overview_bytes > 1024 or table_bytes > 16384 then
        fault := audiodesk.fault('too_large', 'An overview has at most 1024 bytes, a seek table at most 16384.');
    elsif (overview is not null and overview_bytes is null) or (seek_table is not null and table_bytes is null) then
        fault := audiodesk.fault('bad_value', 'An overview and a seek table are sent in base64.');
    elsif not exists (
        select from audiodesk.take_file f where f.owner = me and f.id = set_take_file_shape.take_file_id
    ) then
        fault := audiodesk.fault('unknown_row', 'There is no such file in this account.');
    else
        perform audiodesk.lock_own_account();
        select a.* into own from audiodesk.account a where a.owner = me;
        if own.byte_count + coalesce(overview_bytes, 0) + coalesce(table_bytes, 0) > own.allowed_bytes then
            fault := audiodesk.no_room(own, own.row_count, own.byte_count);
        end if;
    end if;
    if fault is null then
        insert into audiodesk.take_file_shape as s (owner, take_file_id, overview, seek_table)
        values (me, set_take_file_shape.take_file_id, coalesce(decode(overview, 'base64'), ''),
            coalesce(decode(seek_table, 'base64'), ''))
        on conflict on constraint take_file_shape_pkey do update
        set overview = coalesce(decode(set_take_file_shape.overview, 'base64'), s.overview),
            seek_table = coalesce(decode(set_take_file_shape.seek_table, 'base64'), s.seek_table);
    end if;
    return audiodesk.outcome(fault);
end
$$;
comment on function public.set_take_file_shape(uuid, text, text) is 'Keeps a file''s waveform overview and seek table.';

-- Notes that a computer is here. A client calls it at most once an hour. It raises no counter: see device_seen's table.
create or replace function public.device_seen(device uuid) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
    me constant uuid := audiodesk.require_account();
    now_ms bigint := audiodesk.now_ms();
    fault jsonb;
begin
    -- So that there are no more rows than devices, which are counted.
    if exists (select from audiodesk.device d where d.owner = me and d.id = device_seen.device) then
        insert into audiodesk.device_seen as s (owner, device_id, seen_at) values (me, device_seen.device, now_ms)
        on conflict (owner, device_id) do update set seen_at = greatest(s.seen_at, excluded.seen_at);
    else
        fault := audiodesk.fault('unknown_row', 'There is no such device in this account.');
        now_ms := null;
    end if;
    return audiodesk.outcome(fault) || jsonb_build_object('seen_at', now_ms);
end
$$;
comment on function public.device_seen(uuid) is 'Notes that a computer is here; {result, code, message, seen_at}.';

-- The caller's computers, the one that was here last first; those in the trash are left out.
create or replace function public.devices() returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    me constant uuid := audiodesk.require_sign_in();
begin
    return jsonb_build_object('now', audiodesk.now_ms(), 'devices', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', d.id, 'title', d.title, 'platform', d.platform, 'created_at', d.created_at, 'seen_at', s.seen_at
        ) order by s.seen_at desc nulls last, d.id), '[]')
        from audiodesk.device d
        left join audiodesk.device_seen s on s.owner = d.owner and s.device_id = d.id
        where d.owner = me and d.deleted_at is null
    ));
end
$$;
comment on function public.devices() is
    'The caller''s computers; {now, devices: [{id, title, platform, created_at, seen_at}]}, times in milliseconds.';

do $$
begin
    perform audiodesk.set_callers('{authenticated}',
        'audiodesk.pull_page(bigint, text, bigint, uuid, bigint, integer)',
        'public.sync_pull(bigint, text, bigint, uuid, bigint, integer)', 'public.take_file_shapes(uuid[])',
        'public.set_take_file_shape(uuid, text, text)', 'public.device_seen(uuid)', 'public.devices()');
end
$$;
