//! Every way in, by typing and clicking; the browser is a script that speaks the real protocol.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::screenshots::{NARROW, WIDE};
use crate::support::{App, Machine, Network, Stack, stack, until};

/// What stands in for the system's browser: goes where it is sent, presses a button of the provider's
/// page, and follows every redirect. The page that it ends on is kept.
const BROWSER: &str = r#"#!/bin/sh
exec 2>>"$HOME/browser.log"
echo "$1" >>"$HOME/visited"
page=$(curl -sSL -c "$HOME/cookies" -w '\n%{url_effective}' "$1")
address=$(printf '%s' "$page" | tail -n 1)
state=$(printf '%s' "$page" | sed -n 's/.*name="state" value="\([^"]*\)".*/\1/p')
test -e "$HOME/stays-at-the-provider" && exit 0
exec curl -sSL -b "$HOME/cookies" --data-urlencode "state=$state" --data-urlencode "email=$BROWSER_EMAIL" \
    --data-urlencode "decision=${BROWSER_DECISION:-allow}" "$address" >"$HOME/last-page.html"
"#;

/// A machine whose browser is the script.
pub(crate) fn with_browser(machine: Machine, email: &str) -> Machine {
    with_opener(machine, BROWSER).with("BROWSER_EMAIL", email)
}

/// A machine on which `script` opens what the system is asked to open.
pub(crate) fn with_opener(machine: Machine, script: &str) -> Machine {
    let folder = machine.home.path().join("bin");
    std::fs::create_dir_all(&folder).expect("a folder for the browser");
    let program = folder.join("xdg-open");
    std::fs::write(&program, script).expect("the browser");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("it can be started");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    machine.with("PATH", &path)
}

#[tokio::test]
async fn a_code_by_mail_makes_an_account_and_signs_it_in() {
    let (stack, machine) = (stack(), Machine::new().await);
    let email = new_address();
    let app = App::start(stack, &machine).await;
    app.click_to("way-code", "send-code").await;
    app.write("email", &email).await;
    app.click("send-code").await;
    app.see("mailed").await;

    // The server sends the next mail only after a while, and says when: that is counted down.
    app.click("resend").await;
    until("the countdown", async || app.text("resend").await.contains(" s").then_some(())).await;

    app.write("code", "000000").await;
    app.click("verify-code").await;
    app.wait_for("sign-in-error", "data-code", "CODE_EXPIRED").await;
    app.write("code", &stack.code(&email).await).await;
    app.click("verify-code").await;
    app.see("quota-llm_executions").await;
    app.see("welcome").await;
    assert_eq!(app.text("account-email").await, email);
    app.click("welcome-close").await;
    app.sign_out().await;

    // The same way again: nobody is new any more.
    app.see("sign-in").await;
    app.close().await;
}

#[tokio::test]
async fn what_can_be_typed_in_keeps_its_place_when_the_ways_in_are_known() {
    let stack = stack();
    let mut network = Network::stalled(stack).await;
    let machine = Machine::new().await.with("FLOWMETER_SUPABASE_URL", &network.url());
    let app = App::start(stack, &machine).await;
    let place = "return ['email', 'password', 'sign-in'].map((id) => \
        document.querySelector(`[data-testid='${id}']`).getBoundingClientRect().y)";
    app.see("sign-in").await;
    let before = app.ask_page(place).await;
    assert!(!app.sees("with-github").await, "nothing was answered yet");

    network.mend().await;
    app.see("with-github").await;
    assert_eq!(app.ask_page(place).await, before, "somebody aims at it");
    app.close().await;
}

#[tokio::test]
async fn a_provider_signs_in_by_way_of_the_browser() {
    let (stack, machine) = (stack(), Machine::new().await);
    let email = new_address();
    let machine = with_browser(machine, &email);
    let app = App::start(stack, &machine).await;

    app.click("with-github").await;

    app.see("quota-llm_executions").await;
    assert_eq!(app.text("account-email").await, email);
    let last = until("the last page", async || {
        let page = std::fs::read_to_string(machine.home.path().join("last-page.html")).ok()?;
        page.contains("</html>").then_some(page)
    })
    .await;
    assert!(last.contains("You can close this page"), "{last}");
    app.close().await;
}

#[tokio::test]
async fn a_browser_that_never_comes_back_can_be_given_up_for_a_code() {
    let (stack, machine) = (stack(), Machine::new().await);
    let machine = with_browser(machine, "nobody@example.com");
    std::fs::write(machine.home.path().join("stays-at-the-provider"), "").expect("a note for the browser");
    let app = App::start(stack, &machine).await;
    app.click("with-github").await;
    app.see("at-provider").await;
    app.click("browser-cancel").await;
    app.wait_for("sign-in-error", "data-code", "SIGN_IN_CANCELLED").await;

    app.click("with-github").await;
    app.click("browser-code").await;
    app.see("send-code").await;
    app.close().await;
}

#[tokio::test]
async fn a_refusal_at_the_provider_says_so() {
    let (stack, machine) = (stack(), Machine::new().await);
    let machine = with_browser(machine, "nobody@example.com").with("BROWSER_DECISION", "cancel");
    let app = App::start(stack, &machine).await;
    app.click("with-github").await;
    app.wait_for("sign-in-error", "data-code", "SIGN_IN_CANCELLED").await;
    app.close().await;
}

