//! Gets a reading: from the server, through the running app, or from the store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use flowmeter_client::domain::ipc::{Account, QuotaState, SessionState};
use flowmeter_client::domain::{Code, Forecast, Kind, Snapshot, UiError};
use flowmeter_client::secrets::{Keychain, MemorySecrets, SecretStore};
use flowmeter_client::{Client, Events, News, Outside, Settings};

use crate::{exit, texts};

/// How long the app may take: it looks for wishes every other second.
const APP_PATIENCE: Duration = Duration::from_secs(8);
/// How long the key store may take to take the new token in.
const KEY_STORE_PATIENCE: Duration = Duration::from_secs(10);

/// A reading, and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) account: Account,
    pub(crate) project: String,
    pub(crate) source: Source,
    pub(crate) snapshot: Snapshot,
    pub(crate) forecasts: BTreeMap<Kind, Forecast>,
    /// Why it is not from the server, where it should be.
    pub(crate) cause: Option<UiError>,
}

/// Where a reading comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// Read just now by this program.
    Server,
    /// Read just now by the running app.
    App,
    /// The last one that was stored.
    Stored,
}

/// Nobody listens on a command line.
struct Silence;

impl Events for Silence {
    fn tell(&self, _: News) {}
}

/// Opens the app's data. Offline no key store is touched.
pub(crate) fn open(offline: bool) -> anyhow::Result<Client> {
    let settings = Settings::load(|name| std::env::var(name).ok())?;
    let secrets: Arc<dyn SecretStore> =
        if offline { Arc::new(MemorySecrets::default()) } else { Arc::new(Keychain) };
    Ok(Client::open(settings, Outside::new(secrets, Arc::new(Silence)))?)
}

/// A reading as new as can be had.
///
/// # Errors
/// `NOT_SIGNED_IN` or `SESSION_ENDED` when the person has to sign in in the app; otherwise why there is
/// no reading at all.
pub(crate) async fn get(client: &Client, offline: bool) -> Result<Reading, UiError> {
    let account = signed_in(client)?;
    let (source, cause) = if offline { (Source::Stored, None) } else { newest(client).await? };
    // The newest may be another program's, which this one's state knows nothing of.
    let QuotaState { snapshot, forecasts, .. } = client.stored()?;
    let Some(snapshot) = snapshot else { return Err(cause.unwrap_or_else(nothing_stored)) };
    let project = client.start(String::new()).project;
    Ok(Reading { account, project, source, snapshot, forecasts, cause })
}

/// Reads now, or has the app read. A failure to reach the server is no failure of this: the stored
/// reading is there.
async fn newest(client: &Client) -> Result<(Source, Option<UiError>), UiError> {
    let Some(_claim) = client.claim()? else {
        let read = client.ask_the_app(APP_PATIENCE).await?;
        return Ok((if read { Source::App } else { Source::Stored }, None));
    };
    let read = client.refresh_quota().await;
    if tokio::time::timeout(KEY_STORE_PATIENCE, client.settled()).await.is_err() {
        exit::tell(&texts::of(client).text("key-store-silent"));
    }
    match read {
        Ok(()) => Ok((Source::Server, None)),
        Err(error) if is_signed_out(error.code) => Err(error),
        Err(error) => Ok((Source::Stored, Some(error))),
    }
}

fn signed_in(client: &Client) -> Result<Account, UiError> {
    let start = client.start(String::new());
    match start.session {
        SessionState::SignedIn { account, .. } => Ok(account),
        SessionState::Ended { cause, .. } => Err(cause),
        SessionState::SignedOut { .. } => {
            Err(UiError::new(Code::NotSignedIn, format!("nobody is signed in at {}", start.project)))
        }
    }
}

/// Whether only a person can help, by signing in.
pub(crate) fn is_signed_out(code: Code) -> bool {
    matches!(code, Code::NotSignedIn | Code::SessionEnded | Code::AccountBanned)
}

fn nothing_stored() -> UiError {
    UiError::new(Code::Unreachable, "there is no reading yet: ask once while online")
}
