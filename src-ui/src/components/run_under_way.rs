//! That a run is under way, and how to stop it: one line under the text so far.

use yew::prelude::*;

use super::{Button, Glyph};
use crate::locales::{Text, use_translator};

/// Of which run.
#[derive(PartialEq, Properties)]
pub struct RunUnderWayProps {
    /// The model that was asked.
    pub model: AttrValue,
    /// Whether the person asked to stop it.
    pub stopping: bool,
    /// The person wants it to stop.
    pub on_stop: Callback<MouseEvent>,
}

/// The line.
#[component]
pub fn RunUnderWay(props: &RunUnderWayProps) -> Html {
    let texts = use_translator();
    let label = texts.text(if props.stopping { Text::RunStopping } else { Text::RunStop });
    html! {
        <div class="meta">
            <span class="meta-outcome"><span class="spinner" aria-hidden="true" />{ texts.text(Text::RunRunning) }</span>
            <span class="meta-model">{ &props.model }</span>
            <Button {label} glyph={Glyph::Stop} busy={props.stopping} testid="stop" on_press={&props.on_stop} />
        </div>
    }
}
