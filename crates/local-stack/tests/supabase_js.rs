//! The official JavaScript client against the stack: what it can do with a hosted project it can do here.
//! And the cookies that the official library for browsers writes, at the edge's door.
//!
//! `cargo xtask test` installs the client, pinned, from the lock file beside it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::Path;

use flowmeter_local_stack::State;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::Connection;
use support::{Api, Shared, database_of, send};
use tokio::sync::OnceCell;

const RULES: [&str; 2] =
    ["--auth", r#"{"autoconfirm": false, "mails_per_hour": 1000000, "password_length": 8}"#];

fn state() -> &'static State {
    static STACK: Shared = Shared::new();
    STACK.state(&RULES)
}

/// A table whose rows belong to people: the product itself has none that they may change.
async fn with_notes() -> &'static State {
    static MADE: OnceCell<()> = OnceCell::const_new();
    let make = async || {
        let mut database = database_of(state()).await;
        let sql = "
            create table public.notes (
                id bigint generated always as identity primary key,
                owner uuid not null default auth.uid(),
                text text not null
            );
            alter table public.notes enable row level security;
            create policy own on public.notes using (owner = auth.uid()) with check (owner = auth.uid());";
        sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
        database.close().await.unwrap();
    };
    MADE.get_or_init(make).await;
    state()
}

/// Runs a scenario of `client.mjs` and gives what it returns.
async fn run(scenario: &str, state: &State) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/supabase-js");
    let is_there = folder.join("node_modules").exists();
    assert!(is_there, "the client is not installed: `cargo xtask test` does it, or `npm ci` in {folder:?}");
    let output = tokio::process::Command::new("node")
        .arg("client.mjs")
        .arg(scenario)
        .current_dir(&folder)
        .env("STACK", serde_json::to_string(state).unwrap())
        .output()
        .await
        .expect("node: `cargo xtask test` installs it");
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{scenario}:\n{said}\n{complained}");
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}\n{complained}"))
}

#[tokio::test]
async fn the_official_client_signs_up() {
    run("signs_up", state()).await;
}

#[tokio::test]
async fn the_official_client_signs_in_and_out() {
    run("signs_in_and_out", state()).await;
}

#[tokio::test]
async fn the_official_client_refreshes() {
    run("refreshes", state()).await;
}

#[tokio::test]
async fn the_official_client_signs_in_by_code() {
    run("signs_in_by_code", state()).await;
}

#[tokio::test]
async fn the_official_client_sets_a_new_password() {
    run("recovers", state()).await;
}

#[tokio::test]
async fn the_official_client_signs_in_at_a_provider() {
    run("signs_in_at_a_provider", state()).await;
}

#[tokio::test]
async fn the_official_client_selects_and_updates_what_row_level_security_allows() {
    run("selects_and_updates_what_it_may", with_notes().await).await;
}

#[tokio::test]
async fn the_official_client_verifies_a_token_by_the_published_keys() {
    static STACK: Shared = Shared::new();
    run("verifies_a_token_by_the_published_keys", STACK.state(&[&["--jwt", "es256"], &RULES[..]].concat()))
        .await;
}

#[tokio::test]
async fn the_edge_takes_the_cookies_of_the_official_library_for_browsers() {
    let headers = run("writes_cookies", state()).await;
    let headers: Vec<_> = headers.as_array().unwrap().iter().map(|header| header.as_str().unwrap()).collect();
    let is_chunked = |header: &str| header.contains("-auth-token.1=");
    assert!(!is_chunked(headers[0]) && is_chunked(headers[1]) && is_chunked(headers[2]));
    let api = Api::of(state());
    for header in headers {
        let request = api.http.post(format!("{}/api/run-node-stream", state().edge_url)).json(&json!({}));
        let answer = send(request.header("Cookie", header)).await;
        // Whoever is let in is told that the body lacks a model; nobody is charged for that.
        let length = header.len();
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{length} bytes: {}", answer.body);
        assert_eq!(answer.body["error"], "Model is required");
    }
}
