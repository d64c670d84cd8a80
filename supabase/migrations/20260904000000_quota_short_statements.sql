-- The same counting with less to do for the database: what the functions say is as it was.
--
-- A statement costs by its length, too, each time that it runs and again when it had to wait for its row.
-- So each kind has a short one of its own, where one for all kinds had to look at the kind in every column.
-- And what ends a request touches no index: `due` stays the end of its lease. Whoever looks at it then puts
-- it off by the 24 h for which it is remembered, many requests in one statement.

alter table public.quota_requests add column seen boolean not null default false;
comment on column public.quota_requests.seen is
    'Somebody looked at it after its lease: it has ended, and is to be forgotten when it is due again.';
update public.quota_requests set seen = true where state <> 'reserved';
-- Room beside each request for the one change that it sees.
alter table public.quota_requests set (fillfactor = 70);

-- Looks at up to `p_most` requests of a person that are due (NULL: all). At the end of a lease: a unit that
-- is still held goes back, and the request is remembered for 24 h more. After those it is forgotten.
create or replace function public.quota_sweep(p_user uuid, p_most integer) returns void
language plpgsql
as $$
begin
    with due as materialized (
        select request, state, seen from public.quota_requests
        where user_id = p_user and due <= now()
        order by due limit p_most for update skip locked
    ), forgotten as (
        delete from public.quota_requests q using due where q.request = due.request and due.seen
    ), put_off as (
        update public.quota_requests q set seen = true, due = q.due + interval '24 hours',
            state = case due.state when 'reserved' then 'expired' else due.state end
        from due where q.request = due.request and not due.seen
        returning q.kind, due.state
    ), units as (
        select count(*)::integer as all_kinds,
               (count(*) filter (where kind = 'llm_executions'))::integer as llm_executions,
               (count(*) filter (where kind = 'flow_generations'))::integer as flow_generations,
               (count(*) filter (where kind = 'app_usages'))::integer as app_usages,
               (count(*) filter (where kind = 'image_gen_executions'))::integer as image_gen_executions
        from put_off where state = 'reserved'
    )
    update public.users_quota u set
        llm_executions_reserved = greatest(u.llm_executions_reserved - units.llm_executions, 0),
        flow_generations_reserved = greatest(u.flow_generations_reserved - units.flow_generations, 0),
        app_usages_reserved = greatest(u.app_usages_reserved - units.app_usages, 0),
        image_gen_executions_reserved =
            greatest(u.image_gen_executions_reserved - units.image_gen_executions, 0)
    from units where u.user_id = p_user and units.all_kinds > 0;
end
$$;

create or replace function public.quota_reserve(
    p_user uuid, p_kind text, p_request uuid, p_lease interval,
    out allowed boolean, out used integer, out "limit" integer, out remaining integer,
    out reserved integer, out state text, out duplicate boolean
)
language plpgsql
as $$
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
        on conflict (request) do nothing;
        exit when found;
        -- It was here before. After its 24 h it counts as new; else its state is the answer.
        delete from public.quota_requests q
        where q.request = p_request and q.state <> 'reserved'
            and q.due <= now() - case when q.seen then interval '0' else interval '24 hours' end;
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
    -- By chance, and then many: to see whether something is due would cost every call as much as a write.
    if random() < 0.03125 then
        perform public.quota_sweep(p_user, 128);
    end if;
    -- Twice: before a refusal every ended lease is looked at, not only the oldest.
    for v_try in 1..2 loop
        if p_kind = 'llm_executions' then
            update public.users_quota u set llm_executions_reserved = u.llm_executions_reserved + 1
            where u.user_id = p_user
                and coalesce(u.llm_executions_limit, 0) - coalesce(u.llm_executions_used, 0)
                    - u.llm_executions_reserved > 0
            returning coalesce(u.llm_executions_used, 0), u.llm_executions_limit into used, "limit";
        elsif p_kind = 'flow_generations' then
            update public.users_quota u set flow_generations_reserved = u.flow_generations_reserved + 1
            where u.user_id = p_user
                and coalesce(u.flow_generations_limit, 0) - coalesce(u.flow_generations_used, 0)
                    - u.flow_generations_reserved > 0
            returning coalesce(u.flow_generations_used, 0), u.flow_generations_limit into used, "limit";
        elsif p_kind = 'app_usages' then
            update public.users_quota u set app_usages_reserved = u.app_usages_reserved + 1
            where u.user_id = p_user
                and coalesce(u.app_usages_limit, 0) - coalesce(u.app_usages_used, 0)
                    - u.app_usages_reserved > 0
            returning coalesce(u.app_usages_used, 0), u.app_usages_limit into used, "limit";
        elsif p_kind = 'image_gen_executions' then
            update public.users_quota u set image_gen_executions_reserved = u.image_gen_executions_reserved + 1
            where u.user_id = p_user
                and coalesce(u.image_gen_executions_limit, 0) - coalesce(u.image_gen_executions_used, 0)
                    - u.image_gen_executions_reserved > 0
            returning coalesce(u.image_gen_executions_used, 0), u.image_gen_executions_limit into used, "limit";
        end if;
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

