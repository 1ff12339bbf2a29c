-- sync_push: applies the changes of one computer, in their order and field by field, and answers with the rows.

-- Why something is refused: a code for programs and a sentence.
create or replace function audiodesk.fault(code text, message text) returns jsonb
language sql immutable set search_path = ''
as $$ select jsonb_build_object('code', code, 'message', message) $$;

-- What an answer says of how it went: {result: applied or refused, code, message}; refused where there is a fault.
create or replace function audiodesk.outcome(fault jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select jsonb_build_object('result', case when fault is null then 'applied' else 'refused' end,
        'code', fault -> 'code', 'message', fault -> 'message')
$$;

-- Tells whether an id is that of something else than the noun it should name; one that is nowhere is not.
create or replace function audiodesk.is_other_noun(me uuid, noun text, row_id uuid) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
    if (select p.is_there from audiodesk.place_of(me, noun, row_id) p) then
        return false;
    end if;
    return exists (select from audiodesk.travelling t where t.owner = me and t.id = row_id);
end
$$;

-- Tells whether another file has this object's key. Asked of the key alone, as definer: row security would add the
-- owner to the question, and a plan made while the table was empty, and kept by its connection, would then look for the
-- key in the primary key, and read the whole account for each file of a first push. It betrays nothing: a key begins
-- with its owner's id, and that of a change was compared with the caller's.
create or replace function audiodesk.is_key_taken(key text, by_other_than uuid) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
    return exists (select from audiodesk.take_file f where f.object_key = key and f.id <> by_other_than);
end
$$;

-- Why these fields cannot stand beside the other rows of the account; null: they can. A parent that is not there yet is
-- no reason. One that is there as something else is: so there are no circles, for a parent is always of another kind.
create or replace function audiodesk.misfit(me uuid, noun text, row_id uuid, fields jsonb, known jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    key constant text := fields ->> 'object_key';
    reference record;
begin
    for reference in
        select r.key as field, r.value as noun from jsonb_each_text(audiodesk.references_of(noun)) r
        where fields ->> r.key is not null
    loop
        if audiodesk.is_other_noun(me, reference.noun, (fields ->> reference.field)::uuid) then
            return audiodesk.fault(
                'wrong_kind', format('The field "%s" must name a %s.', reference.field, reference.noun)
            );
        end if;
    end loop;
    if fields ? 'object_key' and known #>> '{fields,object_key}' <> coalesce(key, '') then
        return audiodesk.fault('object_key_fixed', 'An object''s key never changes.');
    elsif key is not null and audiodesk.is_key_taken(key, row_id) then
        return audiodesk.fault('object_key_taken', 'Another file has this object''s key.');
    end if;
    return null;
end
$$;

-- The fields as they are to be written: with the server's times in place of what a computer's clock says, and with
-- counters that never fall.
create or replace function audiodesk.settled(noun text, fields jsonb, known jsonb) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
    now_ms constant bigint := audiodesk.now_ms();
    settled jsonb := fields;
    sent record;
begin
    if known is null and not fields ? 'created_at' then
        settled := settled || jsonb_build_object('created_at', now_ms);
    end if;
    for sent in
        select f.key as field, f.value as kind, fields ->> f.key as said, known #>> array['fields', f.key] as was
        from jsonb_each_text(audiodesk.unsettled_of(noun)) f
        where fields ->> f.key is not null
    loop
        settled := settled || jsonb_build_object(sent.field, case
            when sent.kind = 'counter' then greatest(sent.said::bigint, sent.was::bigint)
            -- A claim, believed only where it can be true: the server's clock is no later.
            when sent.kind = 'time' and sent.said <> 'true' then
                case when sent.said::numeric between 1 and now_ms then floor(sent.said::numeric)::bigint else now_ms end
            else coalesce(sent.was::bigint, now_ms)
        end);
    end loop;
    return settled;
end
$$;

-- How far a change reaches into the trash. 'row': a person's edit, brings back the row and all above it. 'above': what
-- is above it alone. 'none': bookkeeping. Decided by field (audiodesk.field, is_edit), but for these:
--   * putting something into the trash brings nothing back;
--   * what was measured, verified, purged or keyed of a file, and the file of a smaller copy, are bookkeeping;
--   * an order key alone is a person's work among the siblings, but perhaps not on this row: making room for another
--     gives new keys to those behind it, the trashed ones too;
--   * a section's current take is a person's choice, unless the former one has just left: then it only follows.
create or replace function audiodesk.reach(me uuid, noun text, adding boolean, fields jsonb, known jsonb) returns text
language plpgsql stable set search_path = ''
as $$
declare
    edits jsonb := fields - audiodesk.bookkeeping_of(noun);
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

-- A row and all above it, upwards: since when each is in the trash, and whether it was emptied out of it. Ends before
-- the first row that is not there yet.
create or replace function audiodesk.branch_of(
    me uuid, noun text, row_id uuid, out entity text, out id uuid, out trashed_at bigint, out is_purged boolean
) returns setof record
language plpgsql stable set search_path = ''
as $$
declare
    place record;
begin
    entity := noun;
    id := row_id;
    while entity is not null and id is not null loop
        select p.* into place from audiodesk.place_of(me, entity, id) p;
        exit when not place.is_there;
        trashed_at := place.trashed_at;
        is_purged := place.is_purged;
        return next;
        entity := audiodesk.parent_of(entity);
        id := place.above;
    end loop;
end
$$;

-- What comes back comes back whole: the rows below one that was emptied out of the trash with all in it, and is back,
-- are no longer called emptied. What was in the trash by itself stays there.
create or replace function audiodesk.unempty_below(me uuid, device uuid, noun text, row_id uuid) returns void
language plpgsql volatile set search_path = ''
as $$
declare
    child text;
    child_id uuid;
begin
    for child, child_id in
        select 'chapter', c.id from audiodesk.chapter c
        where noun = 'project' and c.owner = me and c.project_id = row_id
            and c.purged_at is not null and c.deleted_at is null
        union all
        select 'section', s.id from audiodesk.section s
        where noun = 'chapter' and s.owner = me and s.chapter_id = row_id
            and s.purged_at is not null and s.deleted_at is null
        union all
        select 'take', t.id from audiodesk.take t
        where noun = 'section' and t.owner = me and t.section_id = row_id
            and t.purged_at is not null and t.deleted_at is null
    loop
        perform audiodesk.write_row(me, device, child, child_id, false, '{"purged_at": null}', '{}');
        perform audiodesk.unempty_below(me, device, child, child_id);
    end loop;
end
$$;

-- Brings back a row and whatever is above it, as far as it is in the trash or was emptied out of it, and what was
-- emptied with it; returns what came back from the trash, topmost first.
create or replace function audiodesk.revive(me uuid, device uuid, noun text, row_id uuid) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
    step record;
    revived jsonb := '[]'::jsonb;
begin
    for step in
        select b.* from audiodesk.branch_of(me, noun, row_id) b where b.trashed_at is not null or b.is_purged
    loop
        perform audiodesk.write_row(
            me, device, step.entity, step.id, false, '{"deleted_at": null, "purged_at": null}', '{}'
        );
        if step.is_purged then
            perform audiodesk.unempty_below(me, device, step.entity, step.id);
        end if;
        if step.trashed_at is not null then
            revived := jsonb_build_object('entity', step.entity, 'id', step.id) || revived;
        end if;
    end loop;
    return revived;
end
$$;

-- Tells whether a row, or anything above it, is in the trash.
create or replace function audiodesk.is_in_trash(me uuid, noun text, row_id uuid) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
    return exists (select from audiodesk.branch_of(me, noun, row_id) b where b.trashed_at is not null);
end
$$;

-- Where a push stands with what its account may hold in the database: {rows, bytes, free rows, free bytes}, the first
-- two counted since the push began, the others free when it did. It is kept for the transaction, so that the triggers
-- which count need not write the account's row for each of 500 changes.
create or replace function audiodesk.begin_count() returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
    own audiodesk.account;
begin
    select a.* into own from audiodesk.account a where a.owner = auth.uid();
    perform set_config('audiodesk.count', array[
        0, 0, own.allowed_rows - own.row_count, own.allowed_bytes - own.byte_count]::text, true);
end
$$;

create or replace function audiodesk.end_count() returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
    counted constant bigint[] := nullif(current_setting('audiodesk.count', true), '');
begin
    perform set_config('audiodesk.count', '', true);
    if counted[1] <> 0 or counted[2] <> 0 then
        update audiodesk.account a
        set row_count = greatest(a.row_count + counted[1], 0), byte_count = greatest(a.byte_count + counted[2], 0)
        where a.owner = auth.uid();
    end if;
end
$$;

-- What is said where the database has no room for this many rows and bytes of an account.
create or replace function audiodesk.no_room(own audiodesk.account, rows bigint, bytes bigint) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    return audiodesk.fault('too_much', format(
        'The server''s database has no room left for this account: %s of %s rows and %s of %s bytes are used.',
        rows, own.allowed_rows, bytes, own.allowed_bytes));
end
$$;

-- Why the database has no room for a change; null: it has. What only goes to the trash, or is marked as gone from it,
-- may go a tenth over: so somebody who has no room can still make some in the storage.
create or replace function audiodesk.too_much(me uuid, adding boolean, fields jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    counted constant bigint[] := nullif(current_setting('audiodesk.count', true), '');
    free_rows constant bigint := counted[3] - counted[1];
    free_bytes bigint := counted[4] - counted[2] - pg_column_size(fields);
    own audiodesk.account;
begin
    if counted is null or (free_bytes >= 0 and (free_rows > 0 or not adding)) then
        return null;
    end if;
    select a.* into own from audiodesk.account a where a.owner = me;
    if not adding and fields - array['deleted_at', 'purge_pending', 'purged_at'] = '{}'
        and fields -> 'deleted_at' is distinct from 'null' and free_bytes + own.allowed_bytes / 10 >= 0
    then
        return null;
    end if;
    return audiodesk.no_room(own, own.row_count + counted[1], own.byte_count + counted[2]);
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
--     Who changed the row is then not known: perhaps it was another computer.
--   * What lives was not emptied out of the trash: whoever says so has not heard yet that it came back. What comes back
--     is no longer emptied. Of a file it stays true, for its object is gone.
-- The server never changes order keys: of equal ones the later is re-keyed, upward, by the computer that needs room.
create or replace function audiodesk.apply_change(me uuid, device uuid, change jsonb) returns jsonb
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
    above constant text := audiodesk.parent_of(noun);
    branch_is_marked constant boolean := noun in ('project', 'chapter', 'section', 'take');
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
    fault := coalesce(audiodesk.misfit(me, noun, row_id, fields, known), audiodesk.too_much(me, adding, fields));
    if fault is not null then
        return audiodesk.result(change, 'refused', fault ->> 'code', fault ->> 'message', known);
    end if;
    if not recovering then
        reach := audiodesk.reach(me, noun, adding, fields, known);
    end if;
    if reach <> 'none' and above is not null then
        revived := audiodesk.revive(
            me, device, above, coalesce(fields ->> (above || '_id'), known #>> array['fields', above || '_id'])::uuid
        );
    end if;
    if reach = 'row' and known #>> '{fields,deleted_at}' is not null and not fields ? 'deleted_at' then
        fields := fields || '{"deleted_at": null}';
        revived := revived || jsonb_build_object('entity', noun, 'id', row_id);
    end if;
    if branch_is_marked and not recovering then
        if reach = 'row' and known #>> '{fields,purged_at}' is not null then
            fields := fields || '{"purged_at": null}';
        elsif fields ->> 'purged_at' is not null and fields ->> 'deleted_at' is null
            and not audiodesk.is_in_trash(me, noun, row_id)
        then
            fields := fields - 'purged_at';
        end if;
    end if;
    fields := audiodesk.settled(noun, fields, known);
    if adding or given <> '{}' or (known -> 'fields') || fields <> known -> 'fields' then
        perform audiodesk.write_row(
            me, case when not recovering then device end, noun, row_id, adding, fields, given
        );
    end if;
    if branch_is_marked and not recovering and known #>> '{fields,purged_at}' is not null
        and fields -> 'purged_at' = 'null'
    then
        perform audiodesk.unempty_below(me, device, noun, row_id);
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
create or replace function audiodesk.apply_changes(me uuid, device uuid, changes jsonb, careful boolean)
returns jsonb
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
            result := audiodesk.apply_change(me, device, item.change);
        else
            begin
                result := audiodesk.apply_change(me, device, item.change);
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
create or replace function public.sync_push(known_seq bigint, tag text, changes jsonb, device uuid) returns jsonb
language plpgsql volatile set search_path = '' set enable_seqscan = off
as $$
declare
    me constant uuid := audiodesk.require_account();
    most_changes constant integer := 500;
    results jsonb;
begin
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
    perform audiodesk.begin_count();
    begin
        results := audiodesk.apply_changes(me, device, changes, false);
    exception when others then
        if not audiodesk.is_of_the_change(sqlstate) then
            raise;
        end if;
        results := audiodesk.apply_changes(me, device, changes, true);
    end;
    perform audiodesk.end_count();
    return audiodesk.head(me) || jsonb_build_object('restored', false, 'results', results);
end
$$;
comment on function public.sync_push(bigint, text, jsonb, uuid) is
    'Applies the changes of the computer with the id "device", in order; {seq, tag, restored, results}.';

do $$
begin
    perform audiodesk.set_callers('{authenticated}', variadic array(
        select p.oid::regprocedure from pg_catalog.pg_proc p
        where p.pronamespace = 'audiodesk'::regnamespace and p.proname in (
            'fault', 'outcome', 'is_other_noun', 'is_key_taken', 'begin_count', 'end_count', 'no_room', 'too_much',
            'misfit', 'settled', 'reach', 'branch_of', 'unempty_below', 'revive', 'is_in_trash', 'result',
            'apply_change',
            'apply_changes', 'is_of_the_change', 'may_pass', 'is_too_large'
        )
    ));
    perform audiodesk.set_callers('{authenticated}', 'public.sync_push(bigint, text, jsonb, uuid)');
end
$$;
