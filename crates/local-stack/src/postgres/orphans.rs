//! PostgreSQL processes on our data that nobody owns any more: a stack that was killed hard cannot take
//! them along. Found by what `/proc` says and not by the process id in `postmaster.pid`, which may belong
//! to somebody else by now.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Error;

/// How long a server may take to write its state down before it is ended without.
const PATIENCE: Duration = Duration::from_secs(10);

/// A process of PostgreSQL on this data directory.
struct Process {
    pid: Pid,
    /// Started with the directory as an argument. The others are its children: they end with it.
    leads: bool,
}

/// Ends every PostgreSQL process on this data directory and waits until there is none.
///
/// Only for whoever holds the directory's lock: then no other stack is running on it.
pub(super) fn end(data: &Path) -> Result<(), Error> {
    let began = Instant::now();
    let mut asked = false;
    loop {
        let processes = processes(data);
        if processes.is_empty() {
            return remove_stale_pid(data);
        }
        let late = began.elapsed() > PATIENCE;
        if !asked || late {
            tracing::info!(count = processes.len(), "ending an earlier PostgreSQL");
            signal(&processes, late);
            asked = true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// SIGINT is PostgreSQL's fast shutdown; the programs around it end by it as well.
fn signal(processes: &[Process], hard: bool) {
    let signal = if hard { Signal::SIGKILL } else { Signal::SIGINT };
    for process in processes.iter().filter(|process| process.leads || hard) {
        // It may have ended by itself meanwhile.
        let _ = kill(process.pid, signal);
    }
}

/// PostgreSQL would refuse to start if the id in it was given to another process of this user.
fn remove_stale_pid(data: &Path) -> Result<(), Error> {
    match fs::remove_file(data.join("cluster").join("postmaster.pid")) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Data { path: data.to_owned(), cause })
        }
        _ => Ok(()),
    }
}

fn processes(data: &Path) -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| process(&entry.path(), data)).collect()
}

fn process(proc: &Path, data: &Path) -> Option<Process> {
    let pid = proc.file_name()?.to_str()?.parse().ok()?;
    let command_line = String::from_utf8_lossy(&fs::read(proc.join("cmdline")).ok()?).into_owned();
    // A command line is empty when the process has ended and waits for its parent.
    let program = command_line.split(['\0', ' ']).next().filter(|program| !program.is_empty())?;
    let leads = is_postgres(program, &command_line) && names(&command_line, data);
    let is_child = program == "postgres:" || program.ends_with("/postgres");
    let follows = is_child && fs::read_link(proc.join("cwd")).is_ok_and(|cwd| cwd.starts_with(data));
    (leads || follows).then_some(Process { pid: Pid::from_raw(pid), leads })
}

/// PostgreSQL's programs, and the shell by which `pg_ctl` becomes the server. Not an editor or a `tail`
/// that has one of the files open.
fn is_postgres(program: &str, command_line: &str) -> bool {
    let name = Path::new(program).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    matches!(name, "postgres" | "initdb" | "pg_ctl")
        || (matches!(name, "sh" | "bash" | "dash")
            && command_line.contains("exec")
            && command_line.contains("/postgres\""))
}

/// Both `cluster` and the draft of it, `cluster.new`.
fn names(command_line: &str, data: &Path) -> bool {
    command_line.contains(&*data.join("cluster").to_string_lossy())
}
