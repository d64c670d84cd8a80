//! For how long somebody waits for a sign of life.
//!
//! reqwest's own limit (`read_timeout`) arms a timer for each piece of an answer and cannot be changed
//! while one is under way. Here one timer serves a whole answer and is moved only when it fires.

use std::pin::{Pin, pin};
use std::time::Duration;

use flowmeter_domain::{Code, Preferences, UiError};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};

/// The patience of the person, who may change their mind meanwhile.
pub(super) struct Patience {
    preferences: watch::Receiver<Preferences>,
    alarm: Pin<Box<Sleep>>,
}

impl Patience {
    pub(super) fn new(preferences: watch::Receiver<Preferences>) -> Self {
        let alarm = Box::pin(sleep_until(Instant::now() + limit(&preferences)));
        Self { preferences, alarm }
    }

    /// What comes of `next`. Only while somebody waits is the other side silent: what the caller did
    /// before does not count.
    ///
    /// # Errors
    /// `TIMED_OUT` when nothing comes for as long as the person chose.
    pub(super) async fn wait<T>(&mut self, next: impl Future<Output = T>) -> Result<T, UiError> {
        let since = Instant::now();
        let mut next = pin!(next);
        loop {
            tokio::select! {
                biased;
                came = &mut next => return Ok(came),
                () = &mut self.alarm => {}
                Ok(()) = self.preferences.changed() => {}
            }
            let limit = limit(&self.preferences);
            if since.elapsed() >= limit {
                return Err(UiError::new(Code::TimedOut, format!("nothing came for {limit:?}")));
            }
            self.alarm.as_mut().reset(since + limit);
        }
    }
}

/// What was chosen and a twelfth: an edge that gives up after the same time is heard saying so, and it knows what
/// was charged.
fn limit(preferences: &watch::Receiver<Preferences>) -> Duration {
    let chosen = Duration::from_secs(preferences.borrow().silence.into());
    chosen + chosen / 12
}
