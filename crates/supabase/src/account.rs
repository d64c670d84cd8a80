//! GoTrue's calls around an account: making one, codes by mail, a new password.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Caller, Error, Session, Supabase, User};

/// What became of a sign-up.
#[derive(Clone, Debug)]
pub enum SignUp {
    /// The account is there and signed in: the project confirms nothing by mail.
    SignedIn(Session),
    /// A mail with a code is on its way; [`CodeFor::SignUp`] is what it is for.
    CodeSent,
    /// This address has an account already, so no mail was sent. The server says so by leaving out how
    /// its owner signs in.
    AddressTaken,
}

/// Whether a code may be sent to an address that has no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newcomers {
    /// The account is made before the code is sent.
    Welcome,
    /// The answer is `ACCOUNT_UNKNOWN` and nothing is sent: how to find out whether the account is new.
    Refused,
}

/// What a code in a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFor {
    /// Signing in; also confirms an address that was not confirmed yet.
    SignIn,
    /// Confirming the address of a sign-up.
    SignUp,
    /// Choosing a new password.
    Recovery,
}

impl CodeFor {
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "email",
            Self::SignUp => "signup",
            Self::Recovery => "recovery",
        }
    }
}

impl Supabase {
    /// A new account for `email`.
    ///
    /// # Errors
    /// `ACCOUNT_EXISTS` where nothing is confirmed by mail, `SIGN_UP_DISABLED`, `EMAIL_REFUSED`,
    /// `MAIL_LIMITED` with [`Error::wait`], and the four codes of a weak password with
    /// [`Error::weaknesses`].
    pub async fn sign_up(&self, email: &str, password: &SecretString) -> Result<SignUp, Error> {
        let body = json!({"email": email, "password": password.expose_secret()});
        let request = self.auth(Method::POST, "signup", Caller::Anonymous)?.json(&body);
        self.send_with_key::<SignedUp>(request).await.map(SignUp::from)
    }

    /// Mails a code that signs in. The answer is the same for every address that a code is sent to.
    ///
    /// # Errors
    /// `MAIL_LIMITED` with [`Error::wait`]; `ACCOUNT_UNKNOWN` when newcomers are refused here, and
    /// `SIGN_UP_DISABLED` where the project has none.
    pub async fn send_code(&self, email: &str, newcomers: Newcomers) -> Result<(), Error> {
        let body = json!({"email": email, "create_user": newcomers == Newcomers::Welcome});
        self.ask_for_mail("otp", &body).await
    }

    /// Mails the code of a sign-up again.
    ///
    /// # Errors
    /// `MAIL_LIMITED` with [`Error::wait`].
    pub async fn resend_sign_up(&self, email: &str) -> Result<(), Error> {
        self.ask_for_mail("resend", &json!({"type": "signup", "email": email})).await
    }

    /// Mails a code with which a new password can be set. Says nothing about whether there is an account.
    ///
    /// # Errors
    /// `MAIL_LIMITED` with [`Error::wait`].
    pub async fn recover(&self, email: &str) -> Result<(), Error> {
        self.ask_for_mail("recover", &json!({"email": email})).await
    }

    /// A new session for the code of a mail. [`User::is_new`] tells whether it is the account's first.
    ///
    /// # Errors
    /// `CODE_EXPIRED` for a wrong code, a used one and one that is too old alike.
    pub async fn verify_code(&self, email: &str, code: &str, purpose: CodeFor) -> Result<Session, Error> {
        let body = json!({"type": purpose.name(), "email": email, "token": code.trim()});
        self.send_with_key(self.auth(Method::POST, "verify", Caller::Anonymous)?.json(&body)).await
    }

    /// Gives the account of `access_token` a new password. Its other sessions end.
    ///
    /// # Errors
    /// `SAME_PASSWORD`, and the four codes of a weak password with [`Error::weaknesses`].
    pub async fn set_password(
        &self,
        access_token: &SecretString,
        password: &SecretString,
    ) -> Result<User, Error> {
        let request = self.auth(Method::PUT, "user", Caller::User(access_token))?;
        self.send(request.json(&json!({"password": password.expose_secret()}))).await
    }

    /// The answer is an object, `{}` or with an id: the page of a captive portal is neither.
    async fn ask_for_mail(&self, path: &str, body: &Value) -> Result<(), Error> {
        let request = self.auth(Method::POST, path, Caller::Anonymous)?.json(body);
        self.send_with_key::<serde_json::Map<String, Value>>(request).await.map(drop)
    }
}

/// `/signup` answers with a session, or with the bare user who has yet to confirm.
#[derive(Deserialize)]
#[serde(untagged)]
enum SignedUp {
    Session(Session),
    User { identities: Vec<Value> },
}

impl From<SignedUp> for SignUp {
    fn from(answer: SignedUp) -> Self {
        match answer {
            SignedUp::Session(session) => Self::SignedIn(session),
            SignedUp::User { identities } if identities.is_empty() => Self::AddressTaken,
            SignedUp::User { .. } => Self::CodeSent,
        }
    }
}
