//! The frame of the stack's own pages. Plain HTML: no script, nothing loaded, either theme.

use axum::response::Html;

const STYLE: &str = "
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 34rem; margin: 3rem auto; padding: 0 1.25rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
h2 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; }
.lead { opacity: .75; margin-bottom: 1.5rem; }
ol { list-style: none; margin: 0; padding: 0; }
article { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: .5rem;
  padding: .75rem 1rem; margin-bottom: .75rem; }
code { font: 600 1.25rem ui-monospace, monospace; letter-spacing: .12em; user-select: all; }
label { display: block; margin-bottom: 1.25rem; }
input { display: block; box-sizing: border-box; width: 100%; font: inherit; padding: .5rem .6rem;
  border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .375rem; }
button { font: inherit; padding: .5rem 1.1rem; margin-right: .5rem; border-radius: .375rem; cursor: pointer;
  border: 1px solid color-mix(in srgb, currentColor 35%, transparent); background: transparent; color: inherit; }
button.primary { background: #3b5bdb; border-color: #3b5bdb; color: #fff; }
:focus-visible { outline: 3px solid #748ffc; outline-offset: 2px; }";

/// A page; `body` is HTML already, `title` is not.
pub(crate) fn page(title: &str, body: &str) -> Html<String> {
    let title = html_escape::encode_text(title);
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title} · Flowmeter local stack</title><style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>"
    ))
}
