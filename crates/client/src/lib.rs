//! What a signed-in person can do: keep a session, watch quotas, run models. No Tauri.
//!
//! [`Client`] is the front door; the shell and the command line call nothing else. Each account has a
//! desk of its own (`desks`), and each state one owner: the session in [`session`], the latest reading
//! in [`quota`], a run in [`runs`]. News go out through one [`Events`] sink.
//!
//! [`Client`] spawns tasks, so it is to be used inside a tokio runtime.

mod admin;
mod apps;
mod beside;
mod desks;
mod door;
mod edge;
mod entrance;
mod events;
mod flow_runs;
mod flows;
mod history;
mod kept;
mod launch;
mod merge;
mod models;
mod notifications;
mod preferences;
pub mod quota;
mod relay;
mod running;
pub mod runs;
pub mod secrets;
mod sent;
pub mod session;
mod settings;
mod store;
mod usage;

pub use admin::Admin;
pub use beside::Claim;
pub use events::{Events, News};
pub use flowmeter_domain as domain;
pub use settings::{Connection, Settings, SettingsError};

use std::sync::Arc;

use flowmeter_domain::ipc::{
    AccountKey, Demo, QuotaState, RemoveAccount, SessionState, Start, SwitchAccount,
};
use flowmeter_domain::{Code, UiError};
use jiff::Timestamp;

use crate::desks::{Desk, Desks};
use crate::door::Door;
use crate::preferences::Preferred;
use crate::secrets::SecretStore;
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

/// What the people of this machine can do. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    desks: Desks,
    door: Door,
    preferred: Preferred,
    store: Store,
    put_aside: Option<String>,
    demo: Option<Demo>,
}

impl Client {
    /// Opens the store and finds out who was signed in last; asks neither network nor keychain.
    ///
    /// # Errors
    /// `STORE_FAILED` when the data folder cannot be used, `STORE_NEWER` when a newer version has used it.
    pub fn open(settings: Settings, outside: Outside) -> Result<Self, UiError> {
        let store = Store::open(&settings.data_dir)?;
        if let Err(error) = store.sweep_flows() {
            tracing::warn!(%error, "deleted flows could not be swept");
        }
        let (preferred, put_aside) = (Preferred::new(store.clone(), &outside), store.put_aside());
        let Settings { connection, is_pinned, data_dir, demo } = settings;
        let desks = Desks::open(connection, is_pinned, store.clone(), preferred.clone(), &outside)?;
        let door = Door::new(desks.clone(), data_dir);
        Ok(Self { desks, door, preferred, store, put_aside, demo })
    }

    /// What the page needs for its first frame. `locale` is the person's language (BCP 47).
    pub fn start(&self, locale: String) -> Start {
        let desk = self.desks.shown();
        let nobody = SessionState::SignedOut { cause: None };
        let accounts = self.desks.accounts();
        Start {
            session: desk.as_ref().map_or(nobody, |desk| desk.session.state()),
            quota: desk.as_ref().map_or_else(QuotaState::default, |desk| desk.quotas.state()),
            choices: desk.as_ref().map(Desk::run_choices).unwrap_or_default(),
            runs: desk.as_ref().map(|desk| desk.runs.all()).unwrap_or_default(),
            flow_runs: desk.map(|desk| desk.flow_runs.all()).unwrap_or_default(),
            locale,
            project: accounts.project.clone(),
            accounts,
            demo: self.demo.clone(),
            preferences: self.preferred.get(),
            put_aside: self.put_aside.clone(),
        }
    }

    /// Keeps the reading of the shown account up to date for as long as it is polled.
    pub async fn keep_up_to_date(&self) {
        // On a thread that nobody waits for: the first frame comes before the first request.
        let _ = tokio::task::spawn_blocking(flowmeter_supabase::http::read_certificates).await;
        let _claim = self.wait_for_claim().await;
        let mut shown = self.desks.watch();
        loop {
            shown.borrow_and_update();
            let desk = self.desks.shown();
            tokio::select! {
                changed = shown.changed() => if changed.is_err() { return },
                () = watch(desk) => {}
            }
        }
    }

    /// Shows another account of this machine; reads its quotas unless that was done just now.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not signed in here.
    pub fn switch_account(&self, SwitchAccount { key }: &SwitchAccount) -> Result<(), UiError> {
        let desk = self.desks.switch(key)?;
        tokio::spawn(async move { desk.quotas.refresh_unless_recent().await });
        Ok(())
    }

    /// Signs an account out on this device and deletes what is stored of it here.
    ///
    /// # Errors
    /// `NOT_FOUND`, `STORE_FAILED`, or `KEYCHAIN_…` when its entry may still be there.
    pub async fn remove_account(&self, RemoveAccount { key }: &RemoveAccount) -> Result<(), UiError> {
        self.desks.sign_out(key, true).await
    }

    /// Signs the shown account out on this device: stops its runs, removes its keychain entry.
    ///
    /// # Errors
    /// `KEYCHAIN_…` when the entry could not be removed; the person is signed out all the same.
    pub async fn sign_out(&self) -> Result<(), UiError> {
        match self.shown_key() {
            Some(key) => self.desks.sign_out(&key, false).await,
            None => Ok(()),
        }
    }

    /// Reads the quotas now.
    ///
    /// # Errors
    /// Why the reading failed; the last good one stays.
    pub async fn refresh_quota(&self) -> Result<(), UiError> {
        self.desk()?.quotas.click().await.map(drop)
    }

    /// Reads the quotas if the last reading is not from just now: for a window that comes forward.
    pub async fn came_forward(&self) {
        if let Some(desk) = self.desks.shown() {
            desk.quotas.refresh_unless_recent().await;
        }
    }

    /// What is shown; everything that belongs to an account goes through here.
    fn desk(&self) -> Result<Desk, UiError> {
        self.desks.shown().ok_or_else(|| UiError::new(Code::NotSignedIn, "nobody is signed in"))
    }

    fn shown_key(&self) -> Option<AccountKey> {
        self.desks.shown().map(|desk| desk.key)
    }

    fn refresh_behind(&self) {
        if let Some(desk) = self.desks.shown() {
            // Its failure is in the reading's state, where everybody sees it.
            tokio::spawn(async move { desk.quotas.refresh().await });
        }
    }
}

async fn watch(desk: Option<Desk>) {
    match desk {
        Some(desk) => desk.quotas.watch().await,
        None => std::future::pending().await,
    }
}
