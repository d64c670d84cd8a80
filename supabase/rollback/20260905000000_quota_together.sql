-- The way back from `migrations/20260905000000_quota_together.sql` and `20260906000000_quota_many_at_once.sql`,
-- which replaced one of its functions: units are then counted one by one.
drop function public.quota_commit_all(uuid[]);
drop function public.quota_reserve_all(jsonb, interval);
