-- What storage servers from about v1.77 on have besides: buckets that keep former versions, and several rows of one key.

alter table storage.buckets
  add column versioning_status text not null default 'DISABLED'
    check (versioning_status in ('DISABLED', 'ENABLED', 'SUSPENDED'));

alter table storage.objects
  add column archived_at timestamptz,
  add column is_delete_marker boolean not null default false,
  add column is_versioned boolean not null default false;

-- Only what is at a key now is there once.
drop index storage.bucketid_objname;
create unique index bucketid_objname_current on storage.objects (bucket_id, name) where archived_at is null;
