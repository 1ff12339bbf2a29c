-- What keeping two computers in agreement needs on this one. None of it travels.

-- The version that set each field of the server's row; `*` stands for all others. After a restored backup it tells what
-- the server lost. Rows that came before this step have none: they count as old.
alter table server_row add column stamps text not null default '{"*":0}';

-- `stamps`: the change brings back what a restored server lost. `ahead`: such changes stand before the queue, those of
-- the latest recovery first. `held`: the server must be updated before it can take the change; the code it refused with.
alter table change add column stamps text;
alter table change add column ahead integer not null default 0;
alter table change add column held text;
create index change_in_order on change (ahead desc, position);

-- The rows of a restored server, collected until all of them are here; then they are compared with server_row.
create table recovered_row (
    entity text not null, row_id text not null, version integer not null, seq integer not null,
    fields text not null, stamps text not null, primary key (entity, row_id)
) strict, without rowid;

-- Rows whose parent has not arrived yet. They and all below them are hidden until it does.
create table orphan (
    entity text not null, row_id text not null, parent_id text not null, primary key (entity, row_id)
) strict, without rowid;
create index orphan_of_parent on orphan (parent_id);

-- What the server refused: the person's values are kept until they are tried again or dismissed.
create table refused_change (
    change_id text primary key, entity text not null, row_id text not null, is_create integer not null default 0,
    fields text not null, code text not null, message text not null default '', at integer not null
) strict, without rowid;

-- What happened by sync, for a person to read: `what` is a code, `params` its numbers and titles.
create table activity (
    position integer primary key autoincrement, at integer not null, entity text, row_id text, what text not null,
    device_id text, params text not null default '{}', read integer not null default 0
) strict;
create index activity_unread on activity (what, device_id, row_id) where read = 0;

-- Branches that were emptied on another computer; their files leave this one when no edit of them waits for an answer.
create table emptied_elsewhere (entity text not null, row_id text not null, primary key (entity, row_id))
strict, without rowid;

pragma user_version = 4;
