//! No text that a person reads stands outside the locale files: not in the page, the shell, the command line.

use std::fs;
use std::path::{Path, PathBuf};

/// Attributes and properties whose value a person sees or hears.
const READ: [&str; 9] = [
    "aria-label=",
    "aria-valuetext=",
    "aria-description=",
    "title=",
    "placeholder=",
    "alt=",
    "label=",
    "hint=",
    "lead=",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources").flatten().map(|entry| entry.path());
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// What a program says to its makers, and not to a person: comments, reasons of lints, faults of ours.
fn is_for_makers(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//")
        || [".expect(", ".contains(", "reason = ", "tracing::", "UiError::new("]
            .iter()
            .any(|mark| line.contains(mark))
}

/// The string literals of a line.
fn literals(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

/// Two words of which the first is capitalised, as no class, path or format of ours is.
fn is_a_sentence(text: &str) -> bool {
    let Some((first, rest)) = text.split_once(' ') else { return false };
    let is_word =
        |word: &str| word.len() > 1 && word.chars().skip(1).all(|letter| letter.is_ascii_lowercase());
    first.starts_with(|letter: char| letter.is_ascii_uppercase())
        && is_word(first)
        && rest
            .split(' ')
            .next()
            .is_some_and(|word| word.chars().all(char::is_alphabetic) && !word.is_empty())
}

/// Letters in braces of their own are a text on the page; so is what is read from an attribute.
fn is_shown(line: &str) -> bool {
    // A child stands behind a tag, behind another child, or alone; a value behind `if` or `else`.
    let line = line.trim_start();
    let starts = [">{ \"", "}{ \""].iter().flat_map(|start| line.split(start).skip(1));
    let in_braces = starts.chain(line.strip_prefix("{ \"")).filter_map(|rest| rest.split_once("\" }"));
    let has_letters = |text: &str| text.chars().any(char::is_alphabetic);
    in_braces.into_iter().any(|(text, _)| has_letters(text))
        || READ.iter().any(|name| {
            let start = format!("{name}\"");
            line.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).any(has_letters)
        })
}

/// The lines of a file that a person would read, without its tests.
fn faults(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a source");
    let program = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = program.lines().filter(|line| !is_for_makers(line));
    let bad = lines
        .filter(|line| is_shown(line) || literals(line).any(|one| is_chinese(one) || is_a_sentence(one)));
    bad.map(|line| format!("{}: {}", path.display(), line.trim())).collect()
}

#[test]
fn every_text_is_in_the_locale_files() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src-ui/src", "src-tauri", "crates/cli/src", "crates/texts/src"];
    let found: Vec<_> = folders
        .map(|folder| here.with_file_name(folder))
        .iter()
        .flat_map(|folder| sources(folder))
        .flat_map(|path| faults(&path))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_text_in_the_source_would_be_found() {
    for bad in [
        r#"<p>{ "Loading" }</p>"#,
        r#"<button aria-label="Close" />"#,
        r#"let said = "Nothing recorded yet";"#,
        r#"let said = "设置";"#,
    ] {
        let shown = is_shown(bad) || literals(bad).any(|one| is_chinese(one) || is_a_sentence(one));
        assert!(shown, "{bad}");
    }
    for good in [r#"<p class="fine-print is-left">{ " / " }"#, r#"d="M4 20h16M7 20v-6""#, r#"title={label}"#]
    {
        assert!(!is_shown(good) && !literals(good).any(is_a_sentence), "{good}");
    }
}
