//! Things that one view asks for when it is shown, and that nobody else needs: the history, the machine.
//!
//! Not in the [`State`](super::State): they have an owner in the backend, and nothing tells of them by itself.

use std::rc::Rc;

use flowmeter_domain::UiError;
use flowmeter_domain::flow::Flow;
use flowmeter_domain::flow::execution::Hindrance;
use flowmeter_domain::history::{History, Range};
use flowmeter_domain::ipc::{CheckFlow, Command, GetHistory, GetMachine, GetModels, Machine, Model};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::hook::App;
use crate::ipc;

/// What became of a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked<T> {
    /// The answer is on its way, and there is none from before.
    Waiting,
    /// The newest answer.
    Here(T),
    /// There was none.
    Failed(UiError),
}

/// The use of each day, asked anew whenever the account's reading changes; `again` asks again.
#[hook]
pub fn use_history(app: &App, range: Range, again: u32) -> Asked<History> {
    let quota = app.quota.as_ref().and_then(|quota| quota.snapshot.as_ref());
    let reading = quota.map(|snapshot| snapshot.quota.clone());
    let account = app.account().map(|account| account.user_id);
    use_asked(GetHistory { range }, (account, range, again, reading))
}

/// What this machine offers, asked anew whenever the preferences change.
#[hook]
pub fn use_machine(app: &App) -> Option<Machine> {
    match use_asked(GetMachine {}, app.preferences.clone()) {
        Asked::Here(machine) => Some(machine),
        Asked::Waiting | Asked::Failed(_) => None,
    }
}

/// What keeps a flow from being run here, asked anew whenever the flow changes; `None` until it is known.
#[hook]
pub fn use_flow_check(flow: &Rc<Flow>) -> Option<Rc<Vec<Hindrance>>> {
    match use_asked(CheckFlow { flow: Flow::clone(flow) }, flow.clone()) {
        Asked::Here(hindrances) => Some(Rc::new(hindrances)),
        Asked::Waiting | Asked::Failed(_) => None,
    }
}

/// The models that the project lists, asked anew for each account; none until it said, or when it does not.
#[hook]
pub fn use_models(app: &App) -> Vec<Model> {
    match use_asked(GetModels {}, app.account().map(|account| account.user_id)) {
        Asked::Here(models) => models,
        Asked::Waiting | Asked::Failed(_) => Vec::new(),
    }
}

/// Asks `request` now and whenever `because` changes. The answer to an older question is not shown.
#[hook]
pub(super) fn use_asked<C, B>(request: C, because: B) -> Asked<C::Response>
where
    C: Command,
    C::Response: Clone + 'static,
    B: PartialEq + 'static,
{
    let answer = use_state(|| Asked::Waiting);
    let newest = use_mut_ref(|| 0_u32);
    let setter = answer.setter();
    use_effect_with(because, move |_| {
        let asked = {
            let mut newest = newest.borrow_mut();
            *newest += 1;
            *newest
        };
        spawn_local(async move {
            let came = ipc::call(request).await;
            if *newest.borrow() == asked {
                setter.set(came.map_or_else(Asked::Failed, Asked::Here));
            }
        });
    });
    (*answer).clone()
}
