//! The ways in turns, so that whatever else the machine does falls on each of them.

use anyhow::ensure;
use flowmeter_figures::Row;
use flowmeter_local_stack::State;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::pgbench::Way;

const ROUNDS: usize = 5;

/// Units a second of each round, and the share of counts that the web product's way lost.
#[derive(Default)]
pub(crate) struct Rounds {
    updates: Vec<f64>,
    functions: Vec<f64>,
    /// Where there is more than one caller.
    together: Vec<f64>,
    web: Vec<f64>,
    lost: Vec<f64>,
}

impl Rounds {
    pub(crate) async fn run(state: &State, callers: usize) -> anyhow::Result<Rounds> {
        let (url, user) = (&state.database_url, state.users[0].id);
        let mut rounds = Rounds::default();
        for _ in 0..ROUNDS {
            reset(url, user).await?;
            rounds.updates.push(way(Way::Updates, url, user, callers).await?.0);
            rounds.functions.push(exactly(Way::Functions, url, user, callers).await?);
            if callers > 1 {
                rounds.together.push(exactly(Way::Together, url, user, callers).await?);
            }
            reset(url, user).await?;
            let (per_second, believed) = way(Way::Web, url, user, callers).await?;
            rounds.web.push(per_second);
            rounds.lost.push((believed - used(url, user).await?) as f64 / believed.max(1) as f64 * 100.0);
        }
        Ok(rounds)
    }

    pub(crate) fn rows(&self, where_: &str, goal: f64) -> Vec<Row> {
        let beside = |what: &str, runs: &[f64]| {
            Row::new(format!("{what} ({where_})"), "1/s", runs)
                .against("the same two updates by pgbench", &self.updates)
        };
        let mut rows = vec![beside("reserve + commit, each by itself", &self.functions).at_least_share(goal)];
        if !self.together.is_empty() {
            rows.push(beside("reserve + commit, together", &self.together).at_least_share(goal));
        }
        rows.extend([
            beside("the web product's way", &self.web),
            Row::new(format!("counts that the web product's way loses ({where_})"), "%", &self.lost),
        ]);
        rows
    }
}

/// Units a second of a way that has to lose none.
async fn exactly(wanted: Way, url: &str, user: Uuid, callers: usize) -> anyhow::Result<f64> {
    reset(url, user).await?;
    let (per_second, believed) = way(wanted, url, user, callers).await?;
    ensure!(used(url, user).await? == believed, "reserve and commit lost a count");
    Ok(per_second)
}

async fn way(way: Way, url: &str, user: Uuid, callers: usize) -> anyhow::Result<(f64, i64)> {
    let url = url.to_owned();
    let run = tokio::task::spawn_blocking(move || way.run(&url, user, callers)).await??;
    Ok((run.per_second, run.believed))
}

/// The same start for each: no count, no request, no dead rows.
async fn reset(url: &str, user: Uuid) -> anyhow::Result<()> {
    let mut database = PgConnection::connect(url).await?;
    let sql = "update public.users_quota set llm_executions_used = 0, llm_executions_limit = 2000000000,
               llm_executions_reserved = 0 where user_id = $1";
    sqlx::query(sql).bind(user).execute(&mut database).await?;
    for sql in ["truncate public.quota_requests", "vacuum full public.users_quota", "checkpoint"] {
        sqlx::query(sql).execute(&mut database).await?;
    }
    Ok(())
}

async fn used(url: &str, user: Uuid) -> anyhow::Result<i64> {
    let mut database = PgConnection::connect(url).await?;
    let sql = "select llm_executions_used::bigint from public.users_quota where user_id = $1";
    Ok(sqlx::query_scalar(sql).bind(user).fetch_one(&mut database).await?)
}
