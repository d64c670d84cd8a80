//! What each model's name makes the provider do.
//!
//! A name may end in a tag, `demo-500+mine`: it behaves as without it, and `/stats` and `/requests` tell
//! it apart, so that tests that run side by side see their own calls.

use std::time::Duration;

/// The models that are listed. Every other name behaves as the first.
pub(super) const MODELS: [&str; 18] = [
    "demo",
    "demo-slow",
    "demo-echo",
    "demo-fail-midway",
    "demo-429",
    "demo-500",
    "demo-503",
    "demo-401",
    "demo-404",
    "demo-html",
    "demo-not-json",
    "demo-no-patch",
    "demo-no-nodes",
    "demo-bad-flow",
    "demo-circle",
    "demo-unknown",
    "demo-flaky",
    "demo-huge-line",
];

/// Listed apart: it takes longer than anyone wants to wait.
pub(super) const DRIP: &str = "demo-slow-drip";

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
    /// The answer is the prompt.
    pub(super) echoes: bool,
    /// The connection breaks half-way.
    pub(super) breaks: bool,
    /// Something else than an answer.
    pub(super) fault: Option<Fault>,
    /// What the answer is where JSON is wanted.
    pub(super) json: JsonAnswer,
}

/// How an answer does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// This status at once, with OpenAI's error beside it.
    Status(u16),
    /// Only the first time that it gets this prompt: 503.
    Flaky,
    /// A page with status 200, as a captive portal gives it.
    Html,
    /// One character now and then, for ever.
    Drip,
    /// A line that is longer than any reader should keep.
    HugeLine,
}

/// What the answer is where JSON is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonAnswer {
    /// What was asked for.
    Good,
    /// Prose.
    NotJson,
    /// Prose where only what changes was asked for.
    NoPatch,
    /// A flow with nothing in it.
    NoNodes,
    /// A flow that needs every repair there is.
    Repairable,
    /// A flow that goes round.
    Circle,
    /// The model did not understand.
    Unknown,
}

impl Script {
    pub(super) fn of(model: &str, pace: Duration) -> Script {
        let json = JsonAnswer::Good;
        let plain = Script { pace, least_deltas: 0, echoes: false, breaks: false, fault: None, json };
        let fault = |fault| Script { fault: Some(fault), ..plain };
        let json = |json| Script { json, ..plain };
        match untagged(model) {
            "demo-slow" => Script { pace: SLOW_PACE, least_deltas: SLOW_DELTAS, ..plain },
            "demo-echo" => Script { echoes: true, ..plain },
            "demo-fail-midway" => Script { breaks: true, ..plain },
            "demo-429" => fault(Fault::Status(429)),
            "demo-500" => fault(Fault::Status(500)),
            "demo-503" => fault(Fault::Status(503)),
            "demo-401" => fault(Fault::Status(401)),
            "demo-404" => fault(Fault::Status(404)),
            "demo-flaky" => fault(Fault::Flaky),
            "demo-html" => fault(Fault::Html),
            DRIP => fault(Fault::Drip),
            "demo-huge-line" => fault(Fault::HugeLine),
            "demo-not-json" => json(JsonAnswer::NotJson),
            "demo-no-patch" => json(JsonAnswer::NoPatch),
            "demo-no-nodes" => json(JsonAnswer::NoNodes),
            "demo-bad-flow" => json(JsonAnswer::Repairable),
            "demo-circle" => json(JsonAnswer::Circle),
            "demo-unknown" => json(JsonAnswer::Unknown),
            _ => plain,
        }
    }
}

/// The scripted model that `text` names: the longest name, for some begin with others.
pub(super) fn named_in(text: &str) -> Option<&'static str> {
    let special = MODELS.into_iter().chain([DRIP]).filter(|name| *name != MODELS[0]);
    special.filter(|name| text.contains(name)).max_by_key(|name| name.len())
}

/// The name without the tag that tells a caller's requests apart.
fn untagged(model: &str) -> &str {
    model.split_once('+').map_or(model, |(name, _)| name)
}
