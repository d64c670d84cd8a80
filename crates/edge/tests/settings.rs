//! The program and a setting that is missing or wrong: one line that names it, and a failing exit.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output, Stdio};

const GOOD: [(&str, &str); 3] = [
    ("SUPABASE_URL", "http://127.0.0.1:9"),
    ("SUPABASE_ANON_KEY", "anon"),
    ("SUPABASE_SERVICE_ROLE_KEY", "very-secret"),
];

/// The one line that the program leaves behind.
fn fault(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowmeter-edge"));
    command.env_clear().envs(variables.iter().copied()).stdin(Stdio::null());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{text}");
    assert!(stdout.is_empty());
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains("very-secret"), "{text}");
    text
}

#[test]
fn what_is_missing_is_named() {
    for missing in GOOD {
        let others: Vec<_> = GOOD.into_iter().filter(|variable| *variable != missing).collect();
        let text = fault(&others);
        assert!(text.starts_with(&format!("flowmeter-edge: {} is not set: ", missing.0)), "{text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (name, value) in [
        ("SUPABASE_URL", "abcd"),
        ("SUPABASE_URL", "http://example.com"),
        ("SUPABASE_ANON_KEY", "ключ"),
        ("EDGE_LISTEN", "8787"),
        ("EDGE_LOG", "xml"),
        ("EDGE_RUNS_PER_USER", "0"),
        ("EDGE_DRAIN_SECONDS", "soon"),
        ("EDGE_REQUEST_SECONDS", "-1"),
        ("EDGE_STALLED_SECONDS", "1e3"),
        ("EDGE_ALLOWED_ORIGINS", "*"),
        ("OPENAI_BASE_URL", "nowhere"),
    ] {
        let mut variables = GOOD.to_vec();
        variables.push((name, value));
        let text = fault(&variables);
        assert!(text.contains(name), "{text}");
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut variables = GOOD.to_vec();
    variables.extend([("EDGE_LISTEN", address.as_str()), ("RUST_LOG", "off")]);
    let text = fault(&variables);
    assert!(text.contains(&address) && text.contains("EDGE_LISTEN"), "{text}");
}
