-- The schemas that everybody uses: public for the API, extensions for what is installed beside it.

grant usage on schema public to anon, authenticated, service_role;
grant all on schema public to postgres with grant option;

create schema extensions;
grant usage on schema extensions to postgres, anon, authenticated, service_role;
grant all on schema extensions to dashboard_user;
