//! No token where it does not belong: in every way in, through a run, a refresh and a sign-out.
//!
//! The refresh tokens are known from the key store; of access tokens the shape is (a JWT that is not the
//! project's public key), so that also one that nobody expects is found.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::door::{new_address, with_browser};
use crate::sessions::stored;
use crate::support::{App, Machine, Person, Stack, until};

/// Keeps what the backend tells and answers, and what can be reached from `window`.
const LISTEN: &str = "
    window.__heard = [];
    const tauri = window.__TAURI_INTERNALS__;
    const hear = tauri.transformCallback(message => window.__heard.push(JSON.stringify(message)));
    const done = arguments[0];
    Promise.all(['session', 'accounts', 'quota', 'run', 'run_whole', 'preferences'].map(event =>
        tauri.invoke('plugin:event|listen', {event, target: {kind: 'Any'}, handler: hear})
    )).then(() => done(true), fault => done(String(fault)));";
const SEEN: &str = "
    const done = arguments[0], seen = new Set(), found = [...window.__heard];
    const walk = (value, depth) => {
        if (typeof value === 'string') { found.push(value); return; }
        if (value === null || !['object', 'function'].includes(typeof value) || seen.has(value) || depth > 6) return;
        seen.add(value);
        if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
            const bytes = new Uint8Array(value.buffer || value);
            for (let at = 0; at < bytes.length; at += 65536) found.push(String.fromCharCode(...bytes.subarray(at, at + 65600)));
            return;
        }
        for (const key of Reflect.ownKeys(value)) { try { walk(value[key], depth + 1); } catch {} }
    };
    walk(window, 0);
    found.push(document.documentElement.outerHTML, document.cookie, JSON.stringify({...localStorage}),
        JSON.stringify({...sessionStorage}), JSON.stringify(performance.getEntries()));
    window.__TAURI_INTERNALS__.invoke('get_start', {request: {}}).then(start => {
        found.push(JSON.stringify(start));
        done(found.join(' '));
    });";

#[tokio::test]
async fn no_token_is_found_outside_of_the_key_store_after_every_way_in() {
    // Life of an access token: shorter than what a request wants, so that each one refreshes.
    let stack = Stack::with_rules(json!({"jwt_seconds": 100, "mail_pause_seconds": 0}));
    let by_browser = new_address();
    let machine = with_browser(Machine::new().await, &by_browser).with("RUST_LOG", "trace");
    let mut mei = stack.person("mei").await;
    let newcomer = Person { id: mei.id, email: new_address(), password: mei.password.clone() };
    let app = App::start(&stack, &machine).await;
    let mut search = Search::new(&stack);

    app.sign_in(&mei).await;
    search.through(&app, &mei).await;
    app.sign_out().await;

    app.click_to("way-code", "send-code").await;
    app.write("email", &mei.email).await;
    app.click("send-code").await;
    app.see("mailed").await;
    app.write("code", &stack.code(&mei.email).await).await;
    app.click("verify-code").await;
    search.through(&app, &mei).await;
    app.sign_out().await;

    mei.password = "quite another password".to_owned();
    app.click_to("door-forgot", "send-code").await;
    app.write("email", &mei.email).await;
    app.click("send-code").await;
    app.see("mailed").await;
    app.write("code", &stack.code(&mei.email).await).await;
    app.write("new-password", &mei.password).await;
    app.click("verify-code").await;
    search.through(&app, &mei).await;
    app.sign_out().await;

    app.click_to("door-sign-up", "sign-up").await;
    app.write("email", &newcomer.email).await;
    app.write("password", &newcomer.password).await;
    app.click("sign-up").await;
    app.see("quota-llm_executions").await;
    search.page(&app).await;
    app.sign_out().await;

    app.click("with-github").await;
    app.see("quota-llm_executions").await;
    search.page(&app).await;
    app.sign_out().await;
    app.see("sign-in").await;
    app.close().await;

    assert!(search.tokens.len() >= 6, "the refreshes were not seen: {}", search.tokens.len());
    search.files(machine.home.path());
}

/// What must not be found.
struct Search<'a> {
    stack: &'a Stack,
    tokens: Vec<String>,
    public: [String; 2],
}

impl<'a> Search<'a> {
    fn new(stack: &'a Stack) -> Self {
        let public = [stack.text("anon_key"), stack.text("service_role_key")];
        Self { stack, tokens: Vec::new(), public }
    }

    /// Runs a prompt, refreshes, and looks at the page.
    async fn through(&mut self, app: &App, person: &Person) {
        app.see("quota-llm_executions").await;
        let listening = app.page.execute_async(LISTEN, Vec::new()).await.expect("the page listens");
        assert_eq!(listening.json(), &json!(true));
        self.note(person).await;
        app.ask("demo", "Say something.").await;
        app.wait_for("run-item", "data-outcome", "completed").await;
        let before = self.tokens.clone();
        app.click("refresh").await;
        until("a refreshed token", async || {
            stored(self.stack, person).filter(|token| !before.contains(token))
        })
        .await;
        self.note(person).await;
        self.page(app).await;
    }

    /// Remembers the refresh token that is in the key store now.
    async fn note(&mut self, person: &Person) {
        let token = until("the keychain entry", async || stored(self.stack, person)).await;
        assert!(token.len() < 1200, "more than the refresh token is stored");
        self.tokens.push(token);
    }

    /// Storage, performance entries, globals, events and answers.
    async fn page(&self, app: &App) {
        let listening = app.page.execute_async(LISTEN, Vec::new()).await.expect("the page listens");
        assert_eq!(listening.json(), &json!(true));
        let seen = app.page.execute_async(SEEN, Vec::new()).await.expect("the page answers");
        let seen = seen.json().as_str().expect("a text").to_owned();
        assert!(seen.contains("example.com"), "nothing of the page was looked at");
        self.check("the page", &seen);
    }

    /// Everything below the app's home: logs, SQLite with its journal, settings, the webview's caches.
    fn files(&self, folder: &Path) {
        let files = files(folder);
        let wanted = ["log", "flowmeter.sqlite"];
        for name in wanted {
            assert!(files.iter().any(|file| file.ends_with(name)), "{name} was not looked at: {files:?}");
        }
        for file in files {
            let Ok(bytes) = std::fs::read(&file) else { continue };
            // The cookies of the test's own browser are no file of the app.
            self.check(&file.display().to_string(), &String::from_utf8_lossy(&bytes));
        }
    }

    fn check(&self, place: &str, text: &str) {
        assert!(!self.tokens.iter().any(|token| text.contains(token)), "a refresh token is in {place}");
        let mut rest = text;
        while let Some(at) = rest.find("eyJ") {
            let found = jwt(&rest[at..]);
            rest = &rest[at + 3..];
            let Some(found) = found else { continue };
            // In a file the next field may stand right behind the key.
            let is_public = self.public.iter().any(|key| found.starts_with(key) || key.starts_with(found));
            assert!(is_public, "an access token is in {place}");
        }
    }
}

/// The JWT that `text` begins with.
fn jwt(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
    let found = &text[..end];
    (found.matches('.').count() >= 2 && found.len() > 100).then_some(found)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() { files(&path) } else { vec![path] }
        })
        .collect()
}
