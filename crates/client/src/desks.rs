//! The accounts of this machine, each at a desk of its own: a session, a reading, runs, flows.
//!
//! One desk is shown. What was begun at another goes on there and is told to nobody until that desk
//! is shown again; so nothing of one account ever stands under another. A desk is opened when it is
//! first needed and stays for as long as the app runs, because a session that is signed out of and
//! into again must know its own key store writes.
//!
//! Not here: how a person gets in. That is the [`door`](crate::door)'s.

mod gate;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flowmeter_domain::ipc::{Account, AccountKey, Accounts, KnownAccount, SessionState};
use flowmeter_domain::{Code, RunChoices, UiError};
use flowmeter_supabase::Supabase;
use tokio::sync::watch;

use crate::edge::Edge;
use crate::flow_runs::FlowRuns;
use crate::flows::{Flows, Lent};
use crate::history::Histories;
use crate::kept::Keeping;
use crate::notifications::Notifier;
use crate::preferences::Preferred;
use crate::quota::{Kept, Quotas};
use crate::relay::Relay;
use crate::runs::{Runs, Through};
use crate::secrets::SecretStore;
use crate::session::Session;
use crate::settings::Connection;
use crate::store::Store;
use crate::{Clock, News, Outside};
use gate::{DeskEvents, Gate};

/// One account's session, reading, runs and flows. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) key: AccountKey,
    pub(crate) session: Session,
    pub(crate) quotas: Quotas,
    pub(crate) runs: Runs,
    pub(crate) flows: Flows,
    pub(crate) flow_runs: FlowRuns,
    pub(crate) histories: Histories,
    pub(crate) supabase: Supabase,
    store: Store,
    connection: Connection,
}

impl Desk {
    /// How the account runs prompts.
    pub(crate) fn run_choices(&self) -> RunChoices {
        self.store.run_choices(&self.key).unwrap_or_else(|error| {
            tracing::warn!(%error, "how prompts are run could not be read; the defaults hold");
            RunChoices::default()
        })
    }
}

/// All desks. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Desks(Arc<Inner>);

struct Inner {
    store: Store,
    secrets: Arc<dyn SecretStore>,
    clock: Clock,
    preferred: Preferred,
    gate: Arc<Gate>,
    room: Mutex<Room>,
    /// Whose desk is shown; for those who do something for as long as it is.
    shown: watch::Sender<Option<AccountKey>>,
}

#[derive(Default)]
struct Room {
    /// Where the next sign-in goes.
    door: Option<Connection>,
    desks: HashMap<AccountKey, Desk>,
    shown: Option<AccountKey>,
}

impl Desks {
    /// Opens the desk that was shown last. With `configured` from the environment only an account of
    /// that project: whoever starts the app against a project wants to see that project.
    pub(crate) fn open(
        configured: Option<Connection>,
        is_pinned: bool,
        store: Store,
        preferred: Preferred,
        outside: &Outside,
    ) -> Result<Self, UiError> {
        let host = configured.as_ref().filter(|_| is_pinned).map(|connection| connection.project.host());
        if let Some(connection) = &configured {
            store.keep_project(connection)?;
        }
        let last = store.last_shown(host.as_deref())?;
        let desks = Self(Arc::new(Inner {
            store,
            secrets: outside.secrets.clone(),
            clock: outside.clock.clone(),
            preferred,
            gate: Arc::new(Gate::new(outside.events.clone())),
            room: Mutex::new(Room { door: configured, ..Room::default() }),
            shown: watch::Sender::new(None),
        }));
        if let Some((connection, account)) = last {
            desks.start_with(connection, &account)?;
        }
        Ok(desks)
    }

    /// Tells nothing: whoever listens asks for the start first.
    fn start_with(&self, connection: Connection, account: &Account) -> Result<(), UiError> {
        let mut room = self.room();
        let desk = self.desk(&mut room, &connection, account)?;
        self.0.gate.start_with(&desk.key);
        self.0.shown.send_replace(Some(desk.key.clone()));
        (room.shown, room.door) = (Some(desk.key), Some(connection));
        Ok(())
    }

    /// The desk in front of the person, if somebody is signed in.
    pub(crate) fn shown(&self) -> Option<Desk> {
        let room = self.room();
        room.shown.as_ref().and_then(|key| room.desks.get(key)).cloned()
    }

    /// Whether something is run at one of them.
    pub(crate) fn is_at_work(&self) -> bool {
        self.room().desks.values().any(|desk| desk.runs.is_at_work() || desk.flow_runs.is_at_work())
    }

    /// Tells whose desk is shown, from now on.
    pub(crate) fn watch(&self) -> watch::Receiver<Option<AccountKey>> {
        self.0.shown.subscribe()
    }

    /// Where the next sign-in goes.
    pub(crate) fn door(&self) -> Option<Connection> {
        self.room().door.clone()
    }

    /// Sends the next sign-in to `connection`; who is signed in stays so.
    pub(crate) fn set_door(&self, connection: Connection) -> Result<(), UiError> {
        self.0.store.keep_project(&connection)?;
        let mut room = self.room();
        room.door = Some(connection);
        self.tell_accounts(&room);
        Ok(())
    }

    /// Who is known, and where the next sign-in goes.
    pub(crate) fn accounts(&self) -> Accounts {
        self.list(&self.room())
    }

    /// A session came through the door: its desk is shown.
    pub(crate) fn seat(
        &self,
        connection: &Connection,
        session: flowmeter_supabase::Session,
    ) -> Result<Account, UiError> {
        let email = session.user.email.clone().unwrap_or_default();
        let account = Account { user_id: session.user.id, email };
        let mut room = self.room();
        let desk = self.desk(&mut room, connection, &account)?;
        desk.session.begin(account.clone(), session);
        self.bring_forward(&mut room, &desk);
        Ok(account)
    }

