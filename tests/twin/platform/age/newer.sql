-- A newer project: nothing is granted to anybody, not even PostgreSQL's own execute to public on functions.

alter default privileges for role postgres revoke execute on functions from public;
