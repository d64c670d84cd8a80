//! The one SQL statement of a request on a table.
//!
//! Names come from the schema and are quoted, values are parameters with a cast to the column's type, and
//! the rows become JSON inside PostgreSQL, so that a timestamp looks as it does at PostgREST's.

use axum::http::{Method, StatusCode};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

use super::error::Failure;
use super::filter::{Filter, Test};
use super::query::{Preferences, Query};
use super::schema::{Table, quote};

/// A statement that gives one row: the rows as JSON text, and their number.
pub(super) struct Statement {
    verb: Verb,
    sql: String,
    parameters: Vec<String>,
    shows_rows: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Select,
    Insert,
    Update,
    Delete,
}

/// What a statement gave.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Rows {
    /// A JSON list.
    list: String,
    /// The first of the list, `null` without one.
    first: String,
    count: i64,
}

impl Statement {
    pub(super) fn new(
        method: &Method,
        table: &Table,
        query: &Query,
        preferences: &Preferences,
        body: &[u8],
    ) -> Result<Statement, Failure> {
        let verb = Verb::of(method);
        let shows_rows = verb == Verb::Select || preferences.returns_rows;
        let mut draft = Draft { table, query, parameters: Vec::new() };
        let rows = match verb {
            Verb::Select => draft.select()?,
            Verb::Insert => draft.insert(body, shows_rows)?,
            Verb::Update => draft.update(body, shows_rows)?,
            Verb::Delete => draft.delete(shows_rows)?,
        };
        let sql = format!("with rows as ({rows}) {COLLECT}");
        Ok(Statement { verb, sql, parameters: draft.parameters, shows_rows })
    }

    pub(super) async fn run(&self, connection: &mut PgConnection) -> sqlx::Result<Rows> {
        // Every name in it is quoted, every value is a parameter.
        let mut query = sqlx::query_as(AssertSqlSafe(self.sql.as_str()));
        for parameter in &self.parameters {
            query = query.bind(parameter);
        }
        query.fetch_one(connection).await
    }

    /// Whether the answer has the rows in it.
    pub(super) fn shows_rows(&self) -> bool {
        self.shows_rows
    }

    /// The status of success. A change of no row at all is a success: that is why a lost optimistic lock
    /// shows only to those who ask for the rows.
    pub(super) fn status(&self) -> StatusCode {
        match (self.verb, self.shows_rows) {
            (Verb::Insert, _) => StatusCode::CREATED,
            (_, true) => StatusCode::OK,
            (_, false) => StatusCode::NO_CONTENT,
        }
    }
}

/// Turns the rows of `rows` into what [`Rows`] reads.
pub(super) const COLLECT: &str = "
    select coalesce(json_agg(rows), '[]')::text as list,
           coalesce(json_agg(rows) -> 0, 'null')::text as first,
           count(*) as count
    from rows";

impl Rows {
    /// Refuses every other number of rows; dropping the transaction then takes the change back.
    pub(super) fn require_one(&self) -> Result<(), Failure> {
        if self.count == 1 {
            return Ok(());
        }
        let message = "Cannot coerce the result to a single JSON object";
        Err(Failure::new(StatusCode::NOT_ACCEPTABLE, "PGRST116", message)
            .with_details(format!("The result contains {} rows", self.count)))
    }

    /// The list, or the one row of it.
    pub(super) fn text(&self, one: bool) -> String {
        if one { self.first.clone() } else { self.list.clone() }
    }

    pub(super) fn content_range(&self) -> String {
        match self.count {
            0 => "*/*".to_owned(),
            count => format!("0-{}/*", count - 1),
        }
    }
}

impl Verb {
    fn of(method: &Method) -> Verb {
        match method.as_str() {
            "POST" => Verb::Insert,
            "PATCH" => Verb::Update,
            "DELETE" => Verb::Delete,
            _ => Verb::Select,
        }
    }
}

/// SQL in the making.
struct Draft<'a> {
    table: &'a Table,
    query: &'a Query,
    /// All as text: the cast behind each makes it what the column wants.
    parameters: Vec<String>,
}

