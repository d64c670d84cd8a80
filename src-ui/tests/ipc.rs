//! What the page makes of a rejection.

use flowmeter_domain::{Code, UiError};
use flowmeter_ui::ipc::error_from_json;

#[test]
fn the_error_of_the_backend_arrives_as_it_was_sent() {
    let sent = UiError::new(Code::QuotaExceeded, "100/100");
    let text = serde_json::to_string(&sent).unwrap();
    assert_eq!(error_from_json(&text), sent);
}

#[test]
fn anything_else_is_an_internal_error_that_keeps_its_text() {
    for text in ["\"command start_run not found\"", "null", "{\"code\":\"NEW_CODE\"}"] {
        let error = error_from_json(text);
        assert_eq!((error.code, error.message.as_str()), (Code::Internal, text));
    }
}
