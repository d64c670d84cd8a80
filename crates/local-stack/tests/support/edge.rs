//! `flowmeter-edge` as a program of its own against the stack: for settings, for its end, for two of them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use flowmeter_local_stack::{JWT_SECRET, State};

use super::process::PATIENCE;

/// A started `flowmeter-edge`. Killed when dropped.
pub(crate) struct Edge {
    child: Child,
    pub(crate) url: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Edge {
    /// Against the stack, with these variables beside what it needs. An empty value unsets one.
    pub(crate) fn start(state: &State, variables: &[(&str, &str)]) -> Edge {
        let mut command = Command::new(program());
        command.env_clear().stderr(Stdio::piped()).stdin(Stdio::null());
        let base_url = format!("{}/v1", state.provider_url);
        let own = [
            ("SUPABASE_URL", &*state.supabase_url),
            ("SUPABASE_ANON_KEY", &*state.anon_key),
            ("SUPABASE_SERVICE_ROLE_KEY", &*state.service_role_key),
            ("SUPABASE_JWT_SECRET", JWT_SECRET),
            ("EDGE_LISTEN", "127.0.0.1:0"),
            ("SILICONFLOW_BASE_URL", &*base_url),
            ("SILICONFLOW_API_KEY", "local-provider-key"),
        ];
        command.envs(own).envs(variables.iter().copied());
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (stderr, lines) = (child.stderr.take().unwrap(), log.clone());
        // Read all the time: a full pipe would stop the program.
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        let mut edge = Edge { child, url: String::new(), log };
        let line = edge.wait_for_log("listening");
        let port: String =
            line.split("127.0.0.1:").nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
        edge.url = format!("http://127.0.0.1:{port}");
        edge
    }

    /// Waits for a line of the log that has this text in it.
    pub(crate) fn wait_for_log(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(line) = self.log().into_iter().find(|line| line.contains(text)) {
                return line;
            }
            assert!(Instant::now() < deadline, "{text:?} was never logged: {:?}", self.log());
            std::thread::yield_now();
        }
    }

    /// Every line so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(self.child.id().try_into().unwrap());
        nix::sys::signal::kill(id, signal).unwrap();
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end: {:?}", self.log());
            std::thread::yield_now();
        }
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Built beside the stack's own program when the edge's tests are built.
fn program() -> PathBuf {
    let path = PathBuf::from(env!("CARGO_BIN_EXE_flowmeter-local-stack"));
    let path = path.with_file_name(format!("flowmeter-edge{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not there: cargo build -p flowmeter-edge makes it", path.display());
    path
}
