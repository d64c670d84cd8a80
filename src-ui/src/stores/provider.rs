//! Brings into the store what the backend tells: the first state, every event, missed runs, and the time.

use flowmeter_domain::ipc::{
    Accounts, Event, FlowRunEvent, FlowRunView, FlowShelf, FlowView, GetFlowRun, GetRun, GetStart, PlanNews,
    QuotaState, RunEvent, RunView, SessionState, SetRunChoices,
};
use flowmeter_domain::preferences::Preferences;
use flowmeter_domain::{RunChoices, RunId, UiError};
use gloo::timers::callback::{Interval, Timeout};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::flow_run::FlowRunAction;
use super::flows::FlowAction;
use super::pace::{Pace, Paced};
use super::state::{Action, State};
use crate::browser;
use crate::ipc::{self, Listener};

/// In the browser's records: the first state has come, and is drawn with the next frame.
const OPEN: &str = "flowmeter-open";
/// Ages are told in minutes: half of one keeps them right.
const TICK_MS: u32 = 30_000;
/// How long a choice rests before it is kept.
const CHOSEN_MS: u32 = 300;

/// The store as components hold it.
pub(super) type Handle = UseReducerHandle<State>;

/// The way into the store for closures that outlive a frame: a handle would show them old state.
type Dispatcher = UseReducerDispatcher<State>;

/// What the provider needs.
#[derive(PartialEq, Properties)]
pub struct AppProviderProps {
    /// The page.
    pub children: Html,
}

/// Owns the store and keeps it up to date.
#[component]
pub fn AppProvider(props: &AppProviderProps) -> Html {
    let store = use_reducer(|| State::opening(browser::now(), browser::language()));
    use_backend(store.dispatcher());
    use_clock(store.dispatcher());
    use_repairs(&store);
    use_flow_repairs(&store);
    use_kept_choices(&store);
    html! { <ContextProvider<Handle> context={store}>{ props.children.clone() }</ContextProvider<Handle>> }
}

/// Listens first and asks for the state then: what changes in between arrives as an event.
#[hook]
fn use_backend(store: Dispatcher) {
    let listeners = use_mut_ref(Vec::<Listener>::new);
    use_effect_with((), move |()| {
        spawn_local(async move {
            match listen(&store).await {
                Ok(all) => *listeners.borrow_mut() = all,
                Err(error) => return store.dispatch(Action::OpenFailed(error)),
            }
            let opened = ipc::call(GetStart {}).await;
            browser::mark(OPEN);
            store.dispatch(opened.map_or_else(Action::OpenFailed, Action::Opened));
        });
    });
}

async fn listen(store: &Dispatcher) -> Result<Vec<Listener>, UiError> {
    Ok(vec![
        forward::<SessionState>(store, Action::Session).await?,
        forward::<QuotaState>(store, Action::Quota).await?,
        forward_paced::<RunEvent>(store, Action::Run).await?,
        forward::<Accounts>(store, Action::Accounts).await?,
        forward::<RunView>(store, Action::RunRepaired).await?,
        forward::<Preferences>(store, Action::Preferred).await?,
        forward::<FlowShelf>(store, |shelf| Action::Flow(FlowAction::Shelf(shelf))).await?,
        forward::<PlanNews>(store, |news| Action::Flow(FlowAction::Plan(news))).await?,
        forward::<FlowView>(store, |view| Action::Flow(FlowAction::View(view.into()))).await?,
        forward_paced::<FlowRunEvent>(store, |event| Action::FlowRun(FlowRunAction::Told(event))).await?,
        forward::<FlowRunView>(store, |view| Action::FlowRun(FlowRunAction::Whole(view))).await?,
        forward::<RunChoices>(store, Action::Choices).await?,
    ])
}

async fn forward<E: Event>(store: &Dispatcher, action: fn(E) -> Action) -> Result<Listener, UiError> {
    let store = store.clone();
    ipc::listen(move |event| store.dispatch(action(event))).await
}

async fn forward_paced<E: Event + Paced>(
    store: &Dispatcher,
    action: fn(E) -> Action,
) -> Result<Listener, UiError> {
    let store = store.clone();
    let pace = Pace::new(move |event| store.dispatch(action(event)));
    ipc::listen(move |event| pace.hear(event)).await
}

#[hook]
fn use_clock(store: Dispatcher) {
    use_effect_with((), move |()| {
        let interval = Interval::new(TICK_MS, move || store.dispatch(Action::Tick(browser::now())));
        move || drop(interval)
    });
}

/// Keeps how the person runs prompts, a moment after they chose last: some of it is typed.
#[hook]
fn use_kept_choices(store: &Handle) {
    let (chosen, choices) = (store.chosen, store.choices.clone());
    let store = store.dispatcher();
    use_effect_with(chosen, move |chosen| {
        let keep = move || {
            spawn_local(async move {
                if let Err(error) = ipc::call(SetRunChoices { choices }).await {
                    store.dispatch(Action::Refused(error));
                }
            });
        };
        let pending = (*chosen > 0).then(|| Timeout::new(CHOSEN_MS, keep));
        move || drop(pending)
    });
}

/// Asks for every run that missed an event, once for each time it did.
#[hook]
fn use_repairs(store: &Handle) {
    let wanted: Vec<(RunId, u32)> = store.repairs.iter().map(|(id, repair)| (*id, repair.attempt)).collect();
    let store = store.dispatcher();
    use_effect_with(wanted, move |wanted| {
        for &(run_id, _) in wanted {
            let store = store.clone();
            spawn_local(async move {
                let whole = ipc::call(GetRun { run_id }).await;
                store.dispatch(whole.map_or(Action::RunRepairFailed(run_id), Action::RunRepaired));
            });
        }
    });
}

/// As [`use_repairs`], for runs of flows.
#[hook]
fn use_flow_repairs(store: &Handle) {
    let repairs = store.flow_runs.repairs.iter();
    let wanted: Vec<(RunId, u32)> = repairs.map(|(id, repair)| (*id, repair.attempt)).collect();
    let store = store.dispatcher();
    use_effect_with(wanted, move |wanted| {
        for &(run_id, _) in wanted {
            let store = store.clone();
            spawn_local(async move {
                let whole = ipc::call(GetFlowRun { run_id }).await;
                let action = whole.map_or(FlowRunAction::RepairFailed(run_id), FlowRunAction::Whole);
                store.dispatch(Action::FlowRun(action));
            });
        }
    });
}
