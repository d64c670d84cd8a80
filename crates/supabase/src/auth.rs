//! GoTrue (`/auth/v1`): password sign-in, refresh, user, local sign-out.
//!
//! Not here: making accounts and codes by mail (`account`), OAuth (`pkce`), settings (`ways`).

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Caller, Error, Session, Supabase, User};

/// Asks for error bodies of the form `{code, message}`.
const API_VERSION: (&str, &str) = ("X-Supabase-Api-Version", "2024-01-01");

impl Supabase {
    /// A new session for the account of `email`.
    ///
    /// # Errors
    /// `INVALID_CREDENTIALS` for a wrong password and an unknown address alike.
    pub async fn sign_in(&self, email: &str, password: &SecretString) -> Result<Session, Error> {
        let body = json!({"email": email, "password": password.expose_secret()});
        let request = self.auth(Method::POST, "token?grant_type=password", Caller::Anonymous)?;
        self.send_with_key(request.json(&body)).await
    }

    /// A new session for the one that `refresh_token` belongs to. The token is used up by this.
    ///
    /// # Errors
    /// [`Error::ends_session`] tells the final ones from those after which the token is still good.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Session, Error> {
        let body = json!({"refresh_token": refresh_token.expose_secret()});
        let request = self.auth(Method::POST, "token?grant_type=refresh_token", Caller::Anonymous)?;
        self.send_with_key(request.json(&body)).await
    }

    /// Whom an access token stands for, by the server's own word.
    ///
    /// # Errors
    /// [`Error::is_unauthorized`] when the token is not, or no longer, good.
    pub async fn user(&self, access_token: &SecretString) -> Result<User, Error> {
        self.send(self.auth(Method::GET, "user", Caller::User(access_token))?).await
    }

    /// The public keys that the project signs access tokens with (a JWK each); empty where it signs
    /// with a shared secret.
    ///
    /// # Errors
    /// When the server does not publish a key set at the moment.
    pub async fn published_keys(&self) -> Result<Vec<Value>, Error> {
        #[derive(Deserialize)]
        struct KeySet {
            keys: Vec<Value>,
        }
        let request = self.auth(Method::GET, ".well-known/jwks.json", Caller::Anonymous)?;
        self.send(request).await.map(|KeySet { keys }| keys)
    }

    /// Whether the auth server answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn auth_health(&self) -> Result<(), Error> {
        self.send_for_nothing(self.auth(Method::GET, "health", Caller::Anonymous)?).await
    }

    /// Ends the session of `access_token` on this device only (the default would end all devices).
    /// A session that is over already counts as signed out.
    ///
    /// # Errors
    /// When the server could not be told.
    pub async fn sign_out(&self, access_token: &SecretString) -> Result<(), Error> {
        let request = self.auth(Method::POST, "logout?scope=local", Caller::User(access_token))?;
        match self.send_for_nothing(request).await {
            Err(Error::Refused { status: 401 | 403 | 404, .. }) => Ok(()),
            outcome => outcome,
        }
    }

    pub(crate) fn auth(
        &self,
        method: Method,
        path: &str,
        caller: Caller<'_>,
    ) -> Result<RequestBuilder, Error> {
        let request = self.request(method, &format!("auth/v1/{path}"), caller)?;
        Ok(request.header(API_VERSION.0, API_VERSION.1))
    }
}
