//! The flows of an account: kept with their versions, planned and changed by a sentence.
//!
//! Every flow is in the store, so that what a person made survives a restart. In memory is only what
//! goes on: the plan that is being made (`plan`), and changes that are asked for or wait to be taken or
//! dropped (`modify`). Reading and writing the web product's JSON is in `document`, laying out in `arrange`.
//!
//! Not here: running a flow.

mod arrange;
mod document;
mod modify;
mod plan;
mod requests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::flow::{Flow, validate};
use flowmeter_domain::ipc::{AccountKey, FlowId, FlowShelf, FlowView, Origin, Step};
use flowmeter_domain::{Code, UiError};

use crate::quota::Quotas;
use crate::relay::Relay;
use crate::session::Session;
use crate::store::{KeptFlow, NewVersion, Store};
use crate::{Clock, Events, News, Outside};
use modify::Asked;
use plan::Plan;

/// The longest name of a flow, in characters.
const LONGEST_NAME: usize = 120;

/// The flows of one account. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Flows(Arc<Inner>);

struct Inner {
    relay: Relay,
    session: Session,
    quotas: Quotas,
    store: Store,
    owner: AccountKey,
    events: Arc<dyn Events>,
    clock: Clock,
    going_on: Mutex<GoingOn>,
}

/// What is not in the store.
#[derive(Default)]
struct GoingOn {
    /// The newest plan, until it is put away.
    plan: Option<Plan>,
    /// Changes by the flow that they are about.
    asked: HashMap<FlowId, Asked>,
}

/// What a desk lends to its flows and their runs.
#[derive(Clone)]
pub(crate) struct Lent {
    pub(crate) relay: Relay,
    pub(crate) session: Session,
    pub(crate) quotas: Quotas,
    pub(crate) store: Store,
    pub(crate) owner: AccountKey,
}

impl Flows {
    pub(crate) fn new(lent: Lent, outside: &Outside) -> Self {
        let Lent { relay, session, quotas, store, owner } = lent;
        let (events, clock) = (outside.events.clone(), outside.clock.clone());
        let going_on = Mutex::default();
        Self(Arc::new(Inner { relay, session, quotas, store, owner, events, clock, going_on }))
    }

    /// All flows in short, and the plan that is being made.
    pub(crate) fn shelf(&self) -> Result<FlowShelf, UiError> {
        let flows = self.0.store.flows(&self.0.owner)?;
        Ok(FlowShelf { flows, planning: self.going_on().planning() })
    }

    /// A flow whole.
    ///
    /// # Errors
    /// `NOT_FOUND`, `STORE_FAILED`.
    pub(crate) fn view(&self, flow_id: FlowId) -> Result<FlowView, UiError> {
        let KeptFlow { name, flow, origin, can_undo, can_redo } = self.kept(flow_id)?;
        let (layout, faults) = (arrange::layout_of(&flow), validate(&flow));
        let modifying = self.going_on().asked.get(&flow_id).and_then(Asked::told);
        Ok(FlowView { flow_id, name, flow, layout, faults, origin, can_undo, can_redo, modifying })
    }

    /// Goes to another version.
    ///
    /// # Errors
    /// `CONFLICT` while a change waits; `NOT_FOUND` where there is no such version.
    pub(crate) fn step(&self, flow_id: FlowId, step: Step) -> Result<FlowView, UiError> {
        self.check_free(flow_id)?;
        let stepped = self.0.store.step_flow(&self.0.owner, flow_id, step == Step::Redo)?;
        self.changed(flow_id, stepped)
    }

    /// Gives it another name, which is its title as well.
    ///
    /// # Errors
    /// `INVALID_INPUT` for a name that is none; else as [`Flows::step`].
    pub(crate) fn rename(&self, flow_id: FlowId, name: &str) -> Result<FlowView, UiError> {
        let name = checked_name(name)?;
        let mut flow = self.kept(flow_id)?.flow;
        flow.title = Some(name);
        self.add_version(flow_id, &flow, &Origin::Renamed)
    }

    /// Lays it out anew.
    ///
    /// # Errors
    /// As [`Flows::step`].
    pub(crate) fn arrange(&self, flow_id: FlowId) -> Result<FlowView, UiError> {
        let kept = self.kept(flow_id)?;
        let mut flow = kept.flow.clone();
        arrange::arranged(&flow).place(&mut flow);
        if flow == kept.flow {
            return self.view(flow_id);
        }
        self.add_version(flow_id, &flow, &Origin::Arranged)
    }

