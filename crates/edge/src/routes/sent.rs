//! What a client sent, read into the type that a route takes; a fault names its field.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use flowmeter_domain::NodeRequest;
use flowmeter_domain::flow::{ModifyRequest, PlanRequest};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Edge;
use crate::body::Payload;
use crate::error::ApiError;

/// A body as it came. It is read only after the quota was checked, as the contract orders it.
pub(crate) struct Sent {
    bytes: axum::body::Bytes,
    /// Not said to be something else than JSON.
    is_json: bool,
}

impl FromRequest<Edge> for Sent {
    type Rejection = ApiError;

    async fn from_request(request: Request, edge: &Edge) -> Result<Self, ApiError> {
        let is_json = is_json(request.headers());
        Payload::from_request(request, edge).await.map(|Payload(bytes)| Self { bytes, is_json })
    }
}

impl Sent {
    /// The body of both `run-node` routes.
    pub(super) fn node_request(&self) -> Result<NodeRequest, ApiError> {
        const REQUIRED: Required = Required { error: "Model is required", fields: &["model"] };
        let request: NodeRequest = self.read(REQUIRED)?;
        REQUIRED.not_blank("model", &request.model)?;
        match request.temperature {
            Some(temperature) if !(0.0..=2.0).contains(&temperature) => {
                Err(ApiError::InvalidInput("temperature: it should be from 0 to 2".to_owned()))
            }
            _ => Ok(request),
        }
    }

    /// The body of `plan`. A prompt of white space is none of its faults.
    pub(super) fn plan_request(&self) -> Result<PlanRequest, ApiError> {
        let request: PlanRequest = self.read(Required { error: "Invalid input", fields: &["prompt"] })?;
        match request.prompt.chars().count() {
            1..=PlanRequest::LONGEST => Ok(request),
            count => {
                let longest = PlanRequest::LONGEST;
                Err(ApiError::InvalidInput(format!("prompt: it has {count} characters, not 1 to {longest}")))
            }
        }
    }

    /// The body of `modify-flow`.
    pub(super) fn modify_request(&self) -> Result<ModifyRequest, ApiError> {
        const REQUIRED: Required = Required {
            error: "Missing required fields",
            fields: &["prompt", "currentNodes", "currentEdges"],
        };
        let request: ModifyRequest = self.read(REQUIRED)?;
        REQUIRED.not_blank("prompt", &request.prompt)?;
        Ok(request)
    }

    fn read<T: DeserializeOwned>(&self, required: Required) -> Result<T, ApiError> {
        if !self.is_json {
            return Err(ApiError::NotJson);
        }
        // Serde would take an array for an object with its fields in order.
        if self.bytes.trim_ascii_start().first().is_some_and(|byte| *byte != b'{') {
            let any: Result<Value, String> = parse(&self.bytes);
            return Err(any.map_or_else(ApiError::InvalidInput, |_| required.missing(required.fields[0])));
        }
        parse(&self.bytes)
            .map_err(|fault| self.first_missing(required).unwrap_or(ApiError::InvalidInput(fault)))
    }

    /// In this second reading a field may come twice and have any type: those are other faults.
    fn first_missing(&self, required: Required) -> Option<ApiError> {
        let json: Value = serde_json::from_slice(&self.bytes).ok()?;
        let field = required.fields.iter().find(|field| json.get(field).is_none_or(Value::is_null))?;
        Some(required.missing(field))
    }
}

/// The fields that a body must have, and the contract's words for the absence of one.
#[derive(Clone, Copy)]
struct Required {
    error: &'static str,
    fields: &'static [&'static str],
}

impl Required {
    fn missing(self, field: &str) -> ApiError {
        ApiError::Incomplete { error: self.error, details: format!("{field}: it is required") }
    }

    fn not_blank(self, field: &str, text: &str) -> Result<(), ApiError> {
        if text.trim().is_empty() { Err(self.missing(field)) } else { Ok(()) }
    }
}

/// Where the fault is comes first: the field's path, or the place in the text.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let request = serde_path_to_error::deserialize(&mut json).map_err(|fault| {
        let (path, cause) = (fault.path().to_string(), fault.inner());
        match cause {
            _ if path != "." && path != "?" => format!("{path}: {cause}"),
            cause if cause.is_data() => cause.to_string(),
            cause => format!("the body is not JSON: {cause}"),
        }
    })?;
    json.end().map_err(|cause| format!("the body is not JSON: {cause}"))?;
    Ok(request)
}

/// A client that says nothing about its body means JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(given) = headers.get(header::CONTENT_TYPE) else { return true };
    let essence = given.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(body: &str) -> Sent {
        Sent { bytes: body.to_owned().into(), is_json: true }
    }

    fn texts(error: ApiError) -> (String, String) {
        let body = error.body();
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        (text("error"), text("details"))
    }

    #[test]
    fn a_model_is_required() {
        for body in ["{}", r#"{"model": ""}"#, r#"{"model": " "}"#, r#"{"model": null}"#, "[]", "null", "7"] {
            let (error, details) = texts(sent(body).node_request().unwrap_err());
            assert_eq!(error, "Model is required", "{body}");
            assert!(details.contains("model"), "{details}");
        }
    }

    #[test]
    fn a_fault_names_its_field_or_its_place() {
        let table = [
            ("{", "the body is not JSON: EOF while parsing an object at line 1 column 1"),
            (r#"{"model": 7}"#, "model: invalid type: integer `7`, expected a string"),
            (r#"{"model": "m", "temperature": "hot"}"#, "temperature: invalid type: string \"hot\""),
            (r#"{"model": "m", "temperature": 2.5}"#, "temperature: it should be from 0 to 2"),
            (r#"{"model": "m", "model": "n"}"#, "duplicate field `model`"),
            (r#"{"model": "m"} x"#, "the body is not JSON: trailing characters"),
        ];
        for (body, expected) in table {
            let (error, details) = texts(sent(body).node_request().unwrap_err());
            assert_eq!(error, "Invalid input");
            assert!(details.starts_with(expected), "{body}: {details}");
        }
    }

    #[test]
    fn only_a_body_that_claims_to_be_something_else_is_not_json() {
        let says = |text: &'static str| {
            is_json(&HeaderMap::from_iter([(
                header::CONTENT_TYPE,
                axum::http::HeaderValue::from_static(text),
            )]))
        };
        assert!(is_json(&HeaderMap::new()));
        assert!(
            says("application/json; charset=utf-8")
                && says("Application/JSON")
                && says("application/ld+json")
        );
        assert!(!says("text/plain") && !says("application/x-www-form-urlencoded") && !says(""));
    }
}
