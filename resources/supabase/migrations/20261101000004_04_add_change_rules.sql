-- What the changes of a computer may hold, and how they are written into rows.

-- What each field of a change may hold. kind: text (at most `most` characters), word (by pattern), id, whole (number),
-- number, yes_no, object and array (at most `most` bytes of JSON), picture (base64), mark (true or null: the server
-- knows the time), moment (mark, or a time that is not believed).
create or replace view audiodesk.field with (security_invoker = true) as
select e.entity, f.field, f.kind, false as needed, f.nullable, null::numeric as least, f.most::numeric as most,
       f.pattern
from (values ('project'), ('chapter'), ('section'), ('take'), ('take_file'), ('note'), ('cover')) e (entity)
cross join (values
    ('order_key', 'word', false, 1000, '^[0-9A-Za-z]+$'),
    ('created_at', 'number', false, null, null),
    ('deleted_at', 'mark', true, null, null)
) f (field, kind, nullable, most, pattern)
union all
select f.entity, f.field, f.kind, f.needed, f.nullable, f.least, f.most, f.pattern
from (values
    ('project', 'title', 'text', true, false, null::numeric, 2000::numeric, null),
    ('project', 'author', 'text', false, false, null, 2000, null),
    ('project', 'narrator', 'text', false, false, null, 2000, null),
    ('project', 'language', 'text', false, false, null, 2000, null),
    ('project', 'notes', 'text', false, false, null, 100000, null),
    ('chapter', 'project_id', 'id', true, false, null, null, null),
    ('chapter', 'title', 'text', true, false, null, 2000, null),
    ('section', 'chapter_id', 'id', true, false, null, null, null),
    ('section', 'title', 'text', true, false, null, 2000, null),
    ('section', 'current_take_id', 'id', false, true, null, null, null),
    ('take', 'section_id', 'id', true, false, null, null, null),
    ('take', 'title', 'text', false, false, null, 2000, null),
    ('take', 'file_name', 'text', true, false, null, 2000, null),
    ('take', 'notes', 'text', false, false, null, 100000, null),
    ('take', 'replaces_take_id', 'id', false, true, null, null, null),
    ('take', 'device_id', 'text', false, false, null, 200, null),
    ('take', 'upload_wanted', 'yes_no', false, false, null, null, null),
    ('take_file', 'take_id', 'id', true, false, null, null, null),
    ('take_file', 'role', 'word', false, false, null, null, '^(original|repaired|cloud_copy)$'),
    ('take_file', 'part', 'whole', false, false, 0, 1000000, null),
    ('take_file', 'sha256', 'word', true, false, null, null, '^[0-9a-f]{64}$'),
    ('take_file', 'size', 'whole', true, false, 0, 9007199254740991, null),
    ('take_file', 'kind', 'word', true, false, null, null, '^(mp3|wav)$'),
    ('take_file', 'seconds', 'number', true, false, 0, 1000000000, null),
    ('take_file', 'sample_rate', 'whole', true, false, 0, 2147483647, null),
    ('take_file', 'channels', 'whole', true, false, 0, 65535, null),
    ('take_file', 'bit_depth', 'whole', false, true, 0, 65535, null),
    ('take_file', 'bit_rate', 'whole', false, true, 0, 2147483647, null),
    ('take_file', 'cbr', 'yes_no', false, true, null, null, null),
    ('take_file', 'tags', 'object', false, false, null, 262144, null),
    ('take_file', 'findings', 'array', false, false, null, 262144, null),
    ('take_file', 'levels', 'object', false, true, null, 65536, null),
    ('take_file', 'analysis_version', 'whole', false, false, 0, 1000000, null),
    ('take_file', 'object_key', 'object_key', false, true, null, null, null),
    ('take_file', 'purge_pending', 'yes_no', false, false, null, null, null),
    ('take_file', 'purged_at', 'moment', false, true, null, null, null),
    ('note', 'take_id', 'id', true, false, null, null, null),
    ('note', 'at_seconds', 'number', false, false, 0, 1000000000, null),
    ('note', 'text', 'text', false, false, null, 100000, null),
    ('cover', 'project_id', 'id', true, false, null, null, null),
    ('cover', 'mime', 'word', true, false, null, null, '^image/(png|jpeg)$'),
    ('cover', 'data', 'picture', true, false, 1, 262144, null)
) f (entity, field, kind, needed, nullable, least, most, pattern);

