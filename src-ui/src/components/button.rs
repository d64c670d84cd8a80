//! A button with its busy state: the label changes, the width does not jump, a second press does nothing.

use yew::prelude::*;

use super::{Glyph, Icon};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do here.
    Primary,
    /// Beside others.
    #[default]
    Plain,
    /// Takes something away.
    Danger,
    /// Only its label, until the pointer is over it.
    Quiet,
}

/// What a button is.
#[derive(PartialEq, Properties)]
pub struct ButtonProps {
    /// What it does, in words.
    pub label: AttrValue,
    /// How much it asks for attention.
    #[prop_or_default]
    pub look: Look,
    /// Before the label.
    #[prop_or_default]
    pub glyph: Option<Glyph>,
    /// Keys that do the same, shown after the label.
    #[prop_or_default]
    pub keys: Option<&'static str>,
    /// Only the icon is seen; the label is spoken.
    #[prop_or_default]
    pub icon_only: bool,
    /// Whether it sends the form around it.
    #[prop_or_default]
    pub submit: bool,
    /// Whether what it does is under way.
    #[prop_or_default]
    pub busy: bool,
    /// Whether it can be pressed.
    #[prop_or_default]
    pub disabled: bool,
    /// Its name for tests.
    pub testid: AttrValue,
    /// It was pressed.
    #[prop_or_default]
    pub on_press: Callback<MouseEvent>,
}

/// A button.
#[component]
pub fn Button(props: &ButtonProps) -> Html {
    let look = match props.look {
        Look::Primary => "button-primary",
        Look::Plain => "button-plain",
        Look::Danger => "button-danger",
        Look::Quiet => "button-quiet",
    };
    let shape = props.icon_only.then_some("button-icon");
    html! {
        <button class={classes!("button", look, shape)} type={if props.submit { "submit" } else { "button" }}
            disabled={props.disabled || props.busy} aria-busy={props.busy.then_some("true")}
            aria-label={props.icon_only.then(|| props.label.clone())} title={props.icon_only.then(|| props.label.clone())}
            data-testid={&props.testid} onclick={&props.on_press}>
            if props.busy {
                <span class="spinner" aria-hidden="true" />
            } else if let Some(glyph) = props.glyph {
                <Icon {glyph} />
            }
            if !props.icon_only { <span>{ &props.label }</span> }
            if let Some(keys) = props.keys { <kbd aria-hidden="true">{ keys }</kbd> }
        </button>
    }
}
