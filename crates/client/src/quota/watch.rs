//! Keeps the latest reading up to date: when is decided by [`flowmeter_domain::refresh`].

use std::net::{IpAddr, UdpSocket};
use std::time::Duration;

use flowmeter_domain::refresh::{Situation, has_slept};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use uuid::Uuid;

use super::Quotas;

/// How often the situation is looked at: soon enough for a machine that wakes up, and for a network
/// that returns.
const LOOK: Duration = Duration::from_secs(2);
/// A pause, even where a reading is due and nobody is signed in.
const SHORTEST: Duration = Duration::from_millis(100);

/// What went on, as the pace of readings depends on it.
#[derive(Default)]
pub(super) struct Activity {
    /// When the window last came forward.
    pub(super) opened: Option<Timestamp>,
    /// When a number last moved.
    pub(super) moved: Option<Timestamp>,
    /// When the last attempt ended.
    pub(super) attempted: Option<Timestamp>,
    /// For how long the server then asked to be left alone.
    pub(super) retry_after: Option<SignedDuration>,
    /// Drawn anew for each attempt.
    pub(super) chance: f64,
}

impl Quotas {
    /// Keeps the reading up to date for as long as this is polled.
    pub(crate) async fn watch(&self) {
        let mut changes = self.0.kept.preferred.changes();
        let mut look = Look::new(self.now());
        loop {
            let at_once = look.again(self.now());
            let mut pause = self.wait();
            if self.0.session.account().is_some() && (at_once || pause.is_zero() || self.is_wanted()) {
                // The failure is in the state, where everybody sees it.
                let _ = self.refresh().await;
                look = Look::new(self.now());
                pause = self.wait();
            }
            tokio::select! {
                () = tokio::time::sleep(pause.clamp(SHORTEST, LOOK)) => {}
                // Another pace holds at once.
                Ok(()) = changes.changed() => {}
            }
        }
    }

    /// In how long the next reading is due.
    fn wait(&self) -> Duration {
        let state = self.state();
        let activity = self.activity();
        let situation = Situation {
            now: self.now(),
            pace: self.0.kept.preferred.get().pace,
            opened: activity.opened,
            moved: activity.moved,
            attempted: activity.attempted,
            failure: state.failure.map(|failure| failure.code),
            missed: state.missed,
            retry_after: activity.retry_after,
            chance: activity.chance,
        };
        situation.wait().unsigned_abs()
    }

    /// Whether another program asks for a reading; its wish is taken.
    fn is_wanted(&self) -> bool {
        self.0.kept.store.take_wish()
    }
}

/// A number from 0 to 1.
pub(super) fn chance() -> f64 {
    f64::from(Uuid::new_v4().as_bytes()[0]) / 255.0
}

/// Two clocks side by side, of which the one on the wall goes on while the machine sleeps; and the
/// network, as far as it can be seen without sending anything.
struct Look {
    wall: Timestamp,
    steady: Instant,
    way_out: Option<IpAddr>,
}

impl Look {
    fn new(wall: Timestamp) -> Self {
        Self { wall, steady: Instant::now(), way_out: way_out() }
    }

    /// Whether the machine slept since the last look, or its network came back or is another.
    fn again(&mut self, wall: Timestamp) -> bool {
        let last = std::mem::replace(self, Self::new(wall));
        let waited = SignedDuration::try_from(last.steady.elapsed()).unwrap_or(SignedDuration::MAX);
        let is_elsewhere = self.way_out.is_some() && self.way_out != last.way_out;
        is_elsewhere || has_slept(wall.duration_since(last.wall), waited)
    }
}

/// The address that this machine would send from; `None` without a network. Nothing is sent, and the
/// addresses asked about are reserved for documentation.
fn way_out() -> Option<IpAddr> {
    [("0.0.0.0:0", "192.0.2.1:9"), ("[::]:0", "[2001:db8::1]:9")].into_iter().find_map(|(own, far)| {
        let socket = UdpSocket::bind(own).ok()?;
        socket.connect(far).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    })
}