-- What is wrong with changes by their form alone: at most one fault for each, by its place in the list, from 1. All at
-- once, because five hundred changes have ten thousand fields.
create or replace function audiodesk.faults(me uuid, changes jsonb)
returns table (place bigint, code text, message text)
language plpgsql stable set search_path = ''
as $$
declare
    uuid_form constant text := '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
    key_form constant text := '^' || me::text || '(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}){3}'
        || '/[A-Za-z0-9._-]{1,146}\.(mp3|wav)$';
begin
    return query
    with sent as materialized (
        select c.place, c.change, c.change ->> 'entity' as entity, c.change -> 'stamps' as stamps,
            case jsonb_typeof(c.change -> 'fields') when 'object' then c.change -> 'fields' else '{}' end as fields
        from jsonb_array_elements(changes) with ordinality c (change, place)
    ),
    field as materialized (select * from audiodesk.field),
    checked as (
        select s.place, s.entity, v.key as name, v.value, jsonb_typeof(v.value) as type, f.kind, f.nullable, f.least,
            f.most, f.pattern, v.value #>> '{}' as said
        from sent s
        cross join jsonb_each(s.fields) v
        left join field f on f.entity = s.entity and f.field = v.key
    ),
    wrong as (
        select k.*
        from checked k
        where not coalesce(case
            when k.type = 'null' then k.nullable
            when k.kind = 'text' then k.type = 'string' and char_length(k.said) <= k.most
            when k.kind = 'word' then k.type = 'string' and k.said ~ k.pattern
                and (k.most is null or length(k.said) <= k.most)
            when k.kind = 'id' then k.type = 'string' and k.said ~ uuid_form
            when k.kind = 'whole' then case when k.type = 'number' and k.said ~ '^[0-9]{1,18}$' then
                k.said::bigint between k.least and k.most end
            when k.kind = 'number' then case k.type when 'number' then
                k.least is null or k.said::numeric between k.least and k.most end
            when k.kind = 'yes_no' then k.type = 'boolean'
            when k.kind in ('object', 'array') then k.type = k.kind and octet_length(k.said) <= k.most
            when k.kind = 'mark' then k.value = 'true'
            when k.kind = 'moment' then k.value = 'true' or k.type = 'number'
            when k.kind = 'object_key' then k.type = 'string' and k.said ~ key_form
            when k.kind = 'picture' then k.type = 'string' and length(k.said) % 4 = 0
                and k.said ~ '^[A-Za-z0-9+/]*={0,2}$'
                and length(k.said) / 4 * 3 - (length(k.said) - length(rtrim(k.said, '='))) between k.least and k.most
        end, false)
    ),
    fault as (
        select s.place, 1 as weight, 'bad_value' as code, 'A change is an object with change_id, entity, id and fields.'
            as message
        from sent s
        where jsonb_typeof(s.change) <> 'object' or jsonb_typeof(s.change -> 'entity') is distinct from 'string'
            or jsonb_typeof(s.change -> 'fields') is distinct from 'object'
        union all
        select s.place, 2, 'unknown_entity', format('This server knows no "%s".', left(s.entity, 80))
        from sent s
        where s.entity is not null and not exists (select from field f where f.entity = s.entity)
        union all
        select s.place, 3, 'bad_value', 'The ids of a change and of its row must be UUIDs.'
        from sent s
        where coalesce(s.change ->> 'change_id', '') !~ uuid_form or coalesce(s.change ->> 'id', '') !~ uuid_form
        union all
        select s.place, 3, 'bad_value', '"create" must be true or false, and "base_version" a number.'
        from sent s
        where jsonb_typeof(s.change -> 'create') <> 'boolean'
            or jsonb_typeof(s.change -> 'base_version') not in ('number', 'null')
        union all
        select s.place, 3, 'bad_value', 'Stamps are whole numbers, one for each field.'
        from sent s
        where jsonb_typeof(s.stamps) <> 'null' and case jsonb_typeof(s.stamps)
            when 'object' then exists (
                select from jsonb_each(s.fields) v
                where coalesce(jsonb_typeof(s.stamps -> v.key) <> 'number', true)
                    or s.stamps ->> v.key !~ '^[0-9]{1,18}$'
            )
            else true end
        union all
        select w.place, 4, 'unknown_field', format('A %s has no field "%s" on this server.', w.entity, left(w.name, 80))
        from wrong w
        where w.kind is null
        union all
        select s.place, 5, 'bad_value', format('The field "%s" of a new %s is missing.', f.field, s.entity)
        from sent s
        join field f on f.entity = s.entity and (f.needed or f.field = 'order_key')
        where s.change -> 'create' = 'true' and not s.fields ? f.field
        union all
        select w.place, 6,
            case
                when w.kind = 'text' and w.type = 'string' then 'too_long'
                when w.kind in ('object', 'array') and w.type = w.kind then 'too_long'
                when w.kind = 'picture' and length(w.said) > w.most then 'too_large'
                when w.kind = 'object_key' and w.type = 'string' and w.said !~ ('^' || me::text || '/') then 'not_yours'
                else 'bad_value'
            end,
            format('The field "%s" of a %s must be %s.', w.name, w.entity, case w.kind
                when 'text' then format('text of at most %s characters', w.most)
                when 'word' then format('text of the form %s', w.pattern)
                when 'id' then 'a UUID'
                when 'whole' then format('a whole number from %s to %s', w.least, w.most)
                when 'number' then format('a number%s', ' from ' || w.least || ' to ' || w.most)
                when 'yes_no' then 'true or false'
                when 'object' then format('an object of at most %s bytes', w.most)
                when 'array' then format('a list of at most %s bytes', w.most)
                when 'mark' then 'true or null'
                when 'moment' then 'true or null'
                when 'object_key' then 'a key in the account''s folder: user/project/chapter/section/name.mp3 or .wav'
                when 'picture' then format('a picture in base64 of at most %s bytes', w.most)
            end)
        from wrong w
        where w.kind is not null
    )
    select distinct on (f.place) f.place, f.code, f.message
    from fault f
    order by f.place, f.weight, f.message;
