-- What is said of a file's copy in the cloud: set by looking at the object, cleared when the object changes or goes.

-- The caller has read the object back, in samples ("safe") or all of it ("full"), and found it equal. What can be seen
-- here is seen here: the object is there and has exactly the size of the file. Never lowers "full" to "safe". It is
-- called under the account's lock: whoever changes the object meanwhile clears, after this, what is said here.
-- {"result": "applied" | "refused", "code", "message", "row"}.
create or replace function audiodesk.verified(me uuid, file_id uuid, how text) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
    file audiodesk.take_file;
    stated text;
    fault jsonb;
begin
    if how is null or how not in ('safe', 'full') then
        raise exception 'A file is verified as "safe" or as "full".' using errcode = '22023';
    end if;
    select f.* into file from audiodesk.take_file f where f.owner = me and f.id = file_id;
    if not found then
        fault := audiodesk.fault('unknown_row', 'There is no such file in this account.');
    elsif file.object_key is null then
        fault := audiodesk.fault('not_uploaded', 'This file has no place in the cloud yet.');
    else
        select o.metadata ->> 'size' into stated from storage.objects o
        where o.bucket_id = 'audiofiles' and o.name = file.object_key and audiodesk.is_current(to_jsonb(o));
        if not found then
            fault := audiodesk.fault('object_missing', 'The file is not in the cloud.');
        elsif stated is distinct from file.size::text then
            fault := audiodesk.fault('size_differs',
                format('In the cloud there are %s bytes, the file has %s.', coalesce(stated, '?'), file.size));
        end if;
    end if;
    if fault is null and (file.verified_how is distinct from 'full' or how = 'full') then
        update audiodesk.take_file f set verified_at = audiodesk.now_ms(), verified_how = how
        where f.owner = me and f.id = file.id;
    end if;
    return audiodesk.outcome(fault) || jsonb_build_object('row', audiodesk.row_of(me, 'take_file', file_id));
end
$$;

-- One file: {"seq", "tag", "result", "code", "message", "row"}. Definer, as the next one, for no role of the API may
-- write these columns; both look at the caller's own rows alone.
create or replace function public.verify_take_file(take_file_id uuid, how text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
    me constant uuid := audiodesk.require_account();
    answer jsonb;
begin
    perform audiodesk.lock_account(me);
    answer := audiodesk.verified(me, take_file_id, how);
    return audiodesk.head(me) || answer;
end
$$;
comment on function public.verify_take_file(uuid, text) is
    'Notes that a file''s copy in the cloud was read back; {result, code, message, seq, tag, row}.';

-- Many files in one transaction, at most 200: {"seq", "tag", "results": [{"result", "code", "message", "row"}]}, in the
-- order of the ids. One that is refused holds up no other.
create or replace function public.verify_take_files(take_file_ids uuid[], how text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
    me constant uuid := audiodesk.require_account();
    results jsonb := '[]';
    file_id uuid;
begin
    if take_file_ids is null or cardinality(take_file_ids) > 200 then
        raise exception 'At most 200 files are verified at once.' using errcode = '22023';
    end if;
    perform audiodesk.lock_account(me);
    foreach file_id in array take_file_ids loop
        results := results || jsonb_build_array(audiodesk.verified(me, file_id, how));
    end loop;
    return audiodesk.head(me) || jsonb_build_object('results', results);
end
$$;
comment on function public.verify_take_files(uuid[], text) is
    'Notes that the copies of files in the cloud were read back; {seq, tag, results: [{result, code, message, row}]}.';

-- Takes back what was said of the file that has this object's key; where nothing was said, nothing is written. The lock
-- is waited for even then: perhaps the file is being verified this moment, by somebody who still saw the old object.
create or replace function audiodesk.object_changed(object_name text) returns void
language plpgsql volatile set search_path = ''
as $$
declare
    of_owner uuid;
begin
    select f.owner into of_owner from audiodesk.take_file f where f.object_key = object_name;
    if not found then
        return;
    end if;
    perform audiodesk.lock_account(of_owner);
    update audiodesk.take_file f set verified_at = null, verified_how = null
    where f.object_key = object_name and f.verified_at is not null;
end
$$;

-- Fires after the trigger that counts usage, which locks rows of user_credits: they come before accounts. Whatever goes
-- wrong in here, nobody's upload or delete fails of it; only what may pass by itself is left to be tried again.
create or replace function audiodesk.note_object_change() returns trigger
language plpgsql volatile security definer set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        -- A new object was never verified. Something is said of its key only if the former one went unseen.
        if new.bucket_id = 'audiofiles' and exists (
            select from audiodesk.take_file f where f.object_key = new.name and f.verified_at is not null
        ) then
            perform audiodesk.object_changed(new.name);
        end if;
    elsif tg_op = 'DELETE' then
        if old.bucket_id = 'audiofiles' then
            perform audiodesk.object_changed(old.name);
        end if;
    elsif (old.bucket_id, old.name, old.version, old.metadata ->> 'size')
        is distinct from (new.bucket_id, new.name, new.version, new.metadata ->> 'size')
        or audiodesk.is_current(to_jsonb(old)) <> audiodesk.is_current(to_jsonb(new))
    then
        if old.bucket_id = 'audiofiles' then
            perform audiodesk.object_changed(old.name);
        end if;
        if new.bucket_id = 'audiofiles' and new.name is distinct from old.name then
            perform audiodesk.object_changed(new.name);
        end if;
    end if;
    return null;
exception when others then
    if audiodesk.may_pass(sqlstate) then
        raise;
    end if;
    raise warning 'audiodesk: a changed object was not noted (%): %', sqlstate, sqlerrm;
    return null;
end
$$;

-- Emptying the whole table fires no trigger for its rows.
create or replace function audiodesk.note_all_objects_gone() returns trigger
language plpgsql volatile security definer set search_path = ''
as $$
declare
    of_owner uuid;
begin
    for of_owner in
        select distinct f.owner from audiodesk.take_file f where f.verified_at is not null order by f.owner
    loop
        perform audiodesk.lock_account(of_owner);
        update audiodesk.take_file f set verified_at = null, verified_how = null
        where f.owner = of_owner and f.verified_at is not null;
    end loop;
    return null;
end
$$;

create or replace trigger audiodesk_2_note_change after insert or update or delete on storage.objects
    for each row execute function audiodesk.note_object_change();
create or replace trigger audiodesk_2_note_all_gone after truncate on storage.objects
    for each statement execute function audiodesk.note_all_objects_gone();

do $$
begin
    perform audiodesk.set_callers('{authenticated}',
        'public.verify_take_file(uuid, text)', 'public.verify_take_files(uuid[], text)');
    perform audiodesk.set_callers('{}', 'audiodesk.verified(uuid, uuid, text)',
        'audiodesk.object_changed(text)', 'audiodesk.note_object_change()', 'audiodesk.note_all_objects_gone()');
end
$$;
