//! Flows: made from a sentence, drawn, changed by a sentence, kept, taken in and given out.

use flowmeter_domain::Kind;
use serde_json::{Value, json};
use thirtyfour::{By, Key};

use crate::screenshots::{NARROW, WIDE};
use crate::support::{App, Machine, Person, stack, until};

async fn signed_in(machine: &Machine) -> (App, Person) {
    let stack = stack();
    let mei = stack.person("mei").await;
    stack.set_quota(&mei, json!({"flow_generations_used": 16})).await;
    let app = App::start(stack, machine).await;
    app.sign_in(&mei).await;
    app.go("flows").await;
    (app, mei)
}

async fn plan(app: &App, sentence: &str) {
    app.write("plan-prompt", sentence).await;
    app.click("plan-prompt-send").await;
}

async fn modify(app: &App, sentence: &str) {
    app.write("modify-prompt", sentence).await;
    app.click("modify-prompt-send").await;
}

pub(crate) async fn import(app: &App, flow: &Value) {
    app.click("import").await;
    app.paste("import-text", &flow.to_string()).await;
    app.click("import-take").await;
}

/// A flow of three nodes that lacks positions and the id of an edge.
pub(crate) fn small() -> Value {
    json!({
        "title": "Poems", "theirs": {"kept": true},
        "nodes": [
            {"id": "in", "type": "input", "data": {"label": "Topic"}},
            {"id": "write", "type": "llm", "data": {"label": "Writer", "prompt": "{{Topic.user_input}}"}},
            {"id": "out", "type": "output", "data": {"label": "Shown", "text": "{{Writer.response}}"}},
        ],
        "edges": [{"source": "in", "target": "write"}, {"id": "e", "source": "write", "target": "out"}],
    })
}

#[tokio::test]
async fn a_sentence_becomes_a_flow_that_is_kept_and_costs_one_unit() {
    let machine = Machine::new().await;
    let (app, mei) = signed_in(&machine).await;
    app.see("flows-empty").await;

    plan(&app, "If a letter is a complaint, apologise, otherwise say thanks").await;

    app.wait_for("flow", "data-origin", "planned").await;
    for node in ["input", "write", "check", "output", "edit", "edited"] {
        app.see(&format!("node-{node}")).await;
    }
    app.wait_for("quota-compact-flow_generations", "data-used", "17").await;
    assert_eq!(stack().counter(&mei, Kind::FlowGenerations).await.used, 17);
    let name = app.text("flow-name").await;
    until("it is told what that cost", async || {
        let told = app.text("flow-made").await;
        let parts = ["The flow is ready", "1 flow generation was charged.", "3 are left."];
        parts.iter().all(|part| told.contains(part)).then_some(())
    })
    .await;
    app.picture("flow-made").await;
    app.click("flow-made-close").await;
    until("it is read", async || (!app.sees("flow-made").await).then_some(())).await;
    app.click("flow-back").await;
    app.shows("plan-prompt", "").await;
    app.close().await;

    let app = App::start(stack(), &machine).await;
    app.go("flows").await;
    assert_eq!(app.attribute("flow-row", "data-name").await, name);
    app.click("flow-open").await;
    app.see("node-check").await;
    app.close().await;
}

#[tokio::test]
async fn a_sentence_that_makes_nothing_says_so_and_costs_nothing() {
    let machine = Machine::new().await;
    let (app, mei) = signed_in(&machine).await;

    plan(&app, "Whatever comes of demo-circle").await;

    app.wait_for("plan", "data-outcome", "failed").await;
    app.wait_for("plan-error", "data-code", "EXECUTION_FAILED").await;
    assert!(app.text("plan-error").await.contains("Nothing was charged."));
    app.picture("flow-plan-failed").await;
    app.click("plan-edit").await;
    app.write("plan-prompt", "A poem, demo-flaky").await;
    app.click("plan-prompt-send").await;
    app.wait_for("flow", "data-origin", "planned").await;
    app.wait_for("quota-compact-flow_generations", "data-used", "17").await;
    assert_eq!(stack().counter(&mei, Kind::FlowGenerations).await.used, 17);
    app.close().await;
}

#[tokio::test]
async fn a_plan_can_be_stopped() {
    let machine = Machine::new().await;
    let (app, _) = signed_in(&machine).await;
    plan(&app, "A poem, demo-slow").await;
    app.see("plan-stop").await;
    until("the first nodes are named", async || app.text("plan").await.contains("Question").then_some(()))
        .await;
    app.picture("flow-planning").await;
    app.click("plan-stop").await;
    app.wait_for("plan", "data-outcome", "cancelled").await;
    app.click("plan-close").await;
    app.see("flows-empty").await;
    app.close().await;
}

