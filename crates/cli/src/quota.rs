//! `quota`: what is left, once or again and again.

use std::io::Write;
use std::pin::pin;
use std::time::Duration;

use flowmeter_client::domain::{Kind, Level, UiError};
use jiff::Timestamp;

use crate::exit::Exit;
use crate::reading::{self, Reading};
use crate::texts::{self, Texts};
use crate::{exit, report, table};

/// The shortest pause of `--watch`: the server is others' too.
const SHORTEST: u64 = 10;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[arg(long)]
    json: bool,
    #[arg(long)]
    offline: bool,
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "60",
          value_parser = clap::value_parser!(u64).range(SHORTEST..))]
    watch: Option<u64>,
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Vec<Kind>,
}

/// Shows what is left; tells how the program ends.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let client = reading::open(arguments.offline)?;
    // One for all rounds: an interruption while a reading is written is not lost.
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    loop {
        let read = reading::get(&client, arguments.offline).await;
        // Looked up anew each time: a choice in the app holds at once.
        let (text, exit) = show(arguments, &texts::of(&client), read);
        let reader_is_gone = write(&text).is_err();
        let Some(seconds) = arguments.watch.filter(|_| !reader_is_gone && exit != Exit::SignedOut) else {
            return Ok(exit);
        };
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
            _ = &mut interrupted => return Ok(exit),
        }
    }
}

fn show(arguments: &Arguments, texts: &Texts, read: Result<Reading, UiError>) -> (String, Exit) {
    let now = Timestamp::now();
    match read {
        Ok(mut reading) => {
            reading.keep_only(&arguments.kind);
            let text = if arguments.json {
                arguments.json_of(&report::of(&reading, now))
            } else {
                table::of(&reading, texts, now)
            };
            (text, Exit::of(reading.level()))
        }
        Err(error) => {
            let exit = exit_of(&error);
            let text =
                if arguments.json { arguments.json_of(&report::of_error(&error)) } else { String::new() };
            if !arguments.json {
                exit::tell(&arguments.explain(texts, &error, exit));
            }
            (text, exit)
        }
    }
}

impl Arguments {
    /// What went wrong, and what to do about it.
    fn explain(&self, texts: &Texts, error: &UiError, exit: Exit) -> String {
        let title = || [("title", texts.code(error.code).into())];
        match exit {
            Exit::SignedOut => texts.fill("fault-signed-out", title()),
            Exit::Unreachable if self.offline => texts.text("fault-nothing-stored"),
            Exit::Unreachable => texts.fill("fault-unreachable", title()),
            _ => texts::fault(texts, error),
        }
    }

    /// In lines of their own where there are several.
    fn json_of(&self, value: &serde_json::Value) -> String {
        if self.watch.is_some() { format!("{value}\n") } else { format!("{value:#}\n") }
    }
}

impl Reading {
    fn keep_only(&mut self, kinds: &[Kind]) {
        if !kinds.is_empty() {
            self.snapshot.quota.0.retain(|kind, _| kinds.contains(kind));
        }
    }

    /// The level of the tightest kind.
    pub(crate) fn level(&self) -> Level {
        self.snapshot.quota.0.values().map(|counter| counter.level()).max().unwrap_or(Level::Normal)
    }
}

fn exit_of(error: &UiError) -> Exit {
    use flowmeter_client::domain::Code;
    match error.code {
        code if reading::is_signed_out(code) => Exit::SignedOut,
        Code::Unreachable
        | Code::TimedOut
        | Code::ServerFailed
        | Code::UnexpectedAnswer
        | Code::RateLimited => Exit::Unreachable,
        _ => Exit::Failed,
    }
}

/// Fails when whoever reads is gone, as `head` is.
fn write(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// A kind by its name on the wire.
pub(crate) fn kind(name: &str) -> Result<Kind, String> {
    let known = || Kind::ALL.map(Kind::name).join(", ");
    Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| format!("one of {}", known()))
}

#[cfg(test)]
mod tests {
    use flowmeter_client::domain::Code;

    use super::*;

    #[test]
    fn each_failure_has_its_exit_code() {
        let table = [
            (Code::NotSignedIn, Exit::SignedOut),
            (Code::SessionEnded, Exit::SignedOut),
            (Code::Unreachable, Exit::Unreachable),
            (Code::TimedOut, Exit::Unreachable),
            (Code::ServerFailed, Exit::Unreachable),
            (Code::StoreFailed, Exit::Failed),
            (Code::KeychainLocked, Exit::Failed),
        ];
        for (code, exit) in table {
            assert_eq!(exit_of(&UiError::new(code, "x")), exit, "{code:?}");
        }
    }

    #[test]
    fn a_kind_that_is_none_is_answered_with_those_that_are() {
        assert_eq!(kind("app_usages"), Ok(Kind::AppUsages));
        assert_eq!(
            kind("apps").unwrap_err(),
            "one of llm_executions, flow_generations, app_usages, image_gen_executions"
        );
    }
}
