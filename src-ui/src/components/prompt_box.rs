//! Where a person asks: the text, the model, what it will cost, and the button.
//!
//! What is left is told as advice. Run stays possible on an empty quota: the server decides.

use flowmeter_domain::Counter;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::progress_bar::level_class;
use super::{Button, Glyph, Look, ModelField};
use crate::browser;
use crate::locales::{Text, Translator, use_translator};

/// What is being asked.
#[derive(PartialEq, Properties)]
pub struct PromptBoxProps {
    /// The text so far.
    pub draft: AttrValue,
    /// The models that are known.
    pub models: &'static [&'static str],
    /// Whether other models can be typed.
    pub is_open: bool,
    /// The chosen model.
    pub model: AttrValue,
    /// The LLM runs of the last reading.
    pub counter: Option<Counter>,
    /// Whether a run is under way.
    pub running: bool,
    /// Whether the person asked to stop it.
    pub stopping: bool,
    /// The text field, to be focused from outside.
    #[prop_or_default]
    pub field: NodeRef,
    /// The text changed.
    pub on_draft: Callback<String>,
    /// Another model was chosen.
    pub on_model: Callback<String>,
    /// Run it.
    pub on_run: Callback<()>,
    /// Stop what runs.
    pub on_stop: Callback<MouseEvent>,
}

/// The box.
#[component]
pub fn PromptBox(props: &PromptBoxProps) -> Html {
    let texts = use_translator();
    let ready = is_ready(props);
    let oninput = props
        .on_draft
        .reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value());
    let onkeydown = run_on_keys(ready, &props.on_run);
    let onsubmit = on_submit(ready, &props.on_run);
    html! {
        <form class="prompt" {onsubmit}>
            // The copy beside the field has the same text and so gives it its height.
            <div class="prompt-text">
                <textarea ref={&props.field} rows="1" aria-label={texts.text(Text::PromptLabel)} data-testid="prompt"
                    placeholder={texts.text(Text::PromptPlaceholder)} value={&props.draft} {oninput} {onkeydown} />
                <div class="prompt-copy" aria-hidden="true">{ &props.draft }{ " " }</div>
            </div>
            <div class="prompt-foot">
                <ModelField models={props.models} is_open={props.is_open} model={&props.model} on_change={&props.on_model} />
                { cost(&texts, props.counter) }
                { action(&texts, props, ready) }
            </div>
        </form>
    }
}

fn is_ready(props: &PromptBoxProps) -> bool {
    !props.running && !props.draft.trim().is_empty() && !props.model.trim().is_empty()
}

fn on_submit(ready: bool, on_run: &Callback<()>) -> Callback<SubmitEvent> {
    let on_run = on_run.clone();
    Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        if ready {
            on_run.emit(());
        }
    })
}

fn run_on_keys(ready: bool, on_run: &Callback<()>) -> Callback<KeyboardEvent> {
    let on_run = on_run.clone();
    Callback::from(move |event: KeyboardEvent| {
        if ready && event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            on_run.emit(());
        }
    })
}

fn cost(texts: &Translator, counter: Option<Counter>) -> Html {
    let Some(counter) = counter else {
        return html! { <span class="cost">{ texts.text(Text::PromptCostUnknown) }</span> };
    };
    let text = match counter.remaining() {
        ..=0 => texts.fill(Text::PromptExhausted, [("limit", counter.limit.into())]),
        left => texts.fill(Text::PromptCost, [("left", left.into())]),
    };
    let glyph = Glyph::of_level(counter.level());
    html! {
        <span class={classes!("cost", level_class(counter.level()))} data-testid="cost">
            if let Some(glyph) = glyph { <super::Icon {glyph} /> }
            { text }
        </span>
    }
}

fn action(texts: &Translator, props: &PromptBoxProps, ready: bool) -> Html {
    if props.running {
        let label = texts.text(if props.stopping { Text::PromptStopping } else { Text::PromptStop });
        let (busy, on_press) = (props.stopping, &props.on_stop);
        return html! { <Button {label} {busy} glyph={Glyph::Stop} testid="stop" {on_press} /> };
    }
    html! {
        <Button label={texts.text(Text::PromptRun)} look={Look::Primary} submit=true disabled={!ready}
            keys={browser::run_keys()} testid="run" />
    }
}
