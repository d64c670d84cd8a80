//! The instant stub: Supabase and the provider in one, with answers that were made beforehand.
//!
//! HTTP by hand for the same reason as in `load`; it runs beside the load in this process.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::load::find;

/// Deltas of a stream.
pub(crate) const DELTAS: usize = 100;
/// Characters of a delta; in a paced stream the nanosecond at which it was due.
pub(crate) const DIGITS: usize = 20;
const PACE: Duration = Duration::from_millis(20);

pub(crate) struct Stub {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Instant,
    whole: Vec<u8>,
    many: Vec<u8>,
    reserved: AtomicU64,
    committed: AtomicU64,
    released: AtomicU64,
    completions: AtomicU64,
}

impl Stub {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            clock: Instant::now(),
            whole: json_answer(WHOLE),
            many: many(),
            reserved: AtomicU64::new(0),
            committed: AtomicU64::new(0),
            released: AtomicU64::new(0),
            completions: AtomicU64::new(0),
        });
        let serving = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = serving.clone();
                // A caller that leaves is no fault of the bench.
                tokio::spawn(async move { drop(serve(stream, &shared).await) });
            }
        });
        Ok(Self { address, shared })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the nanoseconds in paced deltas count from.
    pub(crate) fn clock(&self) -> Instant {
        self.shared.clock
    }

    /// What it was asked, to see that the edge did its whole work.
    pub(crate) fn summary(&self) -> String {
        let Shared { reserved, committed, released, completions, .. } = &*self.shared;
        let [reserved, committed, released, completions] =
            [reserved, committed, released, completions].map(|count| count.load(Relaxed));
        format!(
            "stub: {completions} completions, {reserved} reserved, {committed} committed, {released} released"
        )
    }
}

const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1767225600,"model":"whole","choices":[{"index":0,"message":{"role":"assistant","content":"There is a little left of everything."},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":9,"total_tokens":21}}"#;
const ROW: &str = r#"{"id":"6f2b7c1e-52f0-4d5b-9a53-6b1f6d1f0a12","user_id":"6f2b7c1e-52f0-4d5b-9a53-6b1f6d1f0a11","llm_executions_used":1,"llm_executions_limit":1000000000,"flow_generations_used":1,"flow_generations_limit":1000000000,"updated_at":"2026-09-01T00:00:00.123456+00:00"}"#;
const RESERVED: &str = r#"{"allowed":true,"used":1,"limit":1000000000,"remaining":999999999,"reserved":1,"state":"reserved","duplicate":false}"#;
const COMMITTED: &str = r#"{"counted":true,"state":"committed","duplicate":false}"#;
/// Before the id of each request in a call for several.
const IN_RESERVES: &str = "\"request\":\"";
const IN_COMMITS: &str = "\"";
const RELEASED: &str = r#"{"released":true,"state":"released"}"#;
const STREAM_HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const END: &[u8] = b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";

async fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let length = loop {
            if let Some(length) = request_length(&buffer) {
                break length;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        answer(&mut stream, &buffer[..length], shared).await?;
        buffer.drain(..length);
    }
}

async fn answer(stream: &mut TcpStream, request: &[u8], shared: &Shared) -> std::io::Result<()> {
    let line = &request[..request.len().min(100)];
    let is = |text: &str| find(line, text.as_bytes()).is_some();
    let count = |counter: &AtomicU64| counter.fetch_add(1, Relaxed);
    let several = |counter: &AtomicU64, before: &str, row: &str| {
        let (rows, units) = rows(request, before, row);
        counter.fetch_add(units, Relaxed);
        json_answer(&rows)
    };
    if is("quota_reserve_all") {
        let answer = several(&shared.reserved, IN_RESERVES, RESERVED);
        return stream.write_all(&answer).await;
    }
    if is("quota_commit_all") {
        let answer = several(&shared.committed, IN_COMMITS, COMMITTED);
        return stream.write_all(&answer).await;
    }
    if is("/chat/completions") {
        count(&shared.completions);
        if find(request, b"\"paced\"").is_some() {
            return paced(stream, shared.clock).await;
        }
        let streamed = find(request, b"\"stream\":true").is_some();
        return stream.write_all(if streamed { &shared.many } else { &shared.whole }).await;
    }
    let body = if is("quota_reserve") {
        count(&shared.reserved);
        RESERVED
    } else if is("quota_commit") {
        count(&shared.committed);
        COMMITTED
    } else if is("quota_release") {
        count(&shared.released);
        RELEASED
    } else if is("PATCH ") {
        // The older way to charge, for an edge that has no reservations.
        return stream.write_all(&json_answer(&format!("[{ROW}]"))).await;
    } else if is("users_quota") {
        ROW
    } else {
        r#"{"keys":[]}"#
    };
    stream.write_all(&json_answer(body)).await
}

async fn paced(stream: &mut TcpStream, clock: Instant) -> std::io::Result<()> {
    stream.write_all(STREAM_HEAD).await?;
    let start = Instant::now();
    for index in 0..DELTAS {
        let due = start + PACE * u32::try_from(index).unwrap_or(u32::MAX);
        tokio::time::sleep_until(due.into()).await;
        let nanoseconds = due.duration_since(clock).as_nanos();
        stream.write_all(event(&format!("{nanoseconds:0DIGITS$}")).as_bytes()).await?;
    }
    stream.write_all(END).await
}

fn many() -> Vec<u8> {
    let mut answer = STREAM_HEAD.to_vec();
    for index in 0..DELTAS {
        answer.extend(event(&format!("{index:0DIGITS$}")).bytes());
    }
    answer.extend(END);
    answer
}

/// One chunk with one event.
fn event(content: &str) -> String {
    let data = format!(
        r#"data: {{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"many","choices":[{{"index":0,"delta":{{"content":"{content}"}},"finish_reason":null}}]}}"#
    );
    let mut chunk = String::new();
    // Writing into a String cannot fail.
    let _ = write!(chunk, "{:x}\r\n{data}\n\n\r\n", data.len() + 2);
    chunk
}

fn json_answer(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into()
}

/// The answer to a call for several requests, and how many they are: `row` for each id of a body.
fn rows(request: &[u8], before: &str, row: &str) -> (String, u64) {
    let body = find(request, b"\r\n\r\n").map_or(&[][..], |head| &request[head + 4..]);
    let ids = std::str::from_utf8(body).unwrap_or_default().split(before).skip(1);
    let ids = ids.filter_map(|rest| rest.get(..36)).filter(|id| id.as_bytes()[8] == b'-');
    let rows: Vec<_> = ids.map(|id| format!("{{\"request\":\"{id}\",{}", &row[1..])).collect();
    (format!("[{}]", rows.join(",")), rows.len() as u64)
}

/// Bytes of the first request in `buffer`, once it is whole.
fn request_length(buffer: &[u8]) -> Option<usize> {
    let head = find(buffer, b"\r\n\r\n")?;
    let text = std::str::from_utf8(&buffer[..head]).ok()?;
    let line =
        text.lines().find(|line| line.len() > 15 && line[..15].eq_ignore_ascii_case("content-length:"));
    let length = line.map_or(Some(0), |line| line[15..].trim().parse::<usize>().ok())?;
    let whole = head + 4 + length;
    (buffer.len() >= whole).then_some(whole)
}