    /// Makes a copy under a name of its own.
    ///
    /// # Errors
    /// `NOT_FOUND`, `INVALID_INPUT`, `STORE_FAILED`.
    pub(crate) fn duplicate(&self, flow_id: FlowId, name: &str) -> Result<FlowView, UiError> {
        let name = checked_name(name)?;
        let mut flow = self.kept(flow_id)?.flow;
        flow.title = Some(name.clone());
        self.keep(&flow, &Origin::Duplicated, &name).and_then(|copy| self.view(copy))
    }

    /// Marks it as deleted, or brings it back.
    ///
    /// # Errors
    /// `NOT_FOUND`, `STORE_FAILED`.
    pub(crate) fn mark_deleted(&self, flow_id: FlowId, deleted: bool) -> Result<(), UiError> {
        let marked = self.0.store.mark_flow_deleted(&self.0.owner, flow_id, deleted)?;
        if !marked {
            return Err(not_found(flow_id));
        }
        if deleted && let Some(asked) = self.going_on().asked.remove(&flow_id) {
            asked.stop();
        }
        self.tell_shelf();
        Ok(())
    }

    /// Takes in a flow from JSON; what can be put right is put right.
    ///
    /// # Errors
    /// `INVALID_INPUT`, saying where, for text that is no flow.
    pub(crate) fn import(&self, text: &str, name: &str) -> Result<FlowView, UiError> {
        let (flow, repairs) = document::read(text)?;
        let name = flow.title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(name);
        let name = shortened(name);
        self.keep(&flow, &Origin::Imported { repairs }, &name).and_then(|id| self.view(id))
    }

    /// A flow as the web product's JSON, and the name of a file for it.
    ///
    /// # Errors
    /// `NOT_FOUND`, `STORE_FAILED`.
    pub(crate) fn export(&self, flow_id: FlowId) -> Result<flowmeter_domain::history::Exported, UiError> {
        let kept = self.kept(flow_id)?;
        document::write(&kept.flow, &kept.name)
    }

    /// Keeps a new flow.
    fn keep(&self, flow: &Flow, origin: &Origin, name: &str) -> Result<FlowId, UiError> {
        let flow_id = FlowId::random();
        let first = NewVersion { flow, origin, name, at: (self.0.clock)() };
        self.0.store.keep_flow(&self.0.owner, flow_id, &first)?;
        self.tell_shelf();
        Ok(flow_id)
    }

    /// Makes `flow` the version that holds. Its title is its name; without one it keeps its name.
    fn add_version(&self, flow_id: FlowId, flow: &Flow, origin: &Origin) -> Result<FlowView, UiError> {
        self.check_free(flow_id)?;
        let was = self.kept(flow_id)?.name;
        let name = flow.title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(&was);
        let name = shortened(name);
        let next = NewVersion { flow, origin, name: &name, at: (self.0.clock)() };
        let added = self.0.store.add_version(&self.0.owner, flow_id, &next)?;
        self.changed(flow_id, added)
    }

    fn changed(&self, flow_id: FlowId, done: bool) -> Result<FlowView, UiError> {
        if !done {
            return Err(not_found(flow_id));
        }
        self.tell_shelf();
        self.view(flow_id)
    }

    fn kept(&self, flow_id: FlowId) -> Result<KeptFlow, UiError> {
        self.0.store.flow(&self.0.owner, flow_id)?.ok_or_else(|| not_found(flow_id))
    }

    /// A change was asked for this version: it must not be another one when the change is taken.
    fn check_free(&self, flow_id: FlowId) -> Result<(), UiError> {
        let waits = self.going_on().asked.get(&flow_id).is_some_and(Asked::waits);
        let conflict = || UiError::new(Code::Conflict, "a change of this flow waits to be taken or dropped");
        if waits { Err(conflict()) } else { Ok(()) }
    }

    fn tell_shelf(&self) {
        match self.shelf() {
            Ok(shelf) => self.0.events.tell(News::Flows(shelf)),
            Err(error) => tracing::warn!(%error, "the flows could not be listed"),
        }
    }

    fn tell_view(&self, flow_id: FlowId) {
        // One that was deleted meanwhile is told of by the shelf.
        if let Ok(view) = self.view(flow_id) {
            self.0.events.tell(News::Flow(Box::new(view)));
        }
    }

    fn going_on(&self) -> MutexGuard<'_, GoingOn> {
        self.0.going_on.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_found(flow_id: FlowId) -> UiError {
    UiError::new(Code::NotFound, format!("there is no flow {flow_id}"))
}

fn checked_name(name: &str) -> Result<String, UiError> {
    let name = shortened(name);
    if name.is_empty() { Err(UiError::new(Code::InvalidInput, "a flow needs a name")) } else { Ok(name) }
}

fn shortened(name: &str) -> String {
    name.trim().chars().take(LONGEST_NAME).collect()
}
