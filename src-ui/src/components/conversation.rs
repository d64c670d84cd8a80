//! The runs of this launch, oldest first, and a spoken line about the end of the newest.

use std::rc::Rc;

use flowmeter_domain::Counter;
use yew::prelude::*;

use super::RunView;
use super::run_meta::{charged_text, outcome_text};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::Run;

/// Which runs.
#[derive(PartialEq, Properties)]
pub struct ConversationProps {
    /// Oldest first.
    pub runs: Vec<Rc<Run>>,
    /// The LLM runs of the last reading.
    pub counter: Option<Counter>,
    /// The person wants to ask again.
    pub on_edit: Callback<AttrValue>,
}

/// The runs.
#[component]
pub fn Conversation(props: &ConversationProps) -> Html {
    let texts = use_translator();
    let spoken = props.runs.last().map(|run| announcement(&texts, run));
    html! {
        <section class="conversation" aria-label={texts.text(Text::RunsTitle)}>
            for run in &props.runs {
                <RunView key={run.view.run_id.to_string()} run={run.clone()} counter={props.counter} on_edit={&props.on_edit} />
            }
            <p class="unseen" role="status" aria-live="polite" data-testid="announcement">{ spoken }</p>
        </section>
    }
}

fn announcement(texts: &Translator, run: &Run) -> AttrValue {
    let Some(end) = &run.view.end else { return texts.text(Text::RunRunning) };
    let (outcome, charge) = (texts.text(outcome_text(&end.outcome)), texts.text(charged_text(end.charged)));
    texts.fill(Text::RunAnnounce, [("outcome", outcome.as_str().into()), ("charge", charge.as_str().into())])
}
