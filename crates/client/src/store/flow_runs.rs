//! The last run of each flow, kept beside it: it goes with the flow, and comes back with it.
//!
//! One that another launch left unended is read as what it is, a run that was cut.

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::{AccountKey, FlowId, FlowRunView};
use rusqlite::{OptionalExtension, Row, params};

use super::Store;
use super::flows::json;

impl Store {
    /// Keeps a run that begins, in place of the last one of its flow. A flow that is not `owner`'s has none.
    pub(crate) fn begin_flow_run(&self, owner: &AccountKey, run: &FlowRunView) -> Result<(), UiError> {
        self.put_flow_run(owner, run, "do update set run_id = ?4, launch = ?5, run = ?6")
    }

    /// Keeps how far a run is, unless another one of its flow has begun since.
    pub(crate) fn keep_flow_run(&self, run: &FlowRunView) -> Result<(), UiError> {
        let sql = "update flow_run set run = ?3 where flow_id = ?1 and run_id = ?2";
        self.with(|connection| {
            let values = params![run.flow_id.to_string(), run.run_id.to_string(), json(run)?];
            connection.prepare_cached(sql)?.execute(values).map(drop)
        })
    }

    /// The last run of a flow, unless the flow was deleted.
    pub(crate) fn last_flow_run(
        &self,
        owner: &AccountKey,
        flow_id: FlowId,
    ) -> Result<Option<FlowRunView>, UiError> {
        let sql = "select r.launch, r.run from flow_run r join flow f on f.id = r.flow_id
                   where f.project = ?1 and f.user_id = ?2 and f.id = ?3 and f.deleted = 0";
        let values = params![owner.project, owner.user_id.to_string(), flow_id.to_string()];
        let read = |row: &Row<'_>| self.flow_run(row);
        Ok(self.with(|connection| connection.query_row(sql, values, read).optional())?.flatten())
    }

