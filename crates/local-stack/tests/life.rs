//! The life of the program: what it says, what ends it, and what it leaves behind, which is nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

mod support;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use flowmeter_local_stack::State;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use support::process::{Running, any_process_on};

/// A directory to keep a database in; root gives it to the user that it becomes.
fn directory() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("flowmeter-life-").tempdir().unwrap()
}

fn on(directory: &Path) -> Running {
    Running::start(&["--port", "0", "--data", directory.to_str().unwrap()])
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A grant's answer. The tests here have stacks of their own, so the shared one does not help.
async fn grant(state: &State, kind: &str, body: &Value) -> Value {
    let url = format!("{}/auth/v1/token?grant_type={kind}", state.supabase_url);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(url).header("apikey", &state.anon_key).json(body);
    request.send().await.unwrap().json().await.unwrap()
}

/// The lines of the log at which a start is interrupted, in their order.
const MOMENTS: [&str; 4] =
    ["making the database cluster", "starting PostgreSQL", "applying the migrations", "everything answers"];

#[test]
fn the_state_line_has_everything_in_it_and_is_all_of_stdout() {
    let mut running = Running::start(&["--port", "0"]);
    let state = running.state();
    for url in [&state.supabase_url, &state.edge_url, &state.provider_url] {
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    }
    assert!(state.database_url.starts_with("postgresql://"), "{}", state.database_url);
    assert!(!state.anon_key.is_empty() && !state.service_role_key.is_empty());
    assert_eq!(state.users.len(), 2);
    running.signal(Signal::SIGINT);
    let (status, stdout, _) = running.wait();
    assert!(status.success() && stdout.is_empty(), "{status} {stdout:?}");
}

#[test]
fn sigterm_at_any_moment_of_the_start_leaves_no_process() {
    for moment in MOMENTS {
        let directory = directory();
        let mut running = on(directory.path());
        running.wait_for_log(moment);
        running.signal(Signal::SIGTERM);
        let (status, _, log) = running.wait();
        assert!(status.success(), "{moment}: {status} {log:?}");
        assert!(!any_process_on(directory.path()), "{moment}");
    }
}

#[test]
fn sigterm_before_the_first_log_line_leaves_no_process() {
    let directory = directory();
    let running = on(directory.path());
    running.signal(Signal::SIGTERM);
    running.wait();
    assert!(!any_process_on(directory.path()));
}

#[test]
fn temporary_data_is_gone_afterwards() {
    let mut running = Running::start(&["--port", "0"]);
    let state = running.state();
    let data: String = block_on(async {
        let mut database = PgConnection::connect(&state.database_url).await.unwrap();
        sqlx::query_scalar("show data_directory").fetch_one(&mut database).await.unwrap()
    });
    assert!(any_process_on(Path::new(&data)));
    running.close_stdin();
    assert!(running.wait().0.success());
    assert!(!any_process_on(Path::new(&data)));
    assert!(!Path::new(&data).parent().unwrap().exists());
}

#[test]
fn a_closed_stdin_stops_it() {
    let directory = directory();
    let mut running = on(directory.path());
    running.state();
    running.close_stdin();
    let (status, _, _) = running.wait();
    assert!(status.success());
    assert!(!any_process_on(directory.path()));
}

#[test]
fn a_port_in_use_is_one_line_that_names_it() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (status, stdout, stderr) = Running::start(&["--port", &port]).wait();
    assert!(!status.success() && stdout.is_empty());
    assert_eq!(stderr.len(), 1, "{stderr:?}");
    assert!(stderr[0].contains(&port) && stderr[0].contains("--port"), "{stderr:?}");
}

#[test]
fn a_directory_with_other_things_in_it_is_refused() {
    let directory = directory();
    std::fs::write(directory.path().join("letter.txt"), "dear").unwrap();
    let (status, _, stderr) = on(directory.path()).wait();
    assert!(!status.success());
    assert!(stderr.len() == 1 && stderr[0].contains("--data"), "{stderr:?}");
}

#[test]
fn kept_data_and_its_sessions_survive_a_restart() {
    let directory = directory();
    let mut first = on(directory.path());
    let state = first.state();
    let user = json!({"email": state.users[0].email, "password": state.users[0].password});
    let session = block_on(grant(&state, "password", &user));
    first.close_stdin();
    assert!(first.wait().0.success());

    let mut second = on(directory.path());
    let refreshed = block_on(grant(&second.state(), "refresh_token", &session));
    assert_eq!(refreshed["user"]["id"], session["user"]["id"], "{refreshed}");
}

#[test]
fn two_stacks_do_not_share_a_directory() {
    let directory = directory();
    let mut first = on(directory.path());
    first.state();
    let (status, _, stderr) = on(directory.path()).wait();
    assert!(!status.success());
    assert!(stderr.len() == 1 && stderr[0].contains("running local stack"), "{stderr:?}");
}

#[test]
fn a_server_that_lost_its_stack_is_ended_and_its_data_comes_up_again() {
    let directory = directory();
    let mut first = on(directory.path());
    first.state();
    first.signal(Signal::SIGKILL);
    first.wait();
    assert!(any_process_on(directory.path()), "the server should have been left behind");

    let mut second = on(directory.path());
    second.state();
    second.close_stdin();
    assert!(second.wait().0.success());
    assert!(!any_process_on(directory.path()));
}

#[test]
fn a_stale_process_id_is_no_obstacle() {
    let directory = directory();
    let mut first = on(directory.path());
    first.state();
    first.close_stdin();
    first.wait();
    // Of a process that lives and is not PostgreSQL, as after a reboot.
    let stale = format!("{}\n/nowhere\n0\n1\n\n127.0.0.1\n", std::process::id());
    std::fs::write(directory.path().join("cluster/postmaster.pid"), stale).unwrap();
    on(directory.path()).state();
}

#[test]
fn half_a_cluster_is_made_again() {
    let directory = directory();
    let mut first = on(directory.path());
    first.wait_for_log("making the database cluster");
    first.signal(Signal::SIGKILL);
    first.wait();
    on(directory.path()).state();
}

#[test]
fn it_listens_on_loopback_only() {
    let mut running = Running::start(&["--port", "0"]);
    let state = running.state();
    let ports: Vec<u16> = [&state.supabase_url, &state.edge_url, &state.provider_url, &state.database_url]
        .map(|url| url.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap())
        .into();
    let listening = listening();
    for port in ports {
        let addresses: Vec<&str> = listening.iter().filter(|(_, p)| *p == port).map(|(a, _)| &**a).collect();
        // 127.0.0.1 in the kernel's byte order, and no other address.
        assert_eq!(addresses, ["0100007F"], "port {port}");
    }
}

/// Address and port of every listening TCP socket, as the kernel writes them.
fn listening() -> Vec<(String, u16)> {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let table = read("/proc/net/tcp") + read("/proc/net/tcp6").as_str();
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (address, port) = fields.get(1)?.split_once(':')?;
        (*fields.get(3)? == "0A").then(|| (address.to_owned(), u16::from_str_radix(port, 16).unwrap()))
    };
    table.lines().filter_map(row).collect()
}
