-- The first form of a library: the rows that travel, the outgoing changes, and what stays on this computer.
-- Times are milliseconds since 1970-01-01 UTC. Order keys are compared bytewise (SQLite's default collation).
-- No foreign keys between rows that travel: a child may arrive before its parent and stays hidden until it does.

create table project (
    id text primary key, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer,
    title text not null, author text not null default '', narrator text not null default '',
    language text not null default '', notes text not null default ''
) strict, without rowid;

create table chapter (
    id text primary key, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer,
    project_id text not null, title text not null
) strict, without rowid;
-- Each index ends in deleted_at, so that children are listed and counted from the index alone.
create index chapter_in_project on chapter (project_id, order_key, id, deleted_at);

create table section (
    id text primary key, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer,
    chapter_id text not null, title text not null, current_take_id text
) strict, without rowid;
create index section_in_chapter on section (chapter_id, order_key, id, deleted_at);

create table take (
    id text primary key, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer,
    section_id text not null, title text not null default '', file_name text not null,
    notes text not null default '', replaces_take_id text, device_id text not null default '',
    upload_wanted integer not null default 1
) strict, without rowid;
create index take_in_section on take (section_id, order_key, id, deleted_at);
create index take_by_time on take (created_at);
create index take_replaced on take (replaces_take_id) where replaces_take_id is not null;

create table take_file (
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
    object_key text unique, verified_at integer, verified_how text check (verified_how in ('safe', 'full')),
    purge_pending integer not null default 0, purged_at integer
) strict, without rowid;
create index take_file_of_take on take_file (take_id, role, part, size, deleted_at);
create index take_file_by_sha256 on take_file (sha256);

-- The waveform overview (at most 1 KB) and the MP3 seek table: fetched when a take is shown, so kept out of the rows.
create table take_file_shape (
    take_file_id text primary key, overview blob not null default x'', seek_table blob not null default x''
) strict, without rowid;

create table note (
    id text primary key, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer,
    take_id text not null, at_seconds real not null default 0, text text not null default ''
) strict, without rowid;
create index note_of_take on note (take_id, order_key, id);

create table cover (
    id text primary key, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer,
    project_id text not null, mime text not null, data blob not null check (length(data) <= 262144)
) strict, without rowid;
create index cover_of_project on cover (project_id);

-- Outgoing edits, in the order in which they are to be sent. `sent_at` is committed before sending and stays until
-- the answer: a change that was ever sent is never folded into.
create table change (
    position integer primary key autoincrement, change_id text not null unique,
    entity text not null, row_id text not null, is_create integer not null default 0,
    base_version integer not null default 0, fields text not null, made_at integer not null, sent_at integer
) strict;
create index change_of_row on change (entity, row_id, position);

-- What the server last said of a row; what is shown is this, overlaid with all unanswered changes.
create table server_row (
    entity text not null, row_id text not null, version integer not null, seq integer not null default 0,
    fields text not null, primary key (entity, row_id)
) strict, without rowid;

-- Small facts about this library: device_id, the account, the highest (seq, tag) seen, the place in an unfinished pull.
create table fact (name text primary key, value text not null) strict, without rowid;

-- Everything below stays on this computer.

create table source (
    take_id text primary key, path text not null, modified_at integer, imported_at integer not null
) strict, without rowid;

create table history (
    position integer primary key autoincrement, at integer not null, entity text not null, row_id text not null,
    what text not null, params text not null default '{}'
) strict;
create index history_of_row on history (row_id, position);

-- Files that were not added, listed until they are dismissed.
create table refusal (
    id text primary key, at integer not null, path text not null, name text not null, section_id text,
    size integer not null default 0, report text not null
) strict, without rowid;

-- A temporary file in the vault is announced here before it is written, by a process that holds `owner`'s lock file.
create table announcement (
    temporary_name text primary key, owner text not null, made_at integer not null
) strict, without rowid;

-- Takes' files whose full decode is still to be done; the command line finishes them before it exits.
create table pending_analysis (
    take_file_id text primary key, sha256 text not null, asked_at integer not null, attempts integer not null default 0
) strict, without rowid;

-- The durable intent to bring one file of a take to the cloud.
create table upload (
    take_file_id text primary key, asked_at integer not null, position real not null,
    address text, expires_at integer, offset_bytes integer not null default 0,
    attempts integer not null default 0, retry_at integer, paused_by text, reason text, reason_params text not null default '{}'
) strict, without rowid;

-- Find: one row for each thing that can be found, its text case-folded and without accents.
create table findable (
    docid integer primary key, entity text not null, row_id text not null unique, folded text not null
) strict;
create virtual table found using fts5 (folded, content = 'findable', content_rowid = 'docid', tokenize = 'trigram');
create trigger findable_added after insert on findable begin
    insert into found (rowid, folded) values (new.docid, new.folded);
end;
create trigger findable_gone after delete on findable begin
    insert into found (found, rowid, folded) values ('delete', old.docid, old.folded);
end;
create trigger findable_changed after update on findable begin
    insert into found (found, rowid, folded) values ('delete', old.docid, old.folded);
    insert into found (rowid, folded) values (new.docid, new.folded);
end;

-- The trash is read from these, however large the library is.
create index project_trashed on project (deleted_at) where deleted_at is not null;
create index chapter_trashed on chapter (deleted_at) where deleted_at is not null;
create index section_trashed on section (deleted_at) where deleted_at is not null;
create index take_trashed on take (deleted_at) where deleted_at is not null;

-- What was emptied out of the trash: its row stays as a tombstone, but is offered to nobody any more.
create table emptied (entity text not null, row_id text not null, at integer not null, primary key (entity, row_id))
strict, without rowid;

pragma user_version = 1;
