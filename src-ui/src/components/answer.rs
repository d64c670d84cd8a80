//! The text of an answer. Plain text, as it came; this is where Markdown will be drawn.

use yew::prelude::*;

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
            { &props.text }
            if waiting {
                <span class="waiting">{ texts.text(Text::RunWaiting) }</span>
            } else if props.streaming {
                <span class="cursor" aria-hidden="true" />
            }
        </div>
    }
}