impl Draft<'_> {
    fn select(&mut self) -> Result<String, Failure> {
        let (columns, table) = (self.columns()?, self.table.quoted());
        let (condition, order) = (self.condition()?, self.order()?);
        let limit = self.query.limit.map(|limit| format!(" limit {limit}")).unwrap_or_default();
        let offset = self.query.offset.map(|offset| format!(" offset {offset}")).unwrap_or_default();
        Ok(format!("select {columns} from {table} as t{condition}{order}{limit}{offset}"))
    }

    fn update(&mut self, body: &[u8], shows_rows: bool) -> Result<String, Failure> {
        let (keys, table) = (self.body(body)?, self.table.quoted());
        if keys.is_empty() {
            // Nothing to set: PostgREST changes nothing and shows nothing.
            return Ok(format!("select null from {table} where $1::text is null"));
        }
        let set: Vec<String> = keys.iter().map(|key| format!("{0} = body.{0}", quote(key))).collect();
        let (condition, returning) = (self.condition()?, self.returning(shows_rows)?);
        Ok(format!(
            "update {table} as t set {} from json_populate_record(null::{table}, $1::json) as body{condition}{returning}",
            set.join(", ")
        ))
    }

    fn insert(&mut self, body: &[u8], shows_rows: bool) -> Result<String, Failure> {
        let (keys, table) = (self.body(body)?, self.table.quoted());
        let names = keys.iter().map(|key| quote(key)).collect::<Vec<_>>().join(", ");
        let returning = self.returning(shows_rows)?;
        if keys.is_empty() {
            return Ok(format!("insert into {table} as t select where $1::text is null{returning}"));
        }
        // One object or a list of them.
        let rows = format!(
            "json_populate_recordset(null::{table}, case json_typeof($1::json) when 'array' then $1::json else json_build_array($1::json) end)"
        );
        Ok(format!("insert into {table} as t ({names}) select {names} from {rows}{returning}"))
    }

    fn delete(&mut self, shows_rows: bool) -> Result<String, Failure> {
        let (condition, returning) = (self.condition()?, self.returning(shows_rows)?);
        Ok(format!("delete from {} as t{condition}{returning}", self.table.quoted()))
    }

    /// Takes the body as the first parameter and gives its keys.
    fn body(&mut self, body: &[u8]) -> Result<Vec<String>, Failure> {
        let value: Value = serde_json::from_slice(body).map_err(|_| not_json())?;
        let first = value.as_array().map_or(Some(&value), |list| list.first());
        let object = first.and_then(Value::as_object).ok_or_else(not_json)?;
        for key in object.keys() {
            self.table.require_in_body(key)?;
        }
        let keys = object.keys().cloned().collect();
        self.parameters.push(value.to_string());
        Ok(keys)
    }

    fn columns(&self) -> Result<String, Failure> {
        if self.query.select.is_empty() {
            return Ok("t.*".to_owned());
        }
        let column = |name: &String| self.table.type_of(name).map(|_| format!("t.{}", quote(name)));
        Ok(self.query.select.iter().map(column).collect::<Result<Vec<_>, _>>()?.join(", "))
    }

    /// Without rows to show, nothing of the table is read: writing may be allowed where reading is not.
    fn returning(&self, shows_rows: bool) -> Result<String, Failure> {
        let columns = if shows_rows { self.columns()? } else { "1 as changed".to_owned() };
        Ok(format!(" returning {columns}"))
    }

    fn condition(&mut self) -> Result<String, Failure> {
        let query = self.query;
        let tests = query.filters.iter().map(|filter| self.test(filter)).collect::<Result<Vec<_>, _>>()?;
        Ok(if tests.is_empty() { String::new() } else { format!(" where {}", tests.join(" and ")) })
    }

    fn test(&mut self, filter: &Filter) -> Result<String, Failure> {
        let kind = self.table.type_of(&filter.column)?;
        let column = format!("t.{}", quote(&filter.column));
        let test = match &filter.test {
            Test::Compare(operator, value) => format!("{column} {operator} {}", self.parameter(value, kind)),
            Test::Is(word) => format!("{column} is {word}"),
            Test::In(values) => {
                let values: Vec<String> = values.iter().map(|value| self.parameter(value, kind)).collect();
                if values.is_empty() {
                    "false".to_owned()
                } else {
                    format!("{column} in ({})", values.join(", "))
                }
            }
        };
        Ok(if filter.negated { format!("not ({test})") } else { test })
    }

    fn parameter(&mut self, value: &str, kind: &str) -> String {
        self.parameters.push(value.to_owned());
        format!("cast(${}::text as {kind})", self.parameters.len())
    }

    fn order(&self) -> Result<String, Failure> {
        if self.query.order.is_empty() {
            return Ok(String::new());
        }
        let term = |(column, descending): &(String, bool)| {
            self.table.type_of(column)?;
            Ok(format!("t.{}{}", quote(column), if *descending { " desc" } else { "" }))
        };
        let terms = self.query.order.iter().map(term).collect::<Result<Vec<String>, Failure>>()?;
        Ok(format!(" order by {}", terms.join(", ")))
    }
}

fn not_json() -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "PGRST102", "Empty or invalid json")
}
