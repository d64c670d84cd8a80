//! The prompt box in the hands of the store: the model is chosen here, the text belongs to the home.

use flowmeter_domain::{Kind, NodeRequest};
use yew::prelude::*;

use crate::components::PromptBox;
use crate::stores::{App, use_app};

/// The scripted models of a local demo stack.
const DEMO_MODELS: &[&str] = &["demo", "demo-slow", "demo-fail-midway", "demo-429"];

/// Suggestions for a real project; any other name can be typed.
const MODELS: &[&str] =
    &["deepseek-ai/DeepSeek-V3.2", "deepseek-chat", "gpt-4o-mini", "gemini-2.0-flash", "qwen-plus"];

/// What is asked where no model is named.
pub(super) fn default_model(app: &App) -> String {
    models(app)[0].to_owned()
}

fn models(app: &App) -> &'static [&'static str] {
    if app.demo.is_some() { DEMO_MODELS } else { MODELS }
}

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
    let models = models(&app);
    let model = use_state(|| AttrValue::from(models[0]));
    let draft = props.draft.clone();
    let snapshot = app.quota.as_ref().and_then(|quota| quota.snapshot.as_ref());
    let counter = snapshot.and_then(|snapshot| snapshot.quota.get(Kind::LlmExecutions));
    let on_run = Callback::from({
        let (app, draft, model) = (app.clone(), draft.clone(), model.clone());
        move |()| {
            let (model, input) = (model.trim().to_owned(), Some(draft.trim().into()));
            app.start_run(NodeRequest { model, input, ..NodeRequest::default() });
            draft.set(AttrValue::default());
        }
    });
    html! {
        <PromptBox draft={(*draft).clone()} {models} is_open={app.demo.is_none()} model={(*model).clone()} {counter}
            under_way={app.under_way()} field={&props.field} {on_run}
            on_draft={move |text: String| draft.set(text.into())} on_model={move |name: String| model.set(name.into())} />
    }
}
