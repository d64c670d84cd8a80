-- The models of the scripted provider, in the table that the web product lists its models in. A hosted
-- project has its own or none, so this is the stack's and no migration of ours.

create table if not exists public.llm_models (
    id uuid primary key default gen_random_uuid(),
    model_id text not null unique,
    model_name text not null,
    provider text not null,
    is_active boolean default true,
    display_order integer default 0,
    points_cost integer default 3
);
alter table public.llm_models enable row level security;
revoke all on public.llm_models from anon, authenticated;
grant select on public.llm_models to authenticated;
drop policy if exists llm_models_read on public.llm_models;
create policy llm_models_read on public.llm_models for select to authenticated using (is_active);

insert into public.llm_models (model_id, model_name, provider, display_order) values
    ('demo', 'Demo', 'scripted', 1),
    ('demo-slow', 'Demo, slow', 'scripted', 2),
    ('demo-fail-midway', 'Demo, breaks off', 'scripted', 3),
    ('demo-429', 'Demo, too busy', 'scripted', 4)
on conflict (model_id) do nothing;
