//! How much of a limit is used, as a bar.
//!
//! Drawn as SVG: the page's security policy forbids style attributes, and a width in SVG is none.

use flowmeter_domain::{Counter, Level};
use yew::prelude::*;

use crate::locales::{Text, use_translator};

/// What a bar shows.
#[derive(PartialEq, Properties)]
pub struct ProgressBarProps {
    /// What is counted, in words.
    pub label: AttrValue,
    /// The numbers; a bar is full at the limit, whatever was used beyond it.
    pub counter: Counter,
}

/// A bar.
#[component]
pub fn ProgressBar(props: &ProgressBarProps) -> Html {
    let texts = use_translator();
    let Counter { used, limit } = props.counter;
    let gaps = [("used", used.into()), ("limit", limit.into())];
    html! {
        <div class={classes!("bar", level_class(props.counter.level()))} role="progressbar" aria-label={&props.label}
            aria-valuemin="0" aria-valuemax={limit.max(0).to_string()}
            aria-valuenow={used.clamp(0, limit.max(0)).to_string()} aria-valuetext={texts.fill(Text::QuotaOf, gaps)}>
            <svg width="100%" height="100%" aria-hidden="true" focusable="false">
                <rect class="bar-value" height="100%" width={format!("{:.2}%", share(props.counter))} />
            </svg>
        </div>
    }
}

/// The class that colours a level.
pub(super) fn level_class(level: Level) -> &'static str {
    match level {
        Level::Normal => "is-normal",
        Level::Warning => "is-warning",
        Level::Low => "is-low",
        Level::Exhausted => "is-exhausted",
    }
}

/// A limit of 0 has nothing left to show: its bar is full.
fn share(counter: Counter) -> f64 {
    if counter.limit <= 0 { 100.0 } else { counter.percentage() }
}
