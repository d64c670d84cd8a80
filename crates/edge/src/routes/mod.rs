//! The routes, one file each, and what they share.

mod run_node_stream;

pub(crate) use run_node_stream::run_node_stream;

use flowmeter_domain::NodeRequest;

use crate::error::ApiError;

/// Reads the body of both `run-node` routes.
fn node_request(body: &[u8]) -> Result<NodeRequest, ApiError> {
    let json: serde_json::Value = serde_json::from_slice(body)
        .map_err(|fault| ApiError::InvalidInput(format!("The body is not JSON: {fault}")))?;
    if json.get("model").and_then(|model| model.as_str()).is_none_or(|model| model.trim().is_empty()) {
        return Err(ApiError::InvalidInput("Model is required".to_owned()));
    }
    serde_json::from_value(json).map_err(|fault| ApiError::InvalidInput(format!("Invalid input: {fault}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(body: &str) -> String {
        node_request(body.as_bytes()).expect_err("a bad body").to_string()
    }

    #[test]
    fn a_bad_body_is_refused_by_name() {
        for body in ["{}", r#"{"model": ""}"#, r#"{"model": 7}"#, "[]", "null"] {
            assert_eq!(fault(body), "Model is required", "{body}");
        }
        assert!(fault("{").starts_with("The body is not JSON: "));
        assert!(fault(r#"{"model": "m", "temperature": "hot"}"#).contains("string \"hot\""));
    }
}
