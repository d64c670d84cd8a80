//! For everyone: axe-core finds nothing in any view, in both languages and themes; nothing is cut off
//! in a narrow window or at 200 % zoom. The keyboard is in `keyboard`.

use std::path::Path;

use serde_json::{Value, json};

use crate::flows;
use crate::support::{App, Machine, Person, Stack, stack, until};

#[tokio::test]
async fn axe_finds_nothing_in_english_and_light() {
    every_view("en-light", Machine::new().await).await;
}

#[tokio::test]
async fn axe_finds_nothing_in_english_and_dark() {
    every_view("en-dark", Machine::new().await.with("GTK_THEME", "Adwaita:dark")).await;
}

#[tokio::test]
async fn axe_finds_nothing_in_chinese_and_light() {
    every_view("zh-light", Machine::new().await.with("LANG", "zh_CN.UTF-8")).await;
}

#[tokio::test]
async fn axe_finds_nothing_in_chinese_and_dark() {
    let machine = Machine::new().await.with("LANG", "zh_CN.UTF-8").with("GTK_THEME", "Adwaita:dark");
    every_view("zh-dark", machine).await;
}

/// At the usual size, at 200 % zoom of it, and as narrow as a window gets.
const WIDTHS: [(u32, u32, &str); 3] = [(1120, 760, "wide"), (560, 560, "zoomed"), (360, 720, "narrow")];

async fn every_view(name: &str, machine: Machine) {
    let stack = stack();
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.see("sign-in").await;
    look(&app, name, "sign-in").await;
    fill(stack, &app, &mei).await;
    for place in ["home", "runs", "history", "settings"] {
        app.resize(1120, 760).await;
        app.go(place).await;
        match place {
            "home" => app.click("open-options").await,
            "runs" => drop(app.see("kept-line").await),
            "history" => drop(app.see("chart-llm_executions").await),
            "settings" => app.click("clear-history").await,
            _ => {}
        }
        look(&app, name, place).await;
    }
    app.resize(1120, 760).await;
    app.go("flows").await;
    look(&app, name, "flows").await;
    app.resize(1120, 760).await;
    flows::import(&app, &flows::small()).await;
    app.see("node-write").await;
    look(&app, name, "flow").await;
    app.resize(1120, 760).await;
    app.press("node-write").await;
    app.see("node-details").await;
    look(&app, name, "flow-details").await;
    app.resize(1120, 760).await;
    app.go("history").await;
    app.choose("history-form", "table").await;
    look(&app, name, "history-table").await;
    app.resize(1120, 760).await;
    app.go("runs").await;
    app.click("kept-line").await;
    app.see("run-item").await;
    look(&app, name, "reading").await;
    app.close().await;
}

/// Numbers at every level, a run that ended and one that failed, and a day of history.
async fn fill(stack: &Stack, app: &App, mei: &Person) {
    app.sign_in(mei).await;
    app.wait_for("quota-llm_executions", "data-used", "0").await;
    let columns = json!({"llm_executions_used": 61, "flow_generations_used": 17, "app_usages_used": 48, "image_gen_executions_used": 21});
    stack.set_quota(mei, columns).await;
    app.ask("demo", "Explain optimistic locking, with a list and some code.").await;
    app.wait_for("quota-llm_executions", "data-used", "62").await;
    app.ask("demo-fail-midway", "Break off").await;
    until("it broke off", async || app.page.find(thirtyfour::By::Testid("run-error")).await.ok()).await;
}

/// At each width: a picture, nothing cut off, and nothing that axe-core finds.
pub(crate) async fn look(app: &App, name: &str, view: &str) {
    for (width, height, size) in WIDTHS {
        app.resize(width, height).await;
        app.picture(&format!("{name}-{view}-{size}")).await;
        let wider = "return [...document.querySelectorAll('body, main, .side, .page')].filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.className || one.tagName)";
        let wider = app.page.execute(wider, Vec::new()).await.expect("widths").json().clone();
        assert_eq!(wider, json!([]), "{name} {view} {size}: wider than its place");
        assert_eq!(faults(app).await, Vec::<String>::new(), "{name} {view} {size}");
    }
}

/// What axe-core finds: the rule and the elements.
pub(crate) async fn faults(app: &App) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(file).expect("axe-core: `cargo xtask test` installs it");
    app.page.execute(format!("if (!window.axe) {{ {axe} }}"), Vec::new()).await.expect("axe-core loads");
    let run = "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations), fault => done([{id: String(fault), nodes: []}]))";
    let found = app.page.execute_async(run, Vec::new()).await.expect("axe-core runs").json().clone();
    let violations = found.as_array().expect("a list").iter();
    violations.map(|violation| format!("{}: {}", violation["id"], elements(violation))).collect()
}

fn elements(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    nodes.map(|node| format!("{} {}", node["html"], node["failureSummary"])).collect::<Vec<_>>().join(", ")
}
