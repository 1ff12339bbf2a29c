-- The fields that travel with an account: take numbers that stay, the status of sections, targets of projects, marks in
-- notes, emptied trash, and the computers of the account.

-- Without an account nobody will ever send what was edited; signing in records each living row anew.
delete from change where not exists (select 1 from fact where name = 'account');

alter table project add column upload_wanted integer not null default 1;
alter table project add column level_target text not null default 'none';
alter table project add column level_limits text;
alter table project add column purged_at integer;
alter table project add column changed_by text;

alter table chapter add column purged_at integer;
alter table chapter add column changed_by text;

alter table section add column status text not null default 'to_record';
alter table section add column last_number integer not null default 0;
alter table section add column purged_at integer;
alter table section add column changed_by text;

alter table take add column number integer not null default 0;
alter table take add column purpose text not null default 'take';
alter table take add column purged_at integer;
alter table take add column changed_by text;

alter table take_file add column changed_by text;

alter table note add column until_seconds real;
alter table note add column tag text not null default '';
alter table note add column page text not null default '';
alter table note add column said text not null default '';
alter table note add column should_be text not null default '';
alter table note add column done_at integer;
alter table note add column answered_by_take_id text;
alter table note add column changed_by text;

alter table cover add column changed_by text;

-- The computers of the account. Takes name the one that they were added on.
create table device (
    id text primary key, order_key text not null, version integer not null default 0,
    created_at integer not null, deleted_at integer, changed_by text,
    title text not null, platform text not null default ''
) strict, without rowid;

-- What was emptied out of the trash is a tombstone: a fact of its row, which other computers learn of.
update project set purged_at = e.at from emptied e where e.entity = 'project' and e.row_id = project.id;
update chapter set purged_at = e.at from emptied e where e.entity = 'chapter' and e.row_id = chapter.id;
update section set purged_at = e.at from emptied e where e.entity = 'section' and e.row_id = section.id;
update take set purged_at = e.at from emptied e where e.entity = 'take' and e.row_id = take.id;
drop table emptied;

-- The trash is read from these, however many tombstones there are.
drop index project_trashed;
drop index chapter_trashed;
drop index section_trashed;
drop index take_trashed;
create index project_trashed on project (deleted_at, purged_at) where deleted_at is not null;
create index chapter_trashed on chapter (deleted_at, purged_at) where deleted_at is not null;
create index section_trashed on section (deleted_at, purged_at) where deleted_at is not null;
create index take_trashed on take (deleted_at, purged_at) where deleted_at is not null;

-- A take keeps the number that it was shown with: its place in the section, the trashed ones counted.
create table take_place (id text primary key, number integer not null) strict, without rowid;
insert into take_place (id, number)
select id, row_number() over (partition by section_id order by order_key, id) from take;
update take set number = (select p.number from take_place p where p.id = take.id);
drop table take_place;
create index take_by_number on take (section_id, number, id);

update section set
    last_number = coalesce((select max(t.number) from take t where t.section_id = section.id), 0),
    status = case
        when exists (select 1 from take t where t.section_id = section.id and t.deleted_at is null) then 'recorded'
        else 'to_record'
    end;

pragma user_version = 3;
