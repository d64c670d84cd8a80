//! Pictures for people: both languages, both themes, wide and narrow. Looked at, not compared.

use serde_json::json;

use crate::support::{App, Machine, stack};

pub(crate) const WIDE: (u32, u32) = (1120, 760);
pub(crate) const NARROW: (u32, u32) = (360, 720);

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
    app.resize(WIDE.0, WIDE.1).await;
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
    app.resize(NARROW.0, NARROW.1).await;
    app.picture(&format!("{name}-narrow")).await;
    app.close().await;
}
