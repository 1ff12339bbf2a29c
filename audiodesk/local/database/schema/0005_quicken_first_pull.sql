-- What the server last said of a row is the row itself, where no change of it waits for an answer: a first pull writes
-- each row once. `server_row` keeps it apart where a change waits, and where the server said more than the columns hold.
-- `stamps`: as in server_row; null where the row's version set all fields. A row whose version is 0 the server never
-- sent. Rows of server_row that came before this step stay there until the server sends them again.
alter table project add column stamps text;
alter table chapter add column stamps text;
alter table section add column stamps text;
alter table take add column stamps text;
alter table note add column stamps text;
alter table cover add column stamps text;
alter table device add column stamps text;
-- Nothing asks for the place of a single row.
alter table server_row drop column seq;
alter table recovered_row drop column seq;

-- Most files have no object key. A unique column keeps an entry for each of them all the same, at a random place.
create table take_file_5 (
    id text primary key, order_key text not null, version integer not null default 0,
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
) strict, without rowid;
insert into take_file_5 (
    id, order_key, version, created_at, deleted_at, take_id, role, part, sha256, size, kind, seconds, sample_rate,
    channels, bit_depth, bit_rate, cbr, tags, findings, levels, analysis_version, object_key, verified_at, verified_how,
    purge_pending, purged_at, changed_by
)
select
    id, order_key, version, created_at, deleted_at, take_id, role, part, sha256, size, kind, seconds, sample_rate,
    channels, bit_depth, bit_rate, cbr, tags, findings, levels, analysis_version, object_key, verified_at, verified_how,
    purge_pending, purged_at, changed_by
from take_file order by id;
drop table take_file;
alter table take_file_5 rename to take_file;
create index take_file_of_take on take_file (take_id, role, part, size, deleted_at);
create index take_file_by_sha256 on take_file (sha256);
create unique index take_file_by_object_key on take_file (object_key) where object_key is not null;

-- A section's takes arrive together, so an index by section changes few pages, and one by number or by the replaced take
-- changed many. A take's rivals are takes of its own section.
drop index take_by_number;
drop index take_in_section;
create index take_in_section on take (section_id, order_key, id, deleted_at, number);
drop index take_replaced;
create index take_replaced on take (section_id, replaces_take_id) where replaces_take_id is not null;

pragma user_version = 5;
