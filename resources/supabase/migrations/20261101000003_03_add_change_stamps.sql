-- Stamps every row that is written, by whomever: the transaction's seq, a higher version, and who set which field last.

-- A writer may give stamps of its own for fields, which happens only when computers bring back what a restored backup
-- had lost: then the highest stands. It is a claim like any other time a computer states, so it is never believed
-- beyond a day from now. All else is overwritten here, whatever the writer said.
create or replace function audiodesk.stamp_row() returns trigger
language plpgsql volatile security definer set search_path = ''
as $$
declare
    unstamped constant text[] := array[
        'owner', 'id', 'seq', 'version', 'stamps', 'changed_by', 'verified_at', 'verified_how'
    ];
    now_ms constant bigint := audiodesk.now_ms();
    most constant bigint := now_ms + 86400000;
    is_row jsonb;
    was_row jsonb;
    was jsonb := '{}'::jsonb;
    given jsonb := '{}'::jsonb;
    highest bigint;
begin
    new.seq := audiodesk.next_seq(new.owner);
    if tg_op = 'UPDATE' then
        if new.owner <> old.owner or new.id <> old.id then
            raise exception 'A row keeps its owner and its id.' using errcode = '42501';
        end if;
        was := old.stamps;
    end if;
    if new.stamps is distinct from was then
        select coalesce(jsonb_object_agg(g.field, g.stamp), '{}'), max(g.stamp) into given, highest
        from (
            select s.key as field, least(floor((s.value #>> '{}')::numeric), most)::bigint as stamp
            from jsonb_each(case jsonb_typeof(new.stamps) when 'object' then new.stamps else '{}' end) s
            where jsonb_typeof(s.value) = 'number' and s.key <> '*' and s.key <> all (unstamped)
        ) g
        where g.stamp > coalesce((was ->> g.field)::bigint, (was ->> '*')::bigint, -1)
            and to_jsonb(new) ? g.field;
    end if;
    if tg_op = 'INSERT' then
        new.version := greatest(now_ms, highest + 1);
        -- What a computer did not bring back was not known to it: whoever knows it may still set it.
        new.stamps := jsonb_build_object('*', case when given = '{}' then new.version else 0 end) || given;
        return new;
    end if;
    new.version := greatest(old.version + 1, now_ms, highest + 1);
    is_row := to_jsonb(new);
    was_row := to_jsonb(old);
    select was || coalesce(jsonb_object_agg(f.key, new.version), '{}') || given into new.stamps
    from jsonb_each(is_row) f
    where f.key <> all (unstamped) and f.value is distinct from was_row -> f.key;
    return new;
end
$$;

-- An object's key is an address given once; and what was proven of a file's bytes holds for those bytes alone.
create or replace function audiodesk.guard_take_file() returns trigger
language plpgsql volatile set search_path = ''
as $$
begin
    if new.object_key is distinct from old.object_key and old.object_key is not null then
        raise exception 'An object''s key never changes.' using errcode = '42501';
    end if;
    if new.size <> old.size or new.sha256 <> old.sha256 then
        new.verified_at := null;
        new.verified_how := null;
    end if;
    return new;
end
$$;

-- Triggers of one table fire in the order of their names: guard_… before stamp_….
create or replace trigger guard_take_file before update on audiodesk.take_file
    for each row execute function audiodesk.guard_take_file();

do $$
declare
    noun text;
begin
    for noun in select e.entity from audiodesk.entity e loop
        execute format('create or replace trigger stamp_row before insert or update on audiodesk.%I'
            ' for each row execute function audiodesk.stamp_row()', noun);
    end loop;
end
$$;

do $$
begin
    perform audiodesk.set_callers('{}', 'audiodesk.stamp_row()', 'audiodesk.guard_take_file()');
end
$$;
