//! Text that is still being written, so that half a mark does not flash up as something else.
//!
//! A guess that holds for what models write; once the text is whole, it is read as it is.

use std::borrow::Cow;

/// A last line of these alone may become anything: a list, a rule, a heading of the line before, a fence.
const MARKS: &str = "-=*_+#>`~|:.0123456789";

/// The text without a last line that says nothing yet, and with open marks closed.
pub(super) fn complete(text: &str) -> Cow<'_, str> {
    let (before, line) = text.rsplit_once('\n').map_or(("", text), |(before, line)| (before, line));
    if line.chars().all(|letter| letter.is_whitespace() || MARKS.contains(letter)) {
        return Cow::Borrowed(before);
    }
    if is_in_fence(text) {
        return Cow::Borrowed(text);
    }
    // One half of a mark that opens or closes, or a blank that no mark can close after.
    let settled = text.trim_end_matches(['*', '`', '~', ' ']);
    let line = &settled[settled.rfind('\n').map_or(0, |end| end + 1)..];
    match open_mark(line) {
        Some(mark) => Cow::Owned(format!("{settled}{mark}")),
        None => Cow::Borrowed(settled),
    }
}

fn is_in_fence(text: &str) -> bool {
    let is_fence = |line: &str| ["```", "~~~"].iter().any(|mark| line.trim_start().starts_with(mark));
    text.lines().filter(|line| is_fence(line)).count() % 2 == 1
}

/// Code first: inside it, no other mark counts.
fn open_mark(line: &str) -> Option<&'static str> {
    let is_open = |text: &str, mark| text.matches(mark).count() % 2 == 1;
    if is_open(line, "`") {
        return Some("`");
    }
    let prose: String = line.split('`').step_by(2).collect();
    ["**", "~~"].into_iter().find(|mark| is_open(&prose, mark))
}
