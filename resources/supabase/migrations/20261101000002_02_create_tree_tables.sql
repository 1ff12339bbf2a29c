-- The rows that travel between an account's computers, what belongs to them, and who may read and write them.

-- Keys begin with the owner: ids are made by clients, and one account's can neither clash with nor betray another's.
-- No foreign keys between them: a child may come before its parent and stays hidden until it does. Nothing refers to
-- auth.users either: no row here may ever stand in the way of deleting somebody's account.
-- stamps: for each field the version that set it; a field that is not named there has the one under "*".
-- Times are milliseconds since 1970-01-01 UTC. Order keys are compared bytewise.

create table if not exists audiodesk.project (
    owner uuid not null, id uuid not null, seq bigint not null default 0, version bigint not null default 0,
    stamps jsonb not null default '{}',
    order_key text collate "C" not null, created_at bigint not null default 0, deleted_at bigint,
    title text not null, author text not null default '', narrator text not null default '',
    language text not null default '', notes text not null default '',
    primary key (owner, id)
);

create table if not exists audiodesk.chapter (
    owner uuid not null, id uuid not null, seq bigint not null default 0, version bigint not null default 0,
    stamps jsonb not null default '{}',
    order_key text collate "C" not null, created_at bigint not null default 0, deleted_at bigint,
    project_id uuid not null, title text not null,
    primary key (owner, id)
);

create table if not exists audiodesk.section (
    owner uuid not null, id uuid not null, seq bigint not null default 0, version bigint not null default 0,
    stamps jsonb not null default '{}',
    order_key text collate "C" not null, created_at bigint not null default 0, deleted_at bigint,
    chapter_id uuid not null, title text not null, current_take_id uuid,
    primary key (owner, id)
);

create table if not exists audiodesk.take (
    owner uuid not null, id uuid not null, seq bigint not null default 0, version bigint not null default 0,
    stamps jsonb not null default '{}',
    order_key text collate "C" not null, created_at bigint not null default 0, deleted_at bigint,
    section_id uuid not null, title text not null default '', file_name text not null, notes text not null default '',
    replaces_take_id uuid, device_id text not null default '', upload_wanted boolean not null default true,
    primary key (owner, id)
);

create table if not exists audiodesk.take_file (
    owner uuid not null, id uuid not null, seq bigint not null default 0, version bigint not null default 0,
    stamps jsonb not null default '{}',
    order_key text collate "C" not null, created_at bigint not null default 0, deleted_at bigint,
    take_id uuid not null, role text not null default 'original' check (role in ('original', 'repaired', 'cloud_copy')),
    part integer not null default 0, sha256 text not null, size bigint not null check (size >= 0),
    kind text not null check (kind in ('mp3', 'wav')),
    seconds double precision not null, sample_rate integer not null, channels integer not null,
    bit_depth integer, bit_rate integer, cbr boolean,
    tags jsonb not null default '{}', findings jsonb not null default '[]', levels jsonb,
    analysis_version integer not null default 0,
    -- An object's key begins with its owner, so that uniqueness cannot betray another account's keys.
    object_key text unique check (object_key is null or split_part(object_key, '/', 1) = owner::text),
    verified_at bigint, verified_how text check (verified_how in ('safe', 'full')),
    purge_pending boolean not null default false, purged_at bigint,
    primary key (owner, id),
    check ((verified_at is null) = (verified_how is null))
);

create table if not exists audiodesk.note (
    owner uuid not null, id uuid not null, seq bigint not null default 0, version bigint not null default 0,
    stamps jsonb not null default '{}',
    order_key text collate "C" not null, created_at bigint not null default 0, deleted_at bigint,
    take_id uuid not null, at_seconds double precision not null default 0, text text not null default '',
    primary key (owner, id)
);

create table if not exists audiodesk.cover (
    owner uuid not null, id uuid not null, seq bigint not null default 0, version bigint not null default 0,
    stamps jsonb not null default '{}',
    order_key text collate "C" not null, created_at bigint not null default 0, deleted_at bigint,
    project_id uuid not null, mime text not null, data bytea not null check (length(data) <= 262144),
    primary key (owner, id)
);

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

