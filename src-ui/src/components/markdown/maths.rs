//! Formulas in the other notation, `\(…\)` and `\[…\]`, which Markdown would take for escaped brackets: brought
//! into dollars before it is read, so that no mark in them counts and no backslash is lost.

use std::borrow::Cow;

/// The block with its formulas in dollars.
pub(super) fn in_dollars(block: &str) -> Cow<'_, str> {
    let is_code = block.starts_with("    ") || block.starts_with('\t');
    if is_code || !(block.contains("\\(") || block.contains("\\[")) {
        return Cow::Borrowed(block);
    }
    let (mut written, mut rest) = (String::with_capacity(block.len()), block);
    while let Some(at) = rest.find(['`', '~', '\\']) {
        written.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match formula(rest) {
            Some((formula, taken)) => {
                written.push_str(&formula);
                taken
            }
            None => {
                let taken = code_or_escape(rest);
                written.push_str(&rest[..taken]);
                taken
            }
        };
        rest = &rest[taken..];
    }
    written.push_str(rest);
    Cow::Owned(written)
}

/// A formula that `text` begins with, in dollars, and how many bytes it was.
fn formula(text: &str) -> Option<(String, usize)> {
    let (close, mark) = match text.get(..2)? {
        "\\(" => ("\\)", "$"),
        "\\[" => ("\\]", "$$"),
        _ => return None,
    };
    let inside = &text[2..2 + text[2..].find(close)?];
    let is_one = !inside.contains(['$', '`']) && !inside.contains("\n\n") && !inside.trim().is_empty();
    is_one.then(|| (format!("{mark}{}{mark}", inside.trim()), inside.len() + 4))
}

/// Bytes in which no formula begins: code up to its end, or a mark and what it takes the meaning from.
fn code_or_escape(text: &str) -> usize {
    if let Some(mark) = text.chars().next().filter(|mark| ['`', '~'].contains(mark)) {
        let length = text.len() - text.trim_start_matches(mark).len();
        let (is_fence, is_mark) = (length >= 3, mark == '`');
        let end = text[length..].find(&text[..length]).map(|at| at + 2 * length);
        // A fence that nobody closes goes on to the end.
        return end.filter(|_| is_fence || is_mark).unwrap_or(if is_fence { text.len() } else { length });
    }
    1 + text[1..].chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_brought_into_dollars_and_nothing_else_is() {
        for (text, expected) in [
            (r"so \( a_1*b \) is \[\nc\n\]", r"so $a_1*b$ is $$\nc\n$$"),
            (r"`\(a\)` ``\(`b\)`` \\(c\\)", r"`\(a\)` ``\(`b\)`` \\(c\\)"),
            (r"\(a $5 \) \(open", r"\(a $5 \) \(open"),
            ("    \\(a\\)", "    \\(a\\)"),
            ("```\n\\(a\\)\n```", "```\n\\(a\\)\n```"),
            ("```\n\\(a\\)", "```\n\\(a\\)"),
            ("~~~\n\\(a\\)\n~~~", "~~~\n\\(a\\)\n~~~"),
            (r"~~no~~ \(a\) ~ \(b\) ~", r"~~no~~ $a$ ~ $b$ ~"),
            (r"字\(字\)字", r"字$字$字"),
            (r"\(\) \[ \]\", r"\(\) \[ \]\"),
        ] {
            assert_eq!(in_dollars(text), expected);
        }
    }
}
