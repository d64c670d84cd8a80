//! Who may use whom: an arrow that is not in this table is a fault.

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Each of our packages and those of ours that it may use in what it ships.
const ARROWS: &[(&str, &[&str])] = &[
    ("flowmeter-domain", &[]),
    ("flowmeter-supabase", &["flowmeter-domain"]),
    ("flowmeter-client", &["flowmeter-domain", "flowmeter-supabase"]),
    ("flowmeter-edge", &["flowmeter-domain", "flowmeter-supabase"]),
    // For the benchmarks alone: it ships in nothing.
    ("flowmeter-figures", &[]),
    ("flowmeter-cli", &["flowmeter-client", "flowmeter-texts"]),
    ("flowmeter-local-stack", &["flowmeter-domain", "flowmeter-edge", "flowmeter-supabase"]),
    ("flowmeter-texts", &["flowmeter-domain"]),
    ("flowmeter-ui", &["flowmeter-domain"]),
    // The shell hands the page `domain::ipc`, which is what both share.
    ("flowmeter", &["flowmeter-client", "flowmeter-domain", "flowmeter-texts"]),
    ("xtask", &[]),
];

/// Crates that do IO, wait or know a host: none of them may be within reach of `domain`.
const DOMAIN_STAYS_PURE: &[&str] = &["tokio", "reqwest", "tauri", "rusqlite", "wasm-bindgen", "futures-util"];

#[test]
fn every_arrow_between_rooms_is_allowed() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let ours: Vec<_> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    assert_eq!(ours.len(), ARROWS.len(), "a package is missing in the table: {ours:?}");
    for package in &metadata.packages {
        let (_, allowed) =
            ARROWS.iter().find(|(name, _)| package.name.as_str() == *name).expect("a known package");
        let shipped = package.dependencies.iter().filter(|used| used.kind != DependencyKind::Development);
        for used in shipped.filter(|used| ours.contains(&used.name)) {
            assert!(allowed.contains(&used.name.as_str()), "{} must not use {}", package.name, used.name);
        }
    }
}

#[test]
fn domain_does_no_io() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let domain = metadata.packages.iter().find(|package| package.name.as_str() == "flowmeter-domain");
    for used in &domain.expect("the domain").dependencies {
        assert!(!DOMAIN_STAYS_PURE.contains(&used.name.as_str()), "domain must not use {}", used.name);
    }
}
