//! What Markdown becomes, what it never becomes, and what is seen while it is being written. How it grows is in
//! `growing.rs`.

use std::time::{Duration, Instant};

use flowmeter_ui::components::{Markdown, MarkdownProps};
use yew::ServerRenderer;

async fn draw(text: &str, writing: bool) -> String {
    let text = text.to_owned();
    let props = move || MarkdownProps { text: text.into(), writing };
    let html = ServerRenderer::<Markdown>::with_props(props).hydratable(false).render().await;
    html.replace(COPY, "")
}

/// The button beside each code block, which is the same for all of them.
const COPY: &str = "<button type=\"button\" data-testid=\"copy-code\" class=\"button button-quiet\">\
     <svg viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\" class=\"icon\">\
     <path d=\"M9 9h11v11H9zM5 15H4V4h11v1\"></path></svg><span>Copy</span></button>\
     <span role=\"status\" class=\"unseen\"></span>";

/// The texts between the tags, as a reader sees them.
fn visible(html: &str) -> String {
    let texts: String =
        html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    texts.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Markdown, and the elements that it becomes.
const SHAPES: &[(&str, &str)] = &[
    ("", ""),
    ("One.\n\nTwo.", "<p>One.</p><p>Two.</p>"),
    ("soft\nbreak", "<p>soft\nbreak</p>"),
    ("hard  \nbreak\\\nbreak", "<p>hard<br>break<br>break</p>"),
    ("*a* **b** ~~c~~ `d*e*`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d*e*</code></p>"),
    ("***both***", "<p><em><strong>both</strong></em></p>"),
    ("# One\n## Two\n### Three\n#### Four", "<h3>One</h3><h4>Two</h4><h5>Three</h5><h6>Four</h6>"),
    ("###### Six", "<h6>Six</h6>"),
    ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
    ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
    ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
    ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
    ("7. a\n8. b", "<ol start=\"7\"><li>a</li><li>b</li></ol>"),
    ("- a\n  1. b\n     - c", "<ul><li>a<ol><li>b<ul><li>c</li></ul></li></ol></li></ul>"),
    (
        "- [x] a\n- [ ] b",
        "<ul><li><span class=\"task\">☑\u{fe0e}</span>a</li><li><span class=\"task\">☐\u{fe0e}</span>b</li></ul>",
    ),
    ("> a\n>\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
    (
        "- a\n\n  ```\n  b\n  ```",
        "<ul><li><p>a</p><div class=\"code\"><div class=\"code-head\"><span class=\"language\"></span></div>\
         <pre tabindex=\"0\"><code>b\n</code></pre></div></li></ul>",
    ),
    (
        "```sql title=x\nselect 1 < 2;\n```",
        "<div class=\"code\"><div class=\"code-head\"><span class=\"language\">sql</span></div>\
         <pre tabindex=\"0\"><code><span class=\"hl-keyword\">select</span> <span class=\"hl-number\">1</span> &lt; \
         <span class=\"hl-number\">2</span>;\n</code></pre></div>",
    ),
    (
        "    a\n    b",
        "<div class=\"code\"><div class=\"code-head\"><span class=\"language\"></span></div>\
         <pre tabindex=\"0\"><code>a\nb</code></pre></div>",
    ),
    (
        "```rust\nlet a = 1;",
        "<div class=\"code\"><div class=\"code-head\"><span class=\"language\">rust</span></div>\
         <pre tabindex=\"0\"><code><span class=\"hl-keyword\">let</span> a = <span class=\"hl-number\">1</span>;</code></pre></div>",
    ),
    (
        "|a|b|c|\n|:-|:-:|-:|\n|1|2|3|\n|4|",
        "<div tabindex=\"0\" class=\"table\"><table>\
         <thead><tr><th>a</th><th class=\"to-center\">b</th><th class=\"to-right\">c</th></tr></thead>\
         <tr><td>1</td><td class=\"to-center\">2</td><td class=\"to-right\">3</td></tr>\
         <tr><td>4</td><td class=\"to-center\"></td><td class=\"to-right\"></td></tr></table></div>",
    ),
    (
        "[a *b*](https://c.example)",
        "<p><a role=\"link\" tabindex=\"0\" data-address=\"https://c.example\" title=\"https://c.example\" class=\"link\">a <em>b</em></a></p>",
    ),
    ("[a]() [b](/c)", "<p>a <span title=\"/c\">b</span></p>"),
    (
        "[a][B b] [b\nB]\n\n[b B]: mailto:c@d.example",
        "<p><a role=\"link\" tabindex=\"0\" data-address=\"mailto:c@d.example\" title=\"mailto:c@d.example\" class=\"link\">a</a> \
         <a role=\"link\" tabindex=\"0\" data-address=\"mailto:c@d.example\" title=\"mailto:c@d.example\" class=\"link\">b\nB</a></p>",
    ),
    (
        "<https://a.example>",
        "<p><a role=\"link\" tabindex=\"0\" data-address=\"https://a.example\" title=\"https://a.example\" class=\"link\">https://a.example</a></p>",
    ),
    ("![a *b* `c`](d.png) e", "<p>a b c e</p>"),
    ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>"),
    ("<div>\na\n</div>\n\nb", "<p class=\"raw\">&lt;div&gt;\na\n&lt;/div&gt;\n</p><p>b</p>"),
    ("&lt;b&gt; &amp;amp; \\*", "<p>&lt;b&gt; &amp;amp; *</p>"),
    ("$a_1*b*c$ [^1] :b:", "<p><span class=\"maths\">$a_1*b*c$</span> [^1] :b:</p>"),
    ("$$\na*b*c\n$$", "<p><span class=\"maths\">$$\na*b*c\n$$</span></p>"),
    ("\\( a_1*b*c \\) `\\(d\\)`", "<p><span class=\"maths\">$a_1*b*c$</span> <code>\\(d\\)</code></p>"),
    ("$5 and $6, 7 $", "<p>$5 and $6, 7 $</p>"),
];

#[tokio::test]
async fn markdown_becomes_elements() {
    for (text, expected) in SHAPES {
        let drawn = draw(text, false).await;
        let inside = drawn.strip_prefix("<div class=\"part\">").and_then(|html| html.strip_suffix("</div>"));
        assert_eq!(inside.unwrap_or(&drawn), *expected, "{text}");
    }
}

const TAGS: &[&str] = &[
    "p",
    "a",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "div",
    "span",
    "table",
    "thead",
    "tr",
    "th",
    "td",
    "em",
    "strong",
    "del",
    "br",
    "hr",
];
const ATTRIBUTES: &[&str] = &["class", "title", "start", "tabindex", "aria-hidden", "role", "data-address"];
const CLASSES: &[&str] = &[
    "raw",
    "code",
    "code-head",
    "language",
    "table",
    "part",
    "task",
    "link",
    "maths",
    "to-center",
    "to-right",
    "cursor",
    "hl-keyword",
    "hl-type",
    "hl-name",
    "hl-text",
    "hl-number",
    "hl-comment",
    "hl-added",
    "hl-removed",
    "hl-unseen",
];

/// The tags of `html`, each with its attributes, read as a browser reads them.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let name: String =
            after.trim_start_matches('/').chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        rest = after.trim_start_matches('/').strip_prefix(name.as_str()).unwrap_or(after);
        let mut attributes = Vec::new();
        while let Some(attribute) = rest.strip_prefix(' ') {
            let (name, value) = attribute.split_once("=\"").expect("an attribute with a quoted value");
            let (value, after) = value.split_once('"').expect("the end of the value");
            attributes.push((name.to_owned(), value.to_owned()));
            rest = after;
        }
        rest = rest.strip_prefix('>').expect("the end of the tag");
        found.push((name, attributes));
    }
    found
}

