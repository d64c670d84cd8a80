//! An existing project is taken over, and given back, with every count as it was.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

const PLATFORM: &str = include_str!("../sql/platform.sql");
const FIRST: &str = include_str!("../../../supabase/migrations/20260901000000_users_quota.sql");
const TAKE_OVER: &str = include_str!("../../../supabase/migrations/20260902000000_take_over_project.sql");
const FUNCTIONS: &str = include_str!("../../../supabase/migrations/20260903000000_quota_functions.sql");
const SHORT: &str = include_str!("../../../supabase/migrations/20260904000000_quota_short_statements.sql");
const TOGETHER: &str = include_str!("../../../supabase/migrations/20260905000000_quota_together.sql");
const AT_ONCE: &str = include_str!("../../../supabase/migrations/20260906000000_quota_many_at_once.sql");
const APART: &str = include_str!("../../../supabase/rollback/20260905000000_quota_together.sql");
const NOT_SHORT: &str = include_str!("../../../supabase/rollback/20260904000000_quota_short_statements.sql");
const NO_FUNCTIONS: &str = include_str!("../../../supabase/rollback/20260903000000_quota_functions.sql");
const GIVE_BACK: &str = include_str!("../../../supabase/rollback/20260902000000_take_over_project.sql");

/// What a project has that began elsewhere: people may write their own row.
const THEIRS: &str = "
    create function public.current_user_id() returns uuid language sql stable security definer
        as 'select auth.uid()';
    create function public.set_updated_at() returns trigger language plpgsql
        as 'begin new.updated_at = now(); return new; end';
    create table public.users_quota (
        id uuid primary key default gen_random_uuid(),
        user_id uuid not null unique references auth.users (id) on delete cascade,
        llm_executions_used integer default 0, llm_executions_limit integer default 100,
        flow_generations_used integer default 0, flow_generations_limit integer default 20,
        app_usages_used integer default 0, app_usages_limit integer default 50,
        created_at timestamptz default now(), updated_at timestamptz default now());
    create trigger set_users_quota_updated_at before update on public.users_quota
        for each row execute function public.set_updated_at();
    alter table public.users_quota enable row level security;
    create policy \"Users can update their own quota\" on public.users_quota for update
        using (user_id = public.current_user_id());
    create policy \"Users can view own quota\" on public.users_quota for select
        using (user_id = public.current_user_id());
    create function public.check_and_increment_quota(p_user_id uuid, p_quota_type text) returns boolean
        language plpgsql security definer as 'begin return true; end';";

/// What the newer ones have besides.
const NEWER: &str = "
    alter table public.users_quota add column image_gen_executions_used integer default 0,
        add column image_gen_executions_limit integer default 20,
        add column points_balance integer default 0, add column points_used integer default 0;
    update public.users_quota set image_gen_executions_used = 7, points_balance = 93, points_used = 12;";

async fn run(database: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(database).await.unwrap();
}

/// A database of its own beside the stack's.
async fn database() -> PgConnection {
    let name = format!("t{}", Uuid::new_v4().simple());
    run(&mut support::database().await, &format!("create database {name}")).await;
    let url = support::state().database_url.rsplit_once('/').unwrap().0;
    let mut database = PgConnection::connect(&format!("{url}/{name}")).await.unwrap();
    run(&mut database, PLATFORM).await;
    database
}

/// Such a project with three people and odd counts.
async fn existing(is_newer: bool) -> PgConnection {
    let mut database = database().await;
    run(&mut database, THEIRS).await;
    run(
        &mut database,
        "insert into auth.users (id, email, encrypted_password)
            select ('00000000-0000-0000-0000-00000000000' || n)::uuid, n::text, '' from generate_series(1, 3) n;
        insert into public.users_quota (user_id, llm_executions_used, llm_executions_limit, app_usages_used)
            select id, 17, 120, null from auth.users;
        update public.users_quota set llm_executions_used = 130, flow_generations_used = -2
            where user_id = '00000000-0000-0000-0000-000000000002';",
    )
    .await;
    if is_newer {
        run(&mut database, NEWER).await;
    }
    database
}

/// Every value of every row, in the columns that these rows have.
async fn rows(database: &mut PgConnection) -> Vec<Value> {
    let sql = "select to_jsonb(u) from public.users_quota u order by user_id";
    sqlx::query_scalar(sql).fetch_all(database).await.unwrap()
}

/// Policies, rights and triggers, as text.
async fn rules(database: &mut PgConnection) -> Vec<String> {
    let sql = "
        select policyname || cmd || roles::text || coalesce(qual, '') || coalesce(with_check, '')
            from pg_policies where tablename = 'users_quota'
        union all select pg_get_triggerdef(oid) from pg_trigger
            where tgrelid = 'public.users_quota'::regclass and not tgisinternal
        union all select grantee || privilege_type from information_schema.role_table_grants
            where table_name = 'users_quota' and grantee in ('anon', 'authenticated')
        union all select 'increment ' || has_function_privilege('anon',
            'public.check_and_increment_quota(uuid, text)', 'execute')
        order by 1";
    sqlx::query_scalar(sql).fetch_all(database).await.unwrap()
}

