-- What a hosted Supabase project has before our migrations run, and a bare PostgreSQL has not: the
-- roles of its API, the schema `auth` and the functions that policies call.
--
-- Applied at every start, so each statement may be repeated. Nothing of our product is here: that is
-- in `supabase/migrations`, which has to work on a hosted project as it is.

-- A repeated start would otherwise log one "already exists" per statement.
set client_min_messages = warning;

do $$
begin
    if not exists (select from pg_roles where rolname = 'anon') then
        create role anon nologin noinherit;
        create role authenticated nologin noinherit;
        create role service_role nologin noinherit bypassrls;
    end if;
    -- The API connects as a role that owns nothing and may only become one of the three: were a
    -- `set role` ever missed, the statement would be refused instead of running as superuser.
    if not exists (select from pg_roles where rolname = 'authenticator') then
        create role authenticator login noinherit password 'postgres';
        grant anon, authenticated, service_role to authenticator;
    end if;
end
$$;

-- Hosted projects hand every new table in `public` to all three roles and leave the rest to row level
-- security. Copied, so that a migration that forgets to revoke shows it here and not only there.
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;

create schema if not exists auth;
grant usage on schema auth to anon, authenticated, service_role;

create table if not exists auth.users (
    id uuid primary key default gen_random_uuid(),
    aud text not null default 'authenticated',
    role text not null default 'authenticated',
    email text not null unique,
    encrypted_password text,
    email_confirmed_at timestamptz,
    last_sign_in_at timestamptz,
    banned_until timestamptz,
    raw_app_meta_data jsonb not null default '{"provider": "email", "providers": ["email"]}',
    raw_user_meta_data jsonb not null default '{}',
    is_anonymous boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

-- Kept databases of older stacks: not everybody has a password.
alter table auth.users alter column encrypted_password drop not null;

-- By what a person is recognised: their address, or their account at a provider.
create table if not exists auth.identities (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users (id) on delete cascade,
    provider text not null,
    provider_id text not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    unique (provider, provider_id)
);
-- Kept databases of older stacks have none.
insert into auth.identities (user_id, provider, provider_id)
select id, 'email', id::text from auth.users u
where not exists (select from auth.identities where user_id = u.id);

-- One of each kind a person. A used one keeps its row: the pause between two mails counts from it.
create table if not exists auth.one_time_tokens (
    user_id uuid not null references auth.users (id) on delete cascade,
    kind text not null check (kind in ('confirmation', 'recovery')),
    token_hash text,
    sent_at timestamptz not null,
    primary key (user_id, kind)
);

-- A code is kept as its hash together with the address that it was sent to.
create or replace function auth.code_hash(email text, code text) returns text language sql immutable as $$
    select encode(sha256(convert_to(lower(email) || code, 'UTF8')), 'hex')
$$;

-- Browsers on their way to a provider and back.
create table if not exists auth.flow_states (
    id uuid primary key default gen_random_uuid(),
    provider text not null,
    redirect_to text not null,
    code_challenge text,
    code_challenge_method text,
    auth_code text not null unique default gen_random_uuid()::text,
    user_id uuid references auth.users (id) on delete cascade,
    created_at timestamptz not null default now()
);

create table if not exists auth.sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users (id) on delete cascade,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
alter table auth.sessions add column if not exists method text not null default 'password';

-- `parent` is the token that was given for this one. `updated_at` of a revoked token is when it was
-- revoked: the reuse interval counts from there.
create table if not exists auth.refresh_tokens (
    id bigint generated always as identity primary key,
    token text not null unique,
    parent text,
    session_id uuid not null references auth.sessions (id) on delete cascade,
    user_id uuid not null references auth.users (id) on delete cascade,
    revoked boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index if not exists refresh_tokens_session on auth.refresh_tokens (session_id);

-- Who is calling, from the claims that the API sets for each transaction.
create or replace function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb
$$;

create or replace function auth.uid() returns uuid language sql stable as $$
    select nullif(auth.jwt() ->> 'sub', '')::uuid
$$;

create or replace function auth.role() returns text language sql stable as $$
    select auth.jwt() ->> 'role'
$$;

-- Times as GoTrue writes them: UTC, with `Z`.
create or replace function auth.time_text(moment timestamptz) returns text language sql immutable as $$
    select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

create or replace function auth.identities_json(u auth.users) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'identity_id', i.id,
        'id', i.provider_id,
        'user_id', i.user_id,
        'provider', i.provider,
        'identity_data', jsonb_build_object('sub', i.provider_id, 'email', u.email, 'email_verified', true),
        'email', u.email,
        'last_sign_in_at', auth.time_text(u.last_sign_in_at),
        'created_at', auth.time_text(i.created_at),
        'updated_at', auth.time_text(i.updated_at)
    ) order by i.created_at), '[]')
    from auth.identities i where i.user_id = u.id
$$;

-- The user as GoTrue answers it. One place, so that sign-in, refresh and `/user` cannot differ.
create or replace function auth.user_json(u auth.users) returns jsonb language sql stable as $$
    select jsonb_build_object(
        'id', u.id,
        'aud', u.aud,
        'role', u.role,
        'email', u.email,
        'email_confirmed_at', auth.time_text(u.email_confirmed_at),
        'confirmed_at', auth.time_text(u.email_confirmed_at),
        'confirmation_sent_at', (select auth.time_text(sent_at) from auth.one_time_tokens
            where user_id = u.id and kind = 'confirmation'),
        'recovery_sent_at', (select auth.time_text(sent_at) from auth.one_time_tokens
            where user_id = u.id and kind = 'recovery'),
        'last_sign_in_at', auth.time_text(u.last_sign_in_at),
        'phone', '',
        'app_metadata', u.raw_app_meta_data,
        'user_metadata', u.raw_user_meta_data,
        'identities', auth.identities_json(u),
        'is_anonymous', u.is_anonymous,
        'created_at', auth.time_text(u.created_at),
        'updated_at', auth.time_text(u.updated_at)
    )
$$;
