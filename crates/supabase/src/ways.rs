//! `/auth/v1/settings`: which ways in a project offers, and whether address and key are a project's.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::{Deserialize, Deserializer};

use crate::{Caller, Error, Supabase};

/// Entries of `external` that are no provider to be sent to in a browser.
const NO_PROVIDERS: [&str; 3] = ["email", "phone", "anonymous_users"];

/// The ways in that a project offers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WaysIn {
    /// Addresses with a password or a code.
    #[serde(rename = "external", deserialize_with = "external")]
    external: External,
    /// Nobody new may come, in any way.
    #[serde(default, rename = "disable_signup")]
    sign_up_disabled: bool,
    /// A new address counts as confirmed without a mail.
    #[serde(default, rename = "mailer_autoconfirm")]
    auto_confirmed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct External {
    email: bool,
    providers: Vec<String>,
}

impl WaysIn {
    /// Whether people come in with an email address: by password or by a code that is mailed.
    pub fn email(&self) -> bool {
        self.external.email
    }

    /// Whether new accounts may be made.
    pub fn sign_up(&self) -> bool {
        !self.sign_up_disabled
    }

    /// Whether a new address has to be confirmed by the code in a mail before it can be used.
    pub fn confirms_by_mail(&self) -> bool {
        !self.auto_confirmed
    }

    /// The OAuth providers that are switched on, by GoTrue's names (`github`, `google`), in their
    /// alphabetical order.
    pub fn providers(&self) -> &[String] {
        &self.external.providers
    }
}

impl Supabase {
    /// Which ways in the project offers. The cheapest question that only a Supabase project answers, and
    /// only to a key of its own: so it also tells whether an address and a key are right.
    ///
    /// # Errors
    /// [`Error::KeyRefused`] when the address is a project's and the key is not;
    /// [`Error::UnexpectedAnswer`] or `NOT_FOUND` when the address is not a project's;
    /// [`Error::NotSecure`], [`Error::Unreachable`] and [`Error::TimedOut`] before there is an answer.
    pub async fn ways_in(&self) -> Result<WaysIn, Error> {
        self.send_with_key(self.auth(Method::GET, "settings", Caller::Anonymous)?).await
    }
}

fn external<'de, D: Deserializer<'de>>(deserializer: D) -> Result<External, D::Error> {
    let mut switches = BTreeMap::<String, bool>::deserialize(deserializer)?;
    let email = switches.get("email").copied().unwrap_or_default();
    switches.retain(|name, on| *on && is_provider(name));
    Ok(External { email, providers: switches.into_keys().collect() })
}

/// Wallets sign a message and are not sent anywhere.
fn is_provider(name: &str) -> bool {
    !NO_PROVIDERS.contains(&name) && !name.starts_with("web3")
}