/// Whether all of `before` is in `after` with the same values; columns may have come.
fn assert_kept(before: &[Value], after: &[Value]) {
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(after) {
        for (column, value) in before.as_object().unwrap() {
            assert_eq!(&after[column], value, "{column}");
        }
    }
}

/// Rows changed by a person who raises their own limit; an error counts as none.
async fn raise_own_limit(database: &mut PgConnection) -> u64 {
    let mut transaction = database.begin().await.unwrap();
    let claims = json!({"sub": "00000000-0000-0000-0000-000000000001"}).to_string();
    let sql = "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)";
    sqlx::query(sql).bind(claims).execute(&mut *transaction).await.unwrap();
    let update = sqlx::query("update public.users_quota set llm_executions_limit = 9999");
    update.execute(&mut *transaction).await.map_or(0, |done| done.rows_affected())
}

#[tokio::test]
async fn an_existing_project_of_either_age_is_taken_over_and_given_back_without_losing_a_count() {
    for is_newer in [false, true] {
        let mut database = existing(is_newer).await;
        let (before, their_rules) = (rows(&mut database).await, rules(&mut database).await);
        assert_eq!(raise_own_limit(&mut database).await, 1, "that is how it was");

        run(&mut database, TAKE_OVER).await;
        assert_kept(&before, &rows(&mut database).await);
        for sql in [FUNCTIONS, SHORT, TOGETHER, AT_ONCE] {
            run(&mut database, sql).await;
        }
        assert_kept(&before, &rows(&mut database).await);
        assert_eq!(raise_own_limit(&mut database).await, 0);
        assert!(!rules(&mut database).await.contains(&"increment true".to_owned()));

        for sql in [APART, NOT_SHORT, NO_FUNCTIONS, GIVE_BACK] {
            run(&mut database, sql).await;
        }
        assert_kept(&before, &rows(&mut database).await);
        assert_eq!(rules(&mut database).await, their_rules);
        assert_eq!(raise_own_limit(&mut database).await, 1);
    }
}

#[tokio::test]
async fn what_was_counted_meanwhile_survives_the_way_back() {
    let mut database = existing(true).await;
    for sql in [TAKE_OVER, FUNCTIONS, SHORT, TOGETHER, AT_ONCE] {
        run(&mut database, sql).await;
    }
    run(
        &mut database,
        "select public.quota_reserve('00000000-0000-0000-0000-000000000001', 'llm_executions',
            '00000000-0000-0000-0000-00000000000a', '1 hour');
        select public.quota_commit('00000000-0000-0000-0000-00000000000a');
        select public.quota_reserve('00000000-0000-0000-0000-000000000001', 'image_gen_executions',
            '00000000-0000-0000-0000-00000000000b', '1 hour');",
    )
    .await;
    for sql in [APART, NOT_SHORT, NO_FUNCTIONS, GIVE_BACK] {
        run(&mut database, sql).await;
    }
    let rows = rows(&mut database).await;
    assert_eq!(
        (&rows[0]["llm_executions_used"], &rows[0]["image_gen_executions_used"]),
        (&json!(18), &json!(7))
    );
}

#[tokio::test]
async fn a_project_that_began_with_ours_goes_there_and_back_unchanged() {
    let mut database = database().await;
    run(&mut database, FIRST).await;
    run(&mut database, "insert into auth.users (email, encrypted_password) values ('a', '')").await;
    let before = rows(&mut database).await;
    for sql in [TAKE_OVER, FUNCTIONS, SHORT, TOGETHER, AT_ONCE, APART, NOT_SHORT, NO_FUNCTIONS, GIVE_BACK] {
        run(&mut database, sql).await;
        assert_kept(&before, &rows(&mut database).await);
        assert_eq!(raise_own_limit(&mut database).await, 0);
    }
}

#[tokio::test]
async fn what_was_reserved_and_counted_before_is_so_after_the_functions_were_replaced() {
    let mut database = existing(true).await;
    for sql in [TAKE_OVER, FUNCTIONS] {
        run(&mut database, sql).await;
    }
    let person = "00000000-0000-0000-0000-000000000001";
    let (committed, reserved) =
        ("00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b");
    for request in [committed, reserved] {
        let sql = format!("select public.quota_reserve('{person}', 'llm_executions', '{request}', '1 hour')");
        run(&mut database, &sql).await;
    }
    run(&mut database, &format!("select public.quota_commit('{committed}')")).await;
    for sql in [SHORT, TOGETHER, AT_ONCE] {
        run(&mut database, sql).await;
    }
    let both = format!("select state from public.quota_commit_all('{{{committed}, {reserved}}}')");
    let states: Vec<String> = sqlx::query_scalar(AssertSqlSafe(both)).fetch_all(&mut database).await.unwrap();
    assert_eq!(states, ["committed", "committed"]);
    let row = &rows(&mut database).await[0];
    assert_eq!((&row["llm_executions_used"], &row["llm_executions_reserved"]), (&json!(19), &json!(0)));
}
