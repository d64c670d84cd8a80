-- Several units in one call, for a server on which many runs begin and end in the same moment.
--
-- Nothing is counted differently: what `quota_reserve` and `quota_commit` say about one request holds for
-- each of these, and all may be sent again, alone or together. Two such calls cannot wait for each other
-- for ever: both take requests before the rows of people, and those in one order. Nor does anybody wait
-- long for the row of somebody else: the call then fails as a whole, and each request can be sent alone.

-- `quota_reserve` for a list of `{user, kind, request}`. For new requests only: one that may be on its way
-- a second time is sent alone.
create function public.quota_reserve_all(p_asked jsonb, p_lease interval)
returns table (
    request uuid, allowed boolean, used integer, "limit" integer, remaining integer, reserved integer,
    state text, duplicate boolean
)
language plpgsql
set lock_timeout = '250ms'
as $$
declare
    v_asked record;
begin
    for v_asked in
        select a."user", a.kind, a.request
        from jsonb_to_recordset(p_asked) as a ("user" uuid, kind text, request uuid)
        order by a."user"
    loop
        return query select v_asked.request, r.*
            from public.quota_reserve(v_asked."user", v_asked.kind, v_asked.request, p_lease) r;
    end loop;
end
$$;

-- `quota_commit` for a list. `state` is committed, or unknown for a request that nobody reserved.
create function public.quota_commit_all(p_requests uuid[]) returns table (request uuid, state text)
language plpgsql
set lock_timeout = '250ms'
as $$
declare
    v_units record;
begin
    perform from public.quota_requests q where q.request = any (p_requests) order by q.request for update;
    for v_units in
        with waiting as materialized (
            select q.request, q.user_id, q.kind, (q.state = 'reserved')::integer as held
            from public.quota_requests q where q.request = any (p_requests) and q.state <> 'committed'
        ), done as (
            update public.quota_requests q set state = 'committed', seen = w.held = 0,
                due = case w.held when 1 then q.due else now() + interval '24 hours' end
            from waiting w where q.request = w.request
            returning w.user_id, w.kind, w.held
        )
        select d.user_id, d.kind, count(*)::integer as units, sum(d.held)::integer as held
        from done d group by d.user_id, d.kind order by d.user_id
    loop
        perform public.quota_count(v_units.user_id, v_units.kind, v_units.units, v_units.held);
    end loop;
    return query select a.request, coalesce(q.state, 'unknown')
        from unnest(p_requests) as a (request)
        left join public.quota_requests q on q.request = a.request;
end
$$;

revoke all on function public.quota_reserve_all(jsonb, interval), public.quota_commit_all(uuid[])
from public, anon, authenticated;
grant execute on function public.quota_reserve_all(jsonb, interval), public.quota_commit_all(uuid[])
to service_role;
