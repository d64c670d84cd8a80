//! What a flow asks a person for, what one run of it costs, and the button.

use std::collections::BTreeMap;
use std::rc::Rc;

use flowmeter_domain::Counter;
use flowmeter_domain::flow::execution::{Given, InputSettings, LlmSettings, most_llm_runs};
use flowmeter_domain::flow::{Flow, Node, NodeKind};
use yew::prelude::*;

use super::field::{FormFieldInput, TextInput};
use super::{FlowLeft, FlowRunWish};
use crate::browser;
use crate::components::{Button, Glyph, Icon, Look};
use crate::locales::{Text, Translator, use_translator};

/// What is asked for, and what is given.
#[derive(PartialEq, Properties)]
pub struct FlowFormProps {
    /// The flow.
    pub flow: Rc<Flow>,
    /// What is given so far, by the id of the input node.
    pub given: BTreeMap<String, Given>,
    /// Whether it is known that the flow can be run here.
    pub checked: bool,
    /// Whether a run of it is under way.
    pub running: bool,
    /// Whether it was run before.
    pub has_run: bool,
    /// Whether the person asked to stop it.
    pub stopping: bool,
    /// What a run is paid with.
    pub left: FlowLeft,
    /// The person wants something of it.
    pub on_wish: Callback<FlowRunWish>,
}

/// The form.
#[component]
pub fn FlowForm(props: &FlowFormProps) -> Html {
    let texts = use_translator();
    let inputs: Vec<&Node> = props.flow.nodes.iter().filter(|node| node.kind == NodeKind::Input).collect();
    let forgotten = use_forgotten(props.running);
    let ready = !props.running && props.checked && !inputs.iter().any(|node| lacks(props, node));
    let onsubmit = Callback::from({
        let on_wish = props.on_wish.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            if ready {
                on_wish.emit(FlowRunWish::Run);
            }
        }
    });
    html! {
        <form class="flow-form" novalidate=true {onsubmit} data-testid="flow-run-form">
            for place in 0..inputs.len() { { input(&texts, props, &inputs, place) } }
            <div class="flow-form-foot">
                { cost(&texts, props) }
                <div class="flow-form-buttons">
                    if remembers(&props.flow) && props.has_run && !props.running { { forget(&texts, props, &forgotten) } }
                    { action(&texts, props, ready) }
                </div>
            </div>
        </form>
    }
}

/// Whether a new conversation was begun since the last run.
#[hook]
fn use_forgotten(running: bool) -> UseStateHandle<bool> {
    let forgotten = use_state_eq(|| false);
    use_effect_with(running, {
        let forgotten = forgotten.setter();
        move |_| forgotten.set(false)
    });
    forgotten
}

fn forget(texts: &Translator, props: &FlowFormProps, forgotten: &UseStateHandle<bool>) -> Html {
    if **forgotten {
        return html! { <p class="flow-forgotten" role="status">{ texts.text(Text::FlowRunForgotten) }</p> };
    }
    let (on_wish, forgotten) = (props.on_wish.clone(), forgotten.setter());
    let on_press = Callback::from(move |_: MouseEvent| {
        on_wish.emit(FlowRunWish::Forget);
        forgotten.set(true);
    });
    html! { <Button label={texts.text(Text::FlowRunForget)} look={Look::Quiet} testid="flow-forget" {on_press} /> }
}

/// Names of nodes and fields may have spaces, which ids may not: places stand for them.
fn input(texts: &Translator, props: &FlowFormProps, inputs: &[&Node], place: usize) -> Html {
    let (node, is_one_of_many) = (inputs[place], inputs.len() > 1);
    let settings = InputSettings::of(node);
    let given = given(props, node);
    let id = node.id.clone();
    let on_given = props.on_wish.reform(move |given| FlowRunWish::Give(id.clone(), given));
    let greeting = (!settings.greeting.is_empty()).then(|| format!("flow-greeting-{place}"));
    html! {
        <fieldset class="flow-input" key={node.id.clone()} disabled={props.running} aria-describedby={greeting.clone()}>
            <legend class={classes!((!is_one_of_many).then_some("unseen"))}>{ node.name().to_owned() }</legend>
            if let Some(id) = greeting { <p class="flow-greeting" {id}>{ &settings.greeting }</p> }
            if settings.asks_text {
                <TextInput id={format!("flow-text-{place}")} required={settings.text_required} given={given.clone()} on_given={&on_given} />
            }
            for (at, field) in settings.fields.iter().enumerate() {
                <FormFieldInput id={format!("flow-field-{place}-{at}")} field={field.clone()} given={given.clone()} on_given={&on_given} />
            }
            if settings.asks_files {
                <p class="hint" data-testid="flow-files"><Icon glyph={Glyph::Info} />{ texts.text(Text::FlowRunFiles) }</p>
            }
        </fieldset>
    }
}

/// One use of an app and, at most, what the dearest way costs.
fn cost(texts: &Translator, props: &FlowFormProps) -> Html {
    let most = most_llm_runs(&props.flow);
    let words = texts.fill(Text::FlowRunCost, [("count", most.into())]);
    let short = |counter: Option<Counter>, needed: usize| {
        counter.map(|counter| counter.remaining().max(0)).filter(|left| *left < needed as i64)
    };
    let warning = match (short(props.left.app_uses, 1), short(props.left.llm_runs, most)) {
        (Some(_), _) => Some(texts.text(Text::FlowRunNoAppUse)),
        (None, Some(left)) => Some(texts.fill(Text::FlowRunShort, [("left", left.into())])),
        (None, None) => None,
    };
    html! {
        <p class={classes!("flow-cost", warning.is_some().then_some("is-short"))} data-testid="flow-cost">
            { words }
            if let Some(warning) = warning { <span><Icon glyph={Glyph::Triangle} />{ warning }</span> }
        </p>
    }
}

fn action(texts: &Translator, props: &FlowFormProps, ready: bool) -> Html {
    if props.running {
        let label = texts.text(if props.stopping { Text::RunStopping } else { Text::RunStop });
        // Stop stands where Run was: the second click of a double click is not meant for it.
        let on_wish = props.on_wish.clone();
        let on_press = Callback::from(move |event: MouseEvent| {
            if event.detail() < 2 {
                on_wish.emit(FlowRunWish::Stop);
            }
        });
        return html! { <Button key="stop" {label} busy={props.stopping} glyph={Glyph::Stop} testid="flow-stop" {on_press} /> };
    }
    let label = texts.text(if props.has_run { Text::FlowRunAgain } else { Text::FlowRunStart });
    html! { <Button key="run" {label} look={Look::Primary} submit=true disabled={!ready} keys={browser::run_keys()} testid="flow-start" /> }
}

fn lacks(props: &FlowFormProps, node: &Node) -> bool {
    InputSettings::of(node).lacks(&given(props, node))
}

/// What the person gave, or what is there to begin with.
fn given(props: &FlowFormProps, node: &Node) -> Given {
    props.given.get(&node.id).cloned().unwrap_or_else(|| InputSettings::of(node).defaults())
}

fn remembers(flow: &Flow) -> bool {
    flow.nodes.iter().any(|node| node.kind == NodeKind::Llm && LlmSettings::of(node).memory.is_some())
}
