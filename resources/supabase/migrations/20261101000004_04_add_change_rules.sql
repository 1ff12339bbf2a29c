-- What the changes of a computer may hold, and how they are written into rows.

-- How many bytes a text in base64 stands for; null for a text that is not base64.
create or replace function audiodesk.base64_bytes(content text) returns integer
language plpgsql immutable set search_path = ''
as $$
begin
    if length(content) % 4 = 0 and content ~ '^[A-Za-z0-9+/]*={0,2}$' then
        return length(content) / 4 * 3 - (length(content) - length(rtrim(content, '=')));
    end if;
    return null;
end
$$;

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
    field as materialized (select * from audiodesk.field f where f.set_by = 'computer'),
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
            when k.kind in ('whole', 'counter') then case when k.type = 'number' and k.said ~ '^[0-9]{1,18}$' then
                k.said::bigint between k.least and k.most end
            when k.kind = 'number' then case k.type when 'number' then
                k.least is null or k.said::numeric between k.least and k.most end
            when k.kind = 'yes_no' then k.type = 'boolean'
            when k.kind in ('object', 'array') then k.type = k.kind and octet_length(k.said) <= k.most
            when k.kind = 'numbers' then case when k.type = 'object' then octet_length(k.said) <= k.most
                and not exists (
                    select from jsonb_each(k.value) n
                    where n.key !~ k.pattern or case jsonb_typeof(n.value) when 'number' then
                        abs((n.value #>> '{}')::numeric) > 1e9 else jsonb_typeof(n.value) <> 'null' end
                ) end
            when k.kind = 'mark' then k.value = 'true'
            when k.kind in ('moment', 'time') then k.value = 'true' or k.type = 'number'
            when k.kind = 'object_key' then k.type = 'string' and k.said ~ key_form
            when k.kind = 'picture' then k.type = 'string'
                and audiodesk.base64_bytes(k.said) between k.least and k.most
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
        join field f on f.entity = s.entity and f.needed
        where s.change -> 'create' = 'true' and not s.fields ? f.field
        union all
        select w.place, 6,
            case
                when w.kind = 'text' and w.type = 'string' then 'too_long'
                when w.kind in ('object', 'array') and w.type = w.kind then 'too_long'
                when w.kind = 'numbers' and w.type = 'object' and octet_length(w.said) > w.most then 'too_long'
                when w.kind = 'numbers' and w.type = 'object' and exists (
                    select from jsonb_object_keys(w.value) n where n !~ w.pattern
                ) then 'unknown_field'
                when w.kind = 'picture' and length(w.said) > w.most then 'too_large'
                when w.kind = 'object_key' and w.type = 'string' and w.said !~ ('^' || me::text || '/') then 'not_yours'
                else 'bad_value'
            end,
            format('The field "%s" of a %s must be %s.', w.name, w.entity, case w.kind
                when 'text' then format('text of at most %s characters', w.most)
                when 'word' then format('text of the form %s', w.pattern)
                when 'id' then 'a UUID'
                when 'whole' then format('a whole number from %s to %s', w.least, w.most)
                when 'counter' then format('a whole number from %s to %s', w.least, w.most)
                when 'number' then format('a number%s', ' from ' || w.least || ' to ' || w.most)
                when 'yes_no' then 'true or false'
                when 'object' then format('an object of at most %s bytes', w.most)
                when 'array' then format('a list of at most %s bytes', w.most)
                when 'numbers' then format(
                    'an object of at most %s bytes with numbers or null, named in the form %s', w.most, w.pattern)
                when 'mark' then 'true or null'
                when 'moment' then 'true or null'
                when 'time' then 'a time in milliseconds or true' || case when w.nullable then ' or null' else '' end
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

-- Each writer adds a row or sets some fields of one, for the computer `device`; what it is given has been checked. One
-- for each entity: their statements are planned once, not for every change. For the same reason write_row, row_of and
-- place_of name each entity. They are written out here from the list of fields. So are the functions that say what the
-- list says: to ask the list itself took a millisecond for each change.
do $$
declare
    head constant text := 'create or replace function audiodesk.%s language plpgsql %s set search_path = '''' as %L';
    writes constant text := 'begin
    if adding then
        insert into audiodesk.%1$I (owner, id, stamps, %2$s)
        select me, row_id, given, %3$s
        from jsonb_populate_record(null::audiodesk.%1$I, fields%5$s) n;
    else
        update audiodesk.%1$I t
        set (stamps, %2$s) = (
            select t.stamps || given, %4$s
            from jsonb_populate_record(t, fields%5$s) n
        )
        where t.owner = me and t.id = row_id;
    end if;
end';
    reads constant text := '
        when %1$L then
            select t."row" into found from audiodesk.travelling t
            where t.entity = %1$L and t.owner = me and t.id = row_id;';
    finds constant text := '
        when %1$L then
            select true, t.deleted_at, %3$s, %2$s into is_there, trashed_at, is_purged, above
            from audiodesk.%1$I t where t.owner = me and t.id = row_id;';
    parameters constant text := '(me uuid, device uuid, row_id uuid, adding boolean, fields jsonb, given jsonb)';
    noun record;
    what_it_says record;
    calls text := '';
    queries text := '';
    places text := '';
begin
    for noun in
        select e.entity, e.parent, bool_or(f.field = 'purged_at') as has_purged,
            string_agg(format('%I', f.field), ', ' order by f.place) as columns,
            string_agg(case
                when f.set_by = 'push' then 'device'
                when f.kind = 'picture' then format('decode(fields ->> %L, ''base64'')', f.field)
                when f.preset is null then format('n.%I', f.field)
                else format('coalesce(n.%I, %L)', f.field, f.preset)
            end, ', ' order by f.place) as first_values,
            string_agg(case
                when f.set_by = 'push' then format('coalesce(device, t.%I)', f.field)
                when f.kind = 'picture' then
                    format('coalesce(decode(fields ->> %1$L, ''base64''), t.%1$I)', f.field)
                else format('n.%I', f.field)
            end, ', ' order by f.place) as next_values,
            coalesce(string_agg(format(' - %L', f.field), '') filter (where f.kind = 'picture'), '') as without
        from audiodesk.entity e
        join audiodesk.field f on f.entity = e.entity and f.set_by <> 'server'
        group by e.entity, e.parent, e.place order by e.place
    loop
        execute format(head, 'write_' || noun.entity || parameters || ' returns void', 'volatile', format(writes,
            noun.entity, noun.columns, noun.first_values, noun.next_values, noun.without));
        calls := calls || format('
        when %L then perform audiodesk.%I(me, device, row_id, adding, fields, given);',
            noun.entity, 'write_' || noun.entity);
        queries := queries || format(reads, noun.entity);
        places := places || format(finds, noun.entity, coalesce('t.' || quote_ident(noun.parent || '_id'), 'null'),
            case when noun.has_purged then 't.purged_at is not null' else 'false' end);
    end loop;
    execute format(head,
        'write_row(me uuid, device uuid, noun text, row_id uuid, adding boolean, fields jsonb, given jsonb)'
        ' returns void', 'volatile', 'begin
    case noun' || calls || '
    end case;
end');
    -- A row as it is now, as it travels; null where there is none.
    execute format(head, 'row_of(me uuid, noun text, row_id uuid) returns jsonb', 'stable', 'declare
    found json;
begin
    case noun' || queries || '
    end case;
    return found::jsonb;
end');
    -- Whether a row is there, since when it is in the trash, whether it was emptied out of it, and what it lies in.
    execute format(head, 'place_of(me uuid, noun text, row_id uuid, out is_there boolean, out trashed_at bigint,'
        ' out is_purged boolean, out above uuid)', 'stable', 'begin
    case noun' || places || '
    end case;
    is_there := coalesce(is_there, false);
end');
    for what_it_says in
        -- What an entity lies in; null for one that lies in none.
        select 'parent_of' as name, 'text' as type,
            string_agg(format(' when %L then %L', e.entity, e.parent), '') as cases
        from audiodesk.entity e
        union all
        -- The fields that are no person's edits.
        select 'bookkeeping_of', 'text[]', string_agg(format(' when %L then %L::text[]', f.entity, f.fields), '')
        from (
            select f.entity, array_agg(f.field order by f.place) as fields
            from audiodesk.field f where not f.is_edit group by f.entity
        ) f
        union all
        -- The fields that name other rows, each with their entity.
        select 'references_of', 'jsonb', string_agg(format(' when %L then %L::jsonb', f.entity, f.fields), '')
        from (
            select f.entity, jsonb_object_agg(f.field, f.pattern) as fields
            from audiodesk.field f where f.kind = 'id' and f.set_by = 'computer' group by f.entity
        ) f
        union all
        -- The fields whose values are not simply taken, each with its kind.
        select 'unsettled_of', 'jsonb', string_agg(format(' when %L then %L::jsonb', f.entity, f.fields), '')
        from (
            select f.entity, jsonb_object_agg(f.field, f.kind) as fields
            from audiodesk.field f
            where f.kind in ('mark', 'moment', 'time', 'counter') and f.set_by = 'computer' group by f.entity
        ) f
    loop
        execute format(head, format('%I(noun text) returns %s', what_it_says.name, what_it_says.type), 'immutable',
            format('begin
    return case noun%s end;
end', what_it_says.cases));
    end loop;
end
$$;

do $$
begin
    perform audiodesk.set_callers('{authenticated}', variadic array(
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'audiodesk'::regnamespace and p.proname in (
            values ('base64_bytes'), ('faults'), ('write_row'), ('row_of'), ('place_of'), ('parent_of'),
                ('bookkeeping_of'), ('references_of'), ('unsettled_of')
            union all
            select 'write_' || e.entity from audiodesk.entity e
        )
    ));
end
$$;
