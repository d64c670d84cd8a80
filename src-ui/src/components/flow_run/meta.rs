//! How a run of a flow ended, what it cost and when it was: one line under what it shows.

use std::rc::Rc;

use flowmeter_domain::Charged;
use flowmeter_domain::flow::execution::FlowEnd;
use flowmeter_domain::ipc::FlowRunView;
use jiff::Timestamp;
use yew::prelude::*;

use crate::components::Icon;
use crate::components::kept_line::when;
use crate::components::run_meta::{glyph, left_told, outcome_text};
use crate::locales::{Text, Translator, use_translator};

/// Of which run.
#[derive(PartialEq, Properties)]
pub struct FlowRunMetaProps {
    /// The run.
    pub run: Rc<FlowRunView>,
    /// The time by which its age is told.
    pub now: Timestamp,
}

/// The line; nothing while it runs.
#[component]
pub fn FlowRunMeta(props: &FlowRunMetaProps) -> Html {
    let texts = use_translator();
    let Some(end) = &props.run.end else { return html! {} };
    let (glyph, words) = (glyph(&end.outcome), outcome_text(&end.outcome));
    html! {
        <div class="meta" data-testid="flow-run-meta">
            // Its age is not spoken: it would be said again each time that it changes.
            <p class="meta" role="status">
                <span class="meta-outcome"><Icon {glyph} />{ texts.text(words) }</span>{ " " }
                <span data-testid="flow-run-charged" data-llm={end.llm_runs.to_string()} data-unsure={end.unsure.to_string()}
                    data-app={(end.app_use == Charged::Yes).to_string()}>{ charged(&texts, end) }</span>
            </p>
            for left in &props.run.left { { left_told(&texts, *left) } }
            { when(&texts, props.run.started_at, props.now) }
        </div>
    }
}

fn charged(texts: &Translator, end: &FlowEnd) -> AttrValue {
    let mut parts: Vec<AttrValue> = Vec::new();
    if end.app_use == Charged::Yes {
        parts.push(texts.text(Text::FlowRunChargedApp));
    }
    if end.llm_runs > 0 {
        parts.push(texts.fill(Text::FlowRunChargedLlm, [("count", end.llm_runs.into())]));
    }
    if parts.is_empty() && end.app_use == Charged::No {
        parts.push(texts.text(Text::RunNotCharged));
    }
    if end.app_use == Charged::Unknown {
        parts.push(texts.text(Text::FlowRunUnsureApp));
    }
    if end.unsure > 0 {
        parts.push(texts.fill(Text::FlowRunUnsureLlm, [("count", end.unsure.into())]));
    }
    parts.iter().map(AttrValue::as_str).collect::<Vec<_>>().join(" · ").into()
}
