//! The three ways in turns, so that whatever else the machine does falls on each of them.

use anyhow::ensure;
use flowmeter_local_stack::State;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::pgbench::Way;

const ROUNDS: usize = 5;

/// Units a second of each round, and the share of counts that the web product's way lost.
#[derive(Default)]
pub(crate) struct Rounds {
    plain: Vec<f64>,
    functions: Vec<f64>,
    web: Vec<f64>,
    lost: Vec<f64>,
}

impl Rounds {
    pub(crate) async fn run(state: &State, callers: usize) -> anyhow::Result<Rounds> {
        let (url, user) = (&state.database_url, state.users[0].id);
        let mut rounds = Rounds::default();
        for _ in 0..ROUNDS {
            reset(url, user).await?;
            rounds.plain.push(way(Way::Plain, url, user, callers).await?.0);
            reset(url, user).await?;
            let (per_second, believed) = way(Way::Functions, url, user, callers).await?;
            ensure!(used(url, user).await? == believed, "reserve and commit lost a count");
            rounds.functions.push(per_second);
            reset(url, user).await?;
            let (per_second, believed) = way(Way::Web, url, user, callers).await?;
            rounds.web.push(per_second);
            rounds.lost.push((believed - used(url, user).await?) as f64 / believed.max(1) as f64 * 100.0);
        }
        Ok(rounds)
    }

    pub(crate) fn rows(self, where_: &str, goal: f64) -> Vec<Value> {
        let plain = median(&self.plain);
        let against = |values: &[f64], what: &str, goal: Option<f64>| {
            let ratio = median(values) / plain;
            json!({
                "what": format!("{what} ({where_})"), "value": median(values), "spread": spread(values),
                "unit": "1/s", "against": "two plain updates by pgbench", "against_value": plain,
                "against_spread": spread(&self.plain), "ratio": ratio,
                "goal": goal.map(|goal| format!("at least {goal:.2}")), "holds": goal.map(|goal| ratio >= goal),
            })
        };
        vec![
            against(&self.functions, "reserve + commit", Some(goal)),
            against(&self.web, "the web product's way", None),
            json!({
                "what": format!("counts it loses ({where_})"), "value": median(&self.lost),
                "spread": spread(&self.lost), "unit": "%", "against": "reserve + commit", "against_value": 0.0,
                "ratio": null, "goal": null, "holds": null,
            }),
        ]
    }
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

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn spread(values: &[f64]) -> [f64; 2] {
    let fold = |pick: fn(f64, f64) -> f64| values.iter().copied().reduce(pick).unwrap_or_default();
    [fold(f64::min), fold(f64::max)]
}
