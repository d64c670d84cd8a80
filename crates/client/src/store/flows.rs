//! Kept flows: each with its versions, of which one holds.
//!
//! What a person undoes stays until they change the flow again. A deleted flow is only marked, so that
//! it can be brought back; marks are swept at the next launch.

use flowmeter_domain::UiError;
use flowmeter_domain::flow::Flow;
use flowmeter_domain::ipc::{AccountKey, FlowEntry, FlowId, Origin};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Store;

/// So many versions of a flow are kept; older ones go.
const MOST_VERSIONS: i64 = 100;
/// What goes with a flow.
const WITH_A_FLOW: [&str; 2] = ["flow_version", "flow_run"];

/// A flow as it holds now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeptFlow {
    pub(crate) name: String,
    pub(crate) flow: Flow,
    pub(crate) origin: Origin,
    pub(crate) can_undo: bool,
    pub(crate) can_redo: bool,
}

/// A version that is to hold from now on.
pub(crate) struct NewVersion<'a> {
    pub(crate) flow: &'a Flow,
    pub(crate) origin: &'a Origin,
    /// What a person calls it.
    pub(crate) name: &'a str,
    pub(crate) at: Timestamp,
}

impl Store {
    /// All flows of an account, changed last first.
    pub(crate) fn flows(&self, owner: &AccountKey) -> Result<Vec<FlowEntry>, UiError> {
        self.with(|connection| {
            let sql = "select id, name, nodes, changed_at from flow
                       where project = ?1 and user_id = ?2 and deleted = 0 order by changed_at desc, id";
            let mut query = connection.prepare_cached(sql)?;
            let rows = query.query_map(params![owner.project, owner.user_id.to_string()], entry)?;
            rows.collect()
        })
    }

    /// A flow of an account, unless it was deleted.
    pub(crate) fn flow(&self, owner: &AccountKey, id: FlowId) -> Result<Option<KeptFlow>, UiError> {
        self.with(|connection| {
            let sql = "select f.name, v.flow, v.origin,
                           exists (select 1 from flow_version o where o.flow_id = f.id and o.number < f.holds),
                           exists (select 1 from flow_version o where o.flow_id = f.id and o.number > f.holds)
                       from flow f join flow_version v on v.flow_id = f.id and v.number = f.holds
                       where f.id = ?1 and f.project = ?2 and f.user_id = ?3 and f.deleted = 0";
            let values = params![id.to_string(), owner.project, owner.user_id.to_string()];
            connection.query_row(sql, values, kept).optional()
        })
    }

    /// Keeps a new flow.
    pub(crate) fn keep_flow(
        &self,
        owner: &AccountKey,
        id: FlowId,
        first: &NewVersion<'_>,
    ) -> Result<(), UiError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let sql = "insert into flow (id, project, user_id, name, nodes, changed_at, holds, deleted)
                       values (?1, ?2, ?3, '', 0, 0, 0, 0)";
            let values = params![id.to_string(), owner.project, owner.user_id.to_string()];
            transaction.execute(sql, values)?;
            append(&transaction, id, first)?;
            transaction.commit()
        })
    }

    /// Adds a version, which holds from now on. What was undone before goes. `false` for a flow that is
    /// not there.
    pub(crate) fn add_version(
        &self,
        owner: &AccountKey,
        id: FlowId,
        next: &NewVersion<'_>,
    ) -> Result<bool, UiError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            if !is_there(&transaction, owner, id)? {
                return Ok(false);
            }
            append(&transaction, id, next)?;
            transaction.commit().map(|()| true)
        })
    }

    /// Goes to the version before or after the one that holds. `false` where there is none.
    pub(crate) fn step_flow(&self, owner: &AccountKey, id: FlowId, forward: bool) -> Result<bool, UiError> {
        let next = if forward {
            "select min(number) from flow_version where flow_id = ?1 and number > (select holds from flow where id = ?1)"
        } else {
            "select max(number) from flow_version where flow_id = ?1 and number < (select holds from flow where id = ?1)"
        };
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let number: Option<i64> = transaction.query_row(next, [id.to_string()], |row| row.get(0))?;
            let Some(number) = number.filter(|_| is_there(&transaction, owner, id).unwrap_or(false)) else {
                return Ok(false);
            };
            let sql = "update flow set (holds, name, nodes) =
                           (select number, name, nodes from flow_version where flow_id = ?1 and number = ?2)
                       where id = ?1";
            transaction.execute(sql, params![id.to_string(), number])?;
            transaction.commit().map(|()| true)
        })
    }

    /// Marks a flow as deleted, or takes the mark off. `false` for a flow that is not there.
    pub(crate) fn mark_flow_deleted(
        &self,
        owner: &AccountKey,
        id: FlowId,
        deleted: bool,
    ) -> Result<bool, UiError> {
        self.with(|connection| {
            let sql = "update flow set deleted = ?4
                       where id = ?1 and project = ?2 and user_id = ?3 and deleted != ?4";
            let values = params![id.to_string(), owner.project, owner.user_id.to_string(), deleted];
            connection.execute(sql, values).map(|rows| rows > 0)
        })
    }

    /// Removes for good what is marked as deleted.
    pub(crate) fn sweep_flows(&self) -> Result<(), UiError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for table in WITH_A_FLOW {
                let sql =
                    format!("delete from {table} where flow_id in (select id from flow where deleted = 1)");
                transaction.execute(&sql, [])?;
            }
            transaction.execute("delete from flow where deleted = 1", [])?;
            transaction.commit()
        })
    }
}

