//! With a password or with a code by mail: two ways of the same weight.

use yew::prelude::*;

use super::{SignInProps, has_email};
use crate::locales::{Text, Translator};
use crate::stores::{Step, Wish};

/// The choice; nothing while an account is made or a password is chosen.
pub(super) fn tabs(texts: &Translator, props: &SignInProps) -> Html {
    if !matches!(props.door.step, Step::Password | Step::Code) || !has_email(&props.door) {
        return html! {};
    }
    html! {
        <div class="segments" role="group" aria-label={texts.text(Text::DoorWays)}>
            { tab(props, Step::Password, texts.text(Text::SignInPassword), "way-password") }
            { tab(props, Step::Code, texts.text(Text::DoorCodeTab), "way-code") }
        </div>
    }
}

fn tab(props: &SignInProps, step: Step, label: AttrValue, testid: &'static str) -> Html {
    let onclick = props.on_wish.reform(move |_: MouseEvent| Wish::Go(step));
    let pressed = if props.door.step == step { "true" } else { "false" };
    html! {
        <button type="button" class="segment" aria-pressed={pressed} disabled={props.door.busy} data-testid={testid} {onclick}>
            { label }
        </button>
    }
}
