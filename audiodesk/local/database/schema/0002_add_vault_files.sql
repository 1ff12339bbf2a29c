-- What is known of the vault's files on this computer, and which of them are about to leave it. Neither travels.

-- One row for each file that a take has: written when the file enters the vault, removed when it leaves. `fault` is what
-- was found when the file was last read and was not whole; it is null where nothing is known against it.
create table vault_file (
    sha256 text not null, kind text not null check (kind in ('mp3', 'wav')),
    size integer not null, since integer not null,
    fault text check (fault in ('missing', 'damaged')), fault_at integer,
    primary key (sha256, kind)
) strict, without rowid;
create index vault_file_with_fault on vault_file (sha256, kind, fault) where fault is not null;

-- Files that are to be removed from the disk: written in the transaction after which no row refers to them, and
-- removed from here once they are gone. A file that is newer than `at` is another one, which came after the promise.
create table leaving (
    sha256 text not null, kind text not null check (kind in ('mp3', 'wav')), at integer not null,
    primary key (sha256, kind)
) strict, without rowid;

insert into vault_file (sha256, kind, size, since)
select f.sha256, f.kind, max(f.size), min(f.created_at) from take_file f
where not exists (select 1 from emptied e where e.entity = 'take' and e.row_id = f.take_id)
group by f.sha256, f.kind;

pragma user_version = 2;
