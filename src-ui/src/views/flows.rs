//! The place of the flows: all of them and a box to make another, or one of them whole.

mod flow;
mod import;
mod shelf;
mod toolbar;

use flowmeter_domain::Counter;
use flowmeter_domain::Kind;
use flowmeter_domain::ipc::{PlanEnd, PlanOutcome};
use yew::prelude::*;

use crate::components::Remedy;
use crate::stores::{App, Note, Sentence, use_app, use_sentence};
use flow::FlowPage;
use shelf::Shelf;

/// The view.
#[component]
pub fn Flows() -> Html {
    let app = use_app();
    let draft = use_sentence(Sentence::Plan);
    use_effect_with((), {
        let app = app.clone();
        move |()| app.load_flows()
    });
    use_planned(&app, &draft);
    match app.flows.open.clone() {
        Some(view) => {
            let key = view.flow_id.to_string();
            html! { <FlowPage {key} {view} /> }
        }
        None => html! { <Shelf {draft} /> },
    }
}

/// A plan that made a flow is put away; the flow is shown, unless the person looks at another.
#[hook]
fn use_planned(app: &App, draft: &Note<Sentence, AttrValue>) {
    let planning = app.flows.shelf.as_ref().and_then(|shelf| shelf.planning.as_ref());
    let made = planning.and_then(|planning| match planning.end.as_ref()? {
        PlanEnd { outcome: PlanOutcome::Made { flow_id }, charged } => Some((*flow_id, *charged)),
        _ => None,
    });
    let prompt = planning.map(|planning| planning.prompt.clone()).unwrap_or_default();
    let (app, draft) = (app.clone(), draft.clone());
    use_effect_with(made, move |made| {
        let Some((flow_id, charged)) = *made else { return };
        // Another sentence may have been begun meanwhile.
        if draft.latest().trim() == prompt {
            draft.set(AttrValue::default());
        }
        app.note_made(flow_id, charged);
        if app.flows.open.is_none() {
            app.open_flow(flow_id);
        }
    });
}

/// The flow generations of the last reading.
fn generations(app: &App) -> Option<Counter> {
    app.quota.as_ref()?.snapshot.as_ref()?.quota.get(Kind::FlowGenerations)
}

/// What helps after a failure; `again` asks for the same once more.
fn on_remedy(app: &App, again: impl Fn(&App) + 'static) -> Callback<Remedy> {
    let app = app.clone();
    Callback::from(move |remedy| match remedy {
        Remedy::SignIn => app.sign_in_again(),
        Remedy::Read => app.refresh_quota(),
        Remedy::Again => again(&app),
    })
}
