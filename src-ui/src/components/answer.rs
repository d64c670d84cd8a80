//! The text of an answer, and that it is waited for.

use yew::prelude::*;

use super::Markdown;
use super::links::use_links;
use crate::growing::Growing;
use crate::locales::{Text, use_translator};

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
    let (onclick, onkeydown) = use_links(&props.on_link);
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