end
$$;

-- Each writer adds a row or sets some fields of one; what it is given has been checked. One for each entity: their
-- statements are planned once, not for every change.
create or replace function audiodesk.write_project(me uuid, row_id uuid, adding boolean, fields jsonb, given jsonb)
returns void
language plpgsql volatile set search_path = ''
as $$
begin
    if adding then
        insert into audiodesk.project (
            owner, id, stamps, order_key, created_at, deleted_at, title, author, narrator, language, notes
        )
        select me, row_id, given, n.order_key, n.created_at, n.deleted_at, n.title, coalesce(n.author, ''),
            coalesce(n.narrator, ''), coalesce(n.language, ''), coalesce(n.notes, '')
        from jsonb_populate_record(null::audiodesk.project, fields) n;
    else
        update audiodesk.project t
        set (stamps, order_key, created_at, deleted_at, title, author, narrator, language, notes) = (
            select t.stamps || given, n.order_key, n.created_at, n.deleted_at, n.title, n.author, n.narrator,
                n.language, n.notes
            from jsonb_populate_record(t, fields) n
        )
        where t.owner = me and t.id = row_id;
    end if;
end
$$;

create or replace function audiodesk.write_chapter(me uuid, row_id uuid, adding boolean, fields jsonb, given jsonb)
returns void
language plpgsql volatile set search_path = ''
as $$
begin
    if adding then
        insert into audiodesk.chapter (owner, id, stamps, order_key, created_at, deleted_at, project_id, title)
        select me, row_id, given, n.order_key, n.created_at, n.deleted_at, n.project_id, n.title
        from jsonb_populate_record(null::audiodesk.chapter, fields) n;
    else
        update audiodesk.chapter t
        set (stamps, order_key, created_at, deleted_at, project_id, title) = (
            select t.stamps || given, n.order_key, n.created_at, n.deleted_at, n.project_id, n.title
            from jsonb_populate_record(t, fields) n
        )
        where t.owner = me and t.id = row_id;
    end if;
end
$$;