fn assert_harmless(text: &str, html: &str) {
    for (tag, attributes) in tags(html) {
        assert!(TAGS.contains(&tag.as_str()), "<{tag}> came out of {text:.200}");
        for (name, value) in attributes {
            assert!(ATTRIBUTES.contains(&name.as_str()), "{name} came out of {text:.200}");
            assert!(
                name != "class" || CLASSES.contains(&value.as_str()),
                "class {value} came out of {text:.200}"
            );
            assert!(name != "role" || value == "link", "role {value} came out of {text:.200}");
            let leads = name == "data-address";
            assert!(
                !leads || value.starts_with("http") || value.starts_with("mailto:"),
                "{value} came out of {text:.200}"
            );
            assert!(name != "start" || value.parse::<u64>().is_ok(), "start {value} came out of {text:.200}");
        }
    }
}

const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "a <script src=//evil.example/x.js></script> b",
    "<SCRIPT\n>alert(1)</SCRIPT\n>",
    "<img src=x onerror=alert(1)>",
    "a <img src=\"x\" onerror='alert(1)'> b",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<style>@import url(//evil.example);</style>",
    "<p style=\"background: url(//evil.example)\">a</p>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<a href=\"javascript:alert(1)\">a</a>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&colon;alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](x \"\\\" onmouseover=\\\"alert(1)\")",
    "[a](<x\" onmouseover=\"alert(1)>)",
    "[a](x&quot;&gt;&lt;script&gt;)",
    "[a][b]\n\n[b]: javascript:alert(1) \"><script>\"",
    "<javascript:alert(1)>",
    "![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "![\"><script>alert(1)</script>](x)",
    "![a](https://evil.example/pixel.png \"t\")",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62; &#x3c;img src=x onerror=alert(1)&#x3e; &#0;",
    "`<script>`\n\n    <script>\n\n```<script>\n</code></pre><script>alert(1)</script>\n```",
    "```\" onclick=\"alert(1)\na\n```",
    "```html\n<img src=x onerror=alert(1)> </span></code></pre><script>alert(1)</script>\n```",
    "```rust\n// </span><script>alert(1)</script>\nlet a = \"&lt;b&gt;<b onclick=\\\"alert(1)\\\">\";",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "# <script> {onclick=alert(1) .x #y}",
    "- [x] <input autofocus onfocus=alert(1)>",
    "999999999. a\n\n18446744073709551616. b",
    "\u{0}<\u{0}script>\u{202e}\u{feff}",
];

#[tokio::test]
async fn an_attack_becomes_text() {
    for text in ATTACKS {
        for writing in [false, true] {
            assert_harmless(text, &draw(text, writing).await);
        }
    }
}

#[tokio::test]
async fn html_is_seen_as_it_was_written() {
    for text in ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<style>\np {}\n</style>"] {
        assert_eq!(visible(&draw(text, false).await), *text);
    }
}

