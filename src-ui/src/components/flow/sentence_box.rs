//! Where a person says what a flow should do, or what should change: with a counter, the cost, and the
//! button.
//!
//! What is left is told as advice. The button stays possible on an empty quota: the server decides.

use flowmeter_domain::Counter;
use flowmeter_domain::flow::PlanRequest;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::browser;
use crate::components::progress_bar::level_class;
use crate::components::{Button, Glyph, Icon, Look};
use crate::locales::{Text, Translator, use_translator};

/// What is being said.
#[derive(PartialEq, Properties)]
pub struct SentenceBoxProps {
    /// The name of the field for tests; that of the button begins with it.
    pub id: &'static str,
    /// What to say, in words.
    pub label: AttrValue,
    /// An example.
    pub placeholder: AttrValue,
    /// What the button does, in words.
    pub action: AttrValue,
    /// The text so far.
    pub draft: AttrValue,
    /// The flow generations of the last reading.
    pub counter: Option<Counter>,
    /// Whether it is being done.
    #[prop_or_default]
    pub busy: bool,
    /// Whether something else has to be decided first.
    #[prop_or_default]
    pub held: bool,
    /// The text field, to be focused from outside.
    #[prop_or_default]
    pub field: NodeRef,
    /// The text changed.
    pub on_draft: Callback<AttrValue>,
    /// Do it.
    pub on_send: Callback<AttrValue>,
}

/// The box.
#[component]
pub fn SentenceBox(props: &SentenceBoxProps) -> Html {
    let texts = use_translator();
    let length = props.draft.chars().count();
    let ready =
        !props.busy && !props.held && length <= PlanRequest::LONGEST && !props.draft.trim().is_empty();
    let oninput = props
        .on_draft
        .reform(|event: InputEvent| event.target_unchecked_into::<HtmlTextAreaElement>().value().into());
    let send = send(props, ready);
    let onsubmit = send.reform(|event: SubmitEvent| event.prevent_default());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if browser::is_run_keys(&event) {
            event.prevent_default();
            send.emit(());
        }
    });
    let testid = format!("{}-send", props.id);
    html! {
        <form class="prompt" {onsubmit}>
            // The copy beside the field has the same text and so gives it its height.
            <div class="prompt-text">
                <textarea ref={&props.field} rows="1" aria-label={&props.label} data-testid={props.id}
                    placeholder={&props.placeholder} value={&props.draft} {oninput} {onkeydown} />
                <div class="prompt-copy" aria-hidden="true">{ &props.draft }{ " " }</div>
            </div>
            <div class="prompt-foot">
                { count(&texts, props.id, length) }
                <div class="prompt-end">
                    { cost(&texts, props.counter) }
                    <Button label={&props.action} look={Look::Primary} submit=true disabled={!ready} busy={props.busy}
                        keys={browser::run_keys()} {testid} />
                </div>
            </div>
        </form>
    }
}

fn send(props: &SentenceBoxProps, ready: bool) -> Callback<()> {
    let (on_send, draft) = (props.on_send.clone(), props.draft.clone());
    Callback::from(move |()| {
        if ready {
            on_send.emit(draft.trim().to_owned().into());
        }
    })
}

fn count(texts: &Translator, id: &str, length: usize) -> Html {
    let longest = PlanRequest::LONGEST;
    let class = classes!("count", (length > longest).then_some("is-over"));
    let spoken = texts.fill(Text::FlowCount, [("count", length.into()), ("longest", longest.into())]);
    html! {
        <span {class} data-testid={format!("{id}-count")}>
            <span aria-hidden="true">{ format!("{length} / {longest}") }</span><span class="unseen">{ spoken }</span>
        </span>
    }
}

fn cost(texts: &Translator, counter: Option<Counter>) -> Html {
    let Some(counter) = counter else {
        return html! { <span class="cost">{ texts.text(Text::FlowCostUnknown) }</span> };
    };
    let words = match counter.remaining() {
        ..=0 => texts.fill(Text::FlowExhausted, [("limit", counter.limit.into())]),
        left => texts.fill(Text::FlowCost, [("left", left.into())]),
    };
    html! {
        <span class={classes!("cost", level_class(counter.level()))} data-testid="flow-cost">
            if let Some(glyph) = Glyph::of_level(counter.level()) { <Icon {glyph} /> }
            { words }
        </span>
    }
}