create or replace function audiodesk.write_section(me uuid, row_id uuid, adding boolean, fields jsonb, given jsonb)
returns void
language plpgsql volatile set search_path = ''
as $$
begin
    if adding then
        insert into audiodesk.section (
            owner, id, stamps, order_key, created_at, deleted_at, chapter_id, title, current_take_id
        )
        select me, row_id, given, n.order_key, n.created_at, n.deleted_at, n.chapter_id, n.title, n.current_take_id
        from jsonb_populate_record(null::audiodesk.section, fields) n;
    else
        update audiodesk.section t
        set (stamps, order_key, created_at, deleted_at, chapter_id, title, current_take_id) = (
            select t.stamps || given, n.order_key, n.created_at, n.deleted_at, n.chapter_id, n.title, n.current_take_id
            from jsonb_populate_record(t, fields) n
        )
        where t.owner = me and t.id = row_id;
    end if;
end
$$;

create or replace function audiodesk.write_take(me uuid, row_id uuid, adding boolean, fields jsonb, given jsonb)
returns void
language plpgsql volatile set search_path = ''
as $$
begin
    if adding then
        insert into audiodesk.take (
            owner, id, stamps, order_key, created_at, deleted_at, section_id, title, file_name, notes, replaces_take_id,
            device_id, upload_wanted
        )
        select me, row_id, given, n.order_key, n.created_at, n.deleted_at, n.section_id, coalesce(n.title, ''),
            n.file_name, coalesce(n.notes, ''), n.replaces_take_id, coalesce(n.device_id, ''),
            coalesce(n.upload_wanted, true)
        from jsonb_populate_record(null::audiodesk.take, fields) n;
    else
        update audiodesk.take t
        set (
            stamps, order_key, created_at, deleted_at, section_id, title, file_name, notes, replaces_take_id, device_id,
            upload_wanted
        ) = (
            select t.stamps || given, n.order_key, n.created_at, n.deleted_at, n.section_id, n.title, n.file_name,
                n.notes, n.replaces_take_id, n.device_id, n.upload_wanted
            from jsonb_populate_record(t, fields) n
        )
        where t.owner = me and t.id = row_id;
    end if;
end
$$;

create or replace function audiodesk.write_take_file(me uuid, row_id uuid, adding boolean, fields jsonb, given jsonb)
returns void
language plpgsql volatile set search_path = ''
as $$
begin
    if adding then
        insert into audiodesk.take_file (
            owner, id, stamps, order_key, created_at, deleted_at, take_id, role, part, sha256, size, kind, seconds,
            sample_rate, channels, bit_depth, bit_rate, cbr, tags, findings, levels, analysis_version, object_key,
            purge_pending, purged_at
        )
        select me, row_id, given, n.order_key, n.created_at, n.deleted_at, n.take_id, coalesce(n.role, 'original'),
            coalesce(n.part, 0), n.sha256, n.size, n.kind, n.seconds, n.sample_rate, n.channels, n.bit_depth,
            n.bit_rate, n.cbr, coalesce(n.tags, '{}'), coalesce(n.findings, '[]'), n.levels,
            coalesce(n.analysis_version, 0), n.object_key, coalesce(n.purge_pending, false), n.purged_at
        from jsonb_populate_record(null::audiodesk.take_file, fields) n;
    else
        update audiodesk.take_file t
        set (
            stamps, order_key, created_at, deleted_at, take_id, role, part, sha256, size, kind, seconds, sample_rate,
            channels, bit_depth, bit_rate, cbr, tags, findings, levels, analysis_version, object_key, purge_pending,
            purged_at
        ) = (
            select t.stamps || given, n.order_key, n.created_at, n.deleted_at, n.take_id, n.role, n.part, n.sha256,
                n.size, n.kind, n.seconds, n.sample_rate, n.channels, n.bit_depth, n.bit_rate, n.cbr, n.tags,
                n.findings, n.levels, n.analysis_version, n.object_key, n.purge_pending, n.purged_at
            from jsonb_populate_record(t, fields) n
        )
        where t.owner = me and t.id = row_id;
    end if;
end
$$;

