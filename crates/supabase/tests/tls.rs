//! TLS, against real servers on this machine: nothing is sent to one that cannot prove who it is.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flowmeter_domain::Code;
use flowmeter_supabase::Project;
use native_tls::Identity;
use support::{client, secret};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// For 127.0.0.1 and for a hundred years, signed by nobody but itself.
const CERTIFICATE: &[u8] = include_bytes!("tls/certificate.pem");
const KEY: &[u8] = include_bytes!("tls/key.pem");

/// A server with that certificate, and whether it ever came to read a request.
async fn self_signed() -> (String, Arc<AtomicBool>) {
    let identity = Identity::from_pkcs8(CERTIFICATE, KEY).unwrap();
    let acceptor = tokio_native_tls::TlsAcceptor::from(native_tls::TlsAcceptor::new(identity).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let was_read = Arc::new(AtomicBool::new(false));
    let seen = was_read.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await
                && stream.read(&mut [0; 16]).await.is_ok_and(|count| count > 0)
            {
                seen.store(true, Ordering::SeqCst);
            }
        }
    });
    (address, was_read)
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_secure_and_nothing_is_sent() {
    let (address, was_read) = self_signed().await;
    let supabase = client(&address);

    let error = supabase.refresh(&secret("refresh")).await.unwrap_err();

    assert_eq!(error.code(), Code::NotSecure, "{error:?}");
    assert!(!error.ends_session() && error.was_not_sent());
    assert!(error.to_string().contains("certificate"), "{error}");
    assert_eq!(supabase.ways_in().await.unwrap_err().code(), Code::NotSecure);
    assert!(!was_read.load(Ordering::SeqCst), "a request was sent");
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_not_secure() {
    let plain = wiremock::MockServer::start().await;
    let error = client(&plain.uri().replace("http:", "https:")).ways_in().await.unwrap_err();
    assert_eq!(error.code(), Code::NotSecure, "{error:?}");
}

#[tokio::test]
async fn a_line_that_is_cut_during_the_handshake_is_unreachable_or_not_secure_and_ends_no_session() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let error = client(&address).refresh(&secret("refresh")).await.unwrap_err();
    assert!(matches!(error.code(), Code::NotSecure | Code::Unreachable), "{error:?}");
    assert!(!error.ends_session() && error.was_not_sent());
}

#[test]
fn credentials_travel_in_the_clear_on_this_machine_only() {
    for clear in ["http://abcd.supabase.co", "http://10.0.0.1", "http://127.0.0.1.evil.org", "http://0.0.0.0"]
    {
        assert!(Project::new(clear, "key").is_err(), "{clear}");
    }
    for fine in ["https://abcd.supabase.co", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1"] {
        assert!(Project::new(fine, "key").is_ok(), "{fine}");
    }
}
