-- The way back from `migrations/20260903000000_quota_functions.sql`. No count is lost: work that holds a
-- reservation at this moment is counted by the edge's optimistic lock instead, since the function is gone.
drop function public.consume_app_usage();
drop function if exists public.quota_release(uuid);
drop function if exists public.quota_commit(uuid);
drop function if exists public.quota_reserve(uuid, text, uuid, interval);
drop function public.quota_numbers(uuid, text);
drop function if exists public.quota_sweep(uuid, integer);
drop trigger quota_forget_person on public.users_quota;
drop function public.quota_forget_person();
drop table public.quota_requests;
drop trigger users_quota_touch on public.users_quota;
create trigger users_quota_touch before update on public.users_quota
    for each row execute function public.users_quota_touch();
alter table public.users_quota
    drop column llm_executions_reserved,
    drop column flow_generations_reserved,
    drop column app_usages_reserved,
    drop column image_gen_executions_reserved;
alter table public.users_quota reset (fillfactor);
