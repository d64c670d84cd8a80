//! The load: callers that each keep one connection and send their next request when the answer is in.
//!
//! HTTP by hand, as little as both sides need: a client library would cost more than what is measured.

use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CALLERS: usize = 32;
/// Requests of one caller for a median of the time to the first delta.
const CALLS: usize = 300;

/// A request, ready to be sent, and where to.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) bytes: Vec<u8>,
    /// What every good answer has near its end.
    pub(crate) end: &'static [u8],
}

/// One connection.
pub(crate) struct Caller {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Caller {
    pub(crate) async fn connect(prepared: &Prepared) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(prepared.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends the request and reads its whole answer; `seen` is shown all that came so far each time
    /// that more of it came.
    pub(crate) async fn call(
        &mut self,
        prepared: &Prepared,
        mut seen: impl FnMut(&[u8]),
    ) -> anyhow::Result<()> {
        self.buffer.clear();
        self.stream.write_all(&prepared.bytes).await?;
        loop {
            let count = self.stream.read_buf(&mut self.buffer).await?;
            anyhow::ensure!(count > 0, "the connection was closed: {}", self.text());
            seen(&self.buffer);
            if is_whole(&self.buffer) {
                break;
            }
        }
        let tail = &self.buffer[self.buffer.len().saturating_sub(prepared.end.len() + 64)..];
        let good = self.buffer.starts_with(b"HTTP/1.1 200") && find(tail, prepared.end).is_some();
        anyhow::ensure!(good, "not a good answer: {}", self.text());
        Ok(())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.buffer[..self.buffer.len().min(2000)]).into_owned()
    }
}

/// Answers a second at 32 callers.
pub(crate) async fn throughput(prepared: &Prepared, duration: Duration) -> anyhow::Result<f64> {
    let started = Instant::now();
    let callers = (0..CALLERS).map(|_| tokio::spawn(call_until(prepared.clone(), started + duration)));
    let mut count = 0;
    for caller in callers.collect::<Vec<_>>() {
        count += caller.await??;
    }
    Ok(f64::from(count) / started.elapsed().as_secs_f64())
}

async fn call_until(prepared: Prepared, end: Instant) -> anyhow::Result<u32> {
    let mut caller = Caller::connect(&prepared).await?;
    let mut count = 0;
    while Instant::now() < end {
        caller.call(&prepared, |_| {}).await?;
        count += 1;
    }
    Ok(count)
}

/// The median time from a request to its first delta, in milliseconds, of one caller.
pub(crate) async fn first_delta(prepared: &Prepared) -> anyhow::Result<f64> {
    let mut caller = Caller::connect(prepared).await?;
    let mut took = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let (started, mut first) = (Instant::now(), None);
        let seen = |bytes: &[u8]| {
            if first.is_none() && find(bytes, b"data: ").is_some() {
                first = Some(started.elapsed());
            }
        };
        caller.call(prepared, seen).await?;
        took.push(first.context("no delta came")?.as_secs_f64() * 1000.0);
    }
    took.sort_by(f64::total_cmp);
    Ok(took[CALLS / 2])
}

/// Where `wanted` is in `bytes`.
pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// By `Content-Length`, or by the last chunk.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(head) = find(&bytes[..bytes.len().min(4096)], b"\r\n\r\n") else { return false };
    let length = std::str::from_utf8(&bytes[..head]).ok().and_then(|head| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-length:"))?;
        line.split_once(':')?.1.trim().parse::<usize>().ok()
    });
    match length {
        Some(length) => bytes.len() >= head + 4 + length,
        None => bytes.ends_with(b"\r\n0\r\n\r\n"),
    }
}
