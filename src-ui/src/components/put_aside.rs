//! Above the prompt: what was typed there before another prompt took its place, to be brought back.

use yew::prelude::*;

use super::{Button, Glyph, Look};
use crate::locales::{Text, use_translator};

/// What was typed.
#[derive(PartialEq, Properties)]
pub struct PutAsideProps {
    /// The text; empty where only instructions or options were.
    pub text: AttrValue,
    /// The person wants it back.
    pub on_back: Callback<MouseEvent>,
    /// The person does not need it any more.
    pub on_close: Callback<MouseEvent>,
}

/// The line.
#[component]
pub fn PutAside(props: &PutAsideProps) -> Html {
    let texts = use_translator();
    let excerpt = props.text.trim().lines().next().unwrap_or_default().to_owned();
    html! {
        <div class="kept-undo put-aside" data-testid="put-aside">
            <span>{ texts.text(Text::PromptAside) }</span>
            if !excerpt.is_empty() { { " " }<q>{ excerpt }</q> }
            <Button label={texts.text(Text::PromptAsideBack)} testid="put-aside-back" on_press={&props.on_back} />
            <Button label={texts.text(Text::Dismiss)} look={Look::Quiet} glyph={Glyph::Cross} icon_only=true testid="put-aside-close" on_press={&props.on_close} />
        </div>
    }
}
