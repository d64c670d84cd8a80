//! Runs: each has one task that drives it, one log that numbers its events, and one end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::ipc::{Left, Progress, RunEvent, RunView, StartRun};
use flowmeter_domain::run::MOST_AT_ONCE;
use flowmeter_domain::{Charged, Code, Delta, Kind, NodeRequest, RunId, UiError};
use tokio_util::sync::CancellationToken;

use crate::quota::Quotas;
use crate::relay::Relay;
use crate::session::Session;
use crate::{Events, News, Outside};

/// What a run counts against.
const KIND: Kind = Kind::LlmExecutions;

/// The runs of this launch. Cheap to clone.
#[derive(Clone)]
pub struct Runs(Arc<Inner>);

struct Inner {
    relay: Relay,
    session: Session,
    quotas: Quotas,
    events: Arc<dyn Events>,
    /// Oldest first.
    runs: Mutex<Vec<Arc<Run>>>,
}

/// One run.
struct Run {
    id: RunId,
    stop: CancellationToken,
    /// The session under which it was started is over: it stops, and nothing more is told of it.
    over: CancellationToken,
    log: Mutex<Log>,
}

/// What was told of a run.
struct Log {
    view: RunView,
    /// Characters of `view.text`, kept beside it: counting them anew would cost each delta the
    /// length of the whole answer.
    chars: u64,
}

impl Runs {
    pub(crate) fn new(relay: Relay, session: Session, quotas: Quotas, outside: &Outside) -> Self {
        let events = outside.events.clone();
        Self(Arc::new(Inner { relay, session, quotas, events, runs: Mutex::default() }))
    }

    /// All runs of this launch, oldest first.
    pub fn all(&self) -> Vec<RunView> {
        let runs = self.lock();
        runs.iter().filter(|run| !run.over.is_cancelled()).map(|run| run.log().view.clone()).collect()
    }

    /// Tells all runs as they are now: for a page that showed another account until now. Each under
    /// its log's lock, so that no event of it is told twice or missed.
    pub(crate) fn tell_whole(&self) {
        for run in self.lock().iter().filter(|run| !run.over.is_cancelled()) {
            let log = run.log();
            self.0.events.tell(News::RunWhole(log.view.clone()));
        }
    }

    /// Starts a run and returns; its task owns it from here on.
    pub(crate) fn start(&self, StartRun { run_id, request }: StartRun) -> Result<(), UiError> {
        let mut runs = self.lock();
        runs.retain(|run| !run.over.is_cancelled());
        if runs.iter().any(|run| run.id == run_id) {
            return Err(UiError::new(Code::InvalidInput, format!("there is a run {run_id} already")));
        }
        if runs.iter().filter(|run| run.is_under_way()).count() >= MOST_AT_ONCE {
            return Err(UiError::new(Code::TooManyRuns, format!("{MOST_AT_ONCE} runs are under way")));
        }
        let run = Arc::new(Run::new(run_id, request, self.0.session.over()));
        runs.push(run.clone());
        tokio::spawn(self.clone().drive(run));
        Ok(())
    }

    /// Stops a run.
    pub(crate) fn stop(&self, run_id: RunId) -> Result<(), UiError> {
        self.find(run_id).map(|run| run.stop.cancel())
    }

    /// A run as a whole.
    pub(crate) fn view(&self, run_id: RunId) -> Result<RunView, UiError> {
        self.find(run_id).map(|run| run.log().view.clone())
    }

    /// The life of a run. Its end is told before the quota is read again: nobody waits for that.
    async fn drive(self, run: Arc<Run>) {
        let events = self.0.events.as_ref();
        run.tell(events, Progress::Started);
        let request = run.log().view.request.clone();
        let hear = |delta| run.tell(events, Progress::Delta(delta));
        let end = self.0.relay.run(&request, &run.stop, hear).await;
        let charged = end.charged;
        run.tell(events, Progress::Ended(end));
        tokio::select! {
            () = run.over.cancelled() => {}
            left = self.read_what_is_left(charged) => {
                left.into_iter().for_each(|left| run.tell(events, Progress::Left(left)));
            }
        }
    }

    async fn read_what_is_left(&self, charged: Charged) -> Option<Left> {
        let counter = self.0.quotas.read_after(charged).await?.quota.get(KIND)?;
        Some(Left { kind: KIND, remaining: counter.remaining() })
    }

    fn find(&self, run_id: RunId) -> Result<Arc<Run>, UiError> {
        let found = self.lock().iter().find(|run| run.id == run_id).cloned();
        found.ok_or_else(|| UiError::new(Code::NotFound, format!("there is no run {run_id}")))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Run>>> {
        self.0.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    fn new(id: RunId, request: NodeRequest, over: CancellationToken) -> Self {
        let view =
            RunView { run_id: id, request, text: Delta::default(), next_seq: 0, end: None, left: None };
        let log = Mutex::new(Log { view, chars: 0 });
        Self { id, stop: over.child_token(), over, log }
    }

    fn is_under_way(&self) -> bool {
        self.log().view.end.is_none()
    }

    /// Enters `progress` into the log and tells it, both under the log's lock: whoever asks for the
    /// run as a whole gets exactly what was told before.
    fn tell(&self, events: &dyn Events, progress: Progress) {
        let mut log = self.log();
        let seq = log.view.next_seq;
        let event = RunEvent { run_id: self.id, seq, offset: log.chars, progress: progress.clone() };
        log.view.next_seq += 1;
        match progress {
            Progress::Started => {}
            Progress::Delta(delta) => {
                log.chars += delta.chars();
                log.view.text.append(&delta);
            }
            Progress::Ended(end) => log.view.end = Some(end),
            Progress::Left(left) => log.view.left = Some(left),
        }
        if !self.over.is_cancelled() {
            events.tell(News::Run(event));
        }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
