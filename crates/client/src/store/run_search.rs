//! Finding kept runs: the newest first, all of them or those with certain words.
//!
//! A word may stand anywhere in name, prompt or answer, also within a longer one: the index holds every three
//! characters in sequence, because Chinese does not part its words. One or two characters are in no index;
//! they are looked for in the rows themselves, from the newest on, until a page is full.

use std::ops::Range;

use flowmeter_domain::UiError;
use flowmeter_domain::ipc::{AccountKey, Found, KeptRun, KeptRuns};
use memchr::memmem;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Row, ToSql, params_from_iter};

use super::Store;
use super::runs::{LINE, line};

/// Runs of a page.
const PAGE: usize = 50;
/// The shortest word that the index knows, in characters.
const INDEXED: usize = 3;
/// Looks for a word in a text, see [`define`].
const CONTAINS: &str = "contains";
/// Characters shown before a word that was found, and behind it.
const BEFORE: usize = 24;
const BEHIND: usize = 80;

impl Store {
    /// A page of the runs of `key` that have every word of `search`, from behind `after` on.
    pub(crate) fn list_runs(
        &self,
        key: &AccountKey,
        search: &str,
        after: Option<i64>,
    ) -> Result<KeptRuns, UiError> {
        let words: Vec<&str> = search.split_whitespace().collect();
        let query = Query::new(key, &words, after.unwrap_or(i64::MAX));
        let mut lines = self.with(|connection| {
            let mut statement = connection.prepare_cached(&query.sql)?;
            let rows = statement.query_map(params_from_iter(&query.values), |row| found_line(row, &words))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        let is_full = lines.len() > PAGE;
        lines.truncate(PAGE);
        let next = lines.last().and_then(|line| line.as_ref()).filter(|_| is_full).map(|(_, place)| *place);
        Ok(KeptRuns { runs: lines.into_iter().flatten().map(|(run, _)| run).collect(), next })
    }
}

struct Query {
    sql: String,
    values: Vec<Box<dyn ToSql>>,
}

impl Query {
    fn new(key: &AccountKey, words: &[&str], before: i64) -> Self {
        let (long, short): (Vec<&str>, Vec<&str>) =
            words.iter().copied().partition(|word| word.chars().count() >= INDEXED);
        let mut values: Vec<Box<dyn ToSql>> =
            vec![Box::new(key.project.clone()), Box::new(key.user_id.to_string()), Box::new(before)];
        let mut place = |value: String| {
            values.push(Box::new(value));
            values.len()
        };
        let (mut from, mut order, mut and) = ("run r".to_owned(), "r.id", String::new());
        if !long.is_empty() {
            let phrases: Vec<String> =
                long.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
            let at = place(phrases.join(" "));
            // Crossed: the words are looked up first, and the rows by what was found.
            from = "run_text t cross join run r on r.id = t.rowid".to_owned();
            order = "t.rowid";
            and = format!(" and t.run_text match ?{at}");
        }
        for word in short {
            and.push_str(&has(word, &mut place));
        }
        let text = if words.is_empty() { "null" } else { "r.content" };
        let sql = format!(
            "select {LINE}, {text} from {from} where r.project = ?1 and r.user_id = ?2 and {order} < ?3{and}
             order by {order} desc limit {}",
            PAGE + 1
        );
        Self { sql, values }
    }
}

/// Letters are found in capitals, too; for other characters, which have none, there is a faster way.
fn has(word: &str, place: &mut impl FnMut(String) -> usize) -> String {
    let columns = ["r.name", "r.prompt", "r.content"];
    let one = if word.is_ascii() {
        let at = place(format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
        columns.map(|column| format!("{column} like ?{at} escape '\\'"))
    } else {
        let at = place(word.to_owned());
        columns.map(|column| format!("{CONTAINS} ({column}, ?{at})"))
    };
    format!(" and ({})", one.join(" or "))
}

/// The function [`CONTAINS`] of SQL: whether a text has another one in it, letter for letter. SQLite's own `instr`
/// goes through every text byte by byte.
pub(super) fn define(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function(CONTAINS, 2, flags, |call| {
        let (text, word) = (call.get_raw(0).as_bytes_or_null()?, call.get_raw(1).as_bytes_or_null()?);
        Ok(text.zip(word).is_some_and(|(text, word)| memmem::find(text, word).is_some()))
    })
}

/// A line with the first word that it does not show by itself.
fn found_line(row: &Row<'_>, words: &[&str]) -> rusqlite::Result<Option<(KeptRun, i64)>> {
    let Some((mut run, place)) = line(row)? else { return Ok(None) };
    let shown = format!("{} {}", run.name.as_deref().unwrap_or_default(), first_line(&run.prompt));
    let hidden = words.iter().find(|word| find(&shown, word).is_none());
    let text = row.get_ref(8)?.as_str_or_null().ok().flatten().unwrap_or_default();
    run.found = hidden.and_then(|word| excerpt(text, word).or_else(|| excerpt(&run.prompt, word)));
    Ok(Some((run, place)))
}

fn first_line(text: &str) -> &str {
    text.trim_start().lines().next().unwrap_or_default()
}

fn excerpt(text: &str, word: &str) -> Option<Found> {
    let at = find(text, word)?;
    let (before, behind) = (&text[..at.start], &text[at.end..]);
    let from = before.char_indices().rev().take(BEFORE).last().map_or(before.len(), |(index, _)| index);
    let cut = if from > 0 { "…" } else { "" };
    let until = behind.char_indices().nth(BEHIND).map_or(behind.len(), |(index, _)| index);
    let one_line = |text: &str| text.replace(['\n', '\r', '\t'], " ");
    Some(Found {
        before: format!("{cut}{}", one_line(&before[from..])),
        hit: one_line(&text[at]),
        after: one_line(&behind[..until]),
    })
}

/// Where `word` stands in `text`, in whatever case.
fn find(text: &str, word: &str) -> Option<Range<usize>> {
    let wanted: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    text.char_indices().find_map(|(start, _)| {
        let mut wanted = wanted.iter();
        let mut end = start;
        for letter in text[start..].chars() {
            if wanted.as_slice().is_empty() {
                break;
            }
            if !letter.to_lowercase().all(|small| wanted.next() == Some(&small)) {
                return None;
            }
            end += letter.len_utf8();
        }
        wanted.as_slice().is_empty().then_some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_any_case_and_script() {
        assert_eq!(find("Das Öl", "ÖL"), Some(4..7));
        assert_eq!(find("解释乐观锁", "乐观"), Some(6..12));
        assert_eq!(find("abcabd", "abd"), Some(3..6));
        assert_eq!((find("abc", "abcd"), find("", "a")), (None, None));
    }

    #[test]
    fn an_excerpt_is_one_line_around_the_word() {
        let text = format!("{}\nand then\nOptimistic locking{}", "x".repeat(50), "y".repeat(200));
        let found = excerpt(&text, "optimistic").unwrap();
        assert_eq!((found.before.as_str(), found.hit.as_str()), ("…xxxxxxxxxxxxxx and then ", "Optimistic"));
        assert_eq!(found.after.chars().count(), BEHIND);
    }
}
