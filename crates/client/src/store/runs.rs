//! Runs with their text, each account's own.
//!
//! A run has its row from its start on. While it is written, its text is in `run_draft`, so that a page of
//! a growing answer does not rewrite the index of all words; at its end it moves into the row and into the
//! index. Whoever is killed in between leaves a draft, which [`Store::end_abandoned`] turns into a run that
//! was cut.

use flowmeter_domain::ipc::{AccountKey, End, KeptRun, RunView};
use flowmeter_domain::{Code, ConversationId, Delta, NodeRequest, Outcome, RunId, UiError};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::Store;

/// The columns of a whole run, for [`whole`].
const WHOLE: &str = "r.run_id, r.conversation, r.started_at, r.request, r.is_json, r.prompt,
    coalesce(d.content, r.content), coalesce(d.reasoning, r.reasoning), r.end,
    coalesce(d.measured, r.measured), r.name, r.id
    from run r left join run_draft d on d.run = r.id";
/// The columns of a line, for [`line`].
pub(super) const LINE: &str =
    "r.run_id, r.conversation, r.started_at, r.name, substr(r.prompt, 1, 240), r.model, r.end, r.id";
/// What a row of the index is made of.
const INDEXED: &str = "r.id, r.name, r.prompt, r.content from run r";
/// Runs that are put back at once: others may want the store, too.
const AT_ONCE: usize = 100;

/// A run as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    pub(crate) view: RunView,
    /// What the person calls it.
    pub(crate) name: Option<String>,
    /// Its place: a later one was started later. `None` for one that begins.
    place: Option<i64>,
}

impl Store {
    /// Keeps a run that begins.
    pub(crate) fn begin_run(&self, key: &AccountKey, run: &RunView) -> Result<(), UiError> {
        let begun = Kept { view: run.clone(), name: None, place: None };
        self.put_back(key, &[begun])
    }

    /// Keeps what came so far. A run that has ended, or was deleted, stays as it is.
    pub(crate) fn keep_draft(&self, run: &RunView) -> Result<(), UiError> {
        let sql = "insert into run_draft (run, content, reasoning, measured)
                   select id, ?2, ?3, ?4 from run where run_id = ?1 and end is null
                   on conflict (run) do update set content = ?2, reasoning = ?3, measured = ?4";
        let Delta { content, reasoning } = &run.text;
        let values = params![run.run_id.to_string(), content, reasoning, json(&run.measured)];
        self.with(|connection| connection.prepare_cached(sql)?.execute(values).map(drop))
    }

