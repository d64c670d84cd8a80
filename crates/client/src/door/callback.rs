//! Where the browser comes back to: a page on a free port of the loopback address, for one visit.
//!
//! Only a visit that knows the state of this sign-in counts, and only the first; anybody else on this
//! machine learns nothing and changes nothing. The page loads nothing and runs nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use flowmeter_domain::ipc::Farewell;
use flowmeter_domain::{Code, UiError};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::{Url, form_urlencoded};
use uuid::Uuid;

/// The page needs nothing from anywhere, is kept nowhere, and tells nobody where it was.
const HEADERS: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// Listens until it is dropped.
pub(super) struct Callback {
    address: Url,
    visit: oneshot::Receiver<String>,
    _listening: DropGuard,
}

struct Page {
    state: String,
    farewell: Farewell,
    visit: Mutex<Option<oneshot::Sender<String>>>,
}

impl Callback {
    /// Listens on a free port.
    pub(super) async fn bind(farewell: Farewell) -> Result<Self, UiError> {
        let failed = |fault: &dyn std::fmt::Display| {
            UiError::new(Code::Internal, format!("cannot listen on 127.0.0.1: {fault}"))
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|fault| failed(&fault))?;
        let port = listener.local_addr().map_err(|fault| failed(&fault))?.port();
        let state = Uuid::new_v4().simple().to_string();
        // The literal address and not `localhost`: only that is accepted with any port.
        let address = Url::parse(&format!("http://127.0.0.1:{port}/callback?state={state}"));
        let (sender, visit) = oneshot::channel();
        let page = Page { state, farewell, visit: Mutex::new(Some(sender)) };
        let over = CancellationToken::new();
        tokio::spawn(serve(listener, page, over.clone()));
        Ok(Self { address: address.map_err(|fault| failed(&fault))?, visit, _listening: over.drop_guard() })
    }

    /// Where to send the browser.
    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    /// The query that the browser came back with. Nobody listens any more afterwards.
    pub(super) async fn came_back(self, within: Duration) -> Result<String, UiError> {
        match tokio::time::timeout(within, self.visit).await {
            Ok(Ok(query)) => Ok(query),
            Ok(Err(_)) => Err(UiError::new(Code::Internal, "the page on the loopback address ended")),
            Err(_) => Err(UiError::new(Code::SignInExpired, "nobody came back in time")),
        }
    }
}

/// Answers that have begun are finished: the person sees the page although nobody listens any more.
async fn serve(listener: TcpListener, page: Page, over: CancellationToken) {
    let router = Router::new().route("/callback", get(visited)).with_state(Arc::new(page));
    let served = axum::serve(listener, router).with_graceful_shutdown(over.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::warn!(%error, "the page on the loopback address ended");
    }
}

async fn visited(State(page): State<Arc<Page>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    if !page.is_expected(&query) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let Some(visit) = page.visit.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return StatusCode::GONE.into_response();
    };
    let html = page.farewell_page();
    // Whoever waited may have given up a moment ago.
    let _ = visit.send(query);
    (HEADERS, Html(html)).into_response()
}

impl Page {
    fn is_expected(&self, query: &str) -> bool {
        form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "state" && value == self.state)
    }

    fn farewell_page(&self) -> String {
        let Farewell { language, title, text } = &self.farewell;
        let [language, title, text] = [language, title, text].map(|text| escaped(text));
        format!(
            "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
             <style>{STYLE}</style><main><h1>{title}</h1><p>{text}</p></main></html>"
        )
    }
}

const STYLE: &str = ":root{color-scheme:light dark}body{margin:0;height:100vh;display:grid;place-items:center;\
    font:16px/24px system-ui,sans-serif;background:light-dark(#f6f7f9,#12141a);color:light-dark(#171a21,#eceef2)}\
    main{text-align:center;padding:24px}h1{font-size:20px;margin:0 0 8px}\
    p{margin:0;color:light-dark(#525b69,#a7afbd)}";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;

    async fn bind() -> (Callback, (&'static str, u16)) {
        let text = String::new;
        let callback =
            Callback::bind(Farewell { language: text(), title: text(), text: text() }).await.unwrap();
        let port = callback.address().port().unwrap();
        (callback, ("127.0.0.1", port))
    }

    #[tokio::test]
    async fn a_page_that_nobody_comes_back_to_says_so_and_is_closed() {
        let (callback, door) = bind().await;
        assert!(TcpStream::connect(door).await.is_ok());
        let fault = callback.came_back(Duration::from_millis(1)).await.unwrap_err();
        assert_eq!(fault.code, Code::SignInExpired);
        while TcpStream::connect(door).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_sign_in_that_is_given_up_closes_its_page() {
        let (callback, door) = bind().await;
        drop(callback);
        while TcpStream::connect(door).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }
}
