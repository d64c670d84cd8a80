//! Pages of any origin may call the project's APIs, as on a hosted project: the keys that they send are
//! what opens something, and no cookie is looked at.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What a page may read beside the body: which version an error's body has, and how many rows there are.
const EXPOSED: &str = "content-range, x-sb-error-code, x-supabase-api-version";

/// Answers a browser that asks first, and tells it that it may show the page every other answer.
pub(crate) async fn allow_pages(request: Request, next: Next) -> Response {
    let wanted = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let asks_first = request.method() == Method::OPTIONS;
    let mut response =
        if asks_first { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    if asks_first {
        allow(headers, wanted);
    }
    response
}

fn allow(headers: &mut HeaderMap, wanted: Option<HeaderValue>) {
    let methods = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    if let Some(wanted) = wanted {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted);
    }
}
