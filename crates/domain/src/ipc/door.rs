//! The ways in: which project, and with what.

use serde::{Deserialize, Serialize};

use super::Account;
use crate::error::UiError;

/// Sends the next sign-in to this project and remembers it. Who is signed in stays so. Refused as
/// long as [`CheckConnection`] finds a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// What was typed.
    pub fields: ConnectionFields,
}

/// Asks the servers themselves whether they are what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckConnection {
    /// What was typed so far.
    pub fields: ConnectionFields,
}

/// Where to sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionFields {
    /// Address of the Supabase project.
    pub supabase_url: String,
    /// Its publishable or anon key.
    pub key: String,
    /// Address of the edge service.
    pub edge_url: String,
}

/// What is known about each field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    /// Of the address of the project.
    pub supabase_url: Check,
    /// Of its key.
    pub key: Check,
    /// Of the address of the edge.
    pub edge_url: Check,
}

impl Checks {
    /// Whether all three are right.
    pub fn are_good(&self) -> bool {
        [&self.supabase_url, &self.key, &self.edge_url].iter().all(|check| **check == Check::Good)
    }

    /// The first fault.
    pub fn fault(&self) -> Option<&UiError> {
        [&self.supabase_url, &self.key, &self.edge_url].into_iter().find_map(Check::fault)
    }
}

/// What is known about a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Check {
    /// Nothing: it is empty, or hangs on a field that is wrong.
    #[default]
    Open,
    /// The server itself said so.
    Good,
    /// It cannot be right, or the server says that it is not.
    Wrong {
        /// Why.
        fault: UiError,
    },
}

impl Check {
    /// What is wrong.
    pub fn fault(&self) -> Option<&UiError> {
        match self {
            Check::Wrong { fault } => Some(fault),
            Check::Open | Check::Good => None,
        }
    }
}

/// Asks which ways in the project of the next sign-in offers.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GetWaysIn {}

/// The ways in that a project offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysIn {
    /// An address with a password, or with a code by mail.
    pub email: bool,
    /// New accounts.
    pub sign_up: bool,
    /// OAuth providers by GoTrue's names, such as `github`.
    pub providers: Vec<String>,
}

/// Somebody came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// Who.
    pub account: Account,
    /// Whether the account was made just now.
    pub is_new: bool,
}

/// Makes an account.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignUp {
    /// The address.
    pub email: String,
    /// The password that it shall have.
    pub password: String,
}

/// What became of a sign-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignedUp {
    /// Done, and signed in.
    Entered(Entered),
    /// A code was mailed; it confirms the address.
    CodeSent,
}

/// Mails a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendCode {
    /// To whom.
    pub email: String,
    /// What it shall be good for.
    pub purpose: CodePurpose,
}

/// What a mailed code is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePurpose {
    /// Signing in, for an account that is there and, where the project allows it, for a new one.
    #[default]
    SignIn,
    /// Confirming the address of a sign-up.
    SignUp,
    /// Choosing a new password.
    Recovery,
}

/// Whether a mail went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Mailed {
    /// It did.
    Sent,
    /// The last one is too young: the server asks to wait.
    Wait {
        /// For so long.
        seconds: u32,
    },
}

/// Comes in with a mailed code.
#[derive(Clone, Serialize, Deserialize)]
pub struct VerifyCode {
    /// To whom it was mailed.
    pub email: String,
    /// The digits.
    pub code: String,
    /// What it is good for; recovery goes with [`ResetPassword`].
    pub purpose: CodePurpose,
}

/// Chooses a new password with a mailed code, and comes in.
#[derive(Clone, Serialize, Deserialize)]
pub struct ResetPassword {
    /// To whom the code was mailed.
    pub email: String,
    /// The digits.
    pub code: String,
    /// The new password.
    pub password: String,
}

/// Comes in by way of a provider's page in the system's browser. Answers when the person is back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInWith {
    /// One of [`WaysIn::providers`].
    pub provider: String,
    /// What the browser shows at the end, in the person's language.
    pub farewell: Farewell,
}

/// The page that tells that the browser is no longer needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Farewell {
    /// BCP 47 tag of the texts.
    pub language: String,
    /// In large.
    pub title: String,
    /// Below.
    pub text: String,
}

/// Gives up waiting for the browser.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CancelSignIn {}

macro_rules! without_secrets {
    ($($request:ident),*) => {
        $(impl std::fmt::Debug for $request {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($request)).finish_non_exhaustive()
            }
        })*
    };
}

without_secrets!(SignUp, VerifyCode, ResetPassword);
