//! `/rpc/<function>`: calls a function of the schema `public` with named arguments.

use axum::http::StatusCode;
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, PgConnection};

use super::error::Failure;
use super::schema::quote;
use super::statement::{COLLECT, Rows};

/// A function that takes the given arguments.
struct Function {
    /// Name and SQL type of each argument that was given.
    arguments: Vec<(String, String)>,
    returns_set: bool,
    returns_void: bool,
}

/// A call of a function.
pub(super) struct Call {
    name: String,
    function: Function,
    /// The arguments as one JSON object.
    body: String,
}

/// Functions of this name that know every given argument and can do without those that were not given.
const FIND: &str = "
    select p.proretset, p.prorettype = 'void'::regtype,
           array_agg(a.name order by a.number) filter (where a.name = any($2)),
           array_agg(format_type(a.type, null) order by a.number) filter (where a.name = any($2))
    from pg_proc p
    left join lateral (
        select coalesce(p.proargnames[i], '') as name, p.proargtypes[i - 1] as type, i as number,
               i > p.pronargs - p.pronargdefaults as has_default
        from generate_series(1, p.pronargs) as i
    ) a on true
    where p.pronamespace = 'public'::regnamespace and p.proname = $1 and p.prokind = 'f'
    group by p.oid
    having count(a.name) filter (where a.name = any($2)) = cardinality($2)
       and coalesce(bool_and(a.has_default or a.name = any($2)), true)
    limit 1";

type Found = (bool, bool, Option<Vec<String>>, Option<Vec<String>>);

impl Call {
    pub(super) async fn find(
        connection: &mut PgConnection,
        name: &str,
        body: &[u8],
    ) -> Result<Call, Failure> {
        let arguments = arguments(body)?;
        let given: Vec<&String> = arguments.keys().collect();
        let found: Option<Found> = sqlx::query_as(FIND)
            .bind(name)
            .bind(&given)
            .fetch_optional(connection)
            .await
            .map_err(|error| Failure::of_database(&error, false))?;
        let (returns_set, returns_void, names, types) = found.ok_or_else(|| unknown(name, &arguments))?;
        let arguments = names.unwrap_or_default().into_iter().zip(types.unwrap_or_default()).collect();
        let function = Function { arguments, returns_set, returns_void };
        Ok(Call { name: name.to_owned(), function, body: String::from_utf8_lossy(body).into_owned() })
    }

    pub(super) async fn run(&self, connection: &mut PgConnection) -> sqlx::Result<Rows> {
        let mut query = sqlx::query_as(AssertSqlSafe(self.sql()));
        if !self.function.arguments.is_empty() {
            query = query.bind(&self.body);
        }
        query.fetch_one(connection).await
    }

    /// A function that returns a set answers with a list, every other one with its bare value.
    pub(super) fn gives_rows(&self) -> bool {
        self.function.returns_set
    }

    pub(super) fn gives_nothing(&self) -> bool {
        self.function.returns_void
    }

    /// `json_to_record` turns the arguments into their types as PostgREST does, lists and objects too.
    fn sql(&self) -> String {
        let Function { arguments, .. } = &self.function;
        let named: Vec<String> =
            arguments.iter().map(|(name, _)| format!("{0} => args.{0}", quote(name))).collect();
        let call = format!("public.{}({})", quote(&self.name), named.join(", "));
        let source = match &arguments[..] {
            [] => format!("{call} as pgrst_call"),
            _ => format!("{} cross join lateral {call} as pgrst_call", record(arguments)),
        };
        // There is no JSON of nothing; the function runs all the same.
        let result = if self.function.returns_void { "null::json as pgrst_call" } else { "pgrst_call" };
        let collect = COLLECT.replace("json_agg(rows)", "json_agg(rows.pgrst_call)");
        format!("with rows as (select {result} from {source}) {collect}")
    }
}

fn record(arguments: &[(String, String)]) -> String {
    let columns: Vec<String> =
        arguments.iter().map(|(name, kind)| format!("{} {kind}", quote(name))).collect();
    format!("json_to_record($1::json) as args({})", columns.join(", "))
}

fn arguments(body: &[u8]) -> Result<Map<String, Value>, Failure> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(body)
        .map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "PGRST102", "Empty or invalid json"))
}

fn unknown(name: &str, arguments: &Map<String, Value>) -> Failure {
    let names: Vec<&str> = arguments.keys().map(String::as_str).collect();
    let signature = match &names[..] {
        [] => format!("public.{name} without parameters"),
        names => format!("public.{name}({})", names.join(", ")),
    };
    let message = format!("Could not find the function {signature} in the schema cache");
    Failure::new(StatusCode::NOT_FOUND, "PGRST202", message)
        .with_details(format!("Searched for the function {signature}, but no matches were found."))
}
