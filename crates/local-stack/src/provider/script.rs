//! What each model's name makes the provider do.

use std::time::Duration;

/// The models that are listed. Every other name behaves as the first.
pub(super) const MODELS: [&str; 4] = ["demo", "demo-slow", "demo-fail-midway", "demo-429"];

/// With [`SLOW_DELTAS`]: slow enough to be stopped by hand, five seconds at least.
const SLOW_PACE: Duration = Duration::from_millis(20);
const SLOW_DELTAS: usize = 260;

/// How a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Script {
    /// Pause before each delta.
    pub(super) pace: Duration,
    /// The answer is made at least this long.
    pub(super) least_deltas: usize,
    /// The connection breaks half-way.
    pub(super) breaks: bool,
    /// 429 at once.
    pub(super) is_refused: bool,
}

impl Script {
    pub(super) fn of(model: &str, pace: Duration) -> Script {
        let plain = Script { pace, least_deltas: 0, breaks: false, is_refused: false };
        match model {
            "demo-slow" => Script { pace: SLOW_PACE, least_deltas: SLOW_DELTAS, ..plain },
            "demo-fail-midway" => Script { breaks: true, ..plain },
            "demo-429" => Script { is_refused: true, ..plain },
            _ => plain,
        }
    }
}
