//! "Try again", as soon as it makes sense.

use jiff::Timestamp;
use yew::prelude::*;

use super::countdown::use_countdown;
use super::{Button, Glyph};
use crate::locales::{Text, use_translator};

/// When and what.
#[derive(PartialEq, Properties)]
pub struct AgainButtonProps {
    /// From when on it makes sense, where a server named a time.
    pub from: Option<Timestamp>,
    /// The person wants to.
    pub on_press: Callback<MouseEvent>,
}

/// The button; it counts down to its time.
#[component]
pub fn AgainButton(props: &AgainButtonProps) -> Html {
    let texts = use_translator();
    let seconds = use_countdown(props.from);
    let label = match seconds {
        0 => texts.text(Text::TryAgain),
        seconds => texts.fill(Text::TryAgainIn, [("seconds", seconds.into())]),
    };
    html! {
        <Button {label} glyph={Glyph::Refresh} disabled={seconds > 0} testid="run-again" on_press={&props.on_press} />
    }
}
