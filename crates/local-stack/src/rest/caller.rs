//! As whom a request runs.

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use sqlx::{PgPool, Postgres, Transaction};

use super::error::Failure;
use crate::gateway::{api_key, bearer};
use crate::tokens::{self, BadToken};

/// PostgREST lets clocks differ by this many seconds.
const LEEWAY: u64 = 30;

/// The role and the claims of a request.
pub(super) struct Caller {
    role: &'static str,
    claims: Value,
}

impl Caller {
    /// A person's token, or else the API key, which is a token of a role.
    pub(super) fn of(headers: &HeaderMap) -> Result<Caller, Failure> {
        let token = bearer(headers).unwrap_or(api_key(headers));
        let claims = tokens::verify(token, LEEWAY).map_err(refuse)?;
        // A list and not the claim itself: nothing but these three ever becomes a role.
        let role = match claims["role"].as_str() {
            Some("service_role") => "service_role",
            Some("authenticated") => "authenticated",
            Some("anon") | None => "anon",
            Some(_) => {
                return Err(Failure::new(StatusCode::UNAUTHORIZED, "PGRST301", "JWT of an unknown role"));
            }
        };
        Ok(Caller { role, claims })
    }

    /// A transaction in which the database sees this caller. Both settings end with it.
    pub(super) async fn begin(&self, pool: &PgPool) -> Result<Transaction<'static, Postgres>, Failure> {
        let begun = async {
            let mut transaction = pool.begin().await?;
            sqlx::query("select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)")
                .bind(self.role)
                .bind(self.claims.to_string())
                .execute(&mut *transaction)
                .await?;
            Ok(transaction)
        };
        begun.await.map_err(|error: sqlx::Error| self.failed(&error))
    }

    /// What this caller is told about a statement that failed.
    pub(super) fn failed(&self, error: &sqlx::Error) -> Failure {
        Failure::of_database(error, self.role == "anon")
    }
}

fn refuse(bad: BadToken) -> Failure {
    let (code, message) = match bad {
        BadToken::Invalid => ("PGRST301", "No suitable key or wrong key type"),
        BadToken::Expired => ("PGRST303", "JWT expired"),
    };
    Failure::new(StatusCode::UNAUTHORIZED, code, message)
}
