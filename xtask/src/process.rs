//! Child processes that never outlive us.
//!
//! Each child leads a process group, and a signal to us ends the whole group: also the compilers that
//! cargo started and the browser that a test started. A child that must end even when we are killed
//! without a signal that we could pass on gets a pipe as its standard input and ends when that closes
//! (see `stack`).

use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, bail};

/// What runs now, and whether we were told to stop.
static RUNNING: Mutex<Running> = Mutex::new(Running { children: Vec::new(), stopping: false });

struct Running {
    /// Process ids.
    children: Vec<u32>,
    /// No child is started any more.
    stopping: bool,
}

/// Exit code of a program that a signal ended, as shells have it.
const ENDED_BY_SIGNAL: i32 = 130;

/// Installs the handler for Ctrl-C and SIGTERM.
pub(crate) fn stop_children_on_signal() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        let mut running = lock();
        running.stopping = true;
        if running.children.is_empty() {
            std::process::exit(ENDED_BY_SIGNAL);
        }
        // Whoever waits for the child goes on when it has ended, cleans up, and leaves.
        running.children.iter().copied().for_each(terminate);
    })
    .context("the signal handler cannot be installed")
}

/// Runs `command` to its end, shown as one line; its failure is an error that names it.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let shown = show(command);
    eprintln!("» {shown}");
    let status = wait(spawn(command)?)?;
    if stopping() {
        std::process::exit(ENDED_BY_SIGNAL);
    }
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Starts `command` as a child that a signal to us ends as well.
pub(crate) fn spawn(command: &mut Command) -> anyhow::Result<Child> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    // Held while the child starts, so that no signal falls between its start and its entry.
    let mut running = lock();
    if running.stopping {
        bail!("stopped");
    }
    let child = command.spawn().with_context(|| format!("`{}` does not start", show(command)))?;
    running.children.push(child.id());
    Ok(child)
}

/// Waits for a child that [`spawn`] started.
pub(crate) fn wait(mut child: Child) -> anyhow::Result<ExitStatus> {
    let status = child.wait()?;
    lock().children.retain(|id| *id != child.id());
    Ok(status)
}

/// Whether a signal told us to stop; then a child's end is no fault.
pub(crate) fn stopping() -> bool {
    lock().stopping
}

/// Whether `command` runs and succeeds; prints nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    output(command).is_some()
}

/// What `command` prints, if it succeeds.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn show(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    // A script is a word of several lines: its place is enough.
    let shown = words
        .map(|word| if word.to_string_lossy().contains('\n') { "…".into() } else { word.to_string_lossy() });
    shown.collect::<Vec<_>>().join(" ")
}

fn lock() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn terminate(id: u32) {
    use nix::sys::signal::{Signal, killpg};
    if let Ok(id) = i32::try_from(id) {
        // A child that has just ended is what we want.
        let _ = killpg(nix::unistd::Pid::from_raw(id), Signal::SIGTERM);
    }
}

#[cfg(windows)]
fn terminate(id: u32) {
    let _ = Command::new("taskkill").args(["/T", "/F", "/PID", &id.to_string()]).output();
}