/// Removes all flows of an account.
pub(super) fn forget(connection: &Connection, owner: &AccountKey) -> rusqlite::Result<()> {
    let values = params![owner.project, owner.user_id.to_string()];
    for table in WITH_A_FLOW {
        let sql = format!(
            "delete from {table} where flow_id in (select id from flow where project = ?1 and user_id = ?2)"
        );
        connection.execute(&sql, values)?;
    }
    connection.execute("delete from flow where project = ?1 and user_id = ?2", values).map(drop)
}

fn append(connection: &Connection, id: FlowId, version: &NewVersion<'_>) -> rusqlite::Result<()> {
    let id = id.to_string();
    let holds: i64 = connection.query_row("select holds from flow where id = ?1", [&id], |row| row.get(0))?;
    let number = holds + 1;
    connection.execute("delete from flow_version where flow_id = ?1 and number > ?2", params![id, holds])?;
    let sql = "insert into flow_version (flow_id, number, name, nodes, origin, flow) values (?1, ?2, ?3, ?4, ?5, ?6)";
    let nodes = i64::try_from(version.flow.nodes.len()).unwrap_or(i64::MAX);
    let values = params![id, number, version.name, nodes, json(version.origin)?, json(version.flow)?];
    connection.execute(sql, values)?;
    let sql = "delete from flow_version where flow_id = ?1 and number <= ?2";
    connection.execute(sql, params![id, number - MOST_VERSIONS])?;
    let sql = "update flow set holds = ?2, name = ?3, nodes = ?4, changed_at = ?5 where id = ?1";
    connection.execute(sql, params![id, number, version.name, nodes, version.at.as_millisecond()]).map(drop)
}

fn is_there(connection: &Connection, owner: &AccountKey, id: FlowId) -> rusqlite::Result<bool> {
    let sql = "select exists (select 1 from flow
               where id = ?1 and project = ?2 and user_id = ?3 and deleted = 0)";
    connection
        .query_row(sql, params![id.to_string(), owner.project, owner.user_id.to_string()], |row| row.get(0))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<FlowEntry> {
    let id: String = row.get(0)?;
    let changed_at = Timestamp::from_millisecond(row.get(3)?).unwrap_or_default();
    Ok(FlowEntry {
        flow_id: FlowId(Uuid::parse_str(&id).map_err(|fault| unreadable(0, fault))?),
        name: row.get(1)?,
        nodes: row.get(2)?,
        changed_at,
    })
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptFlow> {
    Ok(KeptFlow {
        name: row.get(0)?,
        flow: parsed(row, 1)?,
        origin: parsed(row, 2)?,
        can_undo: row.get(3)?,
        can_redo: row.get(4)?,
    })
}

pub(super) fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|fault| rusqlite::Error::ToSqlConversionFailure(fault.into()))
}

fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|fault| unreadable(column, fault))
}

