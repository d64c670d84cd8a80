//! The prompt box in the hands of the store: the model is chosen here, the text belongs to the home.

use flowmeter_domain::Kind;
use yew::prelude::*;

use crate::components::PromptBox;
use crate::stores::use_app;

/// The scripted models of a local demo stack.
const DEMO_MODELS: &[&str] = &["demo", "demo-slow", "demo-fail-midway", "demo-429"];

/// Suggestions for a real project; any other name can be typed.
const MODELS: &[&str] =
    &["deepseek-ai/DeepSeek-V3.2", "deepseek-chat", "gpt-4o-mini", "gemini-2.0-flash", "qwen-plus"];

/// What the home keeps, so that an example can fill it.
#[derive(PartialEq, Properties)]
pub(super) struct PromptProps {
    /// The text so far.
    pub(super) draft: UseStateHandle<AttrValue>,
    /// The text field.
    pub(super) field: NodeRef,
}

/// The prompt box.
#[component]
pub(super) fn Prompt(props: &PromptProps) -> Html {
    let app = use_app();
    let models = if app.demo.is_some() { DEMO_MODELS } else { MODELS };
    let model = use_state(|| AttrValue::from(models[0]));
    let draft = props.draft.clone();
    let snapshot = app.quota.as_ref().and_then(|quota| quota.snapshot.as_ref());
    let counter = snapshot.and_then(|snapshot| snapshot.quota.get(Kind::LlmExecutions));
    let running = app.running().cloned();
    let on_run = Callback::from({
        let (app, draft, model) = (app.clone(), draft.clone(), model.clone());
        move |()| {
            app.start_run(model.trim().to_owned(), draft.trim().to_owned());
            draft.set(AttrValue::default());
        }
    });
    let on_stop = Callback::from({
        let (app, running) = (app.clone(), running.clone());
        move |event: MouseEvent| {
            // Stop stands where Run was: the second click of a double click is not meant for it.
            if let Some(run) = running.as_ref().filter(|_| event.detail() < 2) {
                app.stop_run(run.view.run_id);
            }
        }
    });
    html! {
        <PromptBox draft={(*draft).clone()} {models} is_open={app.demo.is_none()} model={(*model).clone()} {counter}
            running={running.is_some()} stopping={running.is_some_and(|run| run.stopping)} field={&props.field}
            on_draft={move |text: String| draft.set(text.into())} on_model={move |name: String| model.set(name.into())}
            {on_run} {on_stop} />
    }
}
