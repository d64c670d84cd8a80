//! How people get in: which project, and the ways that it offers.
//!
//! Whoever is signed in stays so until somebody else has come in. Not here: what happens behind the
//! door; that is at the [`desks`](crate::desks).

mod callback;
mod connection;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flowmeter_domain::ipc::{
    self, Account, Checks, CodePurpose, ConnectionFields, Entered, Mailed, ResetPassword, SendCode,
    SignInWith, SignedUp, VerifyCode, WaysIn,
};
use flowmeter_domain::{Code, UiError};
use flowmeter_supabase::pkce::{Verifier, code_from};
use flowmeter_supabase::{CodeFor, Newcomers, Supabase};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::desks::Desks;
use crate::settings::{self, Connection};
use callback::Callback;

/// How long the browser may take. The server forgets a sign-in after as long.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// The way in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Door(Arc<Inner>);

struct Inner {
    desks: Desks,
    data_dir: PathBuf,
    /// The sign-in that waits for the browser; only ever one.
    waiting: Mutex<CancellationToken>,
    /// A code for a new password is good once: if the password is refused, this is what it gave.
    recovered: Mutex<Option<(String, flowmeter_supabase::Session)>>,
}

impl Door {
    pub(crate) fn new(desks: Desks, data_dir: PathBuf) -> Self {
        let (waiting, recovered) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { desks, data_dir, waiting, recovered }))
    }

    /// What the servers themselves say about these fields.
    pub(crate) async fn check(&self, fields: &ConnectionFields) -> Checks {
        connection::check(fields).await
    }

    /// Sends the next sign-in to another project, and the next launch where nobody is signed in.
    pub(crate) async fn connect(&self, fields: &ConnectionFields) -> Result<(), UiError> {
        let checks = self.check(fields).await;
        if !checks.are_good() {
            let missing = || UiError::new(Code::InvalidSettings, "a field is empty");
            return Err(checks.fault().cloned().unwrap_or_else(missing));
        }
        let ConnectionFields { supabase_url, key, edge_url } = fields;
        let connection = Connection::parse(supabase_url, key, edge_url)
            .map_err(|fault| UiError::new(Code::InvalidSettings, fault.to_string()))?;
        settings::save(&self.0.data_dir, &connection)?;
        self.0.desks.set_door(connection)
    }

    /// The ways in that the project offers.
    pub(crate) async fn ways_in(&self) -> Result<WaysIn, UiError> {
        let (_, supabase) = self.project()?;
        let ways = supabase.ways_in().await.map_err(UiError::from)?;
        Ok(WaysIn { email: ways.email(), sign_up: ways.sign_up(), providers: ways.providers().to_vec() })
    }

    pub(crate) async fn sign_in(&self, request: ipc::SignIn) -> Result<Account, UiError> {
        let (connection, supabase) = self.project()?;
        let session = supabase.sign_in(request.email.trim(), &request.password.into()).await;
        self.enter(&connection, session.map_err(UiError::from)?).map(|entered| entered.account)
    }

    pub(crate) async fn sign_up(&self, request: ipc::SignUp) -> Result<SignedUp, UiError> {
        let (connection, supabase) = self.project()?;
        match supabase.sign_up(request.email.trim(), &request.password.into()).await? {
            flowmeter_supabase::SignUp::SignedIn(session) => {
                self.enter(&connection, session).map(SignedUp::Entered)
            }
            flowmeter_supabase::SignUp::CodeSent => Ok(SignedUp::CodeSent),
            flowmeter_supabase::SignUp::AddressTaken => {
                Err(UiError::new(Code::AccountExists, "this address has an account"))
            }
        }
    }

    /// Mails a code. Where the server asks to wait before the next mail, that is an answer.
    pub(crate) async fn send_code(&self, request: &SendCode) -> Result<Mailed, UiError> {
        let (_, supabase) = self.project()?;
        let email = request.email.trim();
        let sent = match request.purpose {
            CodePurpose::SignIn => supabase.send_code(email, Newcomers::Welcome).await,
            CodePurpose::SignUp => supabase.resend_sign_up(email).await,
            CodePurpose::Recovery => supabase.recover(email).await,
        };
        match sent {
            Ok(()) => Ok(Mailed::Sent),
            Err(error) => match error.wait() {
                Some(wait) if error.code() == Code::MailLimited => Ok(Mailed::Wait { seconds: whole(wait) }),
                _ => Err(error.into()),
            },
        }
    }

    pub(crate) async fn verify_code(&self, request: &VerifyCode) -> Result<Entered, UiError> {
        let (connection, supabase) = self.project()?;
        let purpose = match request.purpose {
            CodePurpose::SignIn => CodeFor::SignIn,
            CodePurpose::SignUp => CodeFor::SignUp,
            CodePurpose::Recovery => CodeFor::Recovery,
        };
        let session = supabase.verify_code(request.email.trim(), &request.code, purpose).await;
        self.enter(&connection, session.map_err(UiError::from)?)
    }

    /// Chooses a new password with a mailed code. A second try with a better password needs no second
    /// code.
    pub(crate) async fn reset_password(&self, request: ResetPassword) -> Result<Entered, UiError> {
        let (connection, supabase) = self.project()?;
        let email = request.email.trim().to_owned();
        let session = match self.take_recovered(&email) {
            Some(session) => session,
            None => supabase.verify_code(&email, &request.code, CodeFor::Recovery).await?,
        };
        let password: SecretString = request.password.into();
        if let Err(error) = supabase.set_password(&session.access_token, &password).await {
            *self.0.recovered.lock().unwrap_or_else(PoisonError::into_inner) = Some((email, session));
            return Err(error.into());
        }
        self.enter(&connection, session)
    }

    /// Signs in at a provider. `open` shows an address in the system's browser.
    pub(crate) async fn sign_in_with(
        &self,
        request: SignInWith,
        open: impl FnOnce(&Url) -> Result<(), UiError>,
    ) -> Result<Entered, UiError> {
        // First of all: a person may give up before anything else is done.
        let cancelled = self.wait_anew();
        let (connection, supabase) = self.project()?;
        let callback = Callback::bind(request.farewell).await?;
        let verifier = Verifier::random();
        if cancelled.is_cancelled() {
            return Err(given_up());
        }
        open(&supabase.authorize_url(&request.provider, callback.address(), &verifier.challenge()))?;
        let query = tokio::select! {
            () = cancelled.cancelled() => Err(given_up()),
            back = callback.came_back(PATIENCE) => back,
        }?;
        let code = code_from(&query)?;
        let session = supabase.exchange_code(&code, &verifier).await?;
        self.enter(&connection, session)
    }

    /// Gives up waiting for the browser.
    pub(crate) fn cancel(&self) {
        self.wait_anew();
    }

    /// Ends the sign-in that waits, and gives the one that begins what would end it.
    fn wait_anew(&self) -> CancellationToken {
        let new = CancellationToken::new();
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *waiting, new.clone()).cancel();
        new
    }

    fn take_recovered(&self, email: &str) -> Option<flowmeter_supabase::Session> {
        let recovered = self.0.recovered.lock().unwrap_or_else(PoisonError::into_inner).take();
        recovered.filter(|(whose, _)| whose == email).map(|(_, session)| session)
    }

    fn enter(
        &self,
        connection: &Connection,
        session: flowmeter_supabase::Session,
    ) -> Result<Entered, UiError> {
        let is_new = session.user.is_new();
        let account = self.0.desks.seat(connection, session)?;
        Ok(Entered { account, is_new })
    }

    fn project(&self) -> Result<(Connection, Supabase), UiError> {
        let no_project = || UiError::new(Code::InvalidSettings, "no project is connected yet");
        let connection = self.0.desks.door().ok_or_else(no_project)?;
        let supabase = Supabase::new(connection.project.clone());
        Ok((connection, supabase))
    }
}

fn given_up() -> UiError {
    UiError::new(Code::SignInCancelled, "given up in the app")
}

/// Rounded up: after so many seconds it is allowed.
fn whole(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).unwrap_or(u32::MAX)
}