-- Their conditions hold for every row. They keep these indexes out of the search for a row by its id, where a plan made
-- while a table was nearly empty would take them for as good as the primary key, and then read a whole account.
create index if not exists project_by_seq on audiodesk.project (owner, seq, id) where seq > 0;
create index if not exists chapter_by_seq on audiodesk.chapter (owner, seq, id) where seq > 0;
create index if not exists section_by_seq on audiodesk.section (owner, seq, id) where seq > 0;
create index if not exists take_by_seq on audiodesk.take (owner, seq, id) where seq > 0;
create index if not exists take_file_by_seq on audiodesk.take_file (owner, seq, id) where seq > 0;
create index if not exists note_by_seq on audiodesk.note (owner, seq, id) where seq > 0;
create index if not exists cover_by_seq on audiodesk.cover (owner, seq, id) where seq > 0;

create index if not exists chapter_in_project on audiodesk.chapter (owner, project_id) where project_id is not null;
create index if not exists section_in_chapter on audiodesk.section (owner, chapter_id) where chapter_id is not null;
create index if not exists take_in_section on audiodesk.take (owner, section_id) where section_id is not null;
create index if not exists take_file_of_take on audiodesk.take_file (owner, take_id) where take_id is not null;
create index if not exists note_of_take on audiodesk.note (owner, take_id) where take_id is not null;
create index if not exists cover_of_project on audiodesk.cover (owner, project_id) where project_id is not null;

-- Rows are read and written by their owner alone. Nobody deletes any: the tombstone has to travel.
do $$
declare
    own constant text := 'owner = (select auth.uid())';
    noun text;
    our_table regclass;
begin
    foreach noun in array array[
        'project', 'chapter', 'section', 'take', 'take_file', 'note', 'cover', 'take_file_shape', 'applied_changes'
    ] loop
        execute format('alter table audiodesk.%I enable row level security', noun);
        execute format('revoke all on audiodesk.%I from public, anon, authenticated, service_role', noun);
        execute format('grant select on audiodesk.%I to authenticated', noun);
        execute format('grant select, insert, update on audiodesk.%I to service_role', noun);
        our_table := format('audiodesk.%I', noun)::regclass;
        perform audiodesk.set_policy(our_table, 'own_rows_read', 'permissive', 'select', 'authenticated', own, null);
        perform audiodesk.set_policy(our_table, 'own_rows_added', 'permissive', 'insert', 'authenticated', null, own);
        if noun <> 'applied_changes' then
            perform audiodesk.set_policy(
                our_table, 'own_rows_changed', 'permissive', 'update', 'authenticated', own, own
            );
        end if;
    end loop;
end
$$;

-- Columns that only the server sets (seq, version, verified_at, verified_how) are in none of these lists, nor is any
-- part of a key in those of update.
grant insert (owner, id, stamps, order_key, created_at, deleted_at, title, author, narrator, language, notes),
    update (stamps, order_key, created_at, deleted_at, title, author, narrator, language, notes)
    on audiodesk.project to authenticated;
grant insert (owner, id, stamps, order_key, created_at, deleted_at, project_id, title),
    update (stamps, order_key, created_at, deleted_at, project_id, title)
    on audiodesk.chapter to authenticated;
grant insert (owner, id, stamps, order_key, created_at, deleted_at, chapter_id, title, current_take_id),
    update (stamps, order_key, created_at, deleted_at, chapter_id, title, current_take_id)
    on audiodesk.section to authenticated;
grant insert (
        owner, id, stamps, order_key, created_at, deleted_at, section_id, title, file_name, notes, replaces_take_id,
        device_id, upload_wanted
    ),
    update (
        stamps, order_key, created_at, deleted_at, section_id, title, file_name, notes, replaces_take_id, device_id,
        upload_wanted
    )
    on audiodesk.take to authenticated;
grant insert (
        owner, id, stamps, order_key, created_at, deleted_at, take_id, role, part, sha256, size, kind, seconds,
        sample_rate, channels, bit_depth, bit_rate, cbr, tags, findings, levels, analysis_version, object_key,
        purge_pending, purged_at
    ),
    update (
        stamps, order_key, created_at, deleted_at, take_id, role, part, sha256, size, kind, seconds, sample_rate,
        channels, bit_depth, bit_rate, cbr, tags, findings, levels, analysis_version, object_key, purge_pending,
        purged_at
    )
    on audiodesk.take_file to authenticated;
