//! Runs: each has one task that drives it, one log that numbers its events, and one end. Each is kept from
//! its start on.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use flowmeter_domain::ipc::{End, Left, Progress, RunEvent, RunView, StartRun};
use flowmeter_domain::{Charged, Kind, NodeRequest, RunId, UiError};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::kept::{Keeping, keep_growing};
use crate::launch::{Begun, Launch, Life};
use crate::quota::Quotas;
use crate::relay::{Asked, Relay};
use crate::session::Session;
use crate::{Clock, Events, News, Outside};

/// What a run counts against.
const KIND: Kind = Kind::LlmExecutions;

/// The runs of this launch. Cheap to clone.
#[derive(Clone)]
pub struct Runs(Arc<Inner>);

/// What a run goes through.
pub(crate) struct Through {
    pub(crate) relay: Relay,
    pub(crate) session: Session,
    pub(crate) quotas: Quotas,
    pub(crate) keeping: Keeping,
}

struct Inner {
    through: Through,
    events: Arc<dyn Events>,
    clock: Clock,
    runs: Launch<Run>,
}

/// One run.
struct Run {
    life: Life,
    /// What is sent, with the history that the log does without.
    request: NodeRequest,
    /// Whether the answer arrives as it is written.
    stream: bool,
    begun: Instant,
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
    pub(crate) fn new(through: Through, outside: &Outside) -> Self {
        let (events, clock) = (outside.events.clone(), outside.clock.clone());
        Self(Arc::new(Inner { through, events, clock, runs: Launch::default() }))
    }

    /// All runs of this launch, oldest first.
    pub fn all(&self) -> Vec<RunView> {
        self.0.runs.each(|run| run.view())
    }

    /// Whether one of them has not ended.
    pub(crate) fn is_at_work(&self) -> bool {
        self.0.runs.is_at_work()
    }

    /// Tells all runs as they are now: for a page that showed another account until now. Each under
    /// its log's lock, so that no event of it is told twice or missed.
    pub(crate) fn tell_whole(&self) {
        self.0.runs.each(|run| {
            let log = run.log();
            self.0.events.tell(News::RunWhole(Box::new(log.view.clone())));
        });
    }

    /// Starts a run and returns; its task owns it from here on.
    pub(crate) fn start(&self, start: StartRun) -> Result<(), UiError> {
        let run = Run::new(start, (self.0.clock)(), self.0.through.session.over());
        let run = self.0.runs.enter(run)?;
        tokio::spawn(self.clone().drive(run));
        Ok(())
    }

    /// Stops a run.
    pub(crate) fn stop(&self, run_id: RunId) -> Result<(), UiError> {
        self.0.runs.stop(run_id)
    }

    /// A run as a whole.
    pub(crate) fn view(&self, run_id: RunId) -> Result<RunView, UiError> {
        self.0.runs.find(run_id).map(|run| run.view())
    }

    /// The kept runs of the account.
    pub(crate) fn kept(&self) -> &Keeping {
        &self.0.through.keeping
    }

    /// The conversation of a kept run, oldest first. What runs just now is further than what is kept of it.
    pub(crate) async fn conversation(&self, run_id: RunId) -> Result<Vec<RunView>, UiError> {
        let kept = self.kept().conversation(run_id).await?;
        Ok(kept.into_iter().map(|kept| self.view(kept.run_id).unwrap_or(kept)).collect())
    }

    /// Makes the conversation of a kept run one of this launch.
    pub(crate) async fn take_up(&self, run_id: RunId) -> Result<Vec<RunView>, UiError> {
        let conversation = self.conversation(run_id).await?;
        let mut runs = self.0.runs.lock();
        for view in conversation.iter().filter(|view| view.end.is_some()) {
            if !runs.iter().any(|run| run.life.id == view.run_id) {
                runs.push(Arc::new(Run::ended(view.clone(), self.0.through.session.over())));
            }
        }
        runs.sort_by_key(|run| run.log().view.started_at);
        Ok(conversation)
    }

