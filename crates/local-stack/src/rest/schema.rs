//! Which tables and columns there are. Names in SQL come from here and not from the request.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use sqlx::PgConnection;

use super::error::Failure;

/// A table or view of the schema `public`.
pub(super) struct Table {
    pub(super) name: String,
    /// Column to SQL type.
    columns: BTreeMap<String, String>,
}

impl Table {
    /// The type of a column that a filter, an order or a selection names.
    pub(super) fn type_of(&self, column: &str) -> Result<&str, Failure> {
        let found = self.columns.get(column).map(String::as_str);
        found.ok_or_else(|| Failure::unknown_column(&self.name, column))
    }

    /// A column that a body names: PostgREST knows this one without asking the database.
    pub(super) fn require_in_body(&self, column: &str) -> Result<(), Failure> {
        if self.columns.contains_key(column) {
            return Ok(());
        }
        let message = format!("Could not find the '{column}' column of '{}' in the schema cache", self.name);
        Err(Failure::new(StatusCode::BAD_REQUEST, "PGRST204", message))
    }

    /// Its name for SQL.
    pub(super) fn quoted(&self) -> String {
        format!("public.{}", quote(&self.name))
    }
}

/// Looks a table up. From the catalogue and not from `information_schema`, which hides what the caller's
/// role may not read: a refused right must say so instead of "not found".
pub(super) async fn table(connection: &mut PgConnection, name: &str) -> Result<Table, Failure> {
    let sql = "
        select a.attname::text, format_type(a.atttypid, a.atttypmod)
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and c.relname = $1
          and c.relkind in ('r', 'v', 'm', 'p', 'f') and a.attnum > 0 and not a.attisdropped";
    let columns: Vec<(String, String)> = sqlx::query_as(sql)
        .bind(name)
        .fetch_all(connection)
        .await
        .map_err(|error| Failure::of_database(&error, false))?;
    if columns.is_empty() {
        let message = format!("Could not find the table 'public.{name}' in the schema cache");
        return Err(Failure::new(StatusCode::NOT_FOUND, "PGRST205", message));
    }
    Ok(Table { name: name.to_owned(), columns: columns.into_iter().collect() })
}

/// A name as SQL reads it.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
