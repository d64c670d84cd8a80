//! A local server in place of a project, and what it answers with.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use flowmeter_supabase::{Project, Supabase};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;
use wiremock::MockServer;

pub(crate) const USER: Uuid = Uuid::from_u128(7);

pub(crate) async fn server() -> (MockServer, Supabase) {
    let server = MockServer::start().await;
    let supabase = client(&server.uri());
    (server, supabase)
}

pub(crate) fn client(address: &str) -> Supabase {
    let project = Project::new(address, "anon-key").expect("a loopback address");
    Supabase::new(project)
}

pub(crate) fn session() -> Value {
    json!({
        "access_token": "access", "refresh_token": "refresh", "token_type": "bearer",
        "expires_in": 3600, "expires_at": 1_900_000_000, "user": {"id": USER, "email": "mei@example.com"},
    })
}

pub(crate) fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}