fn unreadable(column: usize, fault: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(user: u128) -> AccountKey {
        AccountKey { project: "one".into(), user_id: Uuid::from_u128(user) }
    }

    fn flow(title: &str) -> Flow {
        Flow { title: Some(title.into()), ..Flow::default() }
    }

    fn version<'a>(flow: &'a Flow, origin: &'a Origin, second: i64) -> NewVersion<'a> {
        let name = flow.title.as_deref().unwrap_or_default();
        NewVersion { flow, origin, name, at: Timestamp::from_second(second).unwrap() }
    }

    fn name(store: &Store, id: FlowId) -> String {
        store.flow(&owner(1), id).unwrap().unwrap().name
    }

    #[test]
    fn versions_are_walked_through_over_a_restart_and_a_change_drops_what_was_undone() {
        let dir = tempfile::tempdir().unwrap();
        let (id, mei) = (FlowId::random(), owner(1));
        let store = Store::open(dir.path()).unwrap();
        store.keep_flow(&mei, id, &version(&flow("a"), &Origin::Duplicated, 1)).unwrap();
        assert!(store.add_version(&mei, id, &version(&flow("b"), &Origin::Renamed, 2)).unwrap());
        assert!(store.add_version(&mei, id, &version(&flow("c"), &Origin::Renamed, 3)).unwrap());
        assert!(store.step_flow(&mei, id, false).unwrap());
        drop(store);

        let store = Store::open(dir.path()).unwrap();
        let kept = store.flow(&mei, id).unwrap().unwrap();
        assert_eq!((kept.name.as_str(), kept.can_undo, kept.can_redo), ("b", true, true));
        assert!(store.step_flow(&mei, id, true).unwrap());
        assert!(!store.step_flow(&mei, id, true).unwrap());
        assert_eq!(name(&store, id), "c");
        assert!(store.step_flow(&mei, id, false).unwrap() && store.step_flow(&mei, id, false).unwrap());
        assert!(!store.step_flow(&mei, id, false).unwrap());
        assert!(store.add_version(&mei, id, &version(&flow("d"), &Origin::Renamed, 4)).unwrap());
        assert!(!store.step_flow(&mei, id, true).unwrap());
        assert_eq!(name(&store, id), "d");
    }

    #[test]
    fn only_so_many_versions_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (id, mei) = (FlowId::random(), owner(1));
        store.keep_flow(&mei, id, &version(&flow("a"), &Origin::Duplicated, 1)).unwrap();
        for second in 0..MOST_VERSIONS + 5 {
            store.add_version(&mei, id, &version(&flow("b"), &Origin::Renamed, second)).unwrap();
        }
        let steps =
            std::iter::repeat_with(|| store.step_flow(&mei, id, false).unwrap()).take_while(|done| *done);
        assert_eq!(steps.count() as i64, MOST_VERSIONS - 1);
    }

    #[test]
    fn flows_of_others_are_not_there_and_those_of_a_forgotten_account_are_gone() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (id, mei, tom) = (FlowId::random(), owner(1), owner(2));
        store.keep_flow(&mei, id, &version(&flow("a"), &Origin::Duplicated, 1)).unwrap();
        assert_eq!(store.flows(&tom).unwrap(), []);
        assert_eq!(store.flow(&tom, id).unwrap(), None);
        assert!(!store.add_version(&tom, id, &version(&flow("b"), &Origin::Renamed, 2)).unwrap());
        assert!(!store.step_flow(&tom, id, false).unwrap());
        assert!(!store.mark_flow_deleted(&tom, id, true).unwrap());
        store.forget(&mei).unwrap();
        assert_eq!(store.flows(&mei).unwrap(), []);
    }

    #[test]
    fn a_deleted_flow_comes_back_until_it_is_swept() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let (id, mei) = (FlowId::random(), owner(1));
        store.keep_flow(&mei, id, &version(&flow("a"), &Origin::Duplicated, 1)).unwrap();
        assert!(store.mark_flow_deleted(&mei, id, true).unwrap());
        assert!(!store.mark_flow_deleted(&mei, id, true).unwrap());
        assert_eq!((store.flows(&mei).unwrap(), store.flow(&mei, id).unwrap()), (vec![], None));
        assert!(store.mark_flow_deleted(&mei, id, false).unwrap());
        assert_eq!(store.flows(&mei).unwrap().len(), 1);
        assert!(store.mark_flow_deleted(&mei, id, true).unwrap());
        store.sweep_flows().unwrap();
        assert!(!store.mark_flow_deleted(&mei, id, false).unwrap());
    }
}
