//! A program that dies between the server's answer to a refresh and the moment the new token is kept.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use flowmeter_client::secrets::{SecretError, SecretStore};
use flowmeter_client::{Client, Events, News, Outside, Settings};
use keyring::Entry;
use secrecy::SecretString;
use serde_json::json;

use crate::sessions::stored;
use crate::support::{App, Machine, Stack, until};

/// What the other half says once it is about to keep the new token.
const SAVING: &str = "about to keep the new token";

#[tokio::test]
async fn whoever_is_killed_before_the_new_token_is_kept_is_signed_in_after_a_restart() {
    // Without the seconds in which every used token is still good: only the parent rule helps.
    let stack = Stack::with_rules(json!({"jwt_seconds": 100, "reuse_seconds": 0}));
    let machine = Machine::new().await;
    let mei = stack.person("mei").await;
    let app = App::start(&stack, &machine).await;
    app.sign_in(&mei).await;
    let before = until("the keychain entry", async || stored(&stack, &mei)).await;
    app.close().await;
    let before =
        until("the last refresh is kept", async || stored(&stack, &mei).or(Some(before.clone()))).await;

    let mut other_half = Command::new(std::env::current_exe().expect("this test"));
    other_half.args(["--exact", "killed::the_half_that_is_killed", "--ignored", "--nocapture"]);
    App::environment(&mut other_half, &stack, &machine).stdout(Stdio::piped());
    let mut other_half = other_half.spawn().expect("the other half");
    let output = BufReader::new(other_half.stdout.take().expect("its output"));
    let saving = output.lines().map_while(Result::ok).any(|line| line.contains(SAVING));
    assert!(saving, "the other half never got an answer");
    other_half.kill().expect("it can be killed");
    other_half.wait().expect("it is gone");
    assert_eq!(stored(&stack, &mei), Some(before.clone()), "the old token was not kept");

    let app = App::start(&stack, &machine).await;
    app.wait_for("quota-llm_executions", "data-used", "0").await;
    until("a new token is kept", async || stored(&stack, &mei).filter(|token| *token != before)).await;
    assert!(!app.sees("sign-in").await);
    app.close().await;
}

/// Refreshes and then hangs where it would keep the new token.
#[tokio::test]
#[ignore = "the other half of the test above, which starts it as a program of its own and kills it"]
async fn the_half_that_is_killed() {
    let settings = Settings::load(|name| std::env::var(name).ok()).expect("the settings of the app");
    let client = Client::open(settings, Outside::new(Arc::new(NeverKeeps), Arc::new(Silence)));
    let _ = client.expect("the data of the app").refresh_quota().await;
    std::future::pending::<()>().await;
}

/// The system's key store up to the moment of writing.
struct NeverKeeps;

impl SecretStore for NeverKeeps {
    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        let entry = Entry::new("dev.flowmeter.app", name).map_err(|_| SecretError::Refused)?;
        entry.get_password().map(|token| Some(token.into())).map_err(|_| SecretError::Refused)
    }

    fn set(&self, _: &str, _: &SecretString) -> Result<(), SecretError> {
        writeln!(std::io::stdout(), "{SAVING}").and_then(|()| std::io::stdout().flush()).expect("a reader");
        loop {
            std::thread::park();
        }
    }

    fn remove(&self, _: &str) -> Result<(), SecretError> {
        Err(SecretError::Refused)
    }
}

struct Silence;

impl Events for Silence {
    fn tell(&self, _: News) {}
}