    /// Keeps a run that has ended. One that was deleted stays so.
    pub(crate) fn end_run(&self, run: &RunView) -> Result<(), UiError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            if let Some(place) = place(&transaction, None, run.run_id)? {
                end(&transaction, place, run)?;
            }
            transaction.commit()
        })
    }

    /// Ends the runs that another launch left unended, as runs that were cut.
    pub(crate) fn end_abandoned(&self, key: &AccountKey) -> Result<(), UiError> {
        // The signs keep the index of an account out of it: of its thousands of runs hardly one has not ended.
        let sql = format!(
            "select {WHOLE} where r.end is null and r.launch <> ?3 and +r.project = ?1 and +r.user_id = ?2"
        );
        let launch = self.0.launch.to_string();
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let values = params![key.project, key.user_id.to_string(), launch];
            for Kept { mut view, place, .. } in wholes(&transaction, &sql, values)? {
                let Some(place) = place else { continue };
                let cause = UiError::new(Code::Interrupted, "the app ended before the run did");
                view.end = Some(Outcome::Incomplete { cause }.into());
                end(&transaction, place, &view)?;
            }
            transaction.commit()
        })
    }

    /// A run of `key`.
    pub(crate) fn kept_run(&self, key: &AccountKey, run_id: RunId) -> Result<Option<Kept>, UiError> {
        let sql = format!("select {WHOLE} where r.project = ?1 and r.user_id = ?2 and r.run_id = ?3");
        let values = params![key.project, key.user_id.to_string(), run_id.to_string()];
        Ok(self.with(|connection| wholes(connection, &sql, values))?.pop())
    }

    /// The runs of a conversation, oldest first.
    pub(crate) fn conversation(&self, key: &AccountKey, of: ConversationId) -> Result<Vec<Kept>, UiError> {
        let sql = format!(
            "select {WHOLE} where r.project = ?1 and r.user_id = ?2 and r.conversation = ?3 order by r.id"
        );
        let values = params![key.project, key.user_id.to_string(), of.to_string()];
        self.with(|connection| wholes(connection, &sql, values))
    }

    /// Calls a run by `name`; `false` when there is no such run.
    pub(crate) fn rename_run(
        &self,
        key: &AccountKey,
        run_id: RunId,
        name: Option<&str>,
    ) -> Result<bool, UiError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let Some(place) = place(&transaction, Some(key), run_id)? else { return Ok(false) };
            unindex(&transaction, place)?;
            transaction.execute("update run set name = ?2 where id = ?1", params![place, name])?;
            index(&transaction, place)?;
            transaction.commit()?;
            Ok(true)
        })
    }

    /// Deletes a run; gives it back, in case of regret.
    pub(crate) fn delete_run(&self, key: &AccountKey, run_id: RunId) -> Result<Option<Kept>, UiError> {
        let Some(kept) = self.kept_run(key, run_id)? else { return Ok(None) };
        self.with(|connection| {
            let transaction = connection.transaction()?;
            if let Some(place) = kept.place {
                unindex(&transaction, place)?;
                transaction.execute("delete from run where id = ?1", [place])?;
            }
            transaction.commit()
        })?;
        Ok(Some(kept))
    }

    /// Deletes all runs of `key` that have ended; gives them back, in case of regret.
    pub(crate) fn clear_runs(&self, key: &AccountKey) -> Result<Vec<Kept>, UiError> {
        let of_account = "project = ?1 and user_id = ?2 and end is not null";
        let sql = format!("select {WHOLE} where {of_account} order by r.id");
        self.with(|connection| {
            let values = params![key.project, key.user_id.to_string()];
            let transaction = connection.transaction()?;
            let kept = wholes(&transaction, &sql, values)?;
            transaction.execute(&format!("delete from run where {of_account}"), values)?;
            rebuild_index(&transaction)?;
            transaction.commit()?;
            Ok(kept)
        })
    }

    /// Puts runs where they were, some at a time.
    pub(crate) fn put_back(&self, key: &AccountKey, runs: &[Kept]) -> Result<(), UiError> {
        let launch = self.0.launch.to_string();
        runs.chunks(AT_ONCE).try_for_each(|some| {
            self.with(|connection| {
                let transaction = connection.transaction()?;
                for kept in some {
                    insert(&transaction, key, &launch, kept)?;
                    index(&transaction, transaction.last_insert_rowid())?;
                }
                transaction.commit()
            })
        })
    }
}

/// Writes the index anew from the rows that are left: many times faster than to take many out one by one.
pub(super) fn rebuild_index(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("insert into run_text (run_text) values ('rebuild')", []).map(drop)
}

fn insert(connection: &Connection, key: &AccountKey, launch: &str, kept: &Kept) -> rusqlite::Result<()> {
    let sql = "insert into run (id, project, user_id, run_id, conversation, launch, started_at, name, model,
               end, measured, request, is_json, prompt, content, reasoning)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    let Kept { view: run, name, place } = kept;
    let (request, is_json, prompt) = split(&run.request);
    let values = params![
        place,
        key.project,
        key.user_id.to_string(),
        run.run_id.to_string(),
        run.conversation.to_string(),
        launch,
        run.started_at.as_millisecond(),
        name,
        run.request.model,
        run.end.as_ref().map(json),
        json(&run.measured),
        request,
        is_json,
        prompt,
        run.text.content,
        run.text.reasoning,
    ];
    connection.prepare_cached(sql)?.execute(values).map(drop)
}

fn end(connection: &Connection, place: i64, run: &RunView) -> rusqlite::Result<()> {
    unindex(connection, place)?;
    let sql = "update run set end = ?2, measured = ?3, content = ?4, reasoning = ?5 where id = ?1";
    let Delta { content, reasoning } = &run.text;
    let end = run.end.as_ref().map(json);
    connection.execute(sql, params![place, end, json(&run.measured), content, reasoning])?;
    connection.execute("delete from run_draft where run = ?1", [place])?;
    index(connection, place)
}

