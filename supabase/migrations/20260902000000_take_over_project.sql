-- Brings a project that already counts (the web product's, of any age) to the rules of this one: people
-- read their own row and change nothing in it. On a project that began with ours nothing changes.
--
-- No count, limit or time is touched. Everything that is replaced is first written down in
-- `flowmeter.undo` as the statement that brings it back; `supabase/rollback` runs those.
-- A project that has `users_quota` already skips the first migration:
-- `supabase migration repair --status applied 20260901000000`, then `supabase db push`.

create schema if not exists flowmeter;
revoke all on schema flowmeter from public;
comment on schema flowmeter is 'Not part of the API: what the way back needs.';

create table flowmeter.undo (
    id bigint generated always as identity primary key,
    step text not null
);
comment on table flowmeter.undo is 'Statements that bring back what was replaced; run from the last to the first.';

-- Older projects do not know images. The way back leaves the columns: by then they may hold counts.
alter table public.users_quota
    add column if not exists image_gen_executions_used integer default 0,
    add column if not exists image_gen_executions_limit integer default 20;

-- Policies: any that lets its owner write a quota makes it none, so all but our one go.
insert into flowmeter.undo (step)
select format('create policy %I on public.users_quota as %s for %s to %s%s%s', policyname, permissive, cmd,
              (select string_agg(case role when 'public' then 'public' else quote_ident(role) end, ', ')
               from unnest(roles) as role),
              ' using (' || qual || ')', ' with check (' || with_check || ')')
from pg_policies
where schemaname = 'public' and tablename = 'users_quota' and policyname <> 'users_quota_read_own';

-- Rights: row level security alone would leave TRUNCATE open.
insert into flowmeter.undo (step)
select format('grant %s on public.users_quota to %I', privilege_type, grantee)
from information_schema.role_table_grants
where table_schema = 'public' and table_name = 'users_quota' and grantee in ('anon', 'authenticated');

insert into flowmeter.undo (step)
select 'alter table public.users_quota disable row level security'
from pg_class where oid = 'public.users_quota'::regclass and not relrowsecurity;

-- The web product has a function that counts for whomever it is told, as the tables' owner: open to
-- everybody it lets one person use up another's quota.
insert into flowmeter.undo (step)
select format('grant execute on function %s to public, anon, authenticated', oid::regprocedure)
from pg_proc where pronamespace = 'public'::regnamespace and proname = 'check_and_increment_quota';

-- Triggers that set `updated_at`: ours takes their place, since it has to let reservations pass.
insert into flowmeter.undo (step)
select pg_get_triggerdef(t.oid)
from pg_trigger t join pg_proc p on p.oid = t.tgfoid
where t.tgrelid = 'public.users_quota'::regclass and not t.tgisinternal
  and t.tgname <> 'users_quota_touch' and p.prosrc ilike '%updated_at%';

do $$
declare
    name text;
begin
    for name in select policyname from pg_policies where schemaname = 'public' and tablename = 'users_quota' loop
        execute format('drop policy %I on public.users_quota', name);
    end loop;
    for name in
        select t.tgname from pg_trigger t join pg_proc p on p.oid = t.tgfoid
        where t.tgrelid = 'public.users_quota'::regclass and not t.tgisinternal
          and t.tgname <> 'users_quota_touch' and p.prosrc ilike '%updated_at%'
    loop
        execute format('drop trigger %I on public.users_quota', name);
    end loop;
    for name in
        select oid::regprocedure::text from pg_proc
        where pronamespace = 'public'::regnamespace and proname = 'check_and_increment_quota'
    loop
        execute format('revoke execute on function %s from public, anon, authenticated', name);
    end loop;
end
$$;

alter table public.users_quota enable row level security;
revoke all on public.users_quota from anon, authenticated;
grant select on public.users_quota to authenticated;
grant all on public.users_quota to service_role;
create policy users_quota_read_own on public.users_quota
    for select to authenticated using ((select auth.uid()) = user_id);

-- The rest is what the first migration would have made.
create or replace function public.users_quota_touch() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at = now();
    return new;
end
$$;
revoke all on function public.users_quota_touch() from public, anon, authenticated;

do $$
begin
    if not exists (
        select from pg_trigger where tgrelid = 'public.users_quota'::regclass and tgname = 'users_quota_touch'
    ) then
        create trigger users_quota_touch before update on public.users_quota
            for each row execute function public.users_quota_touch();
        insert into flowmeter.undo (step) values
            ('drop function public.users_quota_touch()'),
            ('drop trigger users_quota_touch on public.users_quota');
    end if;
end
$$;
insert into flowmeter.undo (step)
select 'drop policy users_quota_read_own on public.users_quota' where exists (select from flowmeter.undo);
