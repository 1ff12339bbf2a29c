-- sync_push: applies the changes of one computer, in their order and field by field, and answers with the rows.

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

-- Tells whether an id is that of something else than the noun it should name; one that is nowhere is not.
create or replace function audiodesk.is_other_noun(me uuid, noun text, row_id uuid) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
    case noun
        when 'project' then perform 1 from audiodesk.project t where t.owner = me and t.id = row_id;
        when 'chapter' then perform 1 from audiodesk.chapter t where t.owner = me and t.id = row_id;
        when 'section' then perform 1 from audiodesk.section t where t.owner = me and t.id = row_id;
        when 'take' then perform 1 from audiodesk.take t where t.owner = me and t.id = row_id;
    end case;
    if found then
        return false;
    end if;
    return exists (select from audiodesk.travelling t where t.owner = me and t.id = row_id);
end
$$;

-- Why these fields cannot stand beside the other rows of the account; null: they can. A parent that is not there yet is
-- no reason. One that is there as something else is: so there are no circles, for a parent is always of another kind.
create or replace function audiodesk.misfit(me uuid, row_id uuid, fields jsonb, known jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    reference record;
begin
    for reference in
        select r.field, r.noun from (values
            ('project_id', 'project'), ('chapter_id', 'chapter'), ('section_id', 'section'), ('take_id', 'take'),
            ('current_take_id', 'take'), ('replaces_take_id', 'take')
        ) r (field, noun)
        where fields ->> r.field is not null
    loop
        if audiodesk.is_other_noun(me, reference.noun, (fields ->> reference.field)::uuid) then
            return jsonb_build_object('code', 'wrong_kind', 'message',
                format('The field "%s" must name a %s.', reference.field, reference.noun));
        end if;
    end loop;
    if fields ->> 'object_key' is null then
        if fields ? 'object_key' and known #>> '{fields,object_key}' is not null then
            return jsonb_build_object('code', 'object_key_fixed', 'message', 'An object''s key never changes.');
        end if;
    elsif known #>> '{fields,object_key}' <> fields ->> 'object_key' then
        return jsonb_build_object('code', 'object_key_fixed', 'message', 'An object''s key never changes.');
    elsif exists (
        select from audiodesk.take_file f where f.object_key = fields ->> 'object_key' and f.id <> row_id
    ) then
        return jsonb_build_object('code', 'object_key_taken', 'message', 'Another file has this object''s key.');
    end if;
    return null;
end
$$;

-- The fields with the server's times in place of what a computer's clock says.
create or replace function audiodesk.with_server_times(fields jsonb, known jsonb) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
    now_ms constant bigint := audiodesk.now_ms();
    settled jsonb := fields;
begin
    if known is null and not fields ? 'created_at' then
        settled := settled || jsonb_build_object('created_at', now_ms);
    elsif fields ? 'created_at' then
        -- A claim, believed only where it can be true: the server's clock is no later.
        settled := settled || jsonb_build_object('created_at', case
            when (fields ->> 'created_at')::numeric between 1 and now_ms then
                floor((fields ->> 'created_at')::numeric)::bigint
            else now_ms
        end);
    end if;
    if fields ->> 'deleted_at' is not null then
        settled := settled || jsonb_build_object('deleted_at',
            coalesce((known #>> '{fields,deleted_at}')::bigint, now_ms));
    end if;
    if fields ->> 'purged_at' is not null then
        settled := settled || jsonb_build_object('purged_at',
            coalesce((known #>> '{fields,purged_at}')::bigint, now_ms));
    end if;
    return settled;
end
$$;

-- How far a change reaches into the trash. 'row': a person's edit, brings back the row and all above it. 'above': what
-- is above it alone. 'none': bookkeeping. Decided by field:
--   * putting something into the trash brings nothing back;
--   * what was measured, verified, purged or keyed of a file, and the file of a smaller copy, are bookkeeping;
--   * an order key alone is a person's work among the siblings, but perhaps not on this row: making room for another
--     gives new keys to those behind it, the trashed ones too;
--   * a section's current take is a person's choice, unless the former one has just left: then it only follows.
create or replace function audiodesk.reach(me uuid, noun text, adding boolean, fields jsonb, known jsonb) returns text
language plpgsql stable set search_path = ''
as $$
declare
    bookkeeping constant text[] := array[
        'order_key', 'created_at', 'replaces_take_id', 'device_id', 'role', 'part', 'sha256', 'size', 'kind', 'seconds',
        'sample_rate', 'channels', 'bit_depth', 'bit_rate', 'cbr', 'tags', 'findings', 'levels', 'analysis_version',
        'object_key', 'purge_pending', 'purged_at'
    ];
    edits jsonb := fields - bookkeeping;
begin
    if adding then
        return case when noun = 'take_file' and fields ->> 'role' = 'cloud_copy' then 'none' else 'row' end;
    end if;
    if fields ->> 'deleted_at' is not null then
        edits := edits - 'deleted_at';
    end if;
    if edits = '{}' then
        return case when fields ? 'order_key' then 'above' else 'none' end;
    end if;
    if edits - 'current_take_id' = '{}' and not exists (
        select from audiodesk.take t
        where t.owner = me and t.id = (known #>> '{fields,current_take_id}')::uuid and t.deleted_at is null
            and t.section_id = (known ->> 'id')::uuid
    ) then
        return 'none';
    end if;
    return 'row';
end
$$;

-- Brings back a row and whatever is above it, as far as it is in the trash; returns what came back, topmost first.
create or replace function audiodesk.revive(me uuid, noun text, row_id uuid) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
    step text := noun;
    step_id uuid := row_id;
    trashed_at bigint;
    above uuid;
    revived jsonb := '[]'::jsonb;
begin
    while step is not null and step_id is not null loop
        trashed_at := null;
        above := null;
        case step
            when 'project' then
                select t.deleted_at into trashed_at from audiodesk.project t where t.owner = me and t.id = step_id;
            when 'chapter' then
                select t.deleted_at, t.project_id into trashed_at, above
                from audiodesk.chapter t where t.owner = me and t.id = step_id;
            when 'section' then
                select t.deleted_at, t.chapter_id into trashed_at, above
                from audiodesk.section t where t.owner = me and t.id = step_id;
            when 'take' then
                select t.deleted_at, t.section_id into trashed_at, above
                from audiodesk.take t where t.owner = me and t.id = step_id;
        end case;
        if trashed_at is not null then
            perform audiodesk.write_row(me, step, step_id, false, '{"deleted_at": null}', '{}');
            revived := jsonb_build_object('entity', step, 'id', step_id) || revived;
        end if;
        step := case step when 'take' then 'section' when 'section' then 'chapter' when 'chapter' then 'project' end;
        step_id := above;
    end loop;
    return revived;
end
$$;

create or replace function audiodesk.result(
    change jsonb, outcome text, code text, message text, row_now jsonb, revived jsonb default '[]'
) returns jsonb
language sql immutable set search_path = ''
as $$
    select jsonb_build_object(
        'change_id', change -> 'change_id', 'result', outcome, 'code', code, 'message', message, 'row', row_now,
        'revived', revived
    )
$$;

-- Applies one change whose form is right. The account is locked.
--   * Fields are set in order of arrival, the last one stands: base_version says what the person saw, and decides
--     nothing.
--   * One that was applied before is answered with what it revived then and with the row as it is now: what was said
--     then may be old, and a computer must never go back in time.
--   * A new row whose id is there already is refused: by another change_id it is no repetition, and would overwrite.
--   * With stamps it brings back what a restored backup had lost: of each field the higher stamp stands, and nothing
--     leaves the trash, for deleted_at is one of the fields. An object's key that is there stays.
-- The server never changes order keys: of equal ones the later is re-keyed, upward, by the computer that needs room.
create or replace function audiodesk.apply_change(me uuid, change jsonb) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
    noun constant text := change ->> 'entity';
    row_id constant uuid := (change ->> 'id')::uuid;
    recovering constant boolean := coalesce(jsonb_typeof(change -> 'stamps') = 'object', false);
    creating constant boolean := coalesce((change ->> 'create')::boolean, false);
    known constant jsonb := audiodesk.row_of(me, noun, row_id);
    adding constant boolean := known is null;
    fields jsonb := change -> 'fields';
    given jsonb := '{}'::jsonb;
    revived jsonb := '[]'::jsonb;
    earlier audiodesk.applied_changes;
    fault jsonb;
    reach text := 'none';
    above constant text := case noun
        when 'chapter' then 'project' when 'section' then 'chapter' when 'take' then 'section'
        when 'take_file' then 'take' when 'note' then 'take' when 'cover' then 'project'
    end;
begin
    select a.* into earlier from audiodesk.applied_changes a
    where a.owner = me and a.change_id = (change ->> 'change_id')::uuid;
    if found then
        if earlier.entity <> noun or earlier.row_id <> row_id then
            return audiodesk.result(
                change, 'refused', 'change_id_used', 'This change_id was used for another row.', known
            );
        end if;
        return audiodesk.result(change, 'repeated', null, null, known, coalesce(earlier.revived, '[]'));
    end if;
    if adding and not creating then
        return audiodesk.result(change, 'refused', 'unknown_row', 'There is no such row in this account.', null);
    elsif creating and not adding and not recovering then
        return audiodesk.result(change, 'refused', 'already_there', 'There is a row with this id already.', known);
    end if;
    if recovering then
        select coalesce(jsonb_object_agg(f.key, f.value), '{}'),
            coalesce(jsonb_object_agg(f.key, change -> 'stamps' -> f.key), '{}')
        into fields, given
        from jsonb_each(change -> 'fields') f
        where adding or (
            (change -> 'stamps' ->> f.key)::bigint
                > coalesce(known -> 'stamps' ->> f.key, known -> 'stamps' ->> '*')::bigint
            and not (f.key = 'object_key' and known #>> '{fields,object_key}' is not null)
        );
    end if;
    fault := audiodesk.misfit(me, row_id, fields, known);
    if fault is not null then
        return audiodesk.result(change, 'refused', fault ->> 'code', fault ->> 'message', known);
    end if;
    if not recovering then
        reach := audiodesk.reach(me, noun, adding, fields, known);
    end if;
    if reach <> 'none' and above is not null then
        revived := audiodesk.revive(
            me, above, coalesce(fields ->> (above || '_id'), known #>> array['fields', above || '_id'])::uuid
        );
    end if;
    if reach = 'row' and known #>> '{fields,deleted_at}' is not null and not fields ? 'deleted_at' then
        fields := fields || '{"deleted_at": null}';
        revived := revived || jsonb_build_object('entity', noun, 'id', row_id);
    end if;
    fields := audiodesk.with_server_times(fields, known);
    if adding or given <> '{}' or (known -> 'fields') || fields <> known -> 'fields' then
        perform audiodesk.write_row(me, noun, row_id, adding, fields, given);
    end if;
    insert into audiodesk.applied_changes (owner, change_id, entity, row_id, revived)
    values (me, (change ->> 'change_id')::uuid, noun, row_id, nullif(revived, '[]'));
    return audiodesk.result(change, 'applied', null, null, audiodesk.row_of(me, noun, row_id), revived);
end
$$;

-- Applies changes in their order and returns their results in the same. One that fails although nothing was wrong with
-- it undoes all, unless careful: then it alone is refused. What is no fault of its own is never made a refusal: the
-- computer would take the person's edit back, when it is the server that must be mended, or only waited for.
--
-- Each answer carries its whole row, and five hundred may be asked of one that has grown large. So after about 4 MB of
-- them the rest is left undone and has no result: the computer sends again whatever was not answered.
create or replace function audiodesk.apply_changes(me uuid, changes jsonb, careful boolean) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
    most_bytes constant integer := 4194304;
    item record;
    result jsonb;
    results jsonb[] := '{}'::jsonb[];
    bytes integer := 0;
begin
    for item in
        select c.change, f.code, f.message
        from jsonb_array_elements(changes) with ordinality c (change, place)
        left join audiodesk.faults(me, changes) f on f.place = c.place
        order by c.place
    loop
        exit when bytes > most_bytes;
        if item.code is not null then
            result := audiodesk.result(item.change, 'refused', item.code, item.message, null);
        elsif not careful then
            result := audiodesk.apply_change(me, item.change);
        else
            begin
                result := audiodesk.apply_change(me, item.change);
            exception when others then
                if not audiodesk.is_of_the_change(sqlstate) then
                    raise;
                end if;
                result := audiodesk.result(item.change, 'refused', 'not_possible',
                    format('The server could not apply this change (%s).', sqlstate), null);
            end;
        end if;
        results := results || result;
        bytes := bytes + pg_column_size(result);
    end loop;
    return to_jsonb(results);
end
$$;

-- Tells whether an error lies in what a change holds: a value out of range, against a constraint, too large, or one
-- that a trigger of the operator's refuses. All else is the server's: a right, a table or a function that is missing.
create or replace function audiodesk.is_of_the_change(state text) returns boolean
language sql immutable set search_path = ''
as $$ select left(state, 2) in ('22', '23', '54') or state = 'P0001' $$;

-- Tells whether an error is one of the moment: a deadlock, a lock or resource not to be had, an operator's hand.
create or replace function audiodesk.may_pass(state text) returns boolean
language sql immutable set search_path = ''
as $$ select left(state, 2) in ('08', '25', '40', '53', '55', '57', '58') $$;

-- Tells whether a request is larger than a push may be. Looked at before it is written out as text, which is what it
-- costs to measure it: 1e131071 has eight letters, and is 131 072 when written out, so that 60 kB of them took 2.7 GB.
create or replace function audiodesk.is_too_large(changes jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
declare
    -- A request of 1 MiB, as PostgreSQL writes the same JSON: with a space after each colon and comma.
    most_bytes constant integer := 1310720;
    most_long_numbers constant integer := 8;
begin
    -- Held in memory a JSON takes up to four times what it takes as text: twelve bytes for "0, ".
    if pg_column_size(changes) > most_bytes * 4 then
        return true;
    elsif (
        -- As an array first: a set of half a million numbers would be handed out in a time that grows with its square.
        select count(*)
        from jsonb_array_elements(jsonb_path_query_array(changes, 'strict $.** ? (@.type() == "number")')) n
        where scale(n::numeric) > 100 or abs(n::numeric) > 1e100
    ) > most_long_numbers then
        return true;
    end if;
    return octet_length(changes::text) > most_bytes;
end
$$;

-- enable_seqscan: plans are kept for as long as a connection lives, and one made for a new, small table must still be
-- right when the first library has been pushed into it.
create or replace function public.sync_push(known_seq bigint, tag text, changes jsonb) returns jsonb
language plpgsql volatile set search_path = '' set enable_seqscan = off
as $$
declare
    me constant uuid := auth.uid();
    most_changes constant integer := 500;
    results jsonb;
begin
    if me is null then
        raise exception 'Sign in first.' using errcode = '42501';
    end if;
    if jsonb_typeof(changes) is distinct from 'array' then
        raise exception 'Changes are sent as a list.' using errcode = '22023';
    end if;
    if jsonb_array_length(changes) > most_changes then
        raise exception 'At most % changes are taken at once; these are %.', most_changes, jsonb_array_length(changes)
            using errcode = 'PT413';
    end if;
    if audiodesk.is_too_large(changes) then
        raise exception 'At most 1 MB of changes is taken at once.' using errcode = 'PT413';
    end if;
    if not audiodesk.is_known(me, known_seq, tag) then
        return audiodesk.head(me) || '{"restored": true, "results": []}';
    end if;
    perform audiodesk.lock_own_account();
    begin
        results := audiodesk.apply_changes(me, changes, false);
    exception when others then
        if not audiodesk.is_of_the_change(sqlstate) then
            raise;
        end if;
        results := audiodesk.apply_changes(me, changes, true);
    end;
    return audiodesk.head(me) || jsonb_build_object('restored', false, 'results', results);
end
$$;
comment on function public.sync_push(bigint, text, jsonb) is
    'Applies the changes of one computer, in order; {seq, tag, restored, results}.';

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
            'write_cover', 'write_row', 'row_of', 'is_other_noun', 'misfit', 'with_server_times', 'reach', 'revive',
            'result', 'apply_change', 'apply_changes', 'is_of_the_change', 'may_pass', 'is_too_large'
        )
    loop
        execute format('revoke all on function %s from public, anon, authenticated, service_role', ours);
        execute format('grant execute on function %s to authenticated', ours);
    end loop;
end
$$;
revoke all on function public.sync_push(bigint, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.sync_push(bigint, text, jsonb) to authenticated;
