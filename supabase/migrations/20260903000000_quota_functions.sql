-- Counting that is exact: a unit is reserved before the work, then committed or released.
--
-- What is left for a reservation is limit - used - live reservations, all of it in the one row of the
-- person, so that one update under that row's lock decides. Each function notes its request first and
-- takes the hot row last, so that the row is held only from its update to the end of the statement, and
-- no two of them can wait for each other (a sweep skips requests that others hold).

alter table public.users_quota
    add column llm_executions_reserved integer not null default 0,
    add column flow_generations_reserved integer not null default 0,
    add column app_usages_reserved integer not null default 0,
    add column image_gen_executions_reserved integer not null default 0;

comment on column public.users_quota.llm_executions_reserved is
    'Units promised to work that has not ended. Only the quota functions write the four of these.';

-- Room for the next version of a row beside it: an update then touches no index.
alter table public.users_quota set (fillfactor = 50);

-- A reservation changes nothing that an older writer could overwrite, so it must not break that writer's
-- optimistic lock. What counts moves `updated_at`: `quota_commit` itself, everything else by the trigger.
drop trigger users_quota_touch on public.users_quota;
create trigger users_quota_touch
    before update on public.users_quota
    for each row
    when (old.llm_executions_reserved = new.llm_executions_reserved
        and old.flow_generations_reserved = new.flow_generations_reserved
        and old.app_usages_reserved = new.app_usages_reserved
        and old.image_gen_executions_reserved = new.image_gen_executions_reserved)
    execute function public.users_quota_touch();

create table public.quota_requests (
    request uuid primary key,
    -- No foreign key: checking it would cost more than the row. The trigger below clears up.
    user_id uuid not null,
    kind text not null,
    state text not null,
    due timestamptz not null
);
comment on table public.quota_requests is
    'Each request that asked for a unit, so that none is counted twice: until its lease ends, and 24 h more.';
comment on column public.quota_requests.state is 'reserved, committed, released, or expired (its lease ended first).';
comment on column public.quota_requests.due is
    'When somebody has to look again: the end of the lease, or the time to forget the request.';
-- One index for both: ended leases and forgotten requests are the rows that are due.
create index quota_requests_due on public.quota_requests (user_id, due);

alter table public.quota_requests enable row level security;
revoke all on public.quota_requests from anon, authenticated;
grant all on public.quota_requests to service_role;

create function public.quota_forget_person() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    delete from public.quota_requests where user_id = old.user_id;
    return null;
end
$$;
create trigger quota_forget_person
    after delete on public.users_quota
    for each row execute function public.quota_forget_person();

-- Looks at up to `p_most` requests of a person that are due (NULL: all): an ended lease gives its unit
-- back, a request that ended 24 h ago is forgotten.
create function public.quota_sweep(p_user uuid, p_most integer) returns void
language sql
as $$
    with due as materialized (
        select request, state from public.quota_requests
        where user_id = p_user and due <= now()
        order by due limit p_most for update skip locked
    ), forgotten as (
        delete from public.quota_requests q using due
        where q.request = due.request and due.state <> 'reserved'
    ), ended as (
        update public.quota_requests q set state = 'expired', due = q.due + interval '24 hours' from due
        where q.request = due.request and due.state = 'reserved'
        returning q.kind
    ), units as (
        select count(*)::integer as all_kinds,
               (count(*) filter (where kind = 'llm_executions'))::integer as llm_executions,
               (count(*) filter (where kind = 'flow_generations'))::integer as flow_generations,
               (count(*) filter (where kind = 'app_usages'))::integer as app_usages,
               (count(*) filter (where kind = 'image_gen_executions'))::integer as image_gen_executions
        from ended
    )
    update public.users_quota u set
        llm_executions_reserved = greatest(u.llm_executions_reserved - units.llm_executions, 0),
        flow_generations_reserved = greatest(u.flow_generations_reserved - units.flow_generations, 0),
        app_usages_reserved = greatest(u.app_usages_reserved - units.app_usages, 0),
        image_gen_executions_reserved =
            greatest(u.image_gen_executions_reserved - units.image_gen_executions, 0)
    from units where u.user_id = p_user and units.all_kinds > 0
$$;

-- The numbers of one kind; no row and NULL count as 0.
create function public.quota_numbers(
    p_user uuid, p_kind text, out used integer, out "limit" integer, out reserved integer
)
language sql stable
as $$
    select coalesce(max(n.used), 0), coalesce(max(n."limit"), 0), coalesce(max(n.reserved), 0)
    from public.users_quota u
    cross join lateral (values
        ('llm_executions', u.llm_executions_used, u.llm_executions_limit, u.llm_executions_reserved),
        ('flow_generations', u.flow_generations_used, u.flow_generations_limit, u.flow_generations_reserved),
        ('app_usages', u.app_usages_used, u.app_usages_limit, u.app_usages_reserved),
        ('image_gen_executions', u.image_gen_executions_used, u.image_gen_executions_limit,
         u.image_gen_executions_reserved)
    ) as n (kind, used, "limit", reserved)
    where u.user_id = p_user and n.kind = p_kind
