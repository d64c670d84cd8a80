//! `bench-history [FILE]`: what ten years of readings cost, beside an empty store in the same run.
//!
//! A heavy user's ten years: 400 readings a day that all differ, which is one every two minutes for
//! thirteen hours. Measured: the size of the store, the time from nothing to the first frame's numbers
//! with their forecasts, and the time of the longest view.
#![allow(clippy::print_stdout, reason = "a table for people is what this is for")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use flowmeter_client::secrets::MemorySecrets;
use flowmeter_client::{Client, Events, News, Outside, Settings};
use flowmeter_domain::history::Range;
use flowmeter_domain::ipc::{GetHistory, SignIn};
use flowmeter_figures::{Figures, Row};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const DEFAULT_FILE: &str = "target/bench/history.json";
/// Starts this program as the other half of a measurement.
const FIRST_NUMBERS: &str = "--first-numbers";
const DAYS: i64 = 3_650;
const READINGS_A_DAY: i64 = 400;
const RUNS: usize = 7;
const MIB: f64 = 1024.0 * 1024.0;

struct Silence;

impl Events for Silence {
    fn tell(&self, _: News) {}
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next() {
        Some(first) if first == FIRST_NUMBERS => {
            let (url, folder) = (arguments.next().context("a URL")?, arguments.next().context("a folder")?);
            println!("{}", first_numbers(&url, Path::new(&folder))?);
            Ok(())
        }
        out => bench(Path::new(out.as_deref().unwrap_or(DEFAULT_FILE))).await,
    }
}

/// Milliseconds from nothing to what the first frame shows.
fn first_numbers(url: &str, folder: &Path) -> anyhow::Result<f64> {
    let start = Instant::now();
    let first_frame = client(url, folder)?.start("en".to_owned());
    let took = start.elapsed().as_secs_f64() * 1e3;
    anyhow::ensure!(first_frame.quota.snapshot.is_some(), "there is a reading");
    Ok(took)
}

async fn bench(out: &Path) -> anyhow::Result<()> {
    let server = project().await;
    let (empty, full) = (tempfile::tempdir()?, tempfile::tempdir()?);
    for folder in [&empty, &full] {
        sign_in(&server, folder.path()).await?;
    }
    fill(full.path())?;
    let [small, large] = [measure(&server, empty.path()).await?, measure(&server, full.path()).await?];
    let mut figures = Figures::new("history");
    figures.add(row("size of ten years of readings", "MiB", &large.size, &small.size, 50.0));
    figures.add(row("from nothing to the first numbers", "ms", &large.open, &small.open, 100.0));
    figures.add(row("90 days of every kind", "ms", &large.view, &small.view, 100.0));
    println!("{}", figures.table());
    figures.write(out)
}

async fn project() -> MockServer {
    let server = MockServer::start().await;
    let session = json!({"access_token": "access", "refresh_token": "refresh", "expires_in": 3600,
        "user": {"id": uuid::Uuid::from_u128(7), "email": "mei@example.com"}});
    let kinds = ["llm_executions", "flow_generations", "app_usages", "image_gen_executions"];
    let columns =
        kinds.iter().flat_map(|kind| [(format!("{kind}_used"), 1), (format!("{kind}_limit"), 100_000)]);
    let quota: serde_json::Map<String, Value> = columns.map(|(name, value)| (name, value.into())).collect();
    for (at, body) in [("/auth/v1/token", session), ("/rest/v1/users_quota", quota.into())] {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(path(at)).respond_with(answer).mount(&server).await;
    }
    server
}

fn client(url: &str, folder: &Path) -> anyhow::Result<Client> {
    let settings = Settings::load(|name| match name {
        "FLOWMETER_SUPABASE_URL" | "FLOWMETER_EDGE_URL" => Some(url.to_owned()),
        "FLOWMETER_SUPABASE_KEY" => Some("anon".to_owned()),
        "FLOWMETER_DATA_DIR" => Some(folder.display().to_string()),
        _ => None,
    });
    let outside = Outside::new(Arc::new(MemorySecrets::default()), Arc::new(Silence));
    Ok(Client::open(settings?, outside)?)
}

async fn sign_in(server: &MockServer, folder: &Path) -> anyhow::Result<()> {
    let client = client(&server.uri(), folder)?;
    client.sign_in(SignIn { email: "mei@example.com".into(), password: "secret".into() }).await?;
    Ok(client.refresh_quota().await?)
}

/// Ten years up to now, the kinds in turn, as the client itself writes them.
fn fill(folder: &Path) -> anyhow::Result<()> {
    let mut store = Connection::open(folder.join("flowmeter.sqlite"))?;
    let transaction = store.transaction()?;
    transaction.execute("delete from history", [])?;
    let first = Timestamp::now().as_second() - DAYS * 86_400;
    {
        let sql = "insert into history (series, since, lasted, used, max) values (?1, ?2, ?3, ?4, 100000)";
        let mut insert = transaction.prepare(sql)?;
        for reading in 0..DAYS * READINGS_A_DAY {
            let (day, of_day) = (reading / READINGS_A_DAY, reading % READINGS_A_DAY);
            let since = first + day * 86_400 + of_day * 120;
            // A counter is reset now and then, as in life.
            insert.execute(params![1 + reading % 4, since, 110, reading / 4 % 90_000])?;
        }
    }
    let newest = "update series set first = ?1,
                  newest = (select max(id) from history where history.series = series.id)";
    transaction.execute(newest, [first])?;
    transaction.commit()?;
    store.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
    Ok(())
}

#[derive(Default)]
struct Measured {
    size: Vec<f64>,
    open: Vec<f64>,
    view: Vec<f64>,
}

async fn measure(server: &MockServer, folder: &Path) -> anyhow::Result<Measured> {
    let mut measured = Measured::default();
    for _ in 0..RUNS {
        measured.open.push(first_numbers_of_a_new_process(&server.uri(), folder)?);
        let client = client(&server.uri(), folder)?;
        let start = Instant::now();
        let history = client.history(GetHistory { range: Range::Quarter }).await?;
        measured.view.push(start.elapsed().as_secs_f64() * 1e3);
        anyhow::ensure!(history.days.len() == 90, "there are 90 days");
        measured.size.push(std::fs::metadata(folder.join("flowmeter.sqlite"))?.len() as f64 / MIB);
    }
    Ok(measured)
}

/// By this program started anew, so that nothing is read already.
fn first_numbers_of_a_new_process(url: &str, folder: &Path) -> anyhow::Result<f64> {
    let mut program = Command::new(std::env::current_exe()?);
    let output = program.arg(FIRST_NUMBERS).arg(url).arg(folder).output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.trim().parse().with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The same with ten years and with nothing behind it.
fn row(what: &str, unit: &'static str, ten_years: &[f64], empty: &[f64], most: f64) -> Row {
    Row::new(what, unit, ten_years).against("an empty history", empty).at_most(most)
}
