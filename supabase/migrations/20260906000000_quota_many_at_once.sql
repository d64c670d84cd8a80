-- Many reservations of one person for the price of one: what `quota_reserve_all` says is as it was.
--
-- It asked `quota_reserve` for each unit, and so wrote the person's row as often. Now all new requests of a call
-- are noted in one statement, and the units of one person and kind are set aside by one update. Whatever is
-- not as plain as that is asked one by one as before: a request that is known already, a kind that is none, and
-- a person who does not have that many left.
-- By the index always: a plan is kept for as long as a connection is, and one that was made when there were few
-- requests reads all of them when there are many.
create or replace function public.quota_reserve_all(p_asked jsonb, p_lease interval)
returns table (
    request uuid, allowed boolean, used integer, "limit" integer, remaining integer, reserved integer,
    state text, duplicate boolean
)
language plpgsql
set lock_timeout = '250ms'
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    v_units record;
    v_used integer;
    v_limit integer;
begin
    for v_units in
        with asked as materialized (
            select a."user", a.kind, a.request
            from jsonb_to_recordset(p_asked) as a ("user" uuid, kind text, request uuid)
        ), noted as (
            insert into public.quota_requests as q (request, user_id, kind, state, due)
            select a.request, a."user", a.kind, 'reserved', now() + p_lease from asked a
            where p_lease > interval '0'
                and a.kind in ('llm_executions', 'flow_generations', 'app_usages', 'image_gen_executions')
            on conflict (request) do nothing
            returning q.request, q.user_id, q.kind
        )
        select a."user", a.kind,
            coalesce(array_agg(distinct n.request) filter (where n.request is not null), '{}') as noted,
            coalesce(array_agg(a.request) filter (where n.request is null), '{}') as rest
        from asked a
        left join noted n on (n.request, n.user_id, n.kind) = (a.request, a."user", a.kind)
        group by a."user", a.kind order by a."user"
    loop
        if random() * 32 < cardinality(v_units.noted) then
            perform public.quota_sweep(v_units."user", 128);
        end if;
        if v_units.noted <> '{}' then
            execute format(
                'update public.users_quota u set %1$I = u.%1$I + $2 where u.user_id = $1
                    and coalesce(u.%2$I, 0) - coalesce(u.%3$I, 0) - u.%1$I >= $2
                returning coalesce(u.%3$I, 0), u.%2$I',
                v_units.kind || '_reserved', v_units.kind || '_limit', v_units.kind || '_used'
            ) into v_used, v_limit using v_units."user", cardinality(v_units.noted);
            if v_limit is null then
                delete from public.quota_requests q where q.request = any (v_units.noted);
                v_units.rest := v_units.noted || v_units.rest;
            else
                return query select n.request, true, v_used, v_limit, v_limit - v_used, null::integer,
                        'reserved', false
                    from unnest(v_units.noted) as n (request);
            end if;
        end if;
        return query select n.request, r.*
            from unnest(v_units.rest) with ordinality as n (request, place),
                public.quota_reserve(v_units."user", v_units.kind, n.request, p_lease) r
            order by n.place;
    end loop;
end
$$;
alter function public.quota_commit_all(uuid[]) set enable_seqscan = off;
