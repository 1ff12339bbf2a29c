-- Who may do what with the objects of the bucket audiofiles: everybody with their own folder, nobody with another's.

-- Five policies on storage.objects. Four permit each verb in one's own folder. The fifth is restrictive and says the
-- same once more, because an older permissive policy of somebody else's is OR-ed with ours; it speaks of this bucket
-- alone. Ownership is the first part of the key, never owner_id, which a service key leaves empty.
--
-- What is written must have the shape {user}/{project}/{chapter}/{section}/{name}, be of one of the four types, and say
-- how large it is. That closes TUS uploads without a type, bodies without a length, and upload addresses signed in
-- advance, at which row security is not asked again. A multipart request is announced with what is around the file,
-- hence 4 096 bytes more than the 52 428 800 of the bucket. What is read or removed may have any shape: older objects
-- stay within their owner's reach.
--
-- The REST API writes none of these rows. Where the schema storage is exposed by it, as it is in older projects, people
-- could otherwise state one byte for each object themselves, and store without end. It is known by its login, and by
-- not naming an operation as the storage server does.
do $$
declare
    own constant text := 'split_part(name, ''/'', 1) = (select auth.uid())::text';
    right_shape constant text := $check$
        (session_user <> 'authenticator' or coalesce(current_setting('storage.operation', true), '') <> '')
        and name ~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/){4}(?!\.{1,2}$)[A-Za-z0-9._-]{1,150}$'
        and metadata ->> 'mimetype' in ('audio/mpeg', 'audio/mp3', 'audio/wav', 'audio/x-wav')
        and case jsonb_typeof(coalesce(metadata -> 'size', metadata -> 'contentLength'))
            when 'number' then coalesce(metadata -> 'size', metadata -> 'contentLength')::numeric
                between 1 and 52432896
            else false
        end$check$;
    ours constant text := format('bucket_id = ''audiofiles'' and %s', own);
    ours_and_right constant text := format('%s and %s', ours, right_shape);
begin
    if not (select relation.relrowsecurity from pg_class as relation where relation.oid = 'storage.objects'::regclass)
    then
        raise exception 'Row level security is off for storage.objects, so everybody can read everything in it.'
            using errcode = '55000', hint = 'Hosted projects have it on; ask the maker of this server.';
    end if;
    perform audiodesk.set_policy('storage.objects', 'audiodesk_read_own_folder', 'permissive', 'select',
        'authenticated', ours, null);
    perform audiodesk.set_policy('storage.objects', 'audiodesk_add_to_own_folder', 'permissive', 'insert',
        'authenticated', null, ours_and_right);
    perform audiodesk.set_policy('storage.objects', 'audiodesk_change_in_own_folder', 'permissive', 'update',
        'authenticated', ours, ours_and_right);
    perform audiodesk.set_policy('storage.objects', 'audiodesk_remove_from_own_folder', 'permissive', 'delete',
        'authenticated', ours, null);
    perform audiodesk.set_policy('storage.objects', 'audiodesk_only_own_folder', 'restrictive', 'all', 'public',
        format('bucket_id is distinct from ''audiofiles'' or %s', own),
        format('bucket_id is distinct from ''audiofiles'' or (%s and %s)', own, right_shape));
end
$$;