#[tokio::test]
async fn a_sign_up_is_confirmed_with_the_code_of_a_mail() {
    let stack = Stack::with_rules(json!({"autoconfirm": false}));
    let machine = Machine::new().await;
    let email = new_address();
    let app = App::start(&stack, &machine).await;
    app.click_to("door-sign-up", "sign-up").await;
    app.write("email", &email).await;
    app.write("password", "short").await;
    app.click("sign-up").await;
    app.wait_for("sign-in-error", "data-code", "PASSWORD_TOO_SHORT").await;
    app.write("password", "a longer one by far").await;
    app.click("sign-up").await;
    app.see("mailed").await;
    app.write("code", &stack.code(&email).await).await;
    app.click("verify-code").await;
    app.see("welcome").await;
    app.close().await;
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_with_the_code_of_a_mail() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mut mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.click_to("door-forgot", "send-code").await;
    app.write("email", &mei.email).await;
    app.click("send-code").await;
    app.see("mailed").await;
    app.write("code", &stack.code(&mei.email).await).await;
    mei.password = "quite another password".to_owned();
    app.write("new-password", &mei.password).await;
    app.click("verify-code").await;
    app.see("quota-llm_executions").await;

    app.sign_out().await;
    app.sign_in(&mei).await;
    app.close().await;
}

#[tokio::test]
async fn the_first_screen_asks_where_to_and_checks_each_answer() {
    let (stack, machine) = (stack(), unconnected(Machine::new().await));
    let app = App::start(stack, &machine).await;
    app.write("connect-url", "http://example.com").await;
    app.wait_for("connect-url-check", "data-state", "wrong").await;
    app.write("connect-url", &stack.text("supabase_url")).await;
    app.wait_for("connect-url-check", "data-state", "good").await;
    app.write("connect-key", "not the key").await;
    app.wait_for("connect-key-check", "data-state", "wrong").await;
    app.write("connect-key", &stack.text("anon_key")).await;
    app.wait_for("connect-key-check", "data-state", "good").await;
    app.write("connect-edge", &stack.text("edge_url")).await;
    app.wait_for("connect-edge-check", "data-state", "good").await;
    app.click("connect").await;
    app.see("sign-in").await;
    app.close().await;

    // Kept: the next launch does not ask again.
    let app = App::start(stack, &machine).await;
    app.sign_in(&stack.person("mei").await).await;
    app.close().await;
}

#[tokio::test]
async fn pictures_in_english_and_light() {
    pictures("en-light", Machine::new().await).await;
}

#[tokio::test]
async fn pictures_in_chinese_and_dark() {
    let machine = Machine::new().await.with("LANG", "zh_CN.UTF-8").with("GTK_THEME", "Adwaita:dark");
    pictures("zh-dark", machine).await;
}

async fn pictures(name: &str, machine: Machine) {
    let stack = stack();
    let mei = stack.person("mei").await;
    let tom = stack.person("tom").await;
    let machine = with_browser(unconnected(machine), "nobody@example.com");
    std::fs::write(machine.home.path().join("stays-at-the-provider"), "").expect("a note for the browser");
    let app = App::start(stack, &machine).await;
    app.resize(WIDE.0, WIDE.1).await;
    let shot = async |what: &str| app.picture(&format!("{name}-door-{what}")).await;

    app.write("connect-url", &stack.text("supabase_url")).await;
    app.write("connect-key", "not the key").await;
    app.write("connect-edge", "http://example.com").await;
    app.wait_for("connect-key-check", "data-state", "wrong").await;
    shot("connect").await;
    app.write("connect-key", &stack.text("anon_key")).await;
    app.write("connect-edge", &stack.text("edge_url")).await;
    app.wait_for("connect-edge-check", "data-state", "good").await;
    app.click("connect").await;
    app.see("with-github").await;
    shot("password").await;
    app.click_to("door-sign-up", "sign-up").await;
    app.see("sign-up").await;
    shot("sign-up").await;
    app.click("door-sign-in").await;
    app.click_to("door-forgot", "send-code").await;
    app.see("send-code").await;
    shot("reset").await;
    app.click("door-sign-in").await;
    app.click("with-github").await;
    app.see("at-provider").await;
    shot("provider").await;
    app.click("browser-code").await;
    app.write("email", &mei.email).await;
    app.click("send-code").await;
    app.see("mailed").await;
    app.click("resend").await;
    until("the countdown", async || {
        app.text("resend").await.contains(|c: char| c.is_ascii_digit()).then_some(())
    })
    .await;
    shot("code").await;
    app.resize(NARROW.0, NARROW.1).await;
    shot("code-narrow").await;
    app.write("code", &stack.code(&mei.email).await).await;
    app.click("verify-code").await;
    app.see("quota-llm_executions").await;
    app.click("account-menu").await;
    app.see("add-account").await;
    shot("menu-narrow").await;
    app.resize(WIDE.0, WIDE.1).await;
    app.click("add-account").await;
    app.see("door-leave").await;
    shot("adding").await;
    app.write("email", &tom.email).await;
    app.write("password", &tom.password).await;
    app.click("sign-in").await;
    until("the other account", async || (app.text("account-email").await == tom.email).then_some(())).await;
    app.see("quota-llm_executions").await;
    app.click("account-menu").await;
    app.see("add-account").await;
    shot("menu").await;
    app.click("remove-account").await;
    app.see("remove-confirm").await;
    shot("remove").await;
    app.close().await;
}

/// Nothing is set: the app has to ask.
fn unconnected(machine: Machine) -> Machine {
    ["FLOWMETER_SUPABASE_URL", "FLOWMETER_SUPABASE_KEY", "FLOWMETER_EDGE_URL"]
        .into_iter()
        .fold(machine, |machine, name| machine.with(name, ""))
}

pub(crate) fn new_address() -> String {
    format!("new{}@example.com", uuid::Uuid::new_v4().as_u128() % 1_000_000)
}
