//! `/rest/v1`: the part of PostgREST that a program calls to read and change rows and to call functions.
//!
//! Not a gate of its own: each request is one transaction as the caller's role with the caller's claims,
//! and the database decides. Not here: embedding of other tables, upserts, logical operators, CSV.

mod caller;
mod error;
mod filter;
mod query;
mod rpc;
mod schema;
mod statement;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::gateway::Project;
use caller::Caller;
use error::Failure;
use query::{Preferences, Query};
use statement::{Rows, Statement};

/// The routes below `/rest/v1`.
pub(crate) fn router() -> Router<Arc<Project>> {
    let table = get(answer).post(answer).patch(answer).delete(answer);
    Router::new().route("/rpc/{name}", post(call)).route("/{table}", table)
}

/// PostgREST describes its API here; the stack only says that it is there.
pub(crate) async fn health() -> StatusCode {
    StatusCode::OK
}

async fn answer(
    State(project): State<Arc<Project>>,
    Path(table): Path<String>,
    method: Method,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let caller = Caller::of(&headers)?;
    let preferences = Preferences::of(&headers);
    let query = Query::parse(raw.as_deref().unwrap_or_default())?;
    let mut transaction = caller.begin(&project.callers).await?;
    let table = schema::table(&mut transaction, &table).await?;
    let statement = Statement::new(&method, &table, &query, &preferences, &body)?;
    let rows = statement.run(&mut transaction).await.map_err(|error| caller.failed(&error))?;
    if preferences.one_row && statement.shows_rows() {
        rows.require_one()?;
    }
    transaction.commit().await.map_err(|error| caller.failed(&error))?;
    Ok(respond(&statement, &rows, preferences.one_row))
}

async fn call(
    State(project): State<Arc<Project>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let caller = Caller::of(&headers)?;
    let preferences = Preferences::of(&headers);
    let mut transaction = caller.begin(&project.callers).await?;
    let call = rpc::Call::find(&mut transaction, &name, &body).await?;
    let rows = call.run(&mut transaction).await.map_err(|error| caller.failed(&error))?;
    if preferences.one_row && call.gives_rows() {
        rows.require_one()?;
    }
    transaction.commit().await.map_err(|error| caller.failed(&error))?;
    if call.gives_nothing() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(json(StatusCode::OK, rows.text(preferences.one_row || !call.gives_rows())))
}

fn respond(statement: &Statement, rows: &Rows, one_row: bool) -> Response {
    let status = statement.status();
    let mut response =
        if statement.shows_rows() { json(status, rows.text(one_row)) } else { status.into_response() };
    if let Ok(range) = rows.content_range().parse() {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    response
}

fn json(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], Body::from(text)).into_response()
}
