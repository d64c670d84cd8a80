//! A run as a Markdown file, to be kept elsewhere or passed on. No account and no address is in it.

use serde_json::Value;

use crate::history::Exported;
use crate::ipc::{RunView, RunWords};

/// Characters of a title that stand in the file's name.
const IN_NAME: usize = 40;
/// Characters of a title.
const IN_TITLE: usize = 120;

/// `run` as a file; `name` is what the person calls it.
pub fn markdown(run: &RunView, name: Option<&str>, words: &RunWords) -> Exported {
    let question = question(run.request.input.as_ref());
    let title = title(name.unwrap_or(&run.request.user_message()));
    let day = run.started_at.strftime("%Y-%m-%d");
    let mut text = format!("# {title}\n\n");
    let facts = [
        run.request.model.as_str(),
        &run.started_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        &words.outcome,
    ];
    text.push_str(&format!("{}\n", facts.join(" · ")));
    let system = run.request.system_prompt.clone().unwrap_or_default();
    for (heading, part) in [
        (&words.system_prompt, system.as_str()),
        (&words.prompt, &question),
        (&words.reasoning, &run.text.reasoning),
        (&words.answer, &run.text.content),
    ] {
        if !part.trim().is_empty() {
            text.push_str(&format!("\n## {heading}\n\n{}\n", part.trim()));
        }
    }
    Exported { file_name: format!("{day}-{}.md", slug(&title)), text }
}

/// Text as it is; JSON as code, so that it is shown as it was typed.
fn question(input: Option<&Value>) -> String {
    match input {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(json) => format!("```json\n{json:#}\n```"),
    }
}

/// The first line, cut where it is long.
fn title(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim_start_matches('#').trim();
    let title: String = line.chars().take(IN_TITLE).collect();
    if title.is_empty() { "…".to_owned() } else { title }
}

/// What every file system takes, in whatever script it is written.
fn slug(title: &str) -> String {
    let letters = |letter: char| if letter.is_alphanumeric() { letter } else { ' ' };
    let spaced: String = title.chars().take(IN_NAME).map(letters).collect();
    let slug = spaced.split_whitespace().collect::<Vec<_>>().join("-");
    if slug.is_empty() { "run".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::ipc::StartRun;
    use crate::{Delta, NodeRequest, RunId};

    fn run(input: Value) -> RunView {
        let request = NodeRequest { model: "demo".into(), input: Some(input), ..NodeRequest::default() };
        let text = Delta { content: "It **checks**.".into(), reasoning: "Hm.".into() };
        let started_at = Timestamp::from_second(1_800_000_000).unwrap();
        RunView { text, ..RunView::started(StartRun::new(RunId::random(), request), started_at) }
    }

    fn words() -> RunWords {
        let word = |word: &str| word.to_owned();
        RunWords {
            system_prompt: word("System prompt"),
            prompt: word("Prompt"),
            reasoning: word("Reasoning"),
            answer: word("Answer"),
            outcome: word("Completed"),
        }
    }

    #[test]
    fn a_run_is_written_with_what_it_is_called_and_only_the_parts_that_it_has() {
        let file = markdown(&run(json!("解释 乐观锁?\nIn two lines.")), None, &words());
        assert_eq!(file.file_name, "2027-01-15-解释-乐观锁.md");
        let expected = "# 解释 乐观锁?\n\ndemo · 2027-01-15 08:00 UTC · Completed\n\n## Prompt\n\n解释 乐观锁?\nIn two lines.\n\n## Reasoning\n\nHm.\n\n## Answer\n\nIt **checks**.\n";
        assert_eq!(file.text, expected);
    }

    #[test]
    fn json_is_code_and_a_name_goes_before_the_prompt() {
        let file = markdown(&run(json!({"a": 1})), Some("../My: run"), &words());
        assert_eq!(file.file_name, "2027-01-15-My-run.md");
        assert!(file.text.starts_with("# ../My: run\n"), "{}", file.text);
        assert!(file.text.contains("```json\n{\n  \"a\": 1\n}\n```"), "{}", file.text);
    }
}
