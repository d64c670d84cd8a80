//! `bench-runs [FILE]`: what listing and searching ten thousand kept runs takes, beside a hundred in the
//! same program.
//!
//! Half of the runs are English, half Chinese, with answers of one to three thousand characters. Asked by
//! the front door: a page of the list, words that are in every run, in one, and in none, and words of one or
//! two characters, which no index holds.
#![allow(clippy::print_stdout, reason = "a table for people is what this is for")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use flowmeter_client::secrets::MemorySecrets;
use flowmeter_client::{Client, Events, News, Outside, Settings};
use flowmeter_domain::ipc::{End, KeptRuns, ListRuns, SignIn};
use flowmeter_domain::{Measured, NodeRequest, Outcome};
use flowmeter_figures::{Figures, Row};
use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde_json::json;
use uuid::Uuid;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const DEFAULT_FILE: &str = "target/bench/runs.json";
const MANY: u64 = 10_000;
const FEW: u64 = 100;
const ROUNDS: usize = 15;
const MOST_MS: f64 = 50.0;
const USER: Uuid = Uuid::from_u128(7);

/// What is asked for: how it is told, the words, and the page behind the first by how many runs.
const QUESTIONS: [(&str, &str, u64); 11] = [
    ("the newest page of the list", "", 0),
    ("a page from the middle", "", 5_000),
    ("a word in every English run", "optimistic", 0),
    ("a word in every Chinese run", "乐观锁", 0),
    ("a word in one run", "needle77", 0),
    ("a Chinese word in one run", "独一无二的词", 0),
    ("two words in one run", "needle77 optimistic", 0),
    ("a word in no run", "nowhere-to-be-found", 0),
    ("two Chinese characters, often", "乐观", 0),
    ("two Chinese characters, never", "鼹鼠", 0),
    ("two letters, never", "qz", 0),
];

struct Silence;

impl Events for Silence {
    fn tell(&self, _: News) {}
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let out = std::env::args().nth(1).unwrap_or_else(|| DEFAULT_FILE.to_owned());
    let server = project().await;
    let (few, many) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut clients = Vec::new();
    for (folder, count) in [(&few, FEW), (&many, MANY)] {
        let client = signed_in(&server, folder.path()).await?;
        fill(folder.path(), &server.address().to_string(), count)?;
        clients.push(client);
    }
    let mut figures = Figures::new("runs");
    for (what, search, behind) in QUESTIONS {
        let [small, large] =
            [measure(&clients[0], search, 0).await?, measure(&clients[1], search, behind).await?];
        figures.add(Row::new(what, "ms", &large).against("a hundred runs", &small).at_most(MOST_MS));
    }
    println!("{}", figures.table());
    figures.write(Path::new(&out))
}

async fn project() -> MockServer {
    let server = MockServer::start().await;
    let session = json!({"access_token": "access", "refresh_token": "refresh", "expires_in": 3600,
        "user": {"id": USER, "email": "mei@example.com"}});
    for (at, body) in [("/auth/v1/token", session), ("/rest/v1/users_quota", json!({}))] {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(path(at)).respond_with(answer).mount(&server).await;
    }
    server
}

async fn signed_in(server: &MockServer, folder: &Path) -> anyhow::Result<Client> {
    let settings = Settings::load(|name| match name {
        "FLOWMETER_SUPABASE_URL" | "FLOWMETER_EDGE_URL" => Some(server.uri()),
        "FLOWMETER_SUPABASE_KEY" => Some("anon".to_owned()),
        "FLOWMETER_DATA_DIR" => Some(folder.display().to_string()),
        _ => None,
    });
    let outside = Outside::new(Arc::new(MemorySecrets::default()), Arc::new(Silence));
    let client = Client::open(settings?, outside)?;
    client.sign_in(SignIn { email: "mei@example.com".into(), password: "secret".into() }).await?;
    Ok(client)
}

/// Runs as the client itself writes them.
fn fill(folder: &Path, project: &str, count: u64) -> anyhow::Result<()> {
    let mut store = Connection::open(folder.join("flowmeter.sqlite"))?;
    let transaction = store.transaction()?;
    let request = serde_json::to_string(&NodeRequest { model: "demo".into(), ..NodeRequest::default() })?;
    let end = serde_json::to_string(&End::from(Outcome::Completed))?;
    let measured = serde_json::to_string(&Measured::default())?;
    {
        let sql = "insert into run (project, user_id, run_id, conversation, launch, started_at, model, end, measured,
                   request, is_json, prompt, content, reasoning)
                   values (?1, ?2, ?3, ?4, 'bench', ?5, 'demo', ?6, ?7, ?8, 0, ?9, ?10, '')";
        let mut insert = transaction.prepare(sql)?;
        let mut dice = Dice(count);
        let first = Timestamp::now().as_millisecond() - i64::try_from(count)? * 60_000;
        for number in 0..count {
            let at = first + i64::try_from(number)? * 60_000;
            let [run_id, conversation] =
                [0, 1].map(|half| Uuid::from_u128(u128::from(number * 2 + half + 1)).to_string());
            let (prompt, content) = texts(number, number == count / 2, &mut dice);
            insert.execute(params![
                project,
                USER.to_string(),
                run_id,
                conversation,
                at,
                end,
                measured,
                request,
                prompt,
                content
            ])?;
        }
    }
    transaction.execute("insert into run_text (run_text) values ('rebuild')", [])?;
    transaction.commit()?;
    store.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
    Ok(())
}

/// A prompt and an answer; in the middle of them stands what is only in one run.
fn texts(number: u64, is_needle: bool, dice: &mut Dice) -> (String, String) {
    const ENGLISH: [&str; 12] = [
        "the", "row", "version", "checks", "writer", "reads", "update", "waits", "lock", "retry", "server",
        "counts",
    ];
    const CHINESE: [&str; 12] =
        ["写入", "版本", "检查", "更新", "读取", "等待", "服务器", "计数", "重试", "事务", "数据", "用户"];
    let is_english = number.is_multiple_of(2);
    let (words, gap) = if is_english { (ENGLISH, " ") } else { (CHINESE, "") };
    let length = 200 + dice.next(400);
    let mut answer: Vec<&str> = (0..length).map(|_| words[dice.next(12) as usize]).collect();
    answer.push(if is_english { "optimistic" } else { "乐观锁" });
    if is_needle {
        answer.extend(["needle77", "独一无二的词", "optimistic"]);
    }
    (format!("Run {number}: {}", answer[..8].join(gap)), answer.join(gap))
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

async fn measure(client: &Client, search: &str, behind: u64) -> anyhow::Result<Vec<f64>> {
    let after = (behind > 0).then(|| i64::try_from(behind)).transpose()?;
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let page: KeptRuns = client.list_runs(ListRuns { search: search.to_owned(), after }).await?;
        took.push(start.elapsed().as_secs_f64() * 1e3);
        let is_rare = ["77", "独", "nowhere", "鼹", "qz"].iter().any(|part| search.contains(part));
        anyhow::ensure!(is_rare || page.runs.len() == 50, "a full page of {search:?}: {}", page.runs.len());
    }
    Ok(took)
}
