//! Kept runs: what the person did to them on this page, and the list and the reading of them.
//!
//! The list belongs to its view; what was done since it was read is laid over it, so that nothing jumps.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use flowmeter_domain::conversation::Earlier;
use flowmeter_domain::ipc::{
    ContinueRun, DeleteRun, KeptRun, KeptRuns, ListRuns, ReadRun, RenameRun, RestoreRun, RunView, RunWords,
    SaveRun,
};
use flowmeter_domain::{ConversationId, NodeRequest, RunId, UiError};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::asked::{Asked, use_asked};
use super::hook::App;
use super::place::Place;
use super::state::Action;
use crate::ipc;

/// What was done to kept runs since the page opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Deleted, and not brought back.
    pub deleted: BTreeSet<RunId>,
    /// How often one was brought back.
    pub restored: u32,
    /// The one that was deleted last, while it can be brought back here.
    pub undo: Option<RunId>,
    /// Named anew; empty for no name.
    pub names: BTreeMap<RunId, String>,
}

/// Something that was done to a kept run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptAction {
    /// It was deleted.
    Deleted(RunId),
    /// It was brought back.
    Restored(RunId),
    /// It was given a name, or none.
    Renamed(RunId, String),
    /// The person does not want to bring anything back.
    UndoClosed,
}

impl Kept {
    /// Takes in what was done.
    pub fn reduce(&mut self, action: KeptAction) {
        match action {
            KeptAction::Deleted(run_id) => {
                self.deleted.insert(run_id);
                self.undo = Some(run_id);
            }
            KeptAction::Restored(run_id) => {
                self.deleted.remove(&run_id);
                self.restored += 1;
                self.undo = None;
            }
            KeptAction::Renamed(run_id, name) => drop(self.names.insert(run_id, name)),
            KeptAction::UndoClosed => self.undo = None,
        }
    }

    /// What is left of `runs`, by their newest names.
    pub fn over(&self, runs: &[KeptRun]) -> Vec<KeptRun> {
        let left = runs.iter().filter(|run| !self.deleted.contains(&run.run_id)).cloned();
        left.map(|run| match self.names.get(&run.run_id) {
            Some(name) => KeptRun { name: Some(name.clone()).filter(|name| !name.is_empty()), ..run },
            None => run,
        })
        .collect()
    }
}

/// The pages that were read.
#[derive(Clone, Debug, PartialEq)]
struct Pages(Asked<KeptRuns>);

enum Page {
    First(Result<KeptRuns, UiError>),
    Next(KeptRuns),
}

impl Reducible for Pages {
    type Action = Page;

    fn reduce(self: Rc<Self>, page: Page) -> Rc<Self> {
        Rc::new(Self(match (page, &self.0) {
            (Page::First(first), _) => first.map_or_else(Asked::Failed, Asked::Here),
            (Page::Next(next), Asked::Here(before)) => {
                let runs = before.runs.iter().cloned().chain(next.runs).collect();
                Asked::Here(KeptRuns { runs, next: next.next })
            }
            (Page::Next(_), other) => other.clone(),
        }))
    }
}

/// The kept runs with the words of `search`, and a way to read on. Read anew when a run starts, ends or is
/// brought back, and when `again` changes.
#[hook]
pub fn use_kept_runs(app: &App, search: &AttrValue, again: u32) -> (Asked<KeptRuns>, Callback<()>) {
    let pages = use_reducer(|| Pages(Asked::Waiting));
    let newest = use_mut_ref(|| 0_u32);
    let account = app.account().map(|account| account.user_id);
    let running = app.runs.iter().filter(|run| run.is_running()).count();
    let moved = (app.runs.len(), running, app.kept.restored, app.clearing);
    {
        let (pages, newest) = (pages.dispatcher(), newest.clone());
        use_effect_with((search.clone(), again, account, moved), move |(search, ..)| {
            *newest.borrow_mut() += 1;
            let (asked, request) = (*newest.borrow(), ListRuns { search: search.to_string(), after: None });
            spawn_local(async move {
                let first = ipc::call(request).await;
                if *newest.borrow() == asked {
                    pages.dispatch(Page::First(first));
                }
            });
        });
    }
    let more = {
        let (pages, search) = (pages.clone(), search.clone());
        Callback::from(move |()| {
            let Asked::Here(KeptRuns { next: Some(after), .. }) = pages.0 else { return };
            let request = ListRuns { search: search.to_string(), after: Some(after) };
            let (pages, newest, asked) = (pages.dispatcher(), newest.clone(), *newest.borrow());
            spawn_local(async move {
                // Without an answer the button stays and asks again.
                if let Ok(next) = ipc::call(request).await
                    && *newest.borrow() == asked
                {
                    pages.dispatch(Page::Next(next));
                }
            });
        })
    };
    (pages.0.clone(), more)
}

