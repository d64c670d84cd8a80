//! The way from place to place; the one where the person is, is marked for eyes and for screen readers.

use yew::prelude::*;

use super::{Glyph, Icon};
use crate::locales::{Text, use_translator};
use crate::stores::Place;

/// Where the person is.
#[derive(PartialEq, Properties)]
pub struct NavigationProps {
    /// The place that is shown.
    pub place: Place,
    /// The person wants to go somewhere.
    pub on_go: Callback<Place>,
}

/// The navigation.
#[component]
pub fn Navigation(props: &NavigationProps) -> Html {
    let texts = use_translator();
    html! {
        <nav class="nav" aria-label={texts.text(Text::NavLabel)}>
            for place in Place::ALL { { entry(props, place, texts.text(label(place))) } }
        </nav>
    }
}

fn entry(props: &NavigationProps, place: Place, label: AttrValue) -> Html {
    let onclick = props.on_go.reform(move |_: MouseEvent| place);
    html! {
        <button type="button" class="nav-entry" aria-current={(place == props.place).then_some("page")} title={label.clone()}
            data-testid={format!("go-{}", place.name())} {onclick}>
            <Icon glyph={glyph(place)} /><span>{ label }</span>
        </button>
    }
}

fn label(place: Place) -> Text {
    match place {
        Place::Home => Text::NavHome,
        Place::Flows => Text::NavFlows,
        Place::Runs => Text::NavRuns,
        Place::History => Text::NavHistory,
        Place::Settings => Text::NavSettings,
    }
}

fn glyph(place: Place) -> Glyph {
    match place {
        Place::Home => Glyph::Gauge,
        Place::Flows => Glyph::Flow,
        Place::Runs => Glyph::Lines,
        Place::History => Glyph::Bars,
        Place::Settings => Glyph::Sliders,
    }
}
