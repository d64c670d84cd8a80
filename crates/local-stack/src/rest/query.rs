//! What a request asks for beside its table: the query string and the headers.

use axum::http::{HeaderMap, header};

use super::error::Failure;
use super::filter::Filter;

/// The query string.
#[derive(Debug, Default)]
pub(super) struct Query {
    /// Columns to show; empty means all.
    pub(super) select: Vec<String>,
    pub(super) filters: Vec<Filter>,
    /// Column, and whether the order is turned around.
    pub(super) order: Vec<(String, bool)>,
    pub(super) limit: Option<i64>,
    pub(super) offset: Option<i64>,
}

/// The headers `Accept` and `Prefer`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Preferences {
    /// One object instead of a list; any other number of rows is an error.
    pub(super) one_row: bool,
    /// A change answers with the changed rows.
    pub(super) returns_rows: bool,
}

impl Query {
    /// Decodes as PostgREST does: `+` is a space, a plus sign has to come as `%2B`.
    pub(super) fn parse(raw: &str) -> Result<Query, Failure> {
        let mut query = Query::default();
        for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
            query.add(&name, &value)?;
        }
        Ok(query)
    }

    fn add(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        match name {
            "select" if value == "*" => {}
            "select" => self.select = names(value),
            "order" => self.order = names(value).iter().map(|term| order(term)).collect(),
            "limit" => self.limit = Some(number(value)?),
            "offset" => self.offset = Some(number(value)?),
            // The keys of the body say the same.
            "columns" => {}
            column => self.filters.push(Filter::parse(column, value)?),
        }
        Ok(())
    }
}

impl Preferences {
    pub(super) fn of(headers: &HeaderMap) -> Preferences {
        let has = |name, wanted: &str| {
            headers.get_all(name).iter().any(|value| value.to_str().is_ok_and(|text| text.contains(wanted)))
        };
        Preferences {
            one_row: has(header::ACCEPT, "application/vnd.pgrst.object"),
            returns_rows: headers
                .get_all("prefer")
                .iter()
                .any(|value| value.to_str().is_ok_and(|text| text.contains("return=representation"))),
        }
    }
}

fn names(list: &str) -> Vec<String> {
    list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// `column`, `column.asc` or `column.desc`.
fn order(term: &str) -> (String, bool) {
    match term.split_once('.') {
        Some((column, direction)) => (column.to_owned(), direction.starts_with("desc")),
        None => (term.to_owned(), false),
    }
}

fn number(text: &str) -> Result<i64, Failure> {
    text.parse().map_err(|_| Failure::unreadable("limit or offset", text))
}

#[cfg(test)]
mod tests {
    use super::super::filter::Test;
    use super::*;

    fn value_of(raw: &str) -> String {
        match Query::parse(raw).unwrap().filters.remove(0).test {
            Test::Compare(_, value) => value,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_plus_is_a_space_and_its_escape_a_plus() {
        assert_eq!(value_of("at=eq.05+00:00"), "05 00:00");
        assert_eq!(value_of("at=eq.05%2B00:00"), "05+00:00");
    }

    #[test]
    fn selections_orders_and_limits_are_no_filters() {
        let query = Query::parse("select=a,b&order=a.desc,b&limit=3&offset=1").unwrap();
        assert_eq!(query.select, ["a", "b"]);
        assert_eq!(query.order, [("a".to_owned(), true), ("b".to_owned(), false)]);
        assert_eq!((query.limit, query.offset), (Some(3), Some(1)));
        assert!(query.filters.is_empty());
    }
}
