//! The rules for event streams in the HTML standard, whatever pieces a stream arrives in.

use axum::http;
use flowmeter_domain::Preferences;
use futures_util::stream;
use proptest::prelude::*;
use tokio::sync::watch;

use super::*;

/// A stream, and the data of the events in it.
const STREAMS: &[(&str, &[u8], &[&str])] = &[
    ("line feeds", b"data: a\n\ndata: b\n\n", &["a", "b"]),
    ("carriage returns", b"data: a\r\rdata: b\r\r", &["a", "b"]),
    ("both", b"data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
    ("each kind of line end in turn", b"data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\n", &["a\nb\nc", "d"]),
    ("several lines of data", b"data: YHOO\ndata: +2\ndata: 10\n\n", &["YHOO\n+2\n10"]),
    ("empty lines of data", b"data\n\ndata\ndata\n\ndata:\n\n", &["", "\n", ""]),
    (
        "one space is a separator, more are text",
        b"data:test\n\ndata: test\n\ndata:  test\n\n",
        &["test", "test", " test"],
    ),
    ("comments", b": hello\n\n:\n\ndata: a\n: in between\ndata: b\n\n::\n", &["a\nb"]),
    (
        "other fields",
        b"event: add\nid: 7\nretry: 10000\nfoo: bar\ndata: a\n\nid\ndata: b\nid: \0\n\n",
        &["a", "b"],
    ),
    ("events without data", b"event: ping\n\nid: 1\n\nretry: 5\n\ndata: a\n\n", &["a"]),
    (
        "a byte-order mark, once",
        b"\xEF\xBB\xBFdata: a\n\n\xEF\xBB\xBFdata: lost\n\ndata: \xEF\xBB\xBFb\n\n",
        &["a", "\u{feff}b"],
    ),
    ("a byte-order mark before a comment", b"\xEF\xBB\xBF: hello\ndata: a\n\n", &["a"]),
    ("long characters", "data: 字🦀é\n\ndata: 🦀\n\n".as_bytes(), &["字🦀é", "🦀"]),
    ("bytes that are no characters", b"data: a\xFFb\xE5\xAD\n\ndata: c\n\n", &["a\u{fffd}b\u{fffd}", "c"]),
    ("a colon in the data", b"data: {\"a\": \"b\"}\n\n", &["{\"a\": \"b\"}"]),
    ("names are exact", b" data: no\nData: no\ndatax: no\ndata : no\ndata: a\n\n", &["a"]),
    ("an event without its end is none", b"data: a\n\ndata: b\n", &["a"]),
    ("a line without its end is none", b"data: a\n\ndata: b", &["a"]),
    ("nothing", b"", &[]),
];

/// What comes of a stream that arrives in these pieces.
async fn read(pieces: Vec<Vec<u8>>) -> Result<Vec<String>, UiError> {
    let body = stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
    let response = http::Response::new(reqwest::Body::wrap_stream(body));
    let (_preferences, chosen) = watch::channel(Preferences::default());
    let mut messages = Messages::new(response.into(), Patience::new(chosen));
    let mut data = Vec::new();
    while let Some(event) = messages.event().await? {
        data.push(event.data);
    }
    Ok(data)
}

/// `stream`, cut at each of `cuts`, which are shares of its length.
fn cut(stream: &[u8], cuts: &[f64]) -> Vec<Vec<u8>> {
    let mut at: Vec<usize> = cuts.iter().map(|share| (share * stream.len() as f64) as usize).collect();
    at.extend([0, stream.len()]);
    at.sort_unstable();
    at.windows(2).map(|edges| stream[edges[0]..edges[1]].to_vec()).collect()
}

#[tokio::test]
async fn each_stream_is_read_by_the_rules_in_one_piece_in_two_and_byte_by_byte() {
    for (name, stream, data) in STREAMS {
        assert_eq!(read(vec![stream.to_vec()]).await.unwrap(), *data, "{name}");
        let bytes = stream.iter().map(|byte| vec![*byte]).collect();
        assert_eq!(read(bytes).await.unwrap(), *data, "{name}, byte by byte");
        for at in 0..=stream.len() {
            let (left, right) = stream.split_at(at);
            assert_eq!(
                read(vec![left.to_vec(), right.to_vec()]).await.unwrap(),
                *data,
                "{name}, cut at {at}"
            );
        }
    }
}

#[tokio::test]
async fn a_line_or_an_event_that_has_no_end_is_an_error() {
    let piece = || vec![b'x'; 64 * 1024];
    for start in [&b"data: a\n\ndata: "[..], b"data: a\n\n: ", b"data: a\n\nunknown: ", b"data: a\n\n"] {
        let line = std::iter::once(start.to_vec()).chain(std::iter::repeat_with(piece).take(17));
        let error = read(line.collect()).await.unwrap_err();
        assert_eq!(error.code, Code::UnexpectedAnswer, "{}", String::from_utf8_lossy(start));
    }
    let lines = std::iter::repeat_n(b"data: 0123456789\n".to_vec(), 128 * 1024);
    assert_eq!(read(lines.collect()).await.unwrap_err().code, Code::UnexpectedAnswer);
}

#[tokio::test]
async fn a_line_that_just_fits_is_no_error_and_one_of_a_mebibyte_is() {
    let stream = |length: usize| format!("data: {}\n\n", "x".repeat(length - "data: ".len())).into_bytes();
    let mebibyte = 1024 * 1024;
    assert_eq!(read(vec![stream(mebibyte - 1)]).await.unwrap().len(), 1);
    assert_eq!(read(vec![stream(mebibyte)]).await.unwrap_err().code, Code::UnexpectedAnswer);
}

proptest! {
    #[test]
    fn the_pieces_of_a_stream_do_not_matter(
        which in prop::collection::vec(0..STREAMS.len(), 1..6),
        cuts in prop::collection::vec(0.0..1.0_f64, 0..24),
    ) {
        // One stream behind another is a stream again: what was not ended is ended by an empty line.
        let all: Vec<u8> = which.iter().flat_map(|at| [STREAMS[*at].1, b"\n\n"].concat()).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let whole = runtime.block_on(read(vec![all.clone()])).unwrap();
        let pieces = runtime.block_on(read(cut(&all, &cuts))).unwrap();
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn any_bytes_at_all_are_a_stream(
        bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), any::<u8>()], 0..200),
        cuts in prop::collection::vec(0.0..1.0_f64, 0..8),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let whole = runtime.block_on(read(vec![bytes.clone()])).unwrap();
        prop_assert_eq!(runtime.block_on(read(cut(&bytes, &cuts))).unwrap(), whole);
    }
}