    /// Shows another account of this machine.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not signed in here.
    pub(crate) fn switch(&self, key: &AccountKey) -> Result<Desk, UiError> {
        let mut room = self.room();
        let desk = self.known_desk(&mut room, key)?;
        self.bring_forward(&mut room, &desk);
        Ok(desk)
    }

    /// Signs an account out on this device. With `forget`, what is stored of it goes too.
    ///
    /// # Errors
    /// `NOT_FOUND`, or `KEYCHAIN_…` when the entry may still be there; signed out it is all the same.
    pub(crate) async fn sign_out(&self, key: &AccountKey, forget: bool) -> Result<(), UiError> {
        let rest = {
            let mut room = self.room();
            let desk = self.known_desk(&mut room, key)?;
            let rest = desk.session.sign_out();
            desk.quotas.forget();
            desk.flow_runs.forget_all();
            if room.shown.as_ref() == Some(key) {
                room.shown = None;
                self.0.gate.hide();
                self.0.shown.send_replace(None);
            }
            if forget {
                self.0.store.forget(key)?;
            }
            self.tell_accounts(&room);
            rest
        };
        rest.await
    }

    /// The desk of a signed-in account, opened if this launch did not need it yet.
    fn known_desk(&self, room: &mut Room, key: &AccountKey) -> Result<Desk, UiError> {
        let found = self.0.store.signed_in(key)?;
        let (connection, account) = found
            .ok_or_else(|| UiError::new(Code::NotFound, "this account is not signed in on this device"))?;
        self.desk(room, &connection, &account)
    }

    fn desk(&self, room: &mut Room, connection: &Connection, account: &Account) -> Result<Desk, UiError> {
        let key = AccountKey { project: connection.project.host(), user_id: account.user_id };
        if let Some(desk) = room.desks.get(&key).filter(|desk| desk.connection == *connection) {
            return Ok(desk.clone());
        }
        let desk = self.new_desk(key.clone(), connection, account)?;
        room.desks.insert(key, desk.clone());
        Ok(desk)
    }

    fn new_desk(&self, key: AccountKey, connection: &Connection, account: &Account) -> Result<Desk, UiError> {
        let outside = Outside {
            secrets: self.0.secrets.clone(),
            events: Arc::new(DeskEvents::new(key.clone(), self.0.gate.clone())),
            clock: self.0.clock.clone(),
        };
        let supabase = Supabase::new(connection.project.clone());
        let store = self.0.store.clone();
        let session = Session::new(supabase.clone(), account.clone(), store.clone(), &outside);
        let histories = Histories::new(store.clone(), key.project.clone(), &outside);
        let notifier = Notifier::new(store.clone(), key.project.clone(), self.0.preferred.clone(), &outside);
        let preferred = self.0.preferred.clone();
        let kept = Kept { store: store.clone(), histories: histories.clone(), notifier, preferred };
        let quotas = Quotas::new(supabase.clone(), session.clone(), kept, &outside);
        let edge = Edge::new(&connection.edge_url, self.0.preferred.changes(), outside.clock.clone());
        let relay = Relay::new(edge, session.clone(), quotas.clone());
        let keeping = Keeping::new(store.clone(), key.clone());
        let (of_runs, of_flows) = (session.clone(), session.clone());
        let through = Through { relay: relay.clone(), session: of_runs, quotas: quotas.clone(), keeping };
        let runs = Runs::new(through, &outside);
        let (owner, store_of_flows) = (key.clone(), store.clone());
        let lent = Lent { relay, session: of_flows, quotas: quotas.clone(), store: store_of_flows, owner };
        let flow_runs = FlowRuns::new(lent.clone(), &outside);
        let flows = Flows::new(lent, &outside);
        let connection = connection.clone();
        Ok(Desk { key, session, quotas, runs, flows, flow_runs, histories, supabase, store, connection })
    }

    /// From here on this desk's news are told. First whose it is, then what is on it: whatever happens
    /// at it in between waits behind the first or is part of the second.
    fn bring_forward(&self, room: &mut Room, desk: &Desk) {
        if let Err(error) = self.0.store.set_shown(&desk.key) {
            tracing::warn!(%error, "which account is shown could not be remembered");
        }
        room.shown = Some(desk.key.clone());
        room.door = Some(desk.connection.clone());
        self.0.gate.show(&desk.key);
        desk.session.tell_again();
        desk.quotas.show_stored();
        self.0.gate.tell(News::RunChoices(desk.run_choices()));
        desk.runs.tell_whole();
        desk.flow_runs.tell_whole();
        self.tell_accounts(room);
        self.0.shown.send_replace(Some(desk.key.clone()));
    }

    fn tell_accounts(&self, room: &Room) {
        self.0.gate.tell(News::Accounts(self.list(room)));
    }

    fn list(&self, room: &Room) -> Accounts {
        let known = self.0.store.all_signed_in().unwrap_or_else(|error| {
            tracing::warn!(%error, "the accounts could not be listed");
            Vec::new()
        });
        let known = known.into_iter().map(|(project, account)| {
            let key = AccountKey { project, user_id: account.user_id };
            let state = room.desks.get(&key).map(|desk| desk.session.state());
            let ended = matches!(state, Some(SessionState::Ended { .. }));
            KnownAccount { is_shown: room.shown.as_ref() == Some(&key), ended, key, email: account.email }
        });
        let door = room.door.as_ref();
        Accounts { project: door.map(|door| door.project.host()).unwrap_or_default(), known: known.collect() }
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.0.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
