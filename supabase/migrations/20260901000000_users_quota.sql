-- The quotas of a person: what was used of each kind, and how much there is.

create table public.users_quota (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null unique references auth.users (id) on delete cascade,
    llm_executions_used integer default 0,
    llm_executions_limit integer default 100,
    flow_generations_used integer default 0,
    flow_generations_limit integer default 20,
    app_usages_used integer default 0,
    app_usages_limit integer default 50,
    image_gen_executions_used integer default 0,
    image_gen_executions_limit integer default 20,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

comment on table public.users_quota is
    'One row per person. There is no period and no reset: the counters only grow until someone lowers them.';
comment on column public.users_quota.user_id is
    'Unique, because two rows for one person would make "what is left" ambiguous.';
comment on column public.users_quota.llm_executions_used is
    'Runs of a model. NULL counts as 0, as in the deployments that came before this one.';
comment on column public.users_quota.llm_executions_limit is
    'How many runs there are in all; 0 means that none is allowed. NULL counts as 0.';
comment on column public.users_quota.flow_generations_used is 'Flows planned or modified by a model.';
comment on column public.users_quota.app_usages_used is 'Uses of published apps.';
comment on column public.users_quota.image_gen_executions_used is 'Images generated.';
comment on column public.users_quota.updated_at is
    'Set by a trigger. It is also the optimistic lock: a writer that read an older value must not write.';

-- The lock works only if no writer can forget it or choose it: hence a trigger and not the writers.
create function public.users_quota_touch() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at = now();
    return new;
end
$$;

create trigger users_quota_touch
    before update on public.users_quota
    for each row execute function public.users_quota_touch();

-- A person without a row would be refused everything (a missing row fails closed), so the row comes with
-- the account. `security definer`, because the role that inserts into auth.users has no rights here; an
-- empty search_path, because such a function must not be led to somebody else's table.
create function public.users_quota_for_new_user() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.users_quota (user_id) values (new.id) on conflict (user_id) do nothing;
    return new;
end
$$;

create trigger users_quota_for_new_user
    after insert on auth.users
    for each row execute function public.users_quota_for_new_user();

-- Triggers run without this right; nobody else has a reason to call them.
revoke all on function public.users_quota_touch() from public, anon, authenticated;
revoke all on function public.users_quota_for_new_user() from public, anon, authenticated;

-- Accounts that are older than this table.
insert into public.users_quota (user_id) select id from auth.users on conflict (user_id) do nothing;

-- Who may what. A hosted project grants everything on a new table to `anon` and `authenticated`, so the
-- rights are taken away first: a person reads, only the server writes.
alter table public.users_quota enable row level security;
revoke all on public.users_quota from anon, authenticated;
grant select on public.users_quota to authenticated;
grant all on public.users_quota to service_role;

create policy users_quota_read_own on public.users_quota
    for select to authenticated
    -- The sub-select lets PostgreSQL ask once per statement and not once per row.
    using ((select auth.uid()) = user_id);

comment on policy users_quota_read_own on public.users_quota is
    'People see their own numbers and nobody else''s. There is no policy for writing: a quota that its owner can raise is none.';
