//! Cuts a text to a width. SVG has no ellipsis of its own, and HTML inside of SVG is drawn in the wrong
//! place by WebKit as soon as it is cut off, so the width is estimated: within a tenth of what a
//! system's sans-serif takes.

/// `text` on one line, as much of it as fits into `width` at a font of `size`, with an ellipsis if it
/// was cut.
pub(super) fn shorten(text: &str, width: f64, size: f64) -> String {
    let line = one_line(text);
    let fits = fitting(&line, width / size);
    if fits == line.len() {
        return line;
    }
    let cut = fitting(&line, width / size - share('…'));
    format!("{}…", line[..cut].trim_end())
}

/// `text` over two lines, the second one cut.
pub(super) fn over_two_lines(text: &str, width: f64, size: f64) -> [String; 2] {
    let line = one_line(text);
    let fits = fitting(&line, width / size);
    if fits == line.len() {
        return [line, String::new()];
    }
    // At a space, unless that would leave most of the first line empty.
    let space = line[..fits].rfind(' ').filter(|space| *space * 3 > fits);
    let (first, rest) = line.split_at(space.unwrap_or(fits));
    [first.trim_end().to_owned(), shorten(rest, width, size)]
}

/// How wide `text` is, about.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(share).sum::<f64>() * size
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many bytes of `line` are at most so many ems wide.
fn fitting(line: &str, ems: f64) -> usize {
    let mut taken = 0.0;
    for (place, letter) in line.char_indices() {
        taken += share(letter);
        if taken > ems {
            return place;
        }
    }
    line.len()
}

/// The width of a letter in ems.
fn share(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'f' | 't' | 'r' | '(' | ')'
        | ' ' => 0.34,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.88,
        'A'..='Z' | '…' | '—' => 0.68,
        letter if letter.is_ascii() => 0.57,
        letter if u32::from(letter) < 0x1100 => 0.62,
        _ => 1.02,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_stays_and_what_does_not_ends_in_an_ellipsis() {
        assert_eq!(shorten("Writer", 160.0, 14.0), "Writer");
        assert_eq!(shorten("two\n lines", 160.0, 14.0), "two lines");
        let long = shorten("Summarise the customer's letter", 100.0, 14.0);
        assert!(
            long.ends_with('…') && "Summarise the customer's letter".starts_with(long.trim_end_matches('…'))
        );
        assert_eq!(shorten("总结客户的来信内容", 60.0, 14.0), "总结客…");
    }

    #[test]
    fn two_lines_break_at_a_space_where_there_is_one() {
        assert_eq!(over_two_lines("Writer", 160.0, 26.0), ["Writer".to_owned(), String::new()]);
        assert_eq!(
            over_two_lines("Draft answer now", 120.0, 20.0),
            ["Draft".to_owned(), "answer now".to_owned()]
        );
        assert_eq!(
            over_two_lines("总结客户的来信", 100.0, 20.0),
            ["总结客户".to_owned(), "的来信".to_owned()]
        );
    }
}
