//! Pictures for people: both languages, both themes, wide and narrow. Looked at, not compared.

use serde_json::json;

use crate::support::{App, Machine, stack, until};

const WIDE: (u32, u32) = (1120, 760);
const NARROW: (u32, u32) = (360, 720);

#[tokio::test]
async fn english_and_light() {
    pictures("en-light", Machine::new().await, "Explain optimistic locking in two sentences.").await;
}

#[tokio::test]
async fn chinese_and_dark() {
    let machine = Machine::new().await.with("LANG", "zh_CN.UTF-8").with("GTK_THEME", "Adwaita:dark");
    pictures("zh-dark", machine, "用两句话解释乐观锁，再给出一条 SQL 更新语句。").await;
}

async fn pictures(name: &str, machine: Machine, prompt: &str) {
    let stack = stack();
    let mei = stack.person("mei").await;
    let columns = json!({"llm_executions_used": 61, "flow_generations_used": 17, "app_usages_used": 48, "image_gen_executions_used": 3});
    stack.set_quota(&mei, columns).await;
    let app = App::start(stack, &machine).await;
    resize(&app, WIDE).await;
    app.see("sign-in").await;
    app.picture(&format!("{name}-sign-in")).await;
    app.sign_in(&mei).await;
    app.picture(&format!("{name}-empty")).await;
    app.ask("demo", prompt).await;
    app.see("run-answer").await;
    app.picture(&format!("{name}-streaming")).await;
    app.wait_for("quota-llm_executions", "data-used", "62").await;
    app.see("run").await;
    app.picture(&format!("{name}-home")).await;
    resize(&app, NARROW).await;
    app.picture(&format!("{name}-narrow")).await;
    app.close().await;
}

async fn resize(app: &App, (width, height): (u32, u32)) {
    app.page.set_window_rect(0, 0, width, height).await.expect("the window can be resized");
    until("the page has its new width", async || {
        let seen = app.page.execute("return window.innerWidth", Vec::new()).await.ok()?;
        (seen.json().as_u64() == Some(width.into())).then_some(())
    })
    .await;
    // Two frames: the first is laid out at the new width, the second is painted.
    let painted =
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(1)))";
    app.page.execute_async(painted, Vec::new()).await.expect("the page paints");
}