    /// Deletes a run; one that runs is stopped.
    pub(crate) async fn delete(&self, run_id: RunId) -> Result<(), UiError> {
        self.kept().delete(run_id).await?;
        if let Ok(run) = self.0.runs.find(run_id) {
            run.life.stop.cancel();
            self.0.runs.lock().retain(|run| run.life.id != run_id);
        }
        Ok(())
    }

    /// Deletes all runs that have ended.
    pub(crate) async fn clear(&self) -> Result<(), UiError> {
        self.kept().clear().await?;
        self.0.runs.lock().retain(|run| run.is_under_way());
        Ok(())
    }

    /// The life of a run. Its end is told before the quota is read again: nobody waits for that.
    async fn drive(self, run: Arc<Run>) {
        let events = self.0.events.as_ref();
        run.tell(events, Progress::Started);
        let Through { relay, keeping, .. } = &self.0.through;
        keeping.begin(run.view()).await;
        let tokens = AtomicU64::default();
        let asked = Asked { request: &run.request, stream: run.stream, tokens: Some(&tokens) };
        let hear = |delta| run.tell(events, Progress::Delta(delta));
        let end = tokio::select! {
            biased;
            end = relay.run(asked, &run.life.stop, hear) => end,
            never = keep_growing(|kept| run.longer_than(kept), |view| keeping.draft(view)) => match never {},
        };
        let charged = end.charged;
        run.tell_tokens(events, tokens.into_inner());
        // Kept first: who hears of the end finds it in the list.
        keeping.end(run.ended_as(&end)).await;
        run.tell(events, Progress::Ended(end));
        tokio::select! {
            () = run.life.over.cancelled() => {}
            left = self.read_what_is_left(charged) => {
                left.into_iter().for_each(|left| run.tell(events, Progress::Left(left)));
            }
        }
    }

    async fn read_what_is_left(&self, charged: Charged) -> Option<Left> {
        let counter = self.0.through.quotas.read_after(charged).await?.quota.get(KIND)?;
        Some(Left { kind: KIND, remaining: counter.remaining() })
    }
}

impl Begun for Run {
    fn life(&self) -> &Life {
        &self.life
    }

    fn is_under_way(&self) -> bool {
        self.log().view.end.is_none()
    }
}

impl Run {
    fn new(start: StartRun, started_at: Timestamp, over: CancellationToken) -> Self {
        let (request, stream) = (start.request.clone(), start.stream);
        Self { request, stream, ..Self::ended(RunView::started(start, started_at), over) }
    }

    /// A run of another launch.
    fn ended(view: RunView, over: CancellationToken) -> Self {
        let chars = view.text.chars();
        Self {
            life: Life::new(view.run_id, over),
            request: NodeRequest::default(),
            stream: true,
            begun: Instant::now(),
            log: Mutex::new(Log { view, chars }),
        }
    }

    fn view(&self) -> RunView {
        self.log().view.clone()
    }

    /// The run as a whole with the length of its text, if that is more than `chars`.
    fn longer_than(&self, chars: u64) -> Option<(u64, RunView)> {
        let log = self.log();
        (log.chars > chars).then(|| (log.chars, log.view.clone()))
    }

    /// The run as it will be once its end is told.
    fn ended_as(&self, end: &End) -> RunView {
        let mut view = self.view();
        view.take(self.after_ms(), &Progress::Ended(end.clone()));
        view
    }

    fn after_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Most providers do not count.
    fn tell_tokens(&self, events: &dyn Events, tokens: u64) {
        if tokens > 0 {
            self.tell(events, Progress::Counted { tokens });
        }
    }

    /// Enters `progress` into the log and tells it, both under the log's lock: whoever asks for the
    /// run as a whole gets exactly what was told before.
    fn tell(&self, events: &dyn Events, progress: Progress) {
        let mut log = self.log();
        let (seq, after_ms) = (log.view.next_seq, self.after_ms());
        log.view.take(after_ms, &progress);
        let offset = log.chars;
        if let Progress::Delta(delta) = &progress {
            log.chars += delta.chars();
        }
        let event = RunEvent { run_id: self.life.id, seq, offset, after_ms, progress };
        if !self.life.over.is_cancelled() {
            events.tell(News::Run(event));
        }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