-- Counts units of one person and kind, of which `p_held` were reserved until now. Whether there is a row.
create function public.quota_count(p_user uuid, p_kind text, p_units integer, p_held integer) returns boolean
language plpgsql
as $$
begin
    if p_kind = 'llm_executions' then
        update public.users_quota u set
            llm_executions_used = coalesce(u.llm_executions_used, 0) + p_units,
            llm_executions_reserved = greatest(u.llm_executions_reserved - p_held, 0),
            updated_at = now()
        where u.user_id = p_user;
    elsif p_kind = 'flow_generations' then
        update public.users_quota u set
            flow_generations_used = coalesce(u.flow_generations_used, 0) + p_units,
            flow_generations_reserved = greatest(u.flow_generations_reserved - p_held, 0),
            updated_at = now()
        where u.user_id = p_user;
    elsif p_kind = 'app_usages' then
        update public.users_quota u set
            app_usages_used = coalesce(u.app_usages_used, 0) + p_units,
            app_usages_reserved = greatest(u.app_usages_reserved - p_held, 0),
            updated_at = now()
        where u.user_id = p_user;
    elsif p_kind = 'image_gen_executions' then
        update public.users_quota u set
            image_gen_executions_used = coalesce(u.image_gen_executions_used, 0) + p_units,
            image_gen_executions_reserved = greatest(u.image_gen_executions_reserved - p_held, 0),
            updated_at = now()
        where u.user_id = p_user;
    end if;
    return found;
end
$$;
revoke all on function public.quota_count(uuid, text, integer, integer) from public, anon, authenticated;
grant execute on function public.quota_count(uuid, text, integer, integer) to service_role;

create or replace function public.quota_commit(
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
    update public.quota_requests q set state = 'committed'
    where q.request = p_request and q.state = 'reserved'
    returning q.user_id, q.kind into v_user, v_kind;
    if not found then
        -- Its unit went back already: counting it takes nothing from the reservations.
        v_held := 0;
        update public.quota_requests q set state = 'committed', due = now() + interval '24 hours', seen = true
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
    counted := public.quota_count(v_user, v_kind, 1, v_held);
    state := 'committed';
end
$$;

create or replace function public.quota_release(p_request uuid, out released boolean, out state text)
language plpgsql
as $$
declare
    v_user uuid;
    v_kind text;
begin
    update public.quota_requests q set state = 'released'
    where q.request = p_request and q.state = 'reserved'
    returning q.user_id, q.kind into v_user, v_kind;
    released := found;
    if not released then
        select q.state into quota_release.state from public.quota_requests q where q.request = p_request;
        state := coalesce(state, 'unknown');
        return;
    end if;
    state := 'released';
    if v_kind = 'llm_executions' then
        update public.users_quota u set
            llm_executions_reserved = greatest(u.llm_executions_reserved - 1, 0)
        where u.user_id = v_user;
    elsif v_kind = 'flow_generations' then
        update public.users_quota u set
            flow_generations_reserved = greatest(u.flow_generations_reserved - 1, 0)
        where u.user_id = v_user;
    elsif v_kind = 'app_usages' then
        update public.users_quota u set
            app_usages_reserved = greatest(u.app_usages_reserved - 1, 0)
        where u.user_id = v_user;
    elsif v_kind = 'image_gen_executions' then
        update public.users_quota u set
            image_gen_executions_reserved = greatest(u.image_gen_executions_reserved - 1, 0)
        where u.user_id = v_user;
    end if;
end
$$;
