-- The rows that travel between an account's computers, and who may read and write them.

-- All that is known of these rows and of their fields stands in the two lists below. Tables, rights, the view of the
-- rows as they travel, and later the functions that check and write them, are made from these lists, here and in the
-- migrations that follow. So a field is named once.

-- What travels, and what it lies in.
create or replace view audiodesk.entity with (security_invoker = true) as
select e.entity, e.parent, e.place
from (values
    ('project', null, 1), ('chapter', 'project', 2), ('section', 'chapter', 3), ('take', 'section', 4),
    ('take_file', 'take', 5), ('note', 'take', 6), ('cover', 'project', 7), ('device', null, 8)
) e (entity, parent, place);

-- The fields of each, in the order of their columns; those without an entity are everybody's.
-- kind: text (at most `most` characters), word (of the form `pattern`), id (a UUID, of a row of the entity that
--   `pattern` names), whole (a number from `least` to `most`), counter (whole, and never lowered), number, yes_no,
--   object and array (at most `most` bytes of JSON), numbers (an object of numbers and nulls, whose names have the form
--   `pattern`), picture (base64), object_key; and times: mark (true or null: the server knows the time), moment (mark,
--   or a time that is not believed), time (a claim, believed where it can be true).
-- preset: what a new row has where nothing is said. A field that has none and may not be null must be said.
-- is_edit: whether it is a person's edit, which brings what it touches back from the trash. The others are bookkeeping.
-- set_by: computer (a change may name it), push (the server, from the push that brings the change), server.
create or replace view audiodesk.field with (security_invoker = true) as
select e.entity, f.field, f.kind, f.nullable, f.preset, f.is_edit, f.set_by, f.least, f.most, f.pattern,
    f.preset is null and not f.nullable and f.set_by = 'computer' as needed,
    case
        when f.kind in ('text', 'word', 'object_key') then 'text'
        when f.kind = 'id' then 'uuid'
        when f.kind in ('whole', 'counter') then case when f.most > 2147483647 then 'bigint' else 'integer' end
        when f.kind = 'number' then 'double precision'
        when f.kind = 'yes_no' then 'boolean'
        when f.kind in ('object', 'array', 'numbers') then 'jsonb'
        when f.kind = 'picture' then 'bytea'
        when f.kind in ('mark', 'moment', 'time') then 'bigint'
    end as type,
    f.place
