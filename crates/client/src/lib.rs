//! What a signed-in person can do: keep a session, watch quotas, run models. No Tauri.
//!
//! [`Client`] is the front door; the shell and the command line call nothing else. Each state has
//! one owner: the session in [`session`], the latest reading in [`quota`], a run in [`runs`].
//! News go out through one [`Events`] sink.
//!
//! [`Client`] spawns tasks, so it is to be used inside a tokio runtime.

mod events;
mod history;
mod merge;
mod notifications;
mod preferences;
pub mod quota;
mod relay;
pub mod runs;
pub mod secrets;
pub mod session;
mod settings;
mod store;
mod usage;

pub use events::{Events, News};
pub use flowmeter_domain as domain;
pub use settings::{Settings, SettingsError};

use std::sync::Arc;

use flowmeter_domain::ipc::{Account, Demo, GetRun, RunView, SessionState, SignIn, Start, StartRun, StopRun};
use flowmeter_domain::{Code, UiError};
use flowmeter_supabase::Supabase;
use jiff::Timestamp;

use crate::history::Histories;
use crate::notifications::Notifier;
use crate::preferences::Preferred;
use crate::quota::{Kept, Quotas};
use crate::runs::Runs;
use crate::secrets::SecretStore;
use crate::session::Session;
use crate::store::Store;

/// What the time is; tests set their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a client needs from the outside.
pub struct Outside {
    /// Where the refresh token is kept.
    pub secrets: Arc<dyn SecretStore>,
    /// Who hears the news.
    pub events: Arc<dyn Events>,
    /// What the time is.
    pub clock: Clock,
}

impl Outside {
    /// With the machine's clock.
    pub fn new(secrets: Arc<dyn SecretStore>, events: Arc<dyn Events>) -> Self {
        Self { secrets, events, clock: Arc::new(Timestamp::now) }
    }
}

/// A person's account on this machine. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    session: Session,
    quotas: Quotas,
    runs: Runs,
    preferred: Preferred,
    histories: Histories,
    put_aside: Option<String>,
    project: String,
    demo: Option<Demo>,
}

impl Client {
    /// Opens the store and finds out who was signed in last; asks neither network nor keychain.
    ///
    /// # Errors
    /// `STORE_FAILED` when the data folder cannot be used, `UNREACHABLE` when TLS cannot be set up.
    pub fn open(settings: Settings, outside: Outside) -> Result<Self, UiError> {
        let store = Store::open(&settings.data_dir)?;
        let supabase = Supabase::new(settings.project).map_err(UiError::from)?;
        let project = supabase.project().host();
        let session = Session::new(supabase.clone(), store.clone(), &outside);
        let (preferred, put_aside) = (Preferred::new(store.clone(), &outside), store.put_aside());
        let histories = Histories::new(store.clone(), project.clone(), &outside);
        let notifier = Notifier::new(store.clone(), project.clone(), preferred.clone(), &outside);
        let kept = Kept { store, histories: histories.clone(), notifier };
        let quotas = Quotas::new(supabase, session.clone(), kept, &outside);
        let runs = Runs::new(&settings.edge_url, session.clone(), quotas.clone(), &outside)?;
        let demo = settings.demo;
        Ok(Self { session, quotas, runs, preferred, histories, put_aside, project, demo })
    }

    /// What the page needs for its first frame. `locale` is the person's language (BCP 47).
    pub fn start(&self, locale: String) -> Start {
        Start {
            session: self.session.state(),
            quota: self.quotas.state(),
            runs: self.runs.all(),
            locale,
            project: self.project.clone(),
            demo: self.demo.clone(),
            preferences: self.preferred.get(),
            put_aside: self.put_aside.clone(),
        }
    }

    /// Keeps the reading up to date for as long as it is polled.
    pub async fn keep_up_to_date(&self) {
        self.quotas.watch().await;
    }

    /// Signs in with email and password; reads the quotas at once.
    ///
    /// # Errors
    /// `INVALID_CREDENTIALS`, `UNREACHABLE`, … Whoever was signed in before stays so on an error.
    pub async fn sign_in(&self, request: SignIn) -> Result<Account, UiError> {
        let account = self.session.sign_in(request.email.trim(), request.password.into()).await?;
        self.quotas.show_stored();
        let quotas = self.quotas.clone();
        tokio::spawn(async move { quotas.refresh().await });
        Ok(account)
    }

    /// Signs out on this device: stops the runs, removes the keychain entry, forgets the numbers.
    ///
    /// # Errors
    /// `KEYCHAIN_…` when the entry could not be removed; the person is signed out all the same.
    pub async fn sign_out(&self) -> Result<(), UiError> {
        self.session.sign_out().await
    }

    /// Reads the quotas now.
    ///
    /// # Errors
    /// Why the reading failed; the last good one stays.
    pub async fn refresh_quota(&self) -> Result<(), UiError> {
        self.quotas.refresh().await.map(drop)
    }

    /// Reads the quotas if the last reading is not from just now: for a window that comes forward.
    pub async fn came_forward(&self) {
        self.quotas.refresh_unless_recent().await;
    }

    /// Starts a run.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN`, or `INVALID_INPUT` for an id that is taken.
    pub fn start_run(&self, request: StartRun) -> Result<(), UiError> {
        if matches!(self.session.state(), SessionState::SignedOut { .. }) {
            return Err(UiError::new(Code::NotSignedIn, "nobody is signed in"));
        }
        self.runs.start(request)
    }

    /// Stops a run; one that has ended stays as it is.
    ///
    /// # Errors
    /// `NOT_FOUND` for an id that is not of this launch.
    pub fn stop_run(&self, StopRun { run_id }: StopRun) -> Result<(), UiError> {
        self.runs.stop(run_id)
    }

    /// A run as a whole.
    ///
    /// # Errors
    /// `NOT_FOUND` for an id that is not of this launch.
    pub fn run(&self, GetRun { run_id }: GetRun) -> Result<RunView, UiError> {
        self.runs.view(run_id)
    }
}
