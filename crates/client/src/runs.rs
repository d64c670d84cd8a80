//! Runs: each has one task that drives it, one log that numbers its events, and one end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use flowmeter_domain::ipc::{End, Progress, RunEvent, RunView, StartRun};
use flowmeter_domain::{Charged, Code, Delta, Kind, NodeRequest, Outcome, RunId, UiError};
use futures_util::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::merge::Merger;
use crate::quota::Quotas;
use crate::relay::{Edge, Step};
use crate::session::{FOR_A_RELAY, Session};
use crate::{Events, News, Outside};

/// When the quota is read after a run, each counted from the look before.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(5)];

/// The runs of this launch. Cheap to clone.
#[derive(Clone)]
pub struct Runs(Arc<Inner>);

struct Inner {
    edge: Edge,
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
    /// Whether the request may have left.
    sent: AtomicBool,
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
    pub(crate) fn new(
        edge_url: &Url,
        session: Session,
        quotas: Quotas,
        outside: &Outside,
    ) -> Result<Self, UiError> {
        let edge = Edge::new(edge_url)?;
        let events = outside.events.clone();
        Ok(Self(Arc::new(Inner { edge, session, quotas, events, runs: Mutex::default() })))
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
        let mut merger = Merger::default();
        let outcome = tokio::select! {
            biased;
            () = run.stop.cancelled() => Outcome::Cancelled,
            outcome = self.relay(&run, &mut merger) => outcome,
        };
        run.tell_delta(events, merger.take(Instant::now()));
        let end = run.end(outcome);
        let charged = end.charged;
        run.tell(events, Progress::Ended(end));
        tokio::select! {
            () = run.over.cancelled() => {}
            () = self.read_what_it_cost(charged) => {}
        }
    }

    /// Reads the quota again. Where the connection was cut, the edge may be charging just now: a
    /// second and a third look a little later see it.
    async fn read_what_it_cost(&self, charged: Charged) {
        let looks = if charged == Charged::Unknown { &LOOKS[..] } else { &LOOKS[..1] };
        for wait in looks {
            tokio::time::sleep(*wait).await;
            // A failure to read is told by the quota's own state.
            let _ = self.0.quotas.refresh().await;
        }
    }

    async fn relay(&self, run: &Run, merger: &mut Merger) -> Outcome {
        let mut steps = match self.send(run).await {
            Ok(steps) => steps,
            Err(outcome) => return outcome,
        };
        loop {
            let due = merger.due().map(tokio::time::Instant::from_std);
            tokio::select! {
                biased;
                // Behind `due` there is text that waits: it goes before more is taken in.
                () = sleep_until(due) => run.tell_delta(self.0.events.as_ref(), merger.take(Instant::now())),
                step = steps.next() => match step {
                    Some(Step::Delta(delta)) => {
                        run.tell_delta(self.0.events.as_ref(), merger.push(&delta, Instant::now()));
                    }
                    Some(Step::End(outcome)) => return outcome,
                    None => return Outcome::Incomplete { cause: UiError::new(Code::Interrupted, "no end") },
                },
            }
        }
    }

    /// Sends the request. A refusal of who is asking comes before any work and any charge, so the
    /// session is renewed once and the request sent again; a second refusal is final.
    async fn send(&self, run: &Run) -> Result<impl Stream<Item = Step> + Unpin + use<>, Outcome> {
        let failed = |cause| Outcome::Failed { cause };
        let credentials = self.0.session.credentials(FOR_A_RELAY).await.map_err(failed)?;
        self.advice().await.map_err(failed)?;
        let request = run.log().view.request.clone();
        run.sent.store(true, Ordering::SeqCst);
        let refused = match self.0.edge.run(&credentials, &request).await {
            Err(outcome) if is_refusal(&outcome) => outcome,
            answer => return answer,
        };
        self.0.session.distrust(&credentials.access_token);
        let Ok(renewed) = self.0.session.credentials(FOR_A_RELAY).await else { return Err(refused) };
        let answer = self.0.edge.run(&renewed, &request).await;
        if answer.as_ref().is_err_and(is_refusal) {
            self.0.session.refused_again(&renewed.access_token);
        }
        answer
    }

    /// The client's own check is advice: it spares a refused call, and only when a reading of this
    /// moment says so. An old reading, or none, never blocks: the server decides.
    async fn advice(&self) -> Result<(), UiError> {
        let kind = Kind::LlmExecutions;
        let known = self.0.quotas.state().snapshot.and_then(|snapshot| snapshot.quota.get(kind));
        if known.is_none_or(|counter| counter.check().allowed) {
            return Ok(());
        }
        let Ok(snapshot) = self.0.quotas.refresh().await else { return Ok(()) };
        let check = snapshot.quota.check(kind);
        if check.allowed {
            return Ok(());
        }
        Err(UiError::new(Code::QuotaExceeded, format!("{}: {}/{}", kind.name(), check.used, check.limit)))
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
        let view = RunView { run_id: id, request, text: Delta::default(), next_seq: 0, end: None };
        let log = Mutex::new(Log { view, chars: 0 });
        Self { id, stop: over.child_token(), over, sent: AtomicBool::default(), log }
    }

    /// A run that was stopped before its request left has cost nothing.
    fn end(&self, outcome: Outcome) -> End {
        let never_left = outcome == Outcome::Cancelled && !self.sent.load(Ordering::SeqCst);
        if never_left { End { outcome, charged: Charged::No } } else { outcome.into() }
    }

    fn tell_delta(&self, events: &dyn Events, delta: Option<Delta>) {
        if let Some(delta) = delta {
            self.tell(events, Progress::Delta(delta));
        }
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
        }
        if !self.over.is_cancelled() {
            events.tell(News::Run(event));
        }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the edge did not accept who is asking.
fn is_refusal(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed { cause } if cause.code == Code::NotSignedIn)
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
