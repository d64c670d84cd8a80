//! Every value that a counter had, and for how long it was seen unchanged.
//!
//! Small on purpose, because it is kept for ever: a row is some twenty bytes, and a reading that
//! changes nothing only lengthens the last row. Rows are in the order in which they were read and not
//! in that of their times, because a clock may be set back.

use flowmeter_domain::history::Span;
use flowmeter_domain::ipc::Account;
use flowmeter_domain::{Counter, Kind, Snapshot, UiError};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Store;

/// A clock that was wrong for a while leaves rows with times that do not fit in: looking back ends
/// only after this many rows in sequence that are too old.
const OLD_IN_SEQUENCE: usize = 200;

/// The row that holds the newest value of a kind.
struct Newest {
    row: i64,
    since: i64,
    counter: Counter,
}

impl Store {
    /// Enters a reading: a value that differs gets a row, one that does not lengthens its own.
    pub(crate) fn enter(&self, project: &str, account: &Account, snapshot: &Snapshot) -> Result<(), UiError> {
        let at = snapshot.taken_at.as_second();
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for (kind, counter) in &snapshot.quota.0 {
                let series = series(&transaction, project, account, *kind)?;
                enter(&transaction, series, at, at, *counter)?;
            }
            transaction.commit()
        })
    }

    /// The spans of `account` from `from` on, in the order in which they were read, and the one
    /// before them of each kind. `None` gives all.
    pub(crate) fn spans(
        &self,
        project: &str,
        account: &Account,
        from: Option<Timestamp>,
    ) -> Result<Vec<Span>, UiError> {
        let from = from.map_or(i64::MIN, Timestamp::as_second);
        self.with(|connection| {
            let sql = "select kind, since, since + lasted, used, max
                       from history join series on series.id = history.series
                       where project = ?1 and user_id = ?2 order by history.id desc";
            let mut query = connection.prepare_cached(sql)?;
            let mut rows = query.query(params![project, account.user_id.to_string()])?;
            let mut spans = Backwards::new(from);
            while let Some(row) = rows.next()? {
                if !spans.take(span(row)?) {
                    break;
                }
            }
            Ok(spans.forwards())
        })
    }

    /// When the first reading of `account` was taken.
    pub(crate) fn first_reading(
        &self,
        project: &str,
        account: &Account,
    ) -> Result<Option<Timestamp>, UiError> {
        let sql = "select min(first) from series where project = ?1 and user_id = ?2";
        let values = params![project, account.user_id.to_string()];
        let first: Option<i64> =
            self.with(|connection| connection.query_row(sql, values, |row| row.get(0)))?;
        Ok(first.and_then(|first| Timestamp::from_second(first).ok()))
    }

    /// Deletes the history of `account`.
    pub(crate) fn clear_history(&self, project: &str, account: &Account) -> Result<(), UiError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            clear(&transaction, project, account)?;
            transaction.commit()
        })
    }

    /// Puts `spans` in front of what was entered since they were cleared.
    pub(crate) fn restore_history(
        &self,
        project: &str,
        account: &Account,
        spans: &[Span],
    ) -> Result<(), UiError> {
        let since = self.spans(project, account, None)?;
        self.with(|connection| {
            let transaction = connection.transaction()?;
            clear(&transaction, project, account)?;
            for span in spans.iter().chain(&since) {
                let series = series(&transaction, project, account, span.kind)?;
                let (since, until) = (span.since.as_second(), span.until.as_second());
                enter(&transaction, series, since, until, span.counter)?;
            }
            transaction.commit()
        })
    }
}

fn clear(connection: &Connection, project: &str, account: &Account) -> rusqlite::Result<()> {
    let values = params![project, account.user_id.to_string()];
    let of_account = "select id from series where project = ?1 and user_id = ?2";
    connection.execute(&format!("delete from history where series in ({of_account})"), values)?;
    connection.execute("delete from series where project = ?1 and user_id = ?2", values).map(drop)
}

/// Collects rows from the newest back to the one before `from` of each kind.
struct Backwards {
    from: i64,
    spans: Vec<Span>,
    /// Kinds whose row before `from` was found.
    based: Vec<Kind>,
    old: usize,
}

impl Backwards {
    fn new(from: i64) -> Self {
        Self { from, spans: Vec::new(), based: Vec::new(), old: 0 }
    }

    /// `false` when nothing more is wanted.
    fn take(&mut self, span: Option<Span>) -> bool {
        let Some(span) = span else { return true };
        if span.until.as_second() >= self.from {
            self.old = 0;
            // A base that was taken too early, because of a clock, is no base.
            self.based.retain(|kind| *kind != span.kind);
            self.spans.push(span);
            return true;
        }
        self.old += 1;
        if !self.based.contains(&span.kind) {
            self.based.push(span.kind);
            self.spans.push(span);
        }
        self.old < OLD_IN_SEQUENCE
    }

    fn forwards(mut self) -> Vec<Span> {
        self.spans.reverse();
        self.spans
    }
}

/// A row; `None` for a kind or a time that this version does not know.
fn span(row: &Row<'_>) -> rusqlite::Result<Option<Span>> {
    let kind = row.get_ref(0)?.as_str().map_err(|_| wrong_type(0))?;
    let kind = Kind::ALL.into_iter().find(|known| known.name() == kind);
    let (since, until) = (Timestamp::from_second(row.get(1)?), Timestamp::from_second(row.get(2)?));
    let counter = Counter { used: row.get(3)?, limit: row.get(4)? };
    let read = (kind, since.ok(), until.ok());
    let (Some(kind), Some(since), Some(until)) = read else { return Ok(None) };
    Ok(Some(Span { kind, counter, since, until }))
}