#[tokio::test]
async fn a_change_is_shown_on_the_picture_taken_undone_and_redone() {
    let machine = Machine::new().await;
    let (app, _) = signed_in(&machine).await;
    import(&app, &small()).await;
    app.wait_for("flow", "data-origin", "imported").await;

    modify(&app, "Add a translation").await;
    app.wait_for("change", "data-state", "proposed").await;
    app.see("node-llm-1").await;
    app.picture("flow-change").await;
    app.click("change-drop").await;
    until("the new node is gone", async || (!app.sees("node-llm-1").await).then_some(())).await;

    modify(&app, "Write in rhyme").await;
    app.see("changed-write").await;
    assert!(app.text("change").await.contains("System prompt"));
    app.picture("flow-change-fields").await;
    app.click("change-take").await;
    app.wait_for("flow", "data-origin", "modified").await;
    app.shows("modify-prompt", "").await;
    app.write("modify-prompt", "Half a sen").await;
    app.click("flow-undo").await;
    app.wait_for("flow", "data-origin", "imported").await;
    app.click("flow-redo").await;
    app.wait_for("flow", "data-origin", "modified").await;
    app.shows("modify-prompt", "Half a sen").await;
    // The same by the keys, which are about what is typed while the focus is in a field.
    app.focus("node-write").await;
    app.press_with_control("z").await;
    app.wait_for("flow", "data-origin", "imported").await;
    app.press_with_control("y").await;
    app.wait_for("flow", "data-origin", "modified").await;
    app.choose("flow-form", "json").await;
    assert!(app.text("flow-json").await.contains("Write in rhyme"));
    app.close().await;
}

#[tokio::test]
async fn what_is_not_understood_or_would_break_the_flow_changes_nothing() {
    let machine = Machine::new().await;
    let (app, mei) = signed_in(&machine).await;
    import(&app, &small()).await;
    app.wait_for("flow", "data-origin", "imported").await;

    modify(&app, "Colourless green ideas, demo-unknown").await;
    app.wait_for("change", "data-state", "not-applied").await;
    until("nothing was charged", async || {
        app.text("change").await.contains("Nothing was charged.").then_some(())
    })
    .await;
    app.click("change-close").await;
    assert_eq!(stack().counter(&mei, Kind::FlowGenerations).await.used, 16);

    modify(&app, "Remove the Writer").await;
    app.wait_for("change", "data-state", "broken").await;
    assert!(app.text("change").await.contains("{{Writer.response}} in Shown names no node."));
    app.picture("flow-change-broken").await;
    app.click("change-close").await;
    app.see("node-write").await;
    assert_eq!(app.attribute("flow", "data-origin").await, "imported");
    app.close().await;
}

#[tokio::test]
async fn an_import_is_checked_mended_and_told_and_saved_with_all_that_is_unknown() {
    let machine = Machine::new().await;
    let (app, _) = signed_in(&machine).await;
    let mut broken = small();
    broken["nodes"][1].as_object_mut().unwrap().remove("type");
    import(&app, &broken).await;
    app.see("import-refused").await;
    assert!(app.text("import-refused").await.contains("node \"write\": missing field `type`"));
    app.picture("flow-import-refused").await;

    let mut faulty = small();
    faulty["nodes"][1]["data"]["prompt"] = "{{Nobody.response}}".into();
    app.paste("import-text", &faulty.to_string()).await;
    app.click("import-take").await;
    app.see("flow-repairs").await;
    assert!(app.text("flow-faults").await.contains("{{Nobody.response}} in Writer names no node."));
    app.picture("flow-faults").await;

    app.click("flow-export").await;
    let told = app.text("flow-saved").await;
    let path = told
        .split("Saved to ")
        .nth(1)
        .and_then(|rest| rest.split(".json").next())
        .map(|path| format!("{path}.json"));
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(path.unwrap()).unwrap()).unwrap();
    assert_eq!((&saved["title"], &saved["theirs"]), (&json!("Poems"), &json!({"kept": true})));
    app.close().await;
}

#[tokio::test]
async fn what_is_typed_at_flows_is_still_there_after_a_look_elsewhere() {
    let machine = Machine::new().await;
    let (app, _) = signed_in(&machine).await;
    app.write("plan-prompt", "Half a plan").await;
    import(&app, &small()).await;
    app.see("flow").await;
    app.write("modify-prompt", "Half a change").await;
    app.click("flow-run-open").await;
    app.write("flow-text", "Half a question").await;

    app.go("home").await;
    app.click("go-flows").await;

    app.shows("modify-prompt", "Half a change").await;
    app.click("flow-run-open").await;
    app.shows("flow-text", "Half a question").await;
    app.click("flow-back").await;
    app.shows("plan-prompt", "Half a plan").await;
    app.close().await;
}

