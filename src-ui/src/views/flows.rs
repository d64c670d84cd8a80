//! The place of the flows: all of them and a box to make another, or one of them whole.

mod flow;
mod import;
mod shelf;
mod toolbar;

use flowmeter_domain::Counter;
use flowmeter_domain::Kind;
use flowmeter_domain::ipc::PlanOutcome;
use yew::prelude::*;

use crate::stores::{App, use_app};
use flow::FlowPage;
use shelf::Shelf;

/// The view.
#[component]
pub fn Flows() -> Html {
    let app = use_app();
    let draft = use_state(AttrValue::default);
    use_effect_with((), {
        let app = app.clone();
        move |()| app.load_flows()
    });
    use_planned(&app, draft.setter());
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
fn use_planned(app: &App, draft: UseStateSetter<AttrValue>) {
    let end = app.flows.shelf.as_ref().and_then(|shelf| shelf.planning.as_ref()?.end.clone());
    let made = end.and_then(|end| match end.outcome {
        PlanOutcome::Made { flow_id } => Some(flow_id),
        _ => None,
    });
    let app = app.clone();
    use_effect_with(made, move |made| {
        let Some(flow_id) = *made else { return };
        draft.set(AttrValue::default());
        app.close_plan();
        if app.flows.open.is_none() {
            app.open_flow(flow_id);
        }
    });
}

/// The flow generations of the last reading.
fn generations(app: &App) -> Option<Counter> {
    app.quota.as_ref()?.snapshot.as_ref()?.quota.get(Kind::FlowGenerations)
}
