-- The sign-ins: sessions, their refresh tokens and codes sent by mail, so that a restarted server still knows them.

create table auth.sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  -- Kept in a table of its own there; one method a session is all that happens here.
  authentication_method text not null,
  aal text not null default 'aal1',
  user_agent text,
  created_at timestamptz not null,
  refreshed_at timestamptz,
  -- Of the longer refresh tokens, which have no rows of their own.
  refresh_token_hmac_key bytea,
  refresh_token_counter bigint
);
create index sessions_user_id_idx on auth.sessions (user_id);

create table auth.refresh_tokens (
  id bigint generated always as identity primary key,
  token text not null unique,
  session_id uuid not null references auth.sessions (id) on delete cascade,
  parent text,
  revoked boolean not null default false,
  created_at timestamptz not null,
  -- For a revoked one, when it was exchanged or revoked: the reuse window counts from there.
  updated_at timestamptz not null
);
create index refresh_tokens_session_id_revoked_idx on auth.refresh_tokens (session_id, revoked);

create table auth.one_time_tokens (
  user_id uuid not null references auth.users (id) on delete cascade,
  token_type text not null check (token_type in ('confirmation_token', 'recovery_token')),
  token_hash text not null,
  created_at timestamptz not null,
  primary key (user_id, token_type)
);

alter table auth.sessions enable row level security;
alter table auth.refresh_tokens enable row level security;
alter table auth.one_time_tokens enable row level security;
alter table auth.sessions owner to supabase_auth_admin;
alter table auth.refresh_tokens owner to supabase_auth_admin;
alter table auth.one_time_tokens owner to supabase_auth_admin;
grant all on auth.sessions, auth.refresh_tokens, auth.one_time_tokens to postgres with grant option;
