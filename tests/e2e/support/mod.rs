//! The world of a test: a stack that all tests share, a person of its own, a home of its own.

mod app;
// One edge that tests write the answers of: the client's own tests use it too.
#[path = "../../../crates/client/tests/support/live_edge.rs"]
mod live_edge;
mod network;
mod panel;
pub(crate) mod process;
mod stack;

pub(crate) use app::App;
pub(crate) use live_edge::{LiveEdge, Talk};
pub(crate) use network::Network;
pub(crate) use panel::{Daemon, Panel};
pub(crate) use stack::{Person, Stack, stack};

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

/// Until when a condition must have come true.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Two webviews at once on a small machine only make each other slow.
static ONE_AT_A_TIME: LazyLock<Mutex<()>> = LazyLock::new(Mutex::default);

/// A person's machine: what is in it stays over restarts of the app.
pub(crate) struct Machine {
    /// `HOME` of the app.
    pub(crate) home: TempDir,
    /// The app that is installed on it.
    pub(crate) program: PathBuf,
    /// What the test adds to the app's environment.
    pub(crate) env: Vec<(&'static str, String)>,
    _alone: MutexGuard<'static, ()>,
}

impl Machine {
    /// A machine on which the app never ran.
    pub(crate) async fn new() -> Self {
        let alone = ONE_AT_A_TIME.lock().await;
        let home = tempfile::tempdir().expect("a folder for the test");
        let program = env!("CARGO_BIN_EXE_flowmeter").into();
        Self { home, program, env: Vec::new(), _alone: alone }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.env.push((name, value.to_owned()));
        self
    }
}

/// Waits until `look` gives something; fails with `what` was waited for.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
