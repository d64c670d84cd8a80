//! The one store: what the page knows, how it changes, and how views get at it.
//!
//! [`State`] and its `reduce` are pure and know no web types. The provider brings in what the
//! backend tells; the hook gives a view the state and the verbs of the app.

mod apps;
mod asked;
mod clearing;
mod door;
mod draft;
mod enter;
mod flow_run;
mod flows;
mod hook;
mod kept;
mod notes;
mod pace;
mod place;
mod preferred;
mod provider;
mod run;
mod state;

pub use asked::{Asked, use_flow_check, use_history, use_machine, use_models};
pub use clearing::Clearing;
pub use door::{Door, DoorAction, Mail, Step};
pub use draft::{Aside, Draft, DraftAction, Setting};
pub use enter::Wish;
pub use flow_run::{FlowRepair, FlowRunAction, FlowRuns};
pub use flows::{FlowAction, Flows};
pub use hook::{App, use_app};
pub use kept::{Kept, KeptAction, use_kept_runs, use_reading};
pub use notes::{Note, Notebook, Sentence, use_given, use_sentence};
pub use place::Place;
pub use provider::AppProvider;
pub use run::{Repair, Run, Told, Written};
pub use state::{Action, Phase, State, TakenHome};
