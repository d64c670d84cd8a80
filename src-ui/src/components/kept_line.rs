//! A line of the list of kept runs: what it is called, where a searched word is, how it ended and when.

use flowmeter_domain::ipc::{Found, KeptRun};
use jiff::Timestamp;
use yew::prelude::*;

use super::run_meta::{glyph, outcome_text};
use super::{Glyph, Icon};
use crate::browser;
use crate::locales::{Text, Translator, use_translator};

/// Days for which "3 d ago" says more than a date.
const RECENT_DAYS: i64 = 7;

/// Which run.
#[derive(PartialEq, Properties)]
pub struct KeptLineProps {
    /// The run.
    pub run: KeptRun,
    /// Whether it is the one that is read.
    pub is_open: bool,
    /// The time by which its age is told.
    pub now: Timestamp,
    /// The person wants to read it.
    pub on_open: Callback<KeptRun>,
}

/// The line.
#[component]
pub fn KeptLine(props: &KeptLineProps) -> Html {
    let texts = use_translator();
    let run = props.run.clone();
    let onclick = props.on_open.reform(move |_: MouseEvent| run.clone());
    html! {
        <li>
            <button type="button" class="kept-line" aria-current={props.is_open.then_some("true")} data-testid="kept-line"
                data-run={props.run.run_id.to_string()} {onclick}>
                <span class="kept-title">{ kept_title(&texts, &props.run) }</span>
                if let Some(found) = &props.run.found { { excerpt(found) } }
                <span class="kept-facts">{ outcome(&texts, &props.run) }{ when(&texts, props.run.started_at, props.now) }<span class="kept-model">{ &props.run.model }</span></span>
            </button>
        </li>
    }
}

/// What a kept run is called: by the person, else by the first line of its prompt.
pub fn kept_title(texts: &Translator, run: &KeptRun) -> AttrValue {
    let first_line = || run.prompt.trim().lines().next().filter(|line| !line.is_empty()).map(str::to_owned);
    run.name.clone().or_else(first_line).map_or_else(|| texts.text(Text::KeptUntitled), AttrValue::from)
}

fn excerpt(found: &Found) -> Html {
    html! { <span class="kept-found">{ &found.before }<mark>{ &found.hit }</mark>{ &found.after }</span> }
}

fn outcome(texts: &Translator, run: &KeptRun) -> Html {
    let (glyph, words, name) = match &run.end {
        Some(end) => (glyph(&end.outcome), outcome_text(&end.outcome), end.outcome.name()),
        None => (Glyph::Dot, Text::RunRunning, "running"),
    };
    html! { <span class="kept-outcome" data-outcome={name}><Icon {glyph} />{ texts.text(words) }</span> }
}

/// How long ago it was, or on which day.
pub(super) fn when(texts: &Translator, at: Timestamp, now: Timestamp) -> Html {
    let (age, language) = (now.duration_since(at), texts.language().tag());
    let words = match age.as_hours() / 24 {
        ..RECENT_DAYS => texts.age(age),
        _ => browser::local_date(at.to_zoned(jiff::tz::TimeZone::UTC).date(), language).into(),
    };
    html! { <time datetime={at.to_string()} title={browser::local_time(at, language)}>{ words }</time> }
}