#[tokio::test]
async fn any_mixture_of_marks_is_harmless() {
    let marks: &[&str] = &[
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```\n",
        "```html\n",
        "```js\n",
        "~~~",
        "\n",
        "\n\n",
        "  \n",
        "\\",
        " ",
        "    ",
        "\t",
        "> ",
        "- ",
        "1. ",
        "- [x] ",
        "# ",
        "---\n",
        "|",
        "|a|b|\n|-|:-:|\n",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "<",
        ">",
        "<b ",
        "<!--",
        "-->",
        "\"",
        "'",
        "=",
        "&lt;",
        "&#60;",
        "&",
        "href=",
        "onclick=",
        "javascript:",
        "a",
        "字",
        "\u{0}",
        "[a]: b",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..1_500 {
        let count = next(40);
        let mut text: String = (0..=count).map(|_| marks[next(marks.len())]).collect();
        text += ATTACKS[next(ATTACKS.len())];
        for writing in [false, true] {
            assert_harmless(&text, &draw(&text, writing).await);
        }
    }
}

fn depth(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for (index, _) in html.match_indices('<') {
        let tag = &html[index..];
        match () {
            () if tag.starts_with("</") => depth -= 1,
            () if tag.starts_with("<br") || tag.starts_with("<hr") => {}
            () => depth += 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[tokio::test]
async fn a_huge_or_deep_text_is_drawn_flat_and_soon() {
    const SIZE: usize = 200_000;
    let of = |piece: &str| piece.repeat(SIZE / piece.len());
    let stairs: String = (0..600).map(|level| format!("{}- a\n", "  ".repeat(level))).collect();
    let texts = [
        format!("{}end", ">".repeat(10_000)),
        format!("{}end", "> ".repeat(10_000)),
        format!("{}end", "- ".repeat(10_000)),
        format!("{}end", "1. ".repeat(10_000)),
        stairs,
        of("*"),
        of("*a "),
        of("a**"),
        of("*a _b "),
        of("`a"),
        of("["),
        of("!["),
        of("[a]("),
        of("<b "),
        of("<!--"),
        of("&"),
        of("|"),
        of("~"),
        of("\n> "),
        of("a\n"),
        format!("|a|b|\n|-|-|\n{}", of("|c|d|\n")),
        format!("{}a{}", "*".repeat(SIZE / 2), "*".repeat(SIZE / 2)),
        format!("{}a{}", "[".repeat(SIZE / 2), "](b)".repeat(SIZE / 8)),
    ];
    for text in texts {
        let start = Instant::now();
        let html = draw(&text, false).await;
        let took = start.elapsed();
        assert_harmless(&text, &html);
        assert!(depth(&html) < 50, "{} deep: {text:.40}", depth(&html));
        // Generous: this is a debug build on a busy machine. It shows time that grows with the square.
        assert!(took < Duration::from_secs(20), "{took:?} for {text:.40}");
    }
}

#[tokio::test]
async fn what_is_too_deep_keeps_its_text() {
    let html = draw(&format!("{}one **two**\n\nthree", "> ".repeat(100)), false).await;
    assert_eq!(html.matches("<blockquote>").count(), 32);
    assert_eq!(visible(&html), "one two\nthree");
}

const ANSWERS: &[&str] = &[
    "Here is a short answer to **a long story**.\n\n- **Start small.** Do `one` part.\n- **Measure.** Write\n\nThe ~~end~~.",
    "On **it**:\n\n1. Say so.\n2. List it.\n   - within\n\nA sketch:\n\n```python\nx = a ** b\nt = `c`\n```\n\nIt stops.",
    "关于**乐观锁**，简要回答如下。\n\n- **先测量**：改动之前。\n\n---\n\n### 标题\n\n> 引用 **一** 句\n\n完。",
];

#[tokio::test]
async fn while_it_is_written_no_mark_flashes_up() {
    for text in ANSWERS {
        let whole = visible(&draw(text, false).await);
        for (end, _) in text.char_indices().skip(1) {
            let html = draw(&text[..end], true).await;
            let shown = visible(&html);
            assert!(whole.starts_with(shown.trim_end()), "{:?} shows {shown:?}", &text[..end]);
            assert_eq!(html.matches("class=\"cursor\"").count(), 1, "{html}");
        }
    }
}

#[tokio::test]
async fn the_cursor_stands_after_the_last_letter() {
    const CURSOR: &str = "<span aria-hidden=\"true\" class=\"cursor\"></span>";
    for (text, before) in [
        ("a", "<p>a"),
        ("- a\n- b", "<li>b"),
        ("**a", "<p><strong>a"),
        ("```\nlet", "<code>let"),
        ("|a|\n|-|\n|b", "<td>b"),
        ("", ""),
    ] {
        let html = draw(text, true).await;
        assert!(html.contains(&format!("{before}{CURSOR}")), "{html}");
    }
}
