//! What a start that cannot succeed says: one line that names the fault, and a non-zero exit.

use std::process::Command;

const GOOD: [(&str, &str); 3] = [
    ("FLOWMETER_SUPABASE_URL", "http://127.0.0.1:1"),
    ("FLOWMETER_SUPABASE_KEY", "key"),
    ("FLOWMETER_EDGE_URL", "http://127.0.0.1:1"),
];

/// Starts the app with these settings and no display; gives what it says.
fn refusal(settings: &[(&str, &str)]) -> String {
    let data = tempfile::tempdir().expect("a folder for the test");
    let mut app = Command::new(env!("CARGO_BIN_EXE_flowmeter"));
    app.env_clear().env("FLOWMETER_DATA_DIR", data.path()).envs(settings.iter().copied());
    let ended = app.output().expect("the app starts");
    assert_eq!(ended.status.code(), Some(1));
    String::from_utf8(ended.stderr).expect("text")
}

#[test]
fn a_missing_or_wrong_setting_is_named_in_one_line() {
    let missing = refusal(&GOOD[..2]);
    assert!(missing.starts_with("flowmeter: FLOWMETER_EDGE_URL is not set: "), "{missing}");
    assert_eq!(missing.lines().count(), 1, "{missing}");

    let wrong = refusal(&[("FLOWMETER_SUPABASE_URL", "http://example.com"), GOOD[1], GOOD[2]]);
    assert!(wrong.starts_with("flowmeter: FLOWMETER_SUPABASE_URL is wrong: "), "{wrong}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_missing_display_is_one_line_and_no_panic() {
    let refused = refusal(&GOOD);
    assert!(refused.contains("flowmeter: there is no display"), "{refused}");
    assert!(!refused.contains("panicked"), "{refused}");
}
