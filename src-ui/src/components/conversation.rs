//! The runs of this launch, oldest first, and a spoken line about what began or ended last.

use std::collections::BTreeSet;
use std::rc::Rc;

use flowmeter_domain::Counter;
use flowmeter_domain::preferences::Figures;
use yew::prelude::*;

use super::run_meta::{charged_text, outcome_text};
use super::{RunView, RunWish, Spoken};
use crate::locales::{Text, Translator, use_translator};
use crate::stores::Run;

/// Which runs.
#[derive(PartialEq, Properties)]
pub struct ConversationProps {
    /// Oldest first.
    pub runs: Vec<Rc<Run>>,
    /// The LLM runs of the last reading.
    pub counter: Option<Counter>,
    /// Which of its numbers comes first.
    pub figures: Figures,
    /// Whether nobody has to sign in first.
    pub is_inside: bool,
    /// The person wants something of a run.
    pub on_wish: Callback<RunWish>,
}

/// The runs.
#[component]
pub fn Conversation(props: &ConversationProps) -> Html {
    let texts = use_translator();
    let spoken = use_newest(&props.runs).map(|run| announcement(&texts, &run));
    html! {
        <section class="conversation" aria-label={texts.text(Text::RunsTitle)}>
            for run in &props.runs {
                <RunView key={run.view.run_id.to_string()} run={run.clone()} counter={props.counter} figures={props.figures}
                    is_inside={props.is_inside} on_wish={&props.on_wish} />
            }
            if let Some(run) = props.runs.last() {
                <Spoken key={run.view.run_id.to_string()} text={run.view.text.content.clone()} ended={!run.is_running()} />
            }
            <p class="unseen" role="status" aria-live="polite" data-testid="announcement">{ spoken }</p>
        </section>
    }
}

/// The run of the newest news: that which began or ended last.
#[hook]
fn use_newest(runs: &[Rc<Run>]) -> Option<Rc<Run>> {
    let known = use_mut_ref(BTreeSet::new);
    let newest = use_mut_ref(|| None);
    let mut known = known.borrow_mut();
    for run in runs {
        if known.insert((run.view.run_id, run.is_running())) {
            *newest.borrow_mut() = Some(run.view.run_id);
        }
    }
    let id = (*newest.borrow())?;
    runs.iter().find(|run| run.view.run_id == id).cloned()
}

fn announcement(texts: &Translator, run: &Run) -> AttrValue {
    let Some(end) = &run.view.end else { return texts.text(Text::RunRunning) };
    let (outcome, charge) = (texts.text(outcome_text(&end.outcome)), texts.text(charged_text(end.charged)));
    texts.fill(Text::RunAnnounce, [("outcome", outcome.as_str().into()), ("charge", charge.as_str().into())])
}
