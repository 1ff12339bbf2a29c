-- The bucket audiofiles: private, at most 52 428 800 bytes an object, MP3 and WAV only.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('audiofiles', 'audiofiles', false, 52428800, array['audio/mpeg', 'audio/mp3', 'audio/wav', 'audio/x-wav'])
on conflict do nothing;

-- A bucket of this name that was there before keeps what is stricter than ours, and types of its own besides: the
-- policies let AudioDesk's people store none but the four.
do $$
declare
    ours constant text[] := array['audio/mpeg', 'audio/mp3', 'audio/wav', 'audio/x-wav'];
    bucket record;
begin
    select known.id, known.name, known.public, known.file_size_limit, known.allowed_mime_types,
           coalesce(to_jsonb(known) ->> 'versioning_status', 'DISABLED') as versioning into bucket
      from storage.buckets as known where known.id = 'audiofiles' or known.name = 'audiofiles'
     order by (known.id = 'audiofiles') desc limit 1;
    if bucket.id <> 'audiofiles' or bucket.name <> 'audiofiles' then
        raise exception 'A bucket with the id % and the name % is there already; AudioDesk needs one with the id and '
            'the name audiofiles.', bucket.id, bucket.name
            using errcode = '55000', hint = 'Move what that bucket holds to another one and remove it.';
    end if;
    -- To make it private here would break every link that somebody relies on; to leave it would show people's audio
    -- to anybody. So that is the operator's to decide.
    if bucket.public then
        raise exception 'The bucket audiofiles is there already and is public: anybody can hear what is in it.'
            using errcode = '55000', hint = 'Make it private in the dashboard (Storage, audiofiles, Edit bucket).';
    end if;
    -- It can never be switched off again, so it does not stop an installation that is in use.
    if bucket.versioning <> 'DISABLED' then
        raise warning 'The bucket audiofiles keeps former versions (%): what people delete stays, and counts.',
            bucket.versioning using hint = 'audiodesk doctor says what to do about it.';
    end if;
    if bucket.file_size_limit is null or bucket.file_size_limit > 52428800 or bucket.public is null
       or not coalesce(bucket.allowed_mime_types, '{}') @> ours then
        update storage.buckets as found
           set public = false, file_size_limit = least(found.file_size_limit, 52428800),
               allowed_mime_types = coalesce(found.allowed_mime_types, '{}') || array(
                   select kind from unnest(ours) with ordinality as listed (kind, place)
                    where kind <> all (coalesce(found.allowed_mime_types, '{}')) order by place)
         where found.id = 'audiofiles';
    end if;
end
$$;