$$;

-- Reserves one unit of `p_kind` for `p_request`, for `p_lease`. The same request again gets the state of
-- the first and no second unit. `remaining` is limit - used; `reserved` of it is promised to others.
create function public.quota_reserve(
    p_user uuid, p_kind text, p_request uuid, p_lease interval,
    out allowed boolean, out used integer, out "limit" integer, out remaining integer,
    out reserved integer, out state text, out duplicate boolean
)
language plpgsql
as $$
declare
    v_due boolean;
begin
    if p_kind not in ('llm_executions', 'flow_generations', 'app_usages', 'image_gen_executions') then
        raise sqlstate '22023' using message = format('p_kind: %L is no kind of quota', p_kind);
    end if;
    if p_lease <= interval '0' then
        raise sqlstate '22023' using message = 'p_lease: a lease has to last longer than nothing';
    end if;
    loop
        insert into public.quota_requests (request, user_id, kind, state, due)
        values (p_request, p_user, p_kind, 'reserved', now() + p_lease)
        on conflict (request) do nothing
        returning exists (select from public.quota_requests q where q.user_id = p_user and q.due <= now())
        into v_due;
        exit when found;
        -- It was here before. After its 24 h it counts as new; else its state is the answer.
        delete from public.quota_requests q
        where q.request = p_request and q.state <> 'reserved' and q.due <= now();
        if not found then
            select q.state into quota_reserve.state from public.quota_requests q where q.request = p_request;
            if found then
                duplicate := true;
                allowed := state = 'reserved';
                select n.used, n."limit", n.reserved into used, "limit", reserved
                from public.quota_numbers(p_user, p_kind) n;
                remaining := "limit" - used;
                return;
            end if;
        end if;
    end loop;
    duplicate := false;
    if v_due then
        perform public.quota_sweep(p_user, 2);
    end if;
    -- Twice: before a refusal every ended lease is looked at, not only the oldest.
    for v_try in 1..2 loop
        update public.users_quota u set
            llm_executions_reserved = u.llm_executions_reserved + (p_kind = 'llm_executions')::integer,
            flow_generations_reserved = u.flow_generations_reserved + (p_kind = 'flow_generations')::integer,
            app_usages_reserved = u.app_usages_reserved + (p_kind = 'app_usages')::integer,
            image_gen_executions_reserved =
                u.image_gen_executions_reserved + (p_kind = 'image_gen_executions')::integer
        where u.user_id = p_user and case p_kind
            when 'llm_executions' then coalesce(u.llm_executions_limit, 0)
                - coalesce(u.llm_executions_used, 0) - u.llm_executions_reserved
            when 'flow_generations' then coalesce(u.flow_generations_limit, 0)
                - coalesce(u.flow_generations_used, 0) - u.flow_generations_reserved
            when 'app_usages' then coalesce(u.app_usages_limit, 0)
                - coalesce(u.app_usages_used, 0) - u.app_usages_reserved
            when 'image_gen_executions' then coalesce(u.image_gen_executions_limit, 0)
                - coalesce(u.image_gen_executions_used, 0) - u.image_gen_executions_reserved
        end > 0
        returning
            case p_kind when 'llm_executions' then coalesce(u.llm_executions_used, 0)
                when 'flow_generations' then coalesce(u.flow_generations_used, 0)
                when 'app_usages' then coalesce(u.app_usages_used, 0)
                else coalesce(u.image_gen_executions_used, 0) end,
            case p_kind when 'llm_executions' then u.llm_executions_limit
                when 'flow_generations' then u.flow_generations_limit
                when 'app_usages' then u.app_usages_limit
                else u.image_gen_executions_limit end
        into used, "limit";
        allowed := found;
        exit when allowed or v_try = 2;
        perform public.quota_sweep(p_user, null);
    end loop;
    state := 'reserved';
    if not allowed then
        state := 'refused';
        delete from public.quota_requests q where q.request = p_request;
        select n.used, n."limit", n.reserved into used, "limit", reserved
        from public.quota_numbers(p_user, p_kind) n;
    end if;
    remaining := "limit" - used;
end
$$;

-- Counts the unit of `p_request`, once, whatever became of its lease: the work was done and given out.
-- `counted` says whether this call did it; a request that nobody reserved is `unknown`.
create function public.quota_commit(
    p_request uuid, out counted boolean, out state text, out duplicate boolean
)
language plpgsql
as $$
declare
    v_user uuid;
    v_kind text;
    v_held integer := 1;
