//! An edge that says what the model's name asks for, as fast as the socket takes it or at a pace, and knows when.
//!
//! HTTP by hand, with answers that were made beforehand: what is measured is the app.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::MissedTickBehavior;

/// Deltas of `fast`, of 12 characters each.
pub(crate) const FAST_DELTAS: usize = 20_000;
/// Deltas of `many`, of 12 characters each.
pub(crate) const MANY_DELTAS: usize = 5_000;
/// Deltas a second of `paced`.
pub(crate) const RATE: u32 = 500;
/// Bytes of the text of `paced`.
const PACED_BYTES: usize = 200_000;
/// The last word of every answer.
pub(crate) const END: &str = "THE-END";

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
const DONE: &str = "data: [DONE]\n\n";

/// The edge. It ends with the process.
pub(crate) struct Edge {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    fast: String,
    many: String,
    paced: Vec<String>,
    /// When the last request had been read, and when its first delta was written.
    asked: Mutex<[f64; 2]>,
}

impl Edge {
    /// `seconds` is how long a paced answer takes.
    pub(crate) async fn start(seconds: u32) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let document = document(PACED_BYTES);
        let paced = cut(&document, (RATE * seconds) as usize);
        let shared = Arc::new(Shared {
            fast: answer(FAST_DELTAS),
            many: answer(MANY_DELTAS),
            paced: paced.iter().map(|piece| event(piece)).collect(),
            asked: Mutex::default(),
        });
        let serving = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = serving.clone();
                // A caller that leaves is no fault of the bench.
                tokio::spawn(async move { drop(serve(stream, &shared).await) });
            }
        });
        Ok(Self { url, shared })
    }

    /// When the last request had been read, in milliseconds since 1970.
    pub(crate) fn asked(&self) -> f64 {
        self.shared.asked.lock().expect("nobody panicked")[0]
    }

    /// When the first delta of the last answer was written.
    pub(crate) fn wrote(&self) -> f64 {
        self.shared.asked.lock().expect("nobody panicked")[1]
    }
}

/// The clock that the page has too.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1e3
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let body = read_body(&mut stream).await?;
    let asked = now();
    *shared.asked.lock().expect("nobody panicked") = [asked, asked];
    stream.write_all(HEAD.as_bytes()).await?;
    match body["model"].as_str() {
        Some("fast") => stream.write_all(shared.fast.as_bytes()).await?,
        Some("many") => stream.write_all(shared.many.as_bytes()).await?,
        Some("first") => first(&mut stream, shared).await?,
        _ => paced(&mut stream, &shared.paced).await?,
    }
    stream.write_all(DONE.as_bytes()).await?;
    Ok(stream.shutdown().await?)
}

/// One delta, when the fastest of the models would say it, and some time before the end, which would take it along.
async fn first(stream: &mut TcpStream, shared: &Shared) -> anyhow::Result<()> {
    tokio::time::sleep(Duration::from_millis(300)).await;
    shared.asked.lock().expect("nobody panicked")[1] = now();
    stream.write_all(event(END).as_bytes()).await?;
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(())
}

async fn paced(stream: &mut TcpStream, events: &[String]) -> anyhow::Result<()> {
    let mut clock = tokio::time::interval(Duration::from_secs(1) / RATE);
    // A delta that was late is made up for: the rate is what is promised.
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for event in events {
        clock.tick().await;
        stream.write_all(event.as_bytes()).await?;
    }
    Ok(())
}

/// The JSON of the request, of which nothing else counts.
async fn read_body(stream: &mut TcpStream) -> anyhow::Result<Value> {
    let mut read = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&read);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            let length = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length: usize = length.filter_map(|(_, value)| value.parse().ok()).next().unwrap_or_default();
            if body.len() >= length {
                return Ok(serde_json::from_str(body).unwrap_or_default());
            }
        }
        anyhow::ensure!(stream.read_buf(&mut read).await? > 0, "the caller left");
    }
}

fn event(content: &str) -> String {
    format!("data: {}\n\n", json!({"content": content, "reasoning": ""}))
}

/// So many deltas of 12 characters.
fn answer(deltas: usize) -> String {
    cut(&document(deltas * 12), deltas).iter().map(|piece| event(piece)).collect()
}

/// Markdown of so many bytes, as models write it, of which the last word is [`END`].
fn document(bytes: usize) -> String {
    let mut text = (0..).map(section).scan(0, |length, section| {
        *length += section.len();
        Some((*length, section))
    });
    let mut document: String =
        text.by_ref().take_while(|(length, _)| *length < bytes - 100).map(|(_, section)| section).collect();
    let rest = bytes - document.len() - END.len();
    document.extend("and so on ".chars().cycle().take(rest));
    document + END
}

fn section(number: usize) -> String {
    format!(
        "## Step {number}\n\nRead the row with its **version**, write it back only if that is *still* the one \
         that you read; see [the manual](https://a.example/{number}). It costs `O(1)`.\n\n- First, look who waits \
         for whom.\n- Then measure, and write one number down.\n  1. Before you change anything.\n  2. After \
         it.\n\n```rust\n/// One unit, if it is there.\nfn take_{number}(quota: &mut Quota) -> Result<(), Used> \
         {{\n    let left = quota.limit - quota.used; // never below 0\n    if left == 0 {{ return \
         Err(Used::Up(\"nothing left\".into())) }}\n    quota.used += {number};\n    Ok(())\n}}\n```\n\n| step | \
         who waits |\n|---|--:|\n| read | nobody |\n| write | the slower one |\n\n> It never passes the limit, but \
         may refuse a race.\n\n"
    )
}

/// `text`, which is ASCII, in so many pieces.
fn cut(text: &str, pieces: usize) -> Vec<&str> {
    (0..pieces).map(|at| &text[text.len() * at / pieces..text.len() * (at + 1) / pieces]).collect()
}
