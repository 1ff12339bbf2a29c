-- The tables with most rows keep them in the order in which they came, with an index by id. Ids are random: a table in
-- the order of ids changed a page for each new row, and moved wide rows about; now only the narrow index does.

create table section_6 (
    id text not null unique, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer,
    chapter_id text not null, title text not null, current_take_id text,
    status text not null default 'to_record', last_number integer not null default 0,
    purged_at integer, changed_by text, stamps text
) strict;
insert into section_6 (
    id, order_key, version, created_at, deleted_at, chapter_id, title, current_take_id, status, last_number, purged_at,
    changed_by, stamps
)
select
    id, order_key, version, created_at, deleted_at, chapter_id, title, current_take_id, status, last_number, purged_at,
    changed_by, stamps
from section order by chapter_id, order_key, id;
drop table section;
alter table section_6 rename to section;
create index section_in_chapter on section (chapter_id, order_key, id, deleted_at);
create index section_trashed on section (deleted_at, purged_at) where deleted_at is not null;

create table take_6 (
    id text not null unique, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer,
    section_id text not null, title text not null default '', file_name text not null,
    notes text not null default '', replaces_take_id text, device_id text not null default '',
    upload_wanted integer not null default 1, number integer not null default 0, purpose text not null default 'take',
    purged_at integer, changed_by text, stamps text
) strict;
insert into take_6 (
    id, order_key, version, created_at, deleted_at, section_id, title, file_name, notes, replaces_take_id, device_id,
    upload_wanted, number, purpose, purged_at, changed_by, stamps
)
select
    id, order_key, version, created_at, deleted_at, section_id, title, file_name, notes, replaces_take_id, device_id,
    upload_wanted, number, purpose, purged_at, changed_by, stamps
from take order by section_id, order_key, id;
drop table take;
alter table take_6 rename to take;
create index take_in_section on take (section_id, order_key, id, deleted_at, number);
create index take_by_time on take (created_at);
create index take_replaced on take (section_id, replaces_take_id) where replaces_take_id is not null;
create index take_trashed on take (deleted_at, purged_at) where deleted_at is not null;

create table take_file_6 (
    id text not null unique, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer,
    take_id text not null,
    role text not null check (role in ('original', 'repaired', 'cloud_copy')),
    part integer not null default 0,
    sha256 text not null, size integer not null, kind text not null check (kind in ('mp3', 'wav')),
    seconds real not null, sample_rate integer not null, channels integer not null,
    bit_depth integer, bit_rate integer, cbr integer,
    tags text not null default '{}', findings text not null default '[]', levels text,
    analysis_version integer not null default 0,
    object_key text, verified_at integer, verified_how text check (verified_how in ('safe', 'full')),
    purge_pending integer not null default 0, purged_at integer, changed_by text, stamps text
) strict;
insert into take_file_6 (
    id, order_key, version, created_at, deleted_at, take_id, role, part, sha256, size, kind, seconds, sample_rate,
    channels, bit_depth, bit_rate, cbr, tags, findings, levels, analysis_version, object_key, verified_at, verified_how,
    purge_pending, purged_at, changed_by, stamps
)
select
    id, order_key, version, created_at, deleted_at, take_id, role, part, sha256, size, kind, seconds, sample_rate,
    channels, bit_depth, bit_rate, cbr, tags, findings, levels, analysis_version, object_key, verified_at, verified_how,
    purge_pending, purged_at, changed_by, stamps
from take_file order by take_id, id;
drop table take_file;
alter table take_file_6 rename to take_file;
create index take_file_of_take on take_file (take_id, role, part, size, deleted_at);
create index take_file_by_sha256 on take_file (sha256);
create unique index take_file_by_object_key on take_file (object_key) where object_key is not null;

pragma user_version = 6;