begin
    duplicate := false;
    update public.quota_requests q set state = 'committed', due = now() + interval '24 hours'
    where q.request = p_request and q.state = 'reserved'
    returning q.user_id, q.kind into v_user, v_kind;
    if not found then
        -- Its unit went back already: counting it takes nothing from the reservations.
        v_held := 0;
        update public.quota_requests q set state = 'committed', due = now() + interval '24 hours'
        where q.request = p_request and q.state in ('expired', 'released')
        returning q.user_id, q.kind into v_user, v_kind;
        if not found then
            counted := false;
            select q.state into quota_commit.state from public.quota_requests q where q.request = p_request;
            duplicate := found;
            state := coalesce(state, 'unknown');
            return;
        end if;
    end if;
    -- The set of each kind is written out: one statement, planned once.
    update public.users_quota u set
        llm_executions_used = case v_kind when 'llm_executions'
            then coalesce(u.llm_executions_used, 0) + 1 else u.llm_executions_used end,
        llm_executions_reserved = case v_kind when 'llm_executions'
            then greatest(u.llm_executions_reserved - v_held, 0) else u.llm_executions_reserved end,
        flow_generations_used = case v_kind when 'flow_generations'
            then coalesce(u.flow_generations_used, 0) + 1 else u.flow_generations_used end,
        flow_generations_reserved = case v_kind when 'flow_generations'
            then greatest(u.flow_generations_reserved - v_held, 0) else u.flow_generations_reserved end,
        app_usages_used = case v_kind when 'app_usages'
            then coalesce(u.app_usages_used, 0) + 1 else u.app_usages_used end,
        app_usages_reserved = case v_kind when 'app_usages'
            then greatest(u.app_usages_reserved - v_held, 0) else u.app_usages_reserved end,
        image_gen_executions_used = case v_kind when 'image_gen_executions'
            then coalesce(u.image_gen_executions_used, 0) + 1 else u.image_gen_executions_used end,
        image_gen_executions_reserved = case v_kind when 'image_gen_executions'
            then greatest(u.image_gen_executions_reserved - v_held, 0)
            else u.image_gen_executions_reserved end,
        updated_at = now()
    where u.user_id = v_user;
    counted := found;
    state := 'committed';
end
$$;

-- Gives the unit of `p_request` back. After a commit it changes nothing.
create function public.quota_release(p_request uuid, out released boolean, out state text)
language plpgsql
as $$
declare
    v_user uuid;
    v_kind text;
begin
    update public.quota_requests q set state = 'released', due = now() + interval '24 hours'
    where q.request = p_request and q.state = 'reserved'
    returning q.user_id, q.kind into v_user, v_kind;
    released := found;
    if not released then
        select q.state into quota_release.state from public.quota_requests q where q.request = p_request;
        state := coalesce(state, 'unknown');
        return;
    end if;
    state := 'released';
    update public.users_quota u set
        llm_executions_reserved =
            greatest(u.llm_executions_reserved - (v_kind = 'llm_executions')::integer, 0),
        flow_generations_reserved =
            greatest(u.flow_generations_reserved - (v_kind = 'flow_generations')::integer, 0),
        app_usages_reserved = greatest(u.app_usages_reserved - (v_kind = 'app_usages')::integer, 0),
        image_gen_executions_reserved =
            greatest(u.image_gen_executions_reserved - (v_kind = 'image_gen_executions')::integer, 0)
    where u.user_id = v_user;
end
$$;

-- One use of an app by the caller: the one kind that the client itself counts. `security definer`,
-- because people write nothing; the row is the caller's own, whatever is sent.
create function public.consume_app_usage(
    out allowed boolean, out used integer, out "limit" integer, out remaining integer
)
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.users_quota u set app_usages_used = coalesce(u.app_usages_used, 0) + 1
    where u.user_id = auth.uid()
      and coalesce(u.app_usages_limit, 0) - coalesce(u.app_usages_used, 0) - u.app_usages_reserved > 0
    returning u.app_usages_used, u.app_usages_limit into used, "limit";
    allowed := found;
    if not allowed then
        select n.used, n."limit" into used, "limit" from public.quota_numbers(auth.uid(), 'app_usages') n;
    end if;
    remaining := "limit" - used;
end
$$;

-- A hosted project grants every new function to everybody.
revoke all on function
    public.quota_forget_person(), public.quota_sweep(uuid, integer), public.quota_numbers(uuid, text),
    public.quota_reserve(uuid, text, uuid, interval),
    public.quota_commit(uuid), public.quota_release(uuid), public.consume_app_usage()
from public, anon, authenticated;
grant execute on function
    public.quota_sweep(uuid, integer), public.quota_numbers(uuid, text),
    public.quota_reserve(uuid, text, uuid, interval), public.quota_commit(uuid), public.quota_release(uuid)
to service_role;
grant execute on function public.consume_app_usage() to authenticated;