fn wrong_type(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, "kind".to_owned(), Type::Blob)
}

fn series(connection: &Connection, project: &str, account: &Account, kind: Kind) -> rusqlite::Result<i64> {
    let values = params![project, account.user_id.to_string(), kind.name()];
    let sql = "select id from series where project = ?1 and user_id = ?2 and kind = ?3";
    if let Some(id) = connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()? {
        return Ok(id);
    }
    connection.execute("insert into series (project, user_id, kind) values (?1, ?2, ?3)", values)?;
    Ok(connection.last_insert_rowid())
}

fn enter(
    connection: &Connection,
    series: i64,
    since: i64,
    until: i64,
    counter: Counter,
) -> rusqlite::Result<()> {
    match newest(connection, series)? {
        // A clock that was set back must not shorten what was seen, nor start before it.
        Some(newest) if newest.counter == counter && until >= newest.since => {
            let sql = "update history set lasted = max(lasted, ?2 - since) where id = ?1";
            connection.prepare_cached(sql)?.execute(params![newest.row, until])?;
        }
        _ => {
            let sql = "insert into history (series, since, lasted, used, max) values (?1, ?2, ?3, ?4, ?5)";
            let values = params![series, since, until - since, counter.used, counter.limit];
            connection.prepare_cached(sql)?.execute(values)?;
            let row = connection.last_insert_rowid();
            let sql = "update series set newest = ?2, first = coalesce(first, ?3) where id = ?1";
            connection.prepare_cached(sql)?.execute(params![series, row, since])?;
        }
    }
    Ok(())
}

fn newest(connection: &Connection, series: i64) -> rusqlite::Result<Option<Newest>> {
    let sql = "select history.id, since, used, max from series join history on history.id = series.newest
               where series.id = ?1";
    let read = |row: &Row<'_>| {
        let counter = Counter { used: row.get(2)?, limit: row.get(3)? };
        Ok(Newest { row: row.get(0)?, since: row.get(1)?, counter })
    };
    connection.prepare_cached(sql)?.query_row([series], read).optional()
}

#[cfg(test)]
mod tests {
    use flowmeter_domain::Quota;
    use uuid::Uuid;

    use super::*;

    fn account() -> Account {
        Account { user_id: Uuid::new_v4(), email: "mei@example.com".to_owned() }
    }

    fn reading(at: i64, used: i64, limit: i64) -> Snapshot {
        let quota = Quota([(Kind::LlmExecutions, Counter { used, limit })].into());
        Snapshot { quota, taken_at: Timestamp::from_second(at).unwrap() }
    }

    /// Used, since and until of each span.
    fn entered(store: &Store, account: &Account, from: i64) -> Vec<(i64, i64, i64)> {
        let from = Timestamp::from_second(from).unwrap();
        let spans = store.spans("one", account, Some(from)).unwrap();
        let short = |span: &Span| (span.counter.used, span.since.as_second(), span.until.as_second());
        spans.iter().map(short).collect()
    }

    #[test]
    fn a_reading_that_differs_gets_a_row_and_one_that_does_not_lengthens_it() {
        let dir = tempfile::tempdir().unwrap();
        let (store, mei, tom) = (Store::open(dir.path()).unwrap(), account(), account());
        for (at, used, limit) in [(10, 1, 9), (20, 1, 9), (30, 2, 9), (40, 2, 10), (50, 0, 10)] {
            store.enter("one", &mei, &reading(at, used, limit)).unwrap();
        }
        store.enter("one", &tom, &reading(60, 7, 9)).unwrap();

        assert_eq!(entered(&store, &mei, 0), [(1, 10, 20), (2, 30, 30), (2, 40, 40), (0, 50, 50)]);
        assert_eq!(entered(&store, &tom, 0), [(7, 60, 60)]);
        assert_eq!(store.first_reading("one", &mei).unwrap(), Timestamp::from_second(10).ok());
        // From 45 on, with the one before it.
        assert_eq!(entered(&store, &mei, 45), [(2, 40, 40), (0, 50, 50)]);
    }

    #[test]
    fn a_clock_that_was_set_back_loses_no_row() {
        let dir = tempfile::tempdir().unwrap();
        let (store, mei) = (Store::open(dir.path()).unwrap(), account());
        for (at, used) in [(1_000, 1), (2_000, 2), (10, 3), (20, 3), (15, 3), (3_000, 4)] {
            store.enter("one", &mei, &reading(at, used, 9)).unwrap();
        }
        assert_eq!(
            entered(&store, &mei, 900),
            [(1, 1_000, 1_000), (2, 2_000, 2_000), (3, 10, 20), (4, 3_000, 3_000)]
        );
    }

    #[test]
    fn a_cleared_history_can_be_put_back_in_front_of_what_came_since() {
        let dir = tempfile::tempdir().unwrap();
        let (store, mei, tom) = (Store::open(dir.path()).unwrap(), account(), account());
        for who in [&mei, &tom] {
            store.enter("one", who, &reading(10, 1, 9)).unwrap();
            store.enter("one", who, &reading(20, 2, 9)).unwrap();
        }
        let spans = store.spans("one", &mei, None).unwrap();
        store.clear_history("one", &mei).unwrap();
        assert_eq!(entered(&store, &mei, 0), []);
        assert_eq!(entered(&store, &tom, 0).len(), 2);

        store.enter("one", &mei, &reading(30, 2, 9)).unwrap();
        store.restore_history("one", &mei, &spans).unwrap();
        assert_eq!(entered(&store, &mei, 0), [(1, 10, 10), (2, 20, 30)]);
        assert_eq!(store.first_reading("one", &mei).unwrap(), Timestamp::from_second(10).ok());
    }
}
