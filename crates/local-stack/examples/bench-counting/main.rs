//! `bench-counting [FILE]`: what counting costs on one person's row, side by side in one run.
//!
//! On the stack's own PostgreSQL and by `pgbench`: the two updates of the row that reserving and committing a
//! unit come down to; reserve and commit by the functions, a call for each unit and, as the edge does for what its
//! callers want in one moment, a call for several; and the web product's way (check, then read and
//! write under the optimistic lock, without asking for the rows) with the counts that it loses. Twice:
//! durable (fsync on, as a project runs) and with fsync off (as the stack runs for tests), where nothing but
//! the processor counts.
#![allow(clippy::print_stdout, reason = "a table for people is what this is for")]

mod pgbench;
mod rounds;

use std::fs::File;
use std::time::Duration;

use anyhow::Context;
use flowmeter_figures::Figures;
use flowmeter_local_stack::{AuthRules, LocalStack, Options, Signing, privileges};

use rounds::Rounds;

const DEFAULT_FILE: &str = "target/bench/counting.json";
/// The share of the two updates that reserve and commit have to reach.
const GOAL: f64 = 0.8;

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| DEFAULT_FILE.to_owned());
    if let Some(directory) = std::path::Path::new(&path).parent() {
        std::fs::create_dir_all(directory)?;
    }
    // Before root becomes another user, who may not write there.
    let file = File::create(&path).with_context(|| format!("cannot write {path}"))?;
    privileges::drop_root(None)?;
    let figures = tokio::runtime::Runtime::new()?.block_on(measure())?;
    println!("{}", figures.table());
    Ok(serde_json::to_writer_pretty(file, &figures.json())?)
}

async fn measure() -> anyhow::Result<Figures> {
    let kept = tempfile::tempdir()?;
    let mut figures = Figures::new("counting");
    for (durability, data) in [("durable", Some(kept.path().to_owned())), ("fsync off", None)] {
        let stack = LocalStack::start(Options {
            port: 0,
            data,
            pace: Duration::ZERO,
            signing: Signing::default(),
            auth: AuthRules::default(),
        })
        .await?;
        for callers in [1, 16] {
            let rounds = Rounds::run(stack.state(), callers).await?;
            rounds
                .rows(&format!("{durability}, {callers} callers"), GOAL)
                .into_iter()
                .for_each(|row| figures.add(row));
        }
        stack.stop().await?;
    }
    Ok(figures)
}
