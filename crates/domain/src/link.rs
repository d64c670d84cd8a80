//! Which addresses of an answer may be opened: a page on the web and a letter to somebody, nothing else.
//!
//! What a model writes is not to be trusted. The page asks here before it offers a link, and the shell asks
//! again before it hands one to the system, which would start any program for any scheme.

use url::Url;

/// An address longer than this is no place that anybody goes to.
const LONGEST: usize = 2_048;

/// Whether `address` may be handed to the system's browser.
pub fn may_open(address: &str) -> bool {
    // A backslash is a slash to some who read addresses and a letter to others.
    if address.len() > LONGEST || address.contains('\\') || address.chars().any(is_unseen) {
        return false;
    }
    let after = |scheme: &str| {
        let (start, rest) = address.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    match after("https://").or_else(|| after("http://")) {
        Some(rest) => {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            // A name before the host makes one host look like another.
            !host.is_empty() && !host.contains('@')
        }
        None => after("mailto:").is_some_and(|to| to.contains('@')),
    }
}

/// The address as the system gets it; `None` when it may not be opened.
pub fn parse(address: &str) -> Option<Url> {
    // Both must agree: a page that reads an address otherwise than the system does is how tricks work.
    let url = Url::parse(address).ok().filter(|_| may_open(address))?;
    let is_known = matches!(url.scheme(), "http" | "https" | "mailto");
    (is_known && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// Whether a letter is not seen, or changes the order in which others are: what is not seen must not decide
/// where a press leads, or what a program does.
pub fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || letter.is_whitespace()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_letters_may_be_opened() {
        for address in
            ["https://a.example", "http://127.0.0.1:8080/b?c#d", "HTTPS://A.example/字", "mailto:a@b.example"]
        {
            assert!(may_open(address) && parse(address).is_some(), "{address}");
        }
    }

    #[test]
    fn nothing_else_may_be_opened() {
        for address in [
            "javascript:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,a",
            "file:///etc/passwd",
            "vbscript:a",
            "tauri://localhost",
            "smb://a.example/b",
            "ms-settings:",
            "//a.example",
            "/etc/passwd",
            "a.example",
            "#a",
            "",
            "https://",
            "https://bank.example@a.example",
            "https://bank.example\\@a.example",
            "https://a.example/\u{202e}gpj.exe",
            "https://a.example/ b",
            "https://a.example\t",
            "mailto:",
            "blob:https://a.example/1",
        ] {
            assert!(!may_open(address) && parse(address).is_none(), "{address}");
        }
        assert!(!may_open(&format!("https://a.example/{}", "a".repeat(LONGEST))));
    }
}
