//! One filter of a query string: `column=operator.value`.

use super::error::Failure;

/// A condition on a column.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) column: String,
    pub(super) negated: bool,
    pub(super) test: Test,
}

/// What the column's value is held against.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// An SQL operator and its right side.
    Compare(&'static str, String),
    /// One of these.
    In(Vec<String>),
    /// An SQL word behind `is`.
    Is(&'static str),
}

impl Filter {
    /// `text` is decoded already, so a `+` in it was `%2B`.
    pub(super) fn parse(column: &str, text: &str) -> Result<Filter, Failure> {
        let (negated, rest) = match text.strip_prefix("not.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let test = rest.split_once('.').and_then(|(operator, value)| Test::parse(operator, value));
        let test = test.ok_or_else(|| Failure::unreadable("filter", text))?;
        Ok(Filter { column: column.to_owned(), negated, test })
    }
}

impl Test {
    fn parse(operator: &str, value: &str) -> Option<Test> {
        let sql = match operator {
            "eq" => "=",
            "neq" => "<>",
            "gt" => ">",
            "gte" => ">=",
            "lt" => "<",
            "lte" => "<=",
            "in" => return list(value).map(Test::In),
            "is" => return word(value).map(Test::Is),
            _ => return None,
        };
        Some(Test::Compare(sql, value.to_owned()))
    }
}

fn word(value: &str) -> Option<&'static str> {
    match value.to_ascii_lowercase().as_str() {
        "null" => Some("null"),
        "not_null" => Some("not null"),
        "true" => Some("true"),
        "false" => Some("false"),
        "unknown" => Some("unknown"),
        _ => None,
    }
}

/// `(a,"b,c")`: quotes protect what would end a value, a backslash protects a quote.
fn list(value: &str) -> Option<Vec<String>> {
    let inner = value.strip_prefix('(')?.strip_suffix(')')?;
    let mut values = vec![String::new()];
    let mut quoted = false;
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => values.last_mut()?.extend(characters.next()),
            ',' if !quoted => values.push(String::new()),
            other => values.last_mut()?.push(other),
        }
    }
    Some(if inner.is_empty() { Vec::new() } else { values })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_dots_and_colons() {
        let filter = Filter::parse("updated_at", "eq.2026-01-02T03:04:05.678901+00:00").unwrap();
        assert_eq!(filter.test, Test::Compare("=", "2026-01-02T03:04:05.678901+00:00".into()));
    }

    #[test]
    fn not_turns_a_test_around() {
        assert_eq!(
            Filter::parse("a", "not.is.null").unwrap(),
            Filter { column: "a".into(), negated: true, test: Test::Is("null") }
        );
    }

    #[test]
    fn quotes_protect_a_comma_in_a_list() {
        assert_eq!(list(r#"(1,"a,b","\"")"#), Some(vec!["1".into(), "a,b".into(), "\"".into()]));
        assert_eq!(list("()"), Some(Vec::new()));
    }

    #[test]
    fn an_unknown_operator_is_no_filter() {
        assert!(Filter::parse("a", "fts.b").is_err());
        assert!(Filter::parse("a", "b").is_err());
    }
}
