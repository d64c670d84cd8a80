//! How much of a limit is used, or left, as a bar.
//!
//! Drawn as SVG: the page's security policy forbids style attributes, and a width in SVG is none.

use flowmeter_domain::preferences::Figures;
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
    /// Whether it fills with what is used, or drains with what is left.
    pub figures: Figures,
}

/// A bar.
#[component]
pub fn ProgressBar(props: &ProgressBarProps) -> Html {
    let texts = use_translator();
    let Counter { used, limit } = props.counter;
    let (text, now) = match props.figures {
        Figures::Used => (texts.fill(Text::QuotaOf, [("used", used.into()), ("limit", limit.into())]), used),
        Figures::Left => {
            let left = props.counter.remaining();
            (texts.fill(Text::QuotaOfLeft, [("left", left.into()), ("limit", limit.into())]), left)
        }
    };
    html! {
        <div class={classes!("bar", level_class(props.counter.level()))} role="progressbar" aria-label={&props.label}
            aria-valuemin="0" aria-valuemax={limit.max(0).to_string()}
            aria-valuenow={now.clamp(0, limit.max(0)).to_string()} aria-valuetext={text}>
            <svg width="100%" height="100%" aria-hidden="true" focusable="false">
                <rect class="bar-value" height="100%" width={format!("{:.2}%", share(props.counter, props.figures))} />
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

/// A limit of 0 has nothing left to show.
fn share(counter: Counter, figures: Figures) -> f64 {
    let used = if counter.limit <= 0 { 100.0 } else { counter.percentage() };
    match figures {
        Figures::Used => used,
        Figures::Left => 100.0 - used,
    }
}
