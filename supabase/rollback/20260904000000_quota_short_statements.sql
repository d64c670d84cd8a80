-- The way back from `migrations/20260904000000_quota_short_statements.sql`, to a project without functions
-- that count; the way back from 20260903000000 is the next step. No count is lost.
drop function public.quota_release(uuid);
drop function public.quota_commit(uuid);
drop function public.quota_count(uuid, text, integer, integer);
drop function public.quota_reserve(uuid, text, uuid, interval);
drop function public.quota_sweep(uuid, integer);
alter table public.quota_requests drop column seen;
alter table public.quota_requests reset (fillfactor);
