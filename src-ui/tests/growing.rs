//! An answer that grows is drawn as if it had been read at once, and what is finished is not touched again.

use std::rc::Rc;

use flowmeter_ui::components::{Block, BlockProps, Blocks, Piece, Pieces, PiecesProps};
use flowmeter_ui::growing::Growing;
use proptest::prelude::*;
use tokio::runtime::Runtime;
use tokio::task::LocalSet;
use yew::{LocalServerRenderer, ServerRenderer};

/// Without the elements that hold the groups: the whole is in none.
async fn draw_pieces(groups: Vec<Rc<[Piece]>>) -> String {
    let mut drawn = String::new();
    for group in groups {
        let props = PiecesProps { groups: vec![group], writing: false };
        // Pieces stay on their thread; a renderer for any thread would want to send them.
        let html = LocalServerRenderer::<Pieces>::with_props(props).hydratable(false);
        let html = LocalSet::new().run_until(html.render()).await;
        let inside = html.strip_prefix("<div class=\"part\">").and_then(|html| html.strip_suffix("</div>"));
        drawn.push_str(inside.expect("a group is an element"));
    }
    drawn
}

async fn draw_whole(text: &str) -> String {
    let text = text.to_owned();
    let props = move || BlockProps { piece: Piece::whole(&text) };
    ServerRenderer::<Block>::with_props(props).hydratable(false).render().await
}

/// The prefixes of `text` that end with each of `steps`, in turn.
fn prefixes<'a>(text: &'a str, steps: &[usize]) -> Vec<&'a str> {
    let mut ends = vec![];
    let mut at = 0;
    for step in steps.iter().cycle() {
        at = text.len().min(at + step);
        while !text.is_char_boundary(at) {
            at += 1;
        }
        ends.push(&text[..at]);
        if at == text.len() {
            break;
        }
    }
    ends
}

async fn assert_drawn_as_a_whole(text: &str, steps: &[usize]) {
    let (mut blocks, mut grown) = (Blocks::default(), Growing::default());
    for prefix in prefixes(text, steps) {
        grown.push_str(&prefix[grown.len()..]);
        blocks.follow(&grown);
        let drawn = draw_pieces(blocks.groups(false)).await;
        assert_eq!(drawn, draw_whole(prefix).await, "{prefix:?} of {text:?} in steps of {steps:?}");
    }
}

const DOCUMENTS: &[&str] = &[
    "",
    "One.\n\nTwo\ngoes on.\n\n\nThree.",
    "Title\n=====\n\nSub\n---\ntext\n***\n# A\n## B #\n####### no",
    "- a\n- b\n\n- loose\n\n1. c\n2. d\n\n3) e\n\n* f\n+ g\n\nend",
    "- a\n\n  still a\n\n      code of a\n\n  ```\n  fence of a\n\n  ```\n- b\n\n\n\nend",
    "1. x\n\n2\n\n2. y\n\n10. z\n   - w\n     - v\nlazy\n\nend",
    "1. ---\n[a]: /x\n    a",
    "    \n- \n[a]: /x\n2) \n\n- b\n\n[a]: /y\n3) c\n- d\n[e]: /z\n\n[a]",
    "- [c]: /z \"\n1. <!--\n  [c]: /z \"\n",
    "> a\nlazy\n\n> b\n> > c\n> - d\n\n> e\n\nend",
    "```rust\nfn a() {}\n\n# no heading\n```\nafter\n~~~~\n~~~\n```\n~~~~\n\n```\nopen\n\n- no list",
    "    indented\n\n    still\n\nend\n    no code\n\n\tcode\n",
    "|a|b|\n|-|-:|\n|1|2|\n|3\nno bar\n\n|a|\n|-|\n\ntext|x\n-|-\n1|2\n",
    "<div>\na\n\nb\n</div>\n\n<!-- c\n\nd --> e\n\n<pre>\n\nf\n</pre>\ng\n\n<?h\n\n?>\n\n<b>i</b> j",
    "See [a], [B  b][] and [c][a].\n\n- [b b]\n\n[a]: https://a.example \"t\"\n[b B]: <https://b.example>\n\n[a] [d]\n\n[d]:\nhttps://d.example\n\n[a]: https://late.example\n\n[a]",
    "[a]: https://a.example\n'title\nover lines'\n[b]: https://b.example\ntext [a] [b]\n\n> [c]: https://c.example\n\n[c] [e]\n===\n\n[e]: /x",
    "$$\na\n\nb\n$$\n\n$x$ and $5\n\n$$\nc\n$$\n",
    "a\r\n\r\n- b\r\n- c\r\n\r\n```\r\nd\r\n```\r\ne\rf\r\rg",
    "关于**乐观锁**：\n\n- **先测量**：改动\n\n---\n\n### 标题\n\n> 引用\n\n| 甲 | 乙 |\n|---|---|\n| 一 | 二 |\n\n完。",
    "a\n\n \n  \n   b\n\n \tc\n\n  - d\n\n   e\n\n    f",
    "- [ ] a\n- [x] b\n\n***a**\n\n`c\n\nd`\n\n\\\n\nf  \ng\\\nh",
    "-\n\n  a\n\n-\n  b\n\n1.\n\n   c\n\n*\n\nend",
];