from audiodesk.entity e
join (values
    (1, '', 'order_key', 'word', false, null, false, 'computer', null::numeric, 1000::numeric, '^[0-9A-Za-z]+$'),
    (2, '', 'created_at', 'time', false, '0', false, 'computer', null, null, null),
    (3, '', 'deleted_at', 'mark', true, null, true, 'computer', null, null, null),
    (4, '', 'changed_by', 'id', true, null, false, 'push', null, null, 'device'),

    (10, 'project', 'title', 'text', false, null, true, 'computer', null, 2000, null),
    (11, 'project', 'author', 'text', false, '', true, 'computer', null, 2000, null),
    (12, 'project', 'narrator', 'text', false, '', true, 'computer', null, 2000, null),
    (13, 'project', 'language', 'text', false, '', true, 'computer', null, 2000, null),
    (14, 'project', 'notes', 'text', false, '', true, 'computer', null, 100000, null),
    (15, 'project', 'upload_wanted', 'yes_no', false, 'true', true, 'computer', null, null, null),
    (16, 'project', 'level_target', 'word', false, 'none', true, 'computer', null, null, '^(none|acx|own)$'),
    (17, 'project', 'level_limits', 'numbers', true, null, true, 'computer', null, 4096,
        '^(rms_min_db|rms_max_db|peak_max_db|noise_max_db|sample_rate|channels|bit_rate_min|max_seconds'
        '|head_min_seconds|head_max_seconds|tail_min_seconds|tail_max_seconds)$'),
    (18, 'project', 'purged_at', 'moment', true, null, false, 'computer', null, null, null),

    (10, 'chapter', 'project_id', 'id', false, null, true, 'computer', null, null, 'project'),
    (11, 'chapter', 'title', 'text', false, null, true, 'computer', null, 2000, null),
    (12, 'chapter', 'purged_at', 'moment', true, null, false, 'computer', null, null, null),

    (10, 'section', 'chapter_id', 'id', false, null, true, 'computer', null, null, 'chapter'),
    (11, 'section', 'title', 'text', false, null, true, 'computer', null, 2000, null),
    (12, 'section', 'current_take_id', 'id', true, null, true, 'computer', null, null, 'take'),
    (13, 'section', 'status', 'word', false, 'to_record', true, 'computer', null, null,
        '^(to_record|recorded|retake|approved)$'),
    (14, 'section', 'last_number', 'counter', false, '0', false, 'computer', 0, 1000000, null),
    (15, 'section', 'purged_at', 'moment', true, null, false, 'computer', null, null, null),

    (10, 'take', 'section_id', 'id', false, null, true, 'computer', null, null, 'section'),
    (11, 'take', 'title', 'text', false, '', true, 'computer', null, 2000, null),
    (12, 'take', 'file_name', 'text', false, null, true, 'computer', null, 2000, null),
    (13, 'take', 'notes', 'text', false, '', true, 'computer', null, 100000, null),
    -- Not unique: two computers may give the same number before they hear of one another.
    (14, 'take', 'number', 'whole', false, null, true, 'computer', 1, 1000000, null),
    (15, 'take', 'purpose', 'word', false, 'take', true, 'computer', null, null, '^(take|pickup)$'),
    (16, 'take', 'replaces_take_id', 'id', true, null, false, 'computer', null, null, 'take'),
    (17, 'take', 'device_id', 'text', false, '', false, 'computer', null, 200, null),
    (18, 'take', 'upload_wanted', 'yes_no', false, 'true', true, 'computer', null, null, null),
    (19, 'take', 'purged_at', 'moment', true, null, false, 'computer', null, null, null),

    (10, 'take_file', 'take_id', 'id', false, null, true, 'computer', null, null, 'take'),
    (11, 'take_file', 'role', 'word', false, 'original', false, 'computer', null, null,
        '^(original|repaired|cloud_copy)$'),
    (12, 'take_file', 'part', 'whole', false, '0', false, 'computer', 0, 1000000, null),
    (13, 'take_file', 'sha256', 'word', false, null, false, 'computer', null, null, '^[0-9a-f]{64}$'),
    (14, 'take_file', 'size', 'whole', false, null, false, 'computer', 0, 9007199254740991, null),
    (15, 'take_file', 'kind', 'word', false, null, false, 'computer', null, null, '^(mp3|wav)$'),
    (16, 'take_file', 'seconds', 'number', false, null, false, 'computer', 0, 1000000000, null),
    (17, 'take_file', 'sample_rate', 'whole', false, null, false, 'computer', 0, 2147483647, null),
    (18, 'take_file', 'channels', 'whole', false, null, false, 'computer', 0, 65535, null),
    (19, 'take_file', 'bit_depth', 'whole', true, null, false, 'computer', 0, 65535, null),
    (20, 'take_file', 'bit_rate', 'whole', true, null, false, 'computer', 0, 2147483647, null),
    (21, 'take_file', 'cbr', 'yes_no', true, null, false, 'computer', null, null, null),
    (22, 'take_file', 'tags', 'object', false, '{}', false, 'computer', null, 262144, null),
    (23, 'take_file', 'findings', 'array', false, '[]', false, 'computer', null, 262144, null),
    -- A program may measure more than this server knows, so any name will do.
    (24, 'take_file', 'levels', 'numbers', true, null, false, 'computer', null, 65536, '^[a-z0-9_]{1,64}$'),
    (25, 'take_file', 'analysis_version', 'whole', false, '0', false, 'computer', 0, 1000000, null),
    (26, 'take_file', 'object_key', 'object_key', true, null, false, 'computer', null, null, null),
    (27, 'take_file', 'verified_at', 'mark', true, null, false, 'server', null, null, null),
    (28, 'take_file', 'verified_how', 'word', true, null, false, 'server', null, null, '^(safe|full)$'),
    (29, 'take_file', 'purge_pending', 'yes_no', false, 'false', false, 'computer', null, null, null),
    (30, 'take_file', 'purged_at', 'moment', true, null, false, 'computer', null, null, null),

    (10, 'note', 'take_id', 'id', false, null, true, 'computer', null, null, 'take'),
    (11, 'note', 'at_seconds', 'number', false, '0', true, 'computer', 0, 1000000000, null),
    (12, 'note', 'until_seconds', 'number', true, null, true, 'computer', 0, 1000000000, null),
    (13, 'note', 'text', 'text', false, '', true, 'computer', null, 100000, null),
    (14, 'note', 'tag', 'word', false, '', true, 'computer', null, null, '^(misread|noise|pacing|pickup|)$'),
    (15, 'note', 'page', 'text', false, '', true, 'computer', null, 200, null),
    (16, 'note', 'said', 'text', false, '', true, 'computer', null, 10000, null),
    (17, 'note', 'should_be', 'text', false, '', true, 'computer', null, 10000, null),
    (18, 'note', 'done_at', 'time', true, null, true, 'computer', null, null, null),
    (19, 'note', 'answered_by_take_id', 'id', true, null, true, 'computer', null, null, 'take'),

    (10, 'cover', 'project_id', 'id', false, null, true, 'computer', null, null, 'project'),
    (11, 'cover', 'mime', 'word', false, null, true, 'computer', null, null, '^image/(png|jpeg)$'),
    (12, 'cover', 'data', 'picture', false, null, true, 'computer', 1, 262144, null),

    (10, 'device', 'title', 'text', false, null, true, 'computer', null, 200, null),
    (11, 'device', 'platform', 'text', false, '', true, 'computer', null, 200, null)
) f (place, entity, field, kind, nullable, preset, is_edit, set_by, least, most, pattern)
    on f.entity in (e.entity, '');