fn index(connection: &Connection, place: i64) -> rusqlite::Result<()> {
    let sql = format!("insert into run_text (rowid, name, prompt, content) select {INDEXED} where r.id = ?1");
    connection.prepare_cached(&sql)?.execute([place]).map(drop)
}

/// The index is told what it holds of a row: it has no text of its own to look that up in.
fn unindex(connection: &Connection, place: i64) -> rusqlite::Result<()> {
    let sql = format!(
        "insert into run_text (run_text, rowid, name, prompt, content) select 'delete', {INDEXED} where r.id = ?1"
    );
    connection.prepare_cached(&sql)?.execute([place]).map(drop)
}

fn place(connection: &Connection, key: Option<&AccountKey>, run_id: RunId) -> rusqlite::Result<Option<i64>> {
    let sql = "select id from run where run_id = ?1 and (?2 is null or project = ?2 and user_id = ?3)";
    let (project, user) = (key.map(|key| &key.project), key.map(|key| key.user_id.to_string()));
    let values = params![run_id.to_string(), project, user];
    connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()
}

/// The request without its text, whether that is JSON, and the text, which is searched.
fn split(request: &NodeRequest) -> (String, bool, String) {
    let (is_json, prompt) = match &request.input {
        None => (false, String::new()),
        Some(Value::String(text)) => (false, text.clone()),
        Some(other) => (true, other.to_string()),
    };
    let rest = NodeRequest { input: None, conversation_history: Vec::new(), ..request.clone() };
    (json(&rest), is_json, prompt)
}

fn join(request: &str, is_json: bool, prompt: String) -> NodeRequest {
    let input = match is_json {
        true => prompt.parse().ok(),
        false => Some(Value::String(prompt)),
    };
    NodeRequest { input, ..read(request).unwrap_or_default() }
}

fn wholes(
    connection: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<Kept>> {
    let mut query = connection.prepare_cached(sql)?;
    let rows = query.query_map(values, whole)?;
    // A row that another version wrote otherwise is left out.
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn whole(row: &Row<'_>) -> rusqlite::Result<Option<Kept>> {
    let (request, prompt): (String, String) = (row.get(3)?, row.get(5)?);
    let (end, measured): (Option<String>, String) = (row.get(8)?, row.get(9)?);
    let Some((run_id, conversation, started_at)) = which(row)? else { return Ok(None) };
    let view = RunView {
        run_id,
        request: join(&request, row.get(4)?, prompt),
        conversation,
        started_at,
        text: Delta { content: row.get(6)?, reasoning: row.get(7)? },
        next_seq: 0,
        end: end.as_deref().and_then(read),
        left: None,
        measured: read(&measured).unwrap_or_default(),
    };
    Ok(Some(Kept { view, name: row.get(10)?, place: row.get(11)? }))
}

/// A line of the list, and its place.
pub(super) fn line(row: &Row<'_>) -> rusqlite::Result<Option<(KeptRun, i64)>> {
    let Some((run_id, conversation, started_at)) = which(row)? else { return Ok(None) };
    let end: Option<String> = row.get(6)?;
    let line = KeptRun {
        run_id,
        conversation,
        name: row.get(3)?,
        prompt: row.get(4)?,
        model: row.get(5)?,
        started_at,
        end: end.as_deref().and_then(read::<End>),
        found: None,
    };
    Ok(Some((line, row.get(7)?)))
}

fn which(row: &Row<'_>) -> rusqlite::Result<Option<(RunId, ConversationId, Timestamp)>> {
    let id = |column| Ok::<_, rusqlite::Error>(Uuid::parse_str(&row.get::<_, String>(column)?).ok());
    let (run_id, conversation) = (id(0)?.map(RunId), id(1)?.map(ConversationId));
    let started_at = Timestamp::from_millisecond(row.get(2)?).ok();
    Ok(run_id
        .zip(conversation)
        .zip(started_at)
        .map(|((run_id, conversation), at)| (run_id, conversation, at)))
}

fn read<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

/// Our own types always have a JSON.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
