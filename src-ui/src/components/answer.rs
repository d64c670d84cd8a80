//! The text of an answer, and that it is waited for.
//!
//! A link in it is data until it is pressed; then whoever shows the answer is told where it leads.

use yew::prelude::*;

use super::Markdown;
use crate::browser;
use crate::growing::Growing;
use crate::locales::{Text, use_translator};

/// Where a link keeps what it leads to.
const ADDRESS: &str = "data-address";

/// What to show.
#[derive(PartialEq, Properties)]
pub struct AnswerProps {
    /// The text so far.
    pub text: Growing,
    /// Whether more may come.
    pub streaming: bool,
    /// A link was pressed that leads there.
    #[prop_or_default]
    pub on_link: Callback<String>,
}

/// The answer.
#[component]
pub fn Answer(props: &AnswerProps) -> Html {
    let texts = use_translator();
    let waiting = props.streaming && props.text.is_empty();
    let onclick = use_callback(props.on_link.clone(), |event: MouseEvent, on_link| {
        browser::attribute_around(&event, ADDRESS).into_iter().for_each(|address| on_link.emit(address));
    });
    let onkeydown = use_callback(props.on_link.clone(), |event: KeyboardEvent, on_link| {
        let address = browser::attribute_around(&event, ADDRESS).filter(|_| event.key() == "Enter");
        address.into_iter().for_each(|address| on_link.emit(address));
    });
    html! {
        <div class="answer" data-testid="run-answer" aria-busy={props.streaming.then_some("true")} {onclick} {onkeydown}>
            if waiting {
                <span class="waiting">{ texts.text(Text::RunWaiting) }</span>
            } else {
                <Markdown text={props.text.clone()} writing={props.streaming} />
            }
        </div>
    }
}
