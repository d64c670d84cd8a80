//! Which projects and accounts this machine knows. A project's key is public; no secret is here.

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::{Account, AccountKey};
use rusqlite::{OptionalExtension, Row, params};
use uuid::Uuid;

use super::{Store, failed};
use crate::settings::Connection;

/// A row that cannot be read any more, such as one with a broken address, counts as none.
type Found = Option<(Connection, Account)>;

const COLUMNS: &str = "select p.url, p.key, p.edge_url, a.user_id, a.email
    from account a join project p on p.host = a.project";

impl Store {
    /// Remembers how a project is reached.
    pub(crate) fn keep_project(&self, connection: &Connection) -> Result<(), UiError> {
        let sql = "insert into project (host, url, key, edge_url, shown) values (?1, ?2, ?3, ?4, 0)
                   on conflict (host) do update set url = ?2, key = ?3, edge_url = ?4";
        let Connection { project, edge_url, key } = connection;
        let values = params![project.host(), project.url().as_str(), key, edge_url.as_str()];
        self.lock().execute(sql, values).map(drop).map_err(failed)
    }

    /// The account that was shown last, at `project` or anywhere.
    pub(crate) fn last_shown(&self, project: Option<&str>) -> Result<Found, UiError> {
        let sql = format!(
            "{COLUMNS} where a.current = 1 and a.signed_in = 1 and (?1 is null or a.project = ?1)
             order by p.shown desc limit 1"
        );
        let found = self.lock().query_row(&sql, [project], read).optional().map_err(failed)?;
        Ok(found.flatten())
    }

    /// A signed-in account and its project.
    pub(crate) fn signed_in(&self, key: &AccountKey) -> Result<Found, UiError> {
        let sql = format!("{COLUMNS} where a.project = ?1 and a.user_id = ?2 and a.signed_in = 1");
        let values = params![key.project, key.user_id.to_string()];
        let found = self.lock().query_row(&sql, values, read).optional().map_err(failed)?;
        Ok(found.flatten())
    }

    /// Every signed-in account with the host of its project, in a steady order.
    pub(crate) fn all_signed_in(&self) -> Result<Vec<(String, Account)>, UiError> {
        let connection = self.lock();
        let sql = "select project, user_id, email from account where signed_in = 1 order by email, project";
        let mut statement = connection.prepare(sql).map_err(failed)?;
        let rows = statement.query_map([], |row| {
            let (project, id, email): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Uuid::parse_str(&id).ok().map(|user_id| (project, Account { user_id, email })))
        });
        let all: Result<Vec<_>, _> = rows.map_err(failed)?.collect();
        Ok(all.map_err(failed)?.into_iter().flatten().collect())
    }

    /// Remembers that `account` is signed in at `project`, or no longer.
    pub(crate) fn set_signed_in(
        &self,
        project: &str,
        account: &Account,
        signed_in: bool,
    ) -> Result<(), UiError> {
        let sql =
            "insert into account (project, user_id, email, current, signed_in) values (?1, ?2, ?3, 0, ?4)
                   on conflict (project, user_id) do update set email = ?3, signed_in = ?4";
        let values = params![project, account.user_id.to_string(), account.email, signed_in];
        self.lock().execute(sql, values).map(drop).map_err(failed)
    }

    /// Remembers which account is shown: the next launch opens with it.
    pub(crate) fn set_shown(&self, key: &AccountKey) -> Result<(), UiError> {
        let mut connection = self.lock();
        let transaction = connection.transaction().map_err(failed)?;
        let account = params![key.project, key.user_id.to_string()];
        let sql = "update account set current = (user_id = ?2) where project = ?1";
        transaction.execute(sql, account).map_err(failed)?;
        let sql = "update project set shown = (select max(shown) + 1 from project) where host = ?1";
        transaction.execute(sql, [&key.project]).map_err(failed)?;
        transaction.commit().map_err(failed)
    }

    /// Removes everything that is stored of an account.
    pub(crate) fn forget(&self, key: &AccountKey) -> Result<(), UiError> {
        let mut connection = self.lock();
        let transaction = connection.transaction().map_err(failed)?;
        let values = params![key.project, key.user_id.to_string()];
        let of_account = "where project = ?1 and user_id = ?2";
        let history = format!("delete from history where series in (select id from series {of_account})");
        transaction.execute(&history, values).map_err(failed)?;
        for table in ["series", "told", "reading", "run_choices", "run", "account"] {
            transaction.execute(&format!("delete from {table} {of_account}"), values).map_err(failed)?;
        }
        super::flows::forget(&transaction, key).map_err(failed)?;
        super::runs::rebuild_index(&transaction).map_err(failed)?;
        transaction.commit().map_err(failed)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Found> {
    let (url, key, edge): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (id, email): (String, String) = (row.get(3)?, row.get(4)?);
    let connection = Connection::parse(&url, &key, &edge);
    let account = Uuid::parse_str(&id).map(|user_id| Account { user_id, email });
    Ok(connection.ok().zip(account.ok()))
}
