//! Names of variants as ids of messages, at compile time: `FlowRunTitle` is `flow-run-title`.

/// The id of a name that is known at compile time.
macro_rules! kebab {
    ($name:expr) => {{
        const ID: &[u8] = &$crate::locales::kebab::bytes::<{ $crate::locales::kebab::length($name) }>($name);
        const { $crate::locales::kebab::text(ID) }
    }};
}
pub(super) use kebab;

/// The length of the id: each capital but the first brings a hyphen.
pub(super) const fn length(name: &str) -> usize {
    let (letters, mut at, mut length) = (name.as_bytes(), 0, 0);
    while at < letters.len() {
        length += if at > 0 && letters[at].is_ascii_uppercase() { 2 } else { 1 };
        at += 1;
    }
    length
}

/// The id, which is `LENGTH` bytes long.
pub(super) const fn bytes<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let (letters, mut id) = (name.as_bytes(), [b'-'; LENGTH]);
    let (mut from, mut to) = (0, 0);
    while from < letters.len() {
        if from > 0 && letters[from].is_ascii_uppercase() {
            to += 1;
        }
        id[to] = letters[from].to_ascii_lowercase();
        (from, to) = (from + 1, to + 1);
    }
    id
}

/// Names are ASCII, so there is always a text.
pub(super) const fn text(id: &[u8]) -> &str {
    match std::str::from_utf8(id) {
        Ok(text) => text,
        Err(_) => "",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_capital_begins_a_word() {
        assert_eq!(kebab!("Copy"), "copy");
        assert_eq!(kebab!("FlowRunTitle"), "flow-run-title");
    }
}