-- The tables. Keys begin with the owner: ids are made by clients, and one account's can neither clash with nor betray
-- another's. No foreign keys between them: a child may come before its parent and stays hidden until it does. Nothing
-- refers to auth.users either: no row here may ever stand in the way of deleting somebody's account.
-- stamps: for each field the version that set it; a field that is not named there has the one under "*".
-- Times are milliseconds since 1970-01-01 UTC. Order keys are compared bytewise.
--
-- The indexes' conditions hold for every row. They keep these indexes out of the search for a row by its id, where a
-- plan made while a table was nearly empty would take them for as good as the primary key, and then read a whole
-- account.
do $$
declare
    -- An object's key begins with its owner, so that uniqueness cannot betray another account's keys.
    of_take_file constant text := ', unique (object_key)'
        ', check (object_key is null or split_part(object_key, ''/'', 1) = owner::text)'
        ', check ((verified_at is null) = (verified_how is null))';
    noun record;
    columns text;
begin
    for noun in select e.* from audiodesk.entity e order by e.place loop
        select string_agg(format('%I %s', f.field, f.type)
            || case when f.field = 'order_key' then ' collate "C"' else '' end
            || case when f.nullable then '' else ' not null' end
            || coalesce(format(' default %L', f.preset), '')
            || case
                when f.kind = 'word' then format(' check (%I ~ %L)', f.field, f.pattern)
                when f.kind = 'picture' then format(' check (length(%I) <= %s)', f.field, f.most)
                when f.least is not null then format(' check (%I between %s and %s)', f.field, f.least, f.most)
                else '' end,
            ', ' order by f.place)
        into columns
        from audiodesk.field f where f.entity = noun.entity;
        execute format('create table if not exists audiodesk.%I (owner uuid not null, id uuid not null,'
            ' seq bigint not null default 0, version bigint not null default 0, stamps jsonb not null default ''{}'','
            ' %s, primary key (owner, id)%s)',
            noun.entity, columns, case noun.entity when 'take_file' then of_take_file else '' end);
        execute format('create index if not exists %I on audiodesk.%I (owner, seq, id) where seq > 0',
            noun.entity || '_by_seq', noun.entity);
        if noun.parent is not null then
            execute format('create index if not exists %1$I on audiodesk.%2$I (owner, %3$I) where %3$I is not null',
                noun.entity || '_in_' || noun.parent, noun.entity, noun.parent || '_id');
        end if;
    end loop;
end
$$;

-- A file's waveform overview and seek table: derived, fetched when a take is shown, kept out of the rows that travel.
create table if not exists audiodesk.take_file_shape (
    owner uuid not null, take_file_id uuid not null,
    overview bytea not null default '' check (length(overview) <= 1024),
    seek_table bytea not null default '' check (length(seek_table) <= 16384),
    primary key (owner, take_file_id)
);

-- The changes that were applied, so that one sent again is not applied again. Kept for good: a computer may come back
-- after a year with a change whose answer it never heard, and nothing that it sends proves which answers it heard.
create table if not exists audiodesk.applied_changes (
    owner uuid not null, change_id uuid not null,
    entity text not null, row_id uuid not null,
    revived jsonb, -- what came back from the trash with it, so that the answer can be given again; null: nothing
    primary key (owner, change_id)
);

