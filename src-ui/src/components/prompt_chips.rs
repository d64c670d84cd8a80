//! The small buttons of the prompt box: what is open, and what is sent along.

use yew::prelude::*;

use super::{Glyph, Icon, Panel};
use crate::locales::{Text, Translator, use_translator};

/// How much of the conversation there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Along {
    /// Runs that are sent along.
    pub runs: usize,
    /// Runs that are too long ago to fit.
    pub left_out: usize,
    /// Whether anything is sent along.
    pub on: bool,
}

/// What the person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipWish {
    /// Opens or closes a part.
    Toggle(Panel),
    /// Sends the conversation along, or no more.
    Along(bool),
    /// Begins a new conversation.
    Anew,
}

/// What the chips show.
#[derive(PartialEq, Properties)]
pub struct PromptChipsProps {
    /// Which part is open.
    pub panel: Option<Panel>,
    /// Whether there is a system prompt.
    pub has_system: bool,
    /// Whether any of the rarer choices is not as it is at first.
    pub has_options: bool,
    /// How much of the conversation there is.
    pub along: Along,
    /// Whether there is a conversation to be left.
    pub in_conversation: bool,
    /// The person did something.
    pub on_wish: Callback<ChipWish>,
}

/// The chips.
#[component]
pub fn PromptChips(props: &PromptChipsProps) -> Html {
    let texts = use_translator();
    let anew = props.on_wish.reform(|_: MouseEvent| ChipWish::Anew);
    let label = texts.text(Text::PromptNew);
    html! {
        <>
            { part(&texts, props, Panel::System) }
            { part(&texts, props, Panel::Options) }
            if props.along.runs > 0 { { along(&texts, props) } }
            if props.in_conversation {
                <button type="button" class="chip chip-button" data-testid="new-conversation" onclick={anew}>
                    <Icon glyph={Glyph::Plus} />{ label }
                </button>
            }
        </>
    }
}

fn part(texts: &Translator, props: &PromptChipsProps, panel: Panel) -> Html {
    let (text, is_set, testid) = match panel {
        Panel::System => (Text::PromptSystem, props.has_system, "open-system-prompt"),
        Panel::Options => (Text::PromptOptions, props.has_options, "open-options"),
    };
    let is_open = props.panel == Some(panel);
    let onclick = props.on_wish.reform(move |_: MouseEvent| ChipWish::Toggle(panel));
    html! {
        <button type="button" class={classes!("chip", "chip-button", is_set.then_some("is-set"))} aria-expanded={is_open.to_string()}
            aria-controls={is_open.then_some("prompt-panel")} data-testid={testid} {onclick}>
            if is_set { <Icon glyph={Glyph::Check} /> }
            { texts.text(text) }
        </button>
    }
}

fn along(texts: &Translator, props: &PromptChipsProps) -> Html {
    let Along { runs, left_out, on } = props.along;
    let (count, all) = (runs as i64, (runs + left_out) as i64);
    let label = match (on, left_out) {
        (false, _) => texts.text(Text::PromptHistoryOff),
        (true, 0) => texts.fill(Text::PromptHistory, [("count", count.into())]),
        (true, _) => texts.fill(Text::PromptHistoryCut, [("count", count.into()), ("all", all.into())]),
    };
    let onclick = props.on_wish.reform(move |_: MouseEvent| ChipWish::Along(!on));
    html! {
        <button type="button" class={classes!("chip", "chip-button", on.then_some("is-set"))} aria-pressed={on.to_string()}
            title={texts.text(Text::PromptHistoryTitle)} data-testid="history" data-runs={runs.to_string()} {onclick}>
            if on { <Icon glyph={Glyph::Check} /> }
            { label }
        </button>
    }
}
