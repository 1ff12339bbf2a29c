-- Each upload gets a journal: what was asked of the server last, and what it answered. Earlier versions uploaded nothing,
-- so nothing is lost with the former table.

drop table upload;
create table upload (
    take_file_id text primary key, asked_at integer not null, position real not null,
    address text, expires_at integer, offset_bytes integer not null default 0,
    attempts integer not null default 0, retry_at integer, paused_by text, reason text,
    reason_params text not null default '{}',
    -- The server and key that the address belongs to, and the bytes it was begun for: none of these may be mixed.
    host text not null default '', sent_key text not null default '',
    source_size integer not null default 0, source_sha256 text not null default '',
    -- 'begin', 'look', 'send' or 'check', committed before the request and cleared by its answer.
    intent text, bytes_sent integer not null default 0, started_at integer, finished_at integer
) strict, without rowid;
create index upload_waiting on upload (position) where address is null and finished_at is null;

-- When the waveform of a file went to the server; null: not yet.
alter table take_file_shape add column sent_at integer;

pragma user_version = 7;