    /// Removes the last runs of all flows of `owner`, but for those that have not ended; gives them back, in
    /// case of regret.
    pub(crate) fn clear_flow_runs(&self, owner: &AccountKey) -> Result<Vec<FlowRunView>, UiError> {
        let sql = "select r.launch, r.run from flow_run r join flow f on f.id = r.flow_id
                   where f.project = ?1 and f.user_id = ?2";
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let all: Vec<Option<FlowRunView>> = transaction
                .prepare(sql)?
                .query_map(params![owner.project, owner.user_id.to_string()], |row| self.flow_run(row))?
                .collect::<rusqlite::Result<_>>()?;
            let ended: Vec<_> = all.into_iter().flatten().filter(|run| run.end.is_some()).collect();
            for run in &ended {
                transaction.execute("delete from flow_run where flow_id = ?1", [run.flow_id.to_string()])?;
            }
            transaction.commit()?;
            Ok(ended)
        })
    }

    /// Puts back what was removed, where no other run has begun since.
    pub(crate) fn put_back_flow_run(&self, owner: &AccountKey, run: &FlowRunView) -> Result<(), UiError> {
        self.put_flow_run(owner, run, "do nothing")
    }

    fn put_flow_run(&self, owner: &AccountKey, run: &FlowRunView, on_conflict: &str) -> Result<(), UiError> {
        let sql = format!(
            "insert into flow_run (flow_id, run_id, launch, run) select id, ?4, ?5, ?6 from flow
             where project = ?1 and user_id = ?2 and id = ?3 on conflict (flow_id) {on_conflict}"
        );
        let (user, flow) = (owner.user_id.to_string(), run.flow_id.to_string());
        let (run_id, launch) = (run.run_id.to_string(), self.0.launch.to_string());
        self.with(|connection| {
            let values = params![owner.project, user, flow, run_id, launch, json(run)?];
            connection.execute(&sql, values).map(drop)
        })
    }

    /// One that another version wrote otherwise counts as none.
    fn flow_run(&self, row: &Row<'_>) -> rusqlite::Result<Option<FlowRunView>> {
        let (launch, run): (String, String) = (row.get(0)?, row.get(1)?);
        let run: Option<FlowRunView> = serde_json::from_str(&run).ok();
        Ok(if launch == self.0.launch.to_string() { run } else { run.map(FlowRunView::cut) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use flowmeter_domain::flow::Flow;
    use flowmeter_domain::flow::execution::{Execution, NodeState};
    use flowmeter_domain::ipc::{FlowProgress, Origin};
    use flowmeter_domain::{Charged, Code, Delta, Outcome, RunId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::store::NewVersion;

    fn owner(user: u128) -> AccountKey {
        AccountKey { project: "one".into(), user_id: Uuid::from_u128(user) }
    }

    /// A flow of one model.
    fn flow() -> Flow {
        let nodes = serde_json::json!([{"id": "a", "type": "llm", "data": {"label": "A"}}]);
        serde_json::from_value(serde_json::json!({"nodes": nodes, "edges": []})).unwrap()
    }

    fn kept_flow(store: &Store, of: &AccountKey) -> FlowId {
        let (flow_id, flow) = (FlowId::random(), flow());
        let first =
            NewVersion { flow: &flow, origin: &Origin::Duplicated, name: "a", at: Timestamp::UNIX_EPOCH };
        store.keep_flow(of, flow_id, &first).unwrap();
        flow_id
    }

    fn begun(flow_id: FlowId) -> FlowRunView {
        let execution = Execution::new(flow(), BTreeMap::new());
        FlowRunView::new(RunId::random(), flow_id, Timestamp::from_second(7).unwrap(), execution)
    }

    /// Its model has written `text`, and ended if that is known.
    fn written(mut run: FlowRunView, text: &str, end: Option<NodeState>) -> FlowRunView {
        let node = |state, charged| FlowProgress::Node { node: "a".into(), state, charged };
        run.take(node(NodeState::Running, None));
        let delta = Delta { content: text.into(), reasoning: String::new() };
        run.take(FlowProgress::Delta { node: "a".into(), delta });
        if let Some(state) = end {
            run.take(node(state, Some(Charged::Yes)));
            run.take(FlowProgress::Ended(run.execution.end(Charged::Yes)));
        }
        run
    }

    fn done(run: FlowRunView, text: &str) -> FlowRunView {
        written(run, text, Some(NodeState::Done { way: None }))
    }

    #[test]
    fn of_a_flow_the_run_that_began_last_is_kept_over_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mei = owner(1);
        let flow_id = kept_flow(&store, &mei);
        let (first, last) = (begun(flow_id), begun(flow_id));
        store.begin_flow_run(&mei, &first).unwrap();
        store.begin_flow_run(&mei, &last).unwrap();
        let last = done(last, "the last word");
        store.keep_flow_run(&last).unwrap();
        store.keep_flow_run(&done(first, "too late")).unwrap();
        drop(store);

        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.last_flow_run(&mei, flow_id).unwrap(), Some(last));
        assert_eq!(store.last_flow_run(&owner(2), flow_id).unwrap(), None);
    }

    #[test]
    fn a_run_that_was_killed_keeps_its_text_and_says_that_it_was_cut() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mei = owner(1);
        let flow_id = kept_flow(&store, &mei);
        let run = begun(flow_id);
        store.begin_flow_run(&mei, &run).unwrap();
        store.keep_flow_run(&written(run, "half", None)).unwrap();
        assert_eq!(store.last_flow_run(&mei, flow_id).unwrap().unwrap().end, None, "it goes on");
        drop(store);

        let cut = Store::open(dir.path()).unwrap().last_flow_run(&mei, flow_id).unwrap().unwrap();
        let node = &cut.execution.nodes["a"];
        assert_eq!(
            (node.text.content.as_str(), &node.state),
            ("half", &NodeState::Stopped { because: None })
        );
        let end = cut.end.unwrap();
        assert!(matches!(end.outcome, Outcome::Incomplete { cause } if cause.code == Code::Interrupted));
        assert_eq!((end.app_use, end.llm_runs, end.unsure), (Charged::Yes, 0, 1));
    }

    #[test]
    fn a_run_goes_with_its_flow_comes_back_with_it_and_is_gone_with_the_account() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (mei, rows) = (owner(1), "select count(*) from flow_run");
        let count = || store.lock().query_row(rows, [], |row| row.get::<_, i64>(0)).unwrap();
        let (swept, forgotten) = (kept_flow(&store, &mei), kept_flow(&store, &mei));
        for flow_id in [swept, forgotten] {
            store.begin_flow_run(&mei, &begun(flow_id)).unwrap();
        }
        store.begin_flow_run(&owner(2), &begun(swept)).unwrap();
        store.begin_flow_run(&mei, &begun(FlowId::random())).unwrap();
        assert_eq!(count(), 2);

        store.mark_flow_deleted(&mei, swept, true).unwrap();
        assert_eq!(store.last_flow_run(&mei, swept).unwrap(), None);
        store.mark_flow_deleted(&mei, swept, false).unwrap();
        assert!(store.last_flow_run(&mei, swept).unwrap().is_some());
        store.mark_flow_deleted(&mei, swept, true).unwrap();
        store.sweep_flows().unwrap();
        assert_eq!(count(), 1);
        store.forget(&mei).unwrap();
        assert_eq!(count(), 0);
    }

    #[test]
    fn what_is_cleared_comes_back_unless_another_run_began() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (mei, last) = (owner(1), |flow_id| store.last_flow_run(&owner(1), flow_id).unwrap());
        let [going, ended, again] = [(); 3].map(|()| kept_flow(&store, &mei));
        store.begin_flow_run(&mei, &begun(going)).unwrap();
        for flow_id in [ended, again] {
            store.begin_flow_run(&mei, &done(begun(flow_id), "before")).unwrap();
        }

        let cleared = store.clear_flow_runs(&mei).unwrap();
        assert!(last(going).is_some() && last(ended).is_none() && last(again).is_none());
        let newer = begun(again);
        store.begin_flow_run(&mei, &newer).unwrap();
        cleared.iter().for_each(|run| store.put_back_flow_run(&mei, run).unwrap());
        assert_eq!(last(again), Some(newer));
        assert!(last(ended).is_some_and(|run| run.execution.nodes["a"].text.content == "before"));
    }

    #[test]
    fn a_run_that_another_version_wrote_otherwise_counts_as_none() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mei = owner(1);
        let flow_id = kept_flow(&store, &mei);
        store.begin_flow_run(&mei, &begun(flow_id)).unwrap();
        store.lock().execute("update flow_run set run = '{}'", []).unwrap();
        assert_eq!(store.last_flow_run(&mei, flow_id).unwrap(), None);
    }
}