create or replace function audiodesk.write_note(me uuid, row_id uuid, adding boolean, fields jsonb, given jsonb)
returns void
language plpgsql volatile set search_path = ''
as $$
begin
    if adding then
        insert into audiodesk.note (owner, id, stamps, order_key, created_at, deleted_at, take_id, at_seconds, text)
        select me, row_id, given, n.order_key, n.created_at, n.deleted_at, n.take_id, coalesce(n.at_seconds, 0),
            coalesce(n.text, '')
        from jsonb_populate_record(null::audiodesk.note, fields) n;
    else
        update audiodesk.note t
        set (stamps, order_key, created_at, deleted_at, take_id, at_seconds, text) = (
            select t.stamps || given, n.order_key, n.created_at, n.deleted_at, n.take_id, n.at_seconds, n.text
            from jsonb_populate_record(t, fields) n
        )
        where t.owner = me and t.id = row_id;
    end if;
end
$$;

create or replace function audiodesk.write_cover(me uuid, row_id uuid, adding boolean, fields jsonb, given jsonb)
returns void
language plpgsql volatile set search_path = ''
as $$
declare
    picture constant bytea := decode(fields ->> 'data', 'base64');
begin
    if adding then
        insert into audiodesk.cover (owner, id, stamps, order_key, created_at, deleted_at, project_id, mime, data)
        select me, row_id, given, n.order_key, n.created_at, n.deleted_at, n.project_id, n.mime, picture
        from jsonb_populate_record(null::audiodesk.cover, fields - 'data') n;
    else
        update audiodesk.cover t
        set (stamps, order_key, created_at, deleted_at, project_id, mime, data) = (
            select t.stamps || given, n.order_key, n.created_at, n.deleted_at, n.project_id, n.mime,
                coalesce(picture, t.data)
            from jsonb_populate_record(t, fields - 'data') n
        )
        where t.owner = me and t.id = row_id;
    end if;
end
$$;

create or replace function audiodesk.write_row(
    me uuid, noun text, row_id uuid, adding boolean, fields jsonb, given jsonb
) returns void
language plpgsql volatile set search_path = ''
as $$
begin
    case noun
        when 'project' then perform audiodesk.write_project(me, row_id, adding, fields, given);
        when 'chapter' then perform audiodesk.write_chapter(me, row_id, adding, fields, given);
        when 'section' then perform audiodesk.write_section(me, row_id, adding, fields, given);
        when 'take' then perform audiodesk.write_take(me, row_id, adding, fields, given);
        when 'take_file' then perform audiodesk.write_take_file(me, row_id, adding, fields, given);
        when 'note' then perform audiodesk.write_note(me, row_id, adding, fields, given);
        when 'cover' then perform audiodesk.write_cover(me, row_id, adding, fields, given);
    end case;
end
$$;

-- A row as it is now, as it travels; null where there is none. With its noun spelt out the plan holds one table.
create or replace function audiodesk.row_of(me uuid, noun text, row_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    found json;
begin
    case noun
        when 'project' then
            select t."row" into found from audiodesk.travelling t
            where t.entity = 'project' and t.owner = me and t.id = row_id;
        when 'chapter' then
            select t."row" into found from audiodesk.travelling t
            where t.entity = 'chapter' and t.owner = me and t.id = row_id;
        when 'section' then
            select t."row" into found from audiodesk.travelling t
            where t.entity = 'section' and t.owner = me and t.id = row_id;
        when 'take' then
            select t."row" into found from audiodesk.travelling t
            where t.entity = 'take' and t.owner = me and t.id = row_id;
        when 'take_file' then
            select t."row" into found from audiodesk.travelling t
            where t.entity = 'take_file' and t.owner = me and t.id = row_id;
        when 'note' then
            select t."row" into found from audiodesk.travelling t
            where t.entity = 'note' and t.owner = me and t.id = row_id;
        when 'cover' then
            select t."row" into found from audiodesk.travelling t
            where t.entity = 'cover' and t.owner = me and t.id = row_id;
    end case;
    return found::jsonb;
end
$$;

revoke all on audiodesk.field from public, anon, authenticated, service_role;
grant select on audiodesk.field to authenticated, service_role;
do $$
declare
    ours regprocedure;
begin
    for ours in
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'audiodesk'::regnamespace and p.proname in (
            'faults', 'write_project', 'write_chapter', 'write_section', 'write_take', 'write_take_file', 'write_note',
            'write_cover', 'write_row', 'row_of'
        )
    loop
        execute format('revoke all on function %s from public, anon, authenticated, service_role', ours);
        execute format('grant execute on function %s to authenticated', ours);
    end loop;
end
$$;