grant insert (owner, id, stamps, order_key, created_at, deleted_at, take_id, at_seconds, text),
    update (stamps, order_key, created_at, deleted_at, take_id, at_seconds, text)
    on audiodesk.note to authenticated;
grant insert (owner, id, stamps, order_key, created_at, deleted_at, project_id, mime, data),
    update (stamps, order_key, created_at, deleted_at, project_id, mime, data)
    on audiodesk.cover to authenticated;
grant insert (owner, take_file_id, overview, seek_table), update (overview, seek_table)
    on audiodesk.take_file_shape to authenticated;
grant insert (owner, change_id, entity, row_id, revived) on audiodesk.applied_changes to authenticated;

-- The rows as they travel, all entities in one. Built as json, which is text already: a pull only strings it together.
create or replace view audiodesk.travelling with (security_invoker = true) as
select owner, seq, id, 'project' as entity, json_build_object(
    'entity', 'project', 'id', id, 'seq', seq, 'version', version, 'fields', json_build_object(
        'order_key', order_key, 'created_at', created_at, 'deleted_at', deleted_at, 'title', title, 'author', author,
        'narrator', narrator, 'language', language, 'notes', notes
    ), 'stamps', stamps
) as "row"
from audiodesk.project
union all
select owner, seq, id, 'chapter', json_build_object(
    'entity', 'chapter', 'id', id, 'seq', seq, 'version', version, 'fields', json_build_object(
        'order_key', order_key, 'created_at', created_at, 'deleted_at', deleted_at, 'project_id', project_id,
        'title', title
    ), 'stamps', stamps
)
from audiodesk.chapter
union all
select owner, seq, id, 'section', json_build_object(
    'entity', 'section', 'id', id, 'seq', seq, 'version', version, 'fields', json_build_object(
        'order_key', order_key, 'created_at', created_at, 'deleted_at', deleted_at, 'chapter_id', chapter_id,
        'title', title, 'current_take_id', current_take_id
    ), 'stamps', stamps
)
from audiodesk.section
union all
select owner, seq, id, 'take', json_build_object(
    'entity', 'take', 'id', id, 'seq', seq, 'version', version, 'fields', json_build_object(
        'order_key', order_key, 'created_at', created_at, 'deleted_at', deleted_at, 'section_id', section_id,
        'title', title, 'file_name', file_name, 'notes', notes, 'replaces_take_id', replaces_take_id,
        'device_id', device_id, 'upload_wanted', upload_wanted
    ), 'stamps', stamps
)
from audiodesk.take
union all
select owner, seq, id, 'take_file', json_build_object(
    'entity', 'take_file', 'id', id, 'seq', seq, 'version', version, 'fields', json_build_object(
        'order_key', order_key, 'created_at', created_at, 'deleted_at', deleted_at, 'take_id', take_id, 'role', role,
        'part', part, 'sha256', sha256, 'size', size, 'kind', kind, 'seconds', seconds, 'sample_rate', sample_rate,
        'channels', channels, 'bit_depth', bit_depth, 'bit_rate', bit_rate, 'cbr', cbr, 'tags', tags,
        'findings', findings, 'levels', levels, 'analysis_version', analysis_version, 'object_key', object_key,
        'verified_at', verified_at, 'verified_how', verified_how, 'purge_pending', purge_pending,
        'purged_at', purged_at
    ), 'stamps', stamps
)
from audiodesk.take_file
union all
select owner, seq, id, 'note', json_build_object(
    'entity', 'note', 'id', id, 'seq', seq, 'version', version, 'fields', json_build_object(
        'order_key', order_key, 'created_at', created_at, 'deleted_at', deleted_at, 'take_id', take_id,
        'at_seconds', at_seconds, 'text', text
    ), 'stamps', stamps
)
from audiodesk.note
union all
select owner, seq, id, 'cover', json_build_object(
    'entity', 'cover', 'id', id, 'seq', seq, 'version', version, 'fields', json_build_object(
        'order_key', order_key, 'created_at', created_at, 'deleted_at', deleted_at, 'project_id', project_id,
        'mime', mime, 'data', translate(encode(data, 'base64'), E'\n', '')
    ), 'stamps', stamps
)
from audiodesk.cover;

revoke all on audiodesk.travelling from public, anon, authenticated, service_role;
grant select on audiodesk.travelling to authenticated, service_role;