/// A kept run with its conversation; `again` asks again.
#[hook]
pub fn use_reading(app: &App, run_id: RunId, again: u32) -> Asked<Vec<RunView>> {
    use_asked(ReadRun { run_id }, (run_id, again, app.under_way()))
}

impl App {
    /// Goes on from a kept run, at home.
    pub fn go_on_from(&self, run_id: RunId) {
        self.take_up(run_id, |app, runs| {
            app.dispatch(Action::ConversationTakenUp(runs));
            app.go(Place::Home);
        });
    }

    /// Takes the prompt of a kept run home, to be changed there and run as it was then.
    pub fn edit_run(&self, run_id: RunId, request: NodeRequest, prompt: String) {
        self.take_up(run_id, |app, runs| app.dispatch(Action::PromptTaken(runs, request, prompt)));
    }

    /// Takes a prompt of the conversation at home into the field there, to be changed, with how it was run.
    pub fn edit_here(&self, request: NodeRequest, prompt: String) {
        self.dispatch(Action::PromptTaken(Vec::new(), request, prompt));
    }

    /// Runs a kept run once more, at home: a new run of its conversation, which is told what the first was told.
    pub fn run_again(&self, run_id: RunId, request: NodeRequest) {
        self.take_up(run_id, move |app, runs| {
            let at = runs.iter().position(|run| run.run_id == run_id).unwrap_or(runs.len());
            let conversation = runs.first().map_or_else(ConversationId::random, |run| run.conversation);
            app.dispatch(Action::ConversationTakenUp(runs.clone()));
            app.start_run_in(conversation, Earlier::of(runs[..at].iter()), request);
            app.go(Place::Home);
        });
    }

    /// Makes the conversation of a kept run one of this launch, and calls `then` with its runs.
    fn take_up(&self, run_id: RunId, then: impl FnOnce(&App, Vec<RunView>) + 'static) {
        let app = self.clone();
        spawn_local(async move {
            match ipc::call(ContinueRun { run_id }).await {
                Ok(runs) => then(&app, runs),
                Err(error) => app.dispatch(Action::Refused(error)),
            }
        });
    }

    /// Gives a kept run a name; an empty one takes it away.
    pub fn rename_run(&self, run_id: RunId, name: String) {
        let done = KeptAction::Renamed(run_id, name.trim().to_owned());
        self.keep(RenameRun { run_id, name }, done);
    }

    /// Deletes a kept run; it can be brought back for a while.
    pub fn delete_run(&self, run_id: RunId) {
        self.keep(DeleteRun { run_id }, KeptAction::Deleted(run_id));
    }

    /// Brings a deleted run back.
    pub fn restore_run(&self, run_id: RunId) {
        self.keep(RestoreRun { run_id }, KeptAction::Restored(run_id));
    }

    /// Lets a deletion stand.
    pub fn close_undo(&self) {
        self.dispatch(Action::Kept(KeptAction::UndoClosed));
    }

    /// Saves a run as a file.
    pub fn save_run(&self, run_id: RunId, words: RunWords) {
        let app = self.clone();
        spawn_local(async move {
            let saved = ipc::call(SaveRun { run_id, words }).await;
            app.dispatch(saved.map_or_else(Action::Refused, |saved| Action::Saved(saved.path)));
        });
    }

    fn keep<C: flowmeter_domain::ipc::Command<Response = ()>>(&self, request: C, done: KeptAction) {
        let app = self.clone();
        spawn_local(async move {
            let answer = ipc::call(request).await;
            app.dispatch(answer.map_or_else(Action::Refused, |()| Action::Kept(done)));
        });
    }
}
