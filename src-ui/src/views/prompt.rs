//! The prompt box in the hands of the store: how a prompt is run is kept there, the text belongs to the home.

use flowmeter_domain::ipc::Model;
use flowmeter_domain::{Kind, RunChoices};
use yew::prelude::*;

use crate::components::{Along, ChipWish, JsonCheck, ModelField, Panel, PromptBox, PromptChips, PromptPanel};
use crate::stores::{App, Draft, DraftAction, use_app, use_models};

/// Suggestions where the project lists no models; any other name can be typed.
const MODELS: [&str; 5] =
    ["deepseek-ai/DeepSeek-V3.2", "deepseek-chat", "gpt-4o-mini", "gemini-2.0-flash", "qwen-plus"];

/// What a local demo stack answers with where no model is named.
const DEMO_MODEL: &str = "demo";

/// What is asked where no model is named: what the person chose last.
pub(super) fn default_model(app: &App) -> String {
    let first = if app.demo.is_some() { DEMO_MODEL } else { MODELS[0] };
    let chosen = app.choices.model.trim();
    if chosen.is_empty() { first } else { chosen }.to_owned()
}

/// What the home keeps, so that an example can fill it.
#[derive(PartialEq, Properties)]
pub(super) struct PromptProps {
    /// The text so far.
    pub(super) draft: UseReducerHandle<Draft>,
    /// The text field.
    pub(super) field: NodeRef,
}

/// The prompt box.
#[component]
pub(super) fn Prompt(props: &PromptProps) -> Html {
    let app = use_app();
    let listed = use_models(&app);
    let panel = use_state(|| None::<Panel>);
    let draft = props.draft.clone();
    let snapshot = app.quota.as_ref().and_then(|quota| quota.snapshot.as_ref());
    let counter = snapshot.and_then(|snapshot| snapshot.quota.get(Kind::LlmExecutions));
    let typed = use_state(|| None::<AttrValue>);
    // What was chosen elsewhere since is not what was typed here.
    let typed_here = (*typed).clone().filter(|typed| *typed == app.choices.model);
    let model = typed_here.unwrap_or_else(|| chosen_model(&app, &listed));
    let on_run = Callback::from({
        let (app, draft, model) = (app.clone(), draft.clone(), model.clone());
        move |()| {
            app.run_prompt(model.trim().to_owned(), &draft.text);
            draft.dispatch(DraftAction::Sent);
        }
    });
    let on_model = {
        let (app, typed) = (app.clone(), typed.clone());
        Callback::from(move |model: String| {
            typed.set(Some(model.clone().into()));
            app.set_run_choices(RunChoices { model, ..app.choices.clone() });
        })
    };
    html! {
        <PromptBox draft={draft.text.clone()} json={app.choices.json.then(|| JsonCheck::of(&draft.text))} has_model={!model.trim().is_empty()} {counter}
            under_way={app.under_way()} field={&props.field} panel={open_panel(&app, *panel)} on_draft={move |text: String| draft.dispatch(DraftAction::Typed(text.into()))} {on_run}>
            { model_field(&app, listed, model, on_model) }{ chips(&app, &panel) }
        </PromptBox>
    }
}

/// What the person chose last, or the first that there is. Not asked once somebody types here: a field that
/// was emptied stays empty.
fn chosen_model(app: &App, listed: &[Model]) -> AttrValue {
    let first = || listed.first().map_or(MODELS[0], |model| model.name.as_str());
    let chosen = app.choices.model.as_str();
    AttrValue::from(if chosen.is_empty() { first() } else { chosen }.to_owned())
}

fn model_field(app: &App, listed: Vec<Model>, model: AttrValue, on_change: Callback<String>) -> Html {
    let plain = |name: &&str| Model { name: (*name).to_owned(), label: None, points: None };
    let is_listed = !listed.is_empty();
    let models = if is_listed { listed } else { MODELS.iter().map(plain).collect() };
    html! {
        <ModelField recent={app.choices.recent.clone()} {models} listed={is_listed} {model} {on_change} />
    }
}

fn open_panel(app: &App, panel: Option<Panel>) -> Html {
    let Some(panel) = panel else { return html! {} };
    let on_choose = Callback::from({
        let app = app.clone();
        move |choices| app.set_run_choices(choices)
    });
    html! { <PromptPanel {panel} choices={app.choices.clone()} {on_choose} /> }
}

fn chips(app: &App, panel: &UseStateHandle<Option<Panel>>) -> Html {
    let (choices, earlier) = (&app.choices, app.earlier());
    let along = Along { runs: earlier.runs.len(), left_out: earlier.left_out, on: choices.history };
    let on_wish = Callback::from({
        let (app, panel) = (app.clone(), panel.clone());
        move |wish| match wish {
            ChipWish::Toggle(wanted) => panel.set(Some(wanted).filter(|wanted| *panel != Some(*wanted))),
            ChipWish::Along(history) => app.set_run_choices(RunChoices { history, ..app.choices.clone() }),
            ChipWish::Anew => app.leave_conversation(),
        }
    });
    html! {
        <PromptChips panel={**panel} has_system={!choices.system_prompt.trim().is_empty()}
            has_options={choices.json || !choices.stream || choices.temperature.is_some()}
            {along} in_conversation={app.conversation_runs().next().is_some()} {on_wish} />
    }
}