-- When a computer was last here. It does not travel and raises no counter: each computer that looked in would have the
-- others pull, and those would look in again.
create table if not exists audiodesk.device_seen (
    owner uuid not null, device_id uuid not null, seen_at bigint not null,
    primary key (owner, device_id)
);

-- Rows are read and written by their owner alone. Nobody deletes any: the tombstone has to travel.
-- Columns that only the server sets (seq, version, verified_at, verified_how) are written by nobody, and no part of a
-- key once it is there.
do $$
declare
    own constant text := 'owner = (select auth.uid())';
    its record;
    our_table regclass;
begin
    for its in
        select f.entity as name, array['owner', 'id'] as key,
            array['stamps'] || array_agg(f.field order by f.place) as columns
        from audiodesk.field f where f.set_by <> 'server' group by f.entity
        union all values
            ('take_file_shape', array['owner', 'take_file_id'], array['overview', 'seek_table']),
            ('applied_changes', array['owner', 'change_id', 'entity', 'row_id', 'revived'], null),
            ('device_seen', array['owner', 'device_id'], array['seen_at'])
    loop
        our_table := format('audiodesk.%I', its.name)::regclass;
        execute format('alter table %s enable row level security', our_table);
        execute format('revoke all on %s from public, anon, authenticated, service_role', our_table);
        execute format('grant select on %s to authenticated', our_table);
        execute format('grant select, insert, update on %s to service_role', our_table);
        execute format('grant insert (%s) on %s to authenticated',
            array_to_string(its.key || its.columns, ', '), our_table);
        perform audiodesk.set_policy(our_table, 'own_rows_read', 'permissive', 'select', 'authenticated', own, null);
        perform audiodesk.set_policy(our_table, 'own_rows_added', 'permissive', 'insert', 'authenticated', null, own);
        if its.columns is not null then
            execute format('grant update (%s) on %s to authenticated',
                array_to_string(its.columns, ', '), our_table);
            perform audiodesk.set_policy(
                our_table, 'own_rows_changed', 'permissive', 'update', 'authenticated', own, own
            );
        end if;
    end loop;
end
$$;

-- Bytes in base64, in one line.
create or replace function audiodesk.base64(content bytea) returns text
language sql immutable set search_path = ''
as $$ select translate(encode(content, 'base64'), E'\n', '') $$;

-- The rows as they travel, all entities in one: "row" as json, and "line" as its text, which a pull strings together.
-- The text is made by concat, because json_build_object looks up the type of each value of each row anew, and takes
-- twice as long: a first pull reads every row of an account.
do $$
declare
    each_entity text;
begin
    select string_agg(format('select r.owner, r.seq, r.id, %1$L as entity, r.line::json as "row", r.line from ('
            'select owner, seq, id, concat(''{"entity":"%1$s","id":"'', id, ''","seq":'', seq,'
            ' '',"version":'', version, '',"fields":{'', %2$s, ''},"stamps":'', stamps, ''}'') as line'
            ' from audiodesk.%1$I) r', e.entity, f.fields), ' union all ' order by e.place)
    into each_entity
    from audiodesk.entity e
    join (
        select f.entity, string_agg(format('''"%s":'', %s', f.field,
                case when f.nullable then format('coalesce((%s)::text, ''null'')', v.value) else v.value end),
                ', '','', ' order by f.place) as fields
        from audiodesk.field f
        cross join lateral (select format(case f.kind
            when 'id' then '''"'' || %I || ''"'''
            when 'yes_no' then 'case %I when true then ''true'' when false then ''false'' end'
            when 'picture' then 'to_json(audiodesk.base64(%I))'
            when 'text' then 'to_json(%I)'
            when 'word' then 'to_json(%I)'
            when 'object_key' then 'to_json(%I)'
            else '%I' end, f.field) as value) v
        group by f.entity
    ) f on f.entity = e.entity;
    execute 'create or replace view audiodesk.travelling with (security_invoker = true) as ' || each_entity;
end
$$;

revoke all on audiodesk.entity, audiodesk.field, audiodesk.travelling
    from public, anon, authenticated, service_role;
grant select on audiodesk.entity, audiodesk.field, audiodesk.travelling to authenticated, service_role;

do $$
begin
    perform audiodesk.set_callers('{authenticated, service_role}', 'audiodesk.base64(bytea)');
end
$$;
