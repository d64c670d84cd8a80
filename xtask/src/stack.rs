//! The local stack as a child that cannot outlive us: its standard input is a pipe that we hold.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::process::{cargo, run as run_to_end, spawn, stopping, wait};
use crate::setup;

/// Where Supabase listens; the edge, the provider and PostgreSQL take the next three.
pub(crate) const DEFAULT_PORT: u16 = 54820;

const PACKAGE: &str = "flowmeter-local-stack";

/// A running local stack. Dropping it stops it.
pub(crate) struct Stack {
    child: Option<Child>,
    /// The stack ends when this closes, also when we are killed.
    owner: Option<ChildStdin>,
    /// The line of JSON that it printed.
    pub(crate) state: String,
}

/// Runs only the stack, until a signal or the end of our own standard input.
pub(crate) fn run(port: u16, state_file: Option<&Path>, auth: Option<String>) -> anyhow::Result<()> {
    setup::for_stack()?;
    build()?;
    if let Some(file) = state_file.filter(|file| file.exists()) {
        // Whoever waits for the file must not read the last launch's.
        fs::remove_file(file)?;
    }
    let mut arguments = vec!["--port".to_owned(), port.to_string()];
    arguments.extend(auth.into_iter().flat_map(|rules| ["--auth".to_owned(), rules]));
    let stack = Stack::start(&arguments)?;
    if let Some(file) = state_file {
        let temporary = file.with_extension("part");
        fs::write(&temporary, &stack.state).and_then(|()| fs::rename(&temporary, file))?;
    }
    writeln!(std::io::stdout(), "{}", stack.state)?;
    stack.run_until_told()
}

/// Builds the stack's program.
pub(crate) fn build() -> anyhow::Result<()> {
    run_to_end(cargo().args(["build", "--quiet", "--package", PACKAGE]))
}

impl Stack {
    /// Starts the stack and waits until all of it answers.
    pub(crate) fn start(arguments: &[String]) -> anyhow::Result<Self> {
        let program =
            crate::root().join("target/debug").join(format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX));
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = spawn(&mut command)?;
        let owner = child.stdin.take();
        let mut state = String::new();
        let lines = child.stdout.take().context("the stack has no output")?;
        BufReader::new(lines).read_line(&mut state)?;
        if state.trim().is_empty() {
            wait(child)?;
            bail!("the local stack did not start; the line above says why");
        }
        Ok(Self { child: Some(child), owner, state: state.trim().to_owned() })
    }

    /// A field of the state line.
    pub(crate) fn field(&self, pointer: &str) -> anyhow::Result<String> {
        let state: Value = serde_json::from_str(&self.state)?;
        let text = state.pointer(pointer).and_then(Value::as_str);
        text.map(str::to_owned).with_context(|| format!("the state line has no {pointer}"))
    }

    fn run_until_told(mut self) -> anyhow::Result<()> {
        let owner = self.owner.take();
        // `/dev/null` ends at once and has no owner that could close it; a terminal ends us by a signal.
        if is_a_pipe() {
            std::thread::spawn(move || {
                let _ = std::io::stdin().read_to_end(&mut Vec::new());
                drop(owner);
            });
            return self.finish();
        }
        let finished = self.finish();
        drop(owner);
        finished
    }

    fn finish(&mut self) -> anyhow::Result<()> {
        let Some(child) = self.child.take() else { return Ok(()) };
        let status = wait(child)?;
        if !status.success() && !stopping() {
            bail!("the local stack ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        drop(self.owner.take());
        if let Err(error) = self.finish() {
            eprintln!("xtask: {error:#}");
        }
    }
}

#[cfg(unix)]
fn is_a_pipe() -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = fs::metadata("/dev/stdin").map(|file| file.file_type());
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket())
}

#[cfg(not(unix))]
fn is_a_pipe() -> bool {
    !std::io::IsTerminal::is_terminal(&std::io::stdin())
}
