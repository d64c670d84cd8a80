//! Where a person asks: the text, how it is run, what it will cost, and the button.
//!
//! What is left is told as advice. Run stays possible on an empty quota: the server decides.

use flowmeter_domain::Counter;
use flowmeter_domain::run::MOST_AT_ONCE;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::progress_bar::level_class;
use super::{Button, Glyph, Look};
use crate::browser;
use crate::locales::{Text, Translator, use_translator};

/// What is being asked.
#[derive(PartialEq, Properties)]
pub struct PromptBoxProps {
    /// The text so far.
    pub draft: AttrValue,
    /// What is wrong with the text where it should be JSON, and whether it is JSON at all.
    #[prop_or_default]
    pub json: Option<JsonCheck>,
    /// Whether a model is chosen.
    pub has_model: bool,
    /// How it is run: what is open above the foot.
    #[prop_or_default]
    pub panel: Html,
    /// How it is run: what is in the foot.
    #[prop_or_default]
    pub children: Html,
    /// The LLM runs of the last reading.
    pub counter: Option<Counter>,
    /// How many runs are under way.
    pub under_way: usize,
    /// The text field, to be focused from outside.
    #[prop_or_default]
    pub field: NodeRef,
    /// The text changed.
    pub on_draft: Callback<String>,
    /// Run it.
    pub on_run: Callback<()>,
}

/// Whether a text is JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonCheck {
    /// It is.
    Good,
    /// It is not, from this line and column on; counted from 1.
    Fault {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// Whether there is merely something missing.
        early: bool,
    },
}

impl JsonCheck {
    /// Looks at what was typed, by the same rules as a request is made of it.
    pub fn of(text: &str) -> Self {
        match serde_json::from_str::<serde_json::Value>(text) {
            Ok(_) => JsonCheck::Good,
            Err(fault) => {
                JsonCheck::Fault { line: fault.line(), column: fault.column(), early: fault.is_eof() }
            }
        }
    }
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
        <form class="prompt" {onsubmit} onkeydown={stay_on_enter}>
            // The copy beside the field has the same text and so gives it its height.
            <div class={classes!("prompt-text", props.json.map(|_| "is-json"))}>
                <textarea ref={&props.field} rows="1" aria-label={texts.text(Text::PromptLabel)} data-testid="prompt"
                    placeholder={texts.text(Text::PromptPlaceholder)} value={&props.draft} aria-describedby="prompt-fault"
                    aria-invalid={is_faulty(props).then_some("true")} {oninput} {onkeydown} />
                <div class="prompt-copy" aria-hidden="true">{ &props.draft }{ " " }</div>
            </div>
            { fault(&texts, props) }
            { props.panel.clone() }
            <div class="prompt-foot">
                { props.children.clone() }
                <div class="prompt-end">
                    { told(&texts, props) }
                    <Button label={texts.text(Text::PromptRun)} look={Look::Primary} submit=true disabled={!ready}
                        keys={browser::run_keys()} testid="run" />
                </div>
            </div>
        </form>
    }
}

fn is_ready(props: &PromptBoxProps) -> bool {
    !is_full(props) && !props.draft.trim().is_empty() && props.has_model && !is_faulty(props)
}

/// Whether no more runs can be started for now.
fn is_full(props: &PromptBoxProps) -> bool {
    props.under_way >= MOST_AT_ONCE
}

/// Why nothing can be run for now, else what a run costs.
fn told(texts: &Translator, props: &PromptBoxProps) -> Html {
    let lacks_model = !props.has_model && !props.draft.trim().is_empty();
    match () {
        () if is_full(props) => full(texts),
        () if lacks_model => html! {
            <span class="cost" role="status" data-testid="no-model">{ texts.text(Text::PromptNoModel) }</span>
        },
        () => cost(texts, props.counter),
    }
}

fn full(texts: &Translator) -> Html {
    let most = i64::try_from(MOST_AT_ONCE).unwrap_or(i64::MAX);
    html! {
        <span class="cost" role="status" data-testid="full">{ texts.fill(Text::PromptFull, [("most", most.into())]) }</span>
    }
}

/// Nothing is not a fault yet.
fn is_faulty(props: &PromptBoxProps) -> bool {
    !props.draft.trim().is_empty() && matches!(props.json, Some(JsonCheck::Fault { .. }))
}

/// Told where the person types, and spoken when they pause.
fn fault(texts: &Translator, props: &PromptBoxProps) -> Html {
    let told = props.json.filter(|_| is_faulty(props)).and_then(|json| match json {
        JsonCheck::Good => None,
        JsonCheck::Fault { line, column, early } => {
            let text = if early { Text::PromptJsonEarly } else { Text::PromptJsonFault };
            Some(texts.fill(text, [("line", (line as i64).into()), ("column", (column as i64).into())]))
        }
    });
    html! { <p class="prompt-fault" id="prompt-fault" role="status" data-testid="prompt-fault">{ told }</p> }
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

/// A run costs something: Enter in a field that says how to run is no wish to run.
fn stay_on_enter(event: KeyboardEvent) {
    if event.key() == "Enter" && event.target_dyn_into::<HtmlInputElement>().is_some() {
        event.prevent_default();
    }
}

fn run_on_keys(ready: bool, on_run: &Callback<()>) -> Callback<KeyboardEvent> {
    let on_run = on_run.clone();
    Callback::from(move |event: KeyboardEvent| {
        if ready && browser::is_run_keys(&event) {
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
