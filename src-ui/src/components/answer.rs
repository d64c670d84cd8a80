//! The text of an answer, and that it is waited for.

use yew::prelude::*;

use super::Markdown;
use crate::locales::{Text, use_translator};

/// What to show.
#[derive(PartialEq, Properties)]
pub struct AnswerProps {
    /// The text so far.
    pub text: AttrValue,
    /// Whether more may come.
    pub streaming: bool,
}

/// The answer.
#[component]
pub fn Answer(props: &AnswerProps) -> Html {
    let texts = use_translator();
    let waiting = props.streaming && props.text.is_empty();
    html! {
        <div class="answer" data-testid="run-answer" aria-busy={props.streaming.then_some("true")}>
            if waiting {
                <span class="waiting">{ texts.text(Text::RunWaiting) }</span>
            } else {
                <Markdown text={&props.text} writing={props.streaming} />
            }
        </div>
    }
}