#[tokio::test]
async fn a_flow_is_renamed_copied_deleted_and_brought_back() {
    let machine = Machine::new().await;
    let (app, _) = signed_in(&machine).await;
    import(&app, &small()).await;
    app.see("flow").await;
    app.click("flow-rename").await;
    app.write("flow-name-field", "Odes").await;
    app.click("flow-name-take").await;
    until("the new name", async || (app.text("flow-name").await == "Odes").then_some(())).await;
    app.click("flow-back").await;
    app.click("flow-duplicate").await;
    let rows = async || app.page.find_all(By::Testid("flow-row")).await.map(|rows| rows.len()).ok();
    until("a copy", async || (rows().await == Some(2)).then_some(())).await;
    app.click("flow-delete").await;
    until("one is left", async || (rows().await == Some(1)).then_some(())).await;
    app.picture("flow-list").await;
    app.click("flow-restore").await;
    until("both are there", async || (rows().await == Some(2)).then_some(())).await;
    app.close().await;
}

#[tokio::test]
async fn the_keyboard_walks_along_the_edges_zooms_and_opens_details() {
    let machine = Machine::new().await;
    let (app, _) = signed_in(&machine).await;
    import(&app, &small()).await;
    app.focus("node-in").await;
    let press = async |key: Key| app.page.action_chain().send_keys(key).perform().await.unwrap();
    let focused = async |id: &'static str| {
        until(id, async || {
            let at =
                app.page.execute("return document.activeElement.dataset.testid", Vec::new()).await.ok()?;
            (at.json() == &json!(id)).then_some(())
        })
        .await;
    };
    press(Key::Right).await;
    focused("node-write").await;
    press(Key::Right).await;
    focused("node-out").await;
    press(Key::Left).await;
    focused("node-write").await;
    press(Key::Enter).await;
    app.see("node-details").await;
    let scale = app.attribute("flow-canvas", "data-scale").await;
    app.page.action_chain().send_keys("+").perform().await.unwrap();
    until("it is larger", async || (app.attribute("flow-canvas", "data-scale").await != scale).then_some(()))
        .await;
    app.page.action_chain().send_keys("0").perform().await.unwrap();
    app.wait_for("flow-canvas", "data-scale", &scale).await;
    press(Key::Escape).await;
    until("the details are closed", async || (!app.sees("node-details").await).then_some(())).await;
    app.close().await;
}

#[tokio::test]
async fn pictures_of_flows_in_english_and_light() {
    pictures("flow-en-light", Machine::new().await).await;
}

#[tokio::test]
async fn pictures_of_flows_in_chinese_and_dark() {
    let machine = Machine::new().await.with("LANG", "zh_CN.UTF-8").with("GTK_THEME", "Adwaita:dark");
    pictures("flow-zh-dark", machine).await;
}

async fn pictures(name: &str, machine: Machine) {
    let (app, _) = signed_in(&machine).await;
    app.resize(WIDE.0, WIDE.1).await;
    app.picture(&format!("{name}-empty")).await;
    for (what, sentence) in [
        ("three", "Write a poem about the sea"),
        ("branch", "If a letter is a complaint, apologise, otherwise say thanks"),
        ("sixty", "Digest a report into a brief, with sixty nodes"),
    ] {
        plan(&app, sentence).await;
        app.wait_for("flow", "data-origin", "planned").await;
        app.click("flow-made-close").await;
        app.see("flow-canvas").await;
        app.resize(WIDE.0, WIDE.1).await;
        app.picture(&format!("{name}-{what}")).await;
        if what == "branch" {
            app.press("node-edit").await;
            app.see("node-details").await;
            app.picture(&format!("{name}-details")).await;
            app.click("details-close").await;
        }
        app.resize(NARROW.0, NARROW.1).await;
        let is_cut = "return document.querySelector('.flow-head').getBoundingClientRect().right > innerWidth";
        assert_eq!(app.ask_page(is_cut).await, json!(false), "{what}: a long name makes nothing wider");
        app.picture(&format!("{name}-{what}-narrow")).await;
        app.click("flow-back").await;
        app.see("flows").await;
    }
    app.picture(&format!("{name}-list-narrow")).await;
    app.resize(WIDE.0, WIDE.1).await;
    app.picture(&format!("{name}-list")).await;
    app.close().await;
}
