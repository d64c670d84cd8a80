//! The program as a process: started, read, ended.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use flowmeter_local_stack::State;

/// How long anything may take before its test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A started `flowmeter-local-stack`.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Running {
    pub(crate) fn start(arguments: &[&str]) -> Running {
        let mut child = Command::new(env!("CARGO_BIN_EXE_flowmeter-local-stack"))
            .args(arguments)
            .env("RUST_LOG", "info")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        // Both are read all the time: a full pipe would stop the stack.
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        Running { child, stdin, stdout, stderr }
    }

    /// The line that says that everything answers.
    pub(crate) fn state(&mut self) -> State {
        let line = self.stdout.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|_| panic!("no state line; stderr: {:?}", self.said()));
        serde_json::from_str(&line).unwrap()
    }

    /// Waits for a line of the log that has this text in it.
    pub(crate) fn wait_for_log(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let line = self.stderr.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            match line {
                Ok(line) if line.contains(text) => return,
                Ok(_) => {}
                Err(_) => panic!("{text:?} was never logged"),
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(self.id().try_into().unwrap());
        nix::sys::signal::kill(id, signal).unwrap();
    }

    /// Closes the stack's stdin, as the end of this process would.
    pub(crate) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end and gives what is left unread of stdout and stderr.
    pub(crate) fn wait(mut self) -> (ExitStatus, Vec<String>, Vec<String>) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // The reading threads end with the pipes, so this does too.
                return (status, self.stdout.iter().collect(), self.stderr.iter().collect());
            }
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::yield_now();
        }
    }

    fn said(&mut self) -> Vec<String> {
        self.stderr.try_iter().collect()
    }
}

/// Whether a process has this path in its command line, or works in it.
pub(crate) fn any_process_on(path: &Path) -> bool {
    let text = path.to_str().unwrap();
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let command_line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let works_there = std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(path));
        String::from_utf8_lossy(&command_line).contains(text) || works_there
    })
}

fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver): (Sender<String>, _) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            // Nobody listens any more once the test has seen enough; the pipe is emptied all the same.
            let _ = sender.send(line);
        }
    });
    receiver
}
