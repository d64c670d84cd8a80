//! Where a person asks: the text, the model, what it will cost, and the button.
//!
//! What is left is told as advice. Run stays possible on an empty quota: the server decides.

use flowmeter_domain::Counter;
use flowmeter_domain::run::MOST_AT_ONCE;
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
    /// How many runs are under way.
    pub under_way: usize,
    /// The text field, to be focused from outside.
    #[prop_or_default]
    pub field: NodeRef,
    /// The text changed.
    pub on_draft: Callback<String>,
    /// Another model was chosen.
    pub on_model: Callback<String>,
    /// Run it.
    pub on_run: Callback<()>,
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
                { if is_full(props) { full(&texts) } else { cost(&texts, props.counter) } }
                <Button label={texts.text(Text::PromptRun)} look={Look::Primary} submit=true disabled={!ready}
                    keys={browser::run_keys()} testid="run" />
            </div>
        </form>
    }
}

fn is_ready(props: &PromptBoxProps) -> bool {
    !is_full(props) && !props.draft.trim().is_empty() && !props.model.trim().is_empty()
}

/// Whether no more runs can be started for now.
fn is_full(props: &PromptBoxProps) -> bool {
    props.under_way >= MOST_AT_ONCE
}

fn full(texts: &Translator) -> Html {
    let most = i64::try_from(MOST_AT_ONCE).unwrap_or(i64::MAX);
    html! {
        <span class="cost" role="status" data-testid="full">{ texts.fill(Text::PromptFull, [("most", most.into())]) }</span>
    }
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
