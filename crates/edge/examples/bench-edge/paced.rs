//! Many slow streams at once: how late each delta is.
//!
//! The stub writes into each delta when it was due, so that an answer tells its own lateness.

use std::time::Duration;

use anyhow::Context;

use crate::load::{Caller, Prepared, find};
use crate::stub::{DELTAS, DIGITS, Stub};

const STREAMS: u32 = 200;
/// Between the starts of two streams, so that all are spread over one pause between deltas.
const STAGGER: Duration = Duration::from_micros(100);

/// The 99th percentile of how late deltas came, in milliseconds.
pub(crate) async fn lateness(prepared: &Prepared, stub: &Stub) -> anyhow::Result<f64> {
    let streams = (0..STREAMS).map(|index| {
        let (prepared, clock) = (prepared.clone(), stub.clock());
        tokio::spawn(async move {
            tokio::time::sleep(STAGGER * index).await;
            one(&prepared, clock).await
        })
    });
    let mut all = Vec::new();
    for stream in streams.collect::<Vec<_>>() {
        all.extend(stream.await??);
    }
    all.sort_by(f64::total_cmp);
    all.get(all.len() * 99 / 100).copied().context("no delta came")
}

async fn one(prepared: &Prepared, clock: std::time::Instant) -> anyhow::Result<Vec<f64>> {
    let mut caller = Caller::connect(prepared).await?;
    let (mut late, mut read) = (Vec::with_capacity(DELTAS), 0);
    let marker = b"\"content\":\"";
    let seen = |bytes: &[u8]| {
        let now = clock.elapsed().as_secs_f64() * 1000.0;
        while let Some(place) = find(&bytes[read..], marker) {
            let digits = read + place + marker.len();
            let Some(text) = bytes.get(digits..digits + DIGITS) else { return };
            read = digits + DIGITS;
            let due = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
            late.extend(due.map(|nanoseconds| now - nanoseconds / 1e6));
        }
    };
    caller.call(prepared, seen).await?;
    anyhow::ensure!(late.len() == DELTAS, "{} deltas came instead of {DELTAS}", late.len());
    Ok(late)
}