#[tokio::test]
async fn letter_by_letter_a_document_is_drawn_as_a_whole() {
    for text in DOCUMENTS {
        assert_drawn_as_a_whole(text, &[1]).await;
    }
}

#[tokio::test]
async fn a_long_document_is_drawn_as_a_whole() {
    let text = DOCUMENTS.join("\n\nNext.\n\n").repeat(2);
    assert_drawn_as_a_whole(&text, &[97]).await;
}

/// What documents are made of: marks that begin, go on with and end blocks, and reach over them.
fn line() -> impl Strategy<Value = String> {
    let start = prop::sample::select(vec![
        "", "", "", " ", "  ", "    ", "\t", "- ", "* ", "1. ", "2) ", "> ", ">", "  - ", "- - ", "# ", "-",
        "1",
    ]);
    let rest = prop::sample::select(vec![
        "",
        "",
        "a",
        "a *b*",
        "**b",
        "b** c",
        "---",
        "===",
        "- - -",
        "```",
        "```rust",
        "~~~",
        "    x",
        "|a|b|",
        "|-|-|",
        "a|b",
        "-|-",
        "[a]",
        "[b][a]",
        "[a]: /x",
        "[b]: /x 't'",
        "[a]:",
        "[b]: <",
        "[c]: /z \"",
        "[c]",
        "/y",
        "'t'",
        "<div>",
        "</div>",
        "<!--",
        "-->",
        "<b>",
        "`",
        "$$",
        "$x$",
        "[ ] t",
        "1.",
        "字",
    ]);
    (start, rest).prop_map(|(start, rest)| format!("{start}{rest}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    #[test]
    fn any_document_in_any_steps_is_drawn_as_a_whole(
        lines in prop::collection::vec(line(), 0..24),
        steps in prop::collection::vec(1..12_usize, 1..6),
    ) {
        Runtime::new().unwrap().block_on(assert_drawn_as_a_whole(&lines.join("\n"), &steps));
    }

    #[test]
    fn while_it_is_written_only_the_end_changes(
        lines in prop::collection::vec(line(), 0..80),
        steps in prop::collection::vec(1..12_usize, 1..6),
    ) {
        let text = lines.join("\n").replace(['[', ']'], "");
        let (mut blocks, mut grown, mut before) = (Blocks::default(), Growing::default(), Vec::<Piece>::new());
        for prefix in prefixes(&text, &steps) {
            grown.push_str(&prefix[grown.len()..]);
            blocks.follow(&grown);
            let pieces: Vec<Piece> = blocks.groups(true).iter().flat_map(|group| group.iter().cloned()).collect();
            let same = before.iter().zip(&pieces).take_while(|(old, new)| old == new).count();
            // The last block, and behind it what half a line looks like.
            prop_assert!(same + 2 >= before.len(), "{} of {} at {prefix:?}", same, before.len());

            let mut at_once = Blocks::default();
            at_once.follow(&Growing::from(prefix));
            let fresh: Vec<Piece> = at_once.groups(true).iter().flat_map(|group| group.iter().cloned()).collect();
            prop_assert_eq!(&pieces, &fresh);
            before = pieces;
        }
    }
}
