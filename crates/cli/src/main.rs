//! `flowmeter-cli`: the numbers of the account that is signed in in the app, on the command line.
//!
//! Reads the app's own store and asks no network: what it shows is the app's last reading, with its
//! age.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Parser, Subcommand};
use flowmeter_client::domain::{Counter, Level, Snapshot};
use flowmeter_client::secrets::MemorySecrets;
use flowmeter_client::{Client, Events, News, Outside, Settings};

#[derive(Parser)]
#[command(name = "flowmeter-cli", about = "What is left of a Flowmeter account")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the app's last reading.
    Quota,
}

/// Nobody listens on a command line.
struct Silence;

impl Events for Silence {
    fn tell(&self, _: News) {}
}

fn main() -> ExitCode {
    match run(&Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("flowmeter-cli: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(Command::Quota: &Command) -> anyhow::Result<()> {
    let settings = Settings::load(|name| std::env::var(name).ok())?;
    let outside = Outside::new(Arc::new(MemorySecrets::default()), Arc::new(Silence));
    let now = (outside.clock)();
    let start = Client::open(settings, outside)?.start(String::new());
    let Some(account) = start.session.account() else {
        anyhow::bail!("nobody is signed in at {}: sign in in the app first", start.project)
    };
    let snapshot = start.quota.snapshot.context("there is no reading yet: open the app while online")?;
    let age = snapshot.age(now).as_mins();
    writeln!(
        std::io::stdout(),
        "{} at {}, read {age} min ago\n{}",
        account.email,
        start.project,
        table(&snapshot)
    )?;
    Ok(())
}

/// One line a kind: name, used / limit, left, level.
fn table(snapshot: &Snapshot) -> String {
    let lines = snapshot.quota.0.iter().map(|(kind, counter)| {
        let Counter { used, limit } = counter;
        let numbers = format!("{used} / {limit}");
        format!(
            "  {:<22}{numbers:>12}{:>8} left  {}\n",
            kind.name(),
            counter.remaining(),
            word(counter.level())
        )
    });
    lines.collect()
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Normal => "",
        Level::Warning => "getting close",
        Level::Low => "low",
        Level::Exhausted => "used up",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_each_kind_with_its_level() {
        let json = serde_json::json!({
            "taken_at": "2026-01-02T03:04:05Z",
            "quota": {"llm_executions": {"used": 62, "limit": 100}, "app_usages": {"used": 53, "limit": 50}},
        });
        let snapshot: Snapshot = serde_json::from_value(json).expect("a reading");
        let lines: Vec<_> = table(&snapshot).lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "  llm_executions            62 / 100      38 left  ",
                "  app_usages                 53 / 50      -3 left  used up",
            ]
        );
    }
}
