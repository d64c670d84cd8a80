//! What an answer looks like and what it cannot do: it runs nothing, loads nothing, leads nowhere by itself; code
//! can be copied; the view follows the end of the text unless somebody reads further up.

use serde_json::{Value, json};
use thirtyfour::{By, Key};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::door::with_opener;
use crate::screenshots::{NARROW, WIDE};
use crate::support::{App, Machine, stack, until};

/// Notes where it is sent, one address a line.
pub(crate) const NOTE: &str = "#!/bin/sh\necho \"$1\" >>\"$HOME/visited\"\n";

/// What hostile answers try: to run something that sets `fired`, or to load something from TRAP.
const ATTACKS: &[&str] = &[
    "<script>window.fired = 1</script>",
    "<script src=\"TRAP/a.js\"></script>",
    "a <SCRIPT\n>window.fired=1</SCRIPT\n> b",
    "<img src=x onerror=\"window.fired=1\">",
    "<img src=\"TRAP/b.png\"> and <img srcset=\"TRAP/c.png 1x\">",
    "![pixel](TRAP/d.png)",
    "![pixel](TRAP/e.svg \"title\")\n\n[![f](TRAP/f.png)](TRAP/g)",
    "<svg onload=\"window.fired=1\"><use href=\"TRAP/h.svg#i\"/></svg>",
    "<svg/onload=window.fired=1//",
    "<iframe src=\"TRAP/j\"></iframe>",
    "<iframe srcdoc=\"<script>parent.fired=1</script>\"></iframe>",
    "<object data=\"TRAP/k\"></object><embed src=\"TRAP/l\">",
    "<link rel=stylesheet href=\"TRAP/m.css\"><link rel=prefetch href=\"TRAP/n\"><link rel=dns-prefetch href=\"TRAP\">",
    "<style>@import url(TRAP/o.css); body { background: url(TRAP/p.png); display: none }</style>",
    "<p style=\"background: url(TRAP/q.png); position: fixed; inset: 0\">over everything</p>",
    "<base href=\"TRAP/\">\n\n<meta http-equiv=refresh content=\"0; url=TRAP/r\">",
    "<video src=\"TRAP/s\" autoplay onloadstart=\"window.fired=1\"></video><audio src=\"TRAP/t\" autoplay>",
    "<form action=\"TRAP/u\"><input autofocus onfocus=\"window.fired=1\"></form>",
    "<details open ontoggle=\"window.fired=1\"><summary>v</summary></details>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=window.fired=1&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=window.fired=1>\">",
    "<template><script>window.fired=1</script></template><textarea autofocus onfocus=window.fired=1>",
    "<!--><img src=x onerror=window.fired=1>-->\n\n<![CDATA[<script>window.fired=1</script>]]>\n\n<?php echo 1 ?>",
    "[press](javascript:window.fired=1) [press](JaVaScRiPt&colon;window.fired=1) <javascript:window.fired=1>",
    "[press](data:text/html;base64,PHNjcmlwdD4=) [press](vbscript:a) [press](file:///etc/passwd) [press](blob:a)",
    "[press](\u{1}javascript:window.fired=1) [press](java\tscript:window.fired=1) [press](//TRAP)",
    "[a]: javascript:window.fired=1\n\n[press][a] and [a]",
    "[press](https://bank.example@a.example) [press](https://a.example/\u{202e}gpj.exe)",
    "[a](x \"\\\" onmouseover=\\\"window.fired=1\") [b](<x\" onmouseover=\"window.fired=1>)",
    "&lt;script&gt;window.fired=1&lt;/script&gt; &#60;img src=x onerror=window.fired=1&#62; &#x3c;b&#x3e;",
    "```\" onclick=\"window.fired=1\n</code></pre><script>window.fired=1</script>\n```",
    "```html\n<img src=TRAP/w.png onerror=window.fired=1>\n<script>window.fired=1</script>",
    "|<script>window.fired=1</script>|\n|-|\n|![x](TRAP/x.png)|",
    "# <img src=x onerror=window.fired=1> {onclick=window.fired=1}",
    "$\\href{javascript:window.fired=1}{y}$ $$<img src=TRAP/y.png onerror=window.fired=1>$$",
    "a\u{202e}b\u{2066}c\u{0}d\u{feff}e \u{1f468}\u{200d}\u{1f469}",
    "```js\nif (isAdmin\u{202e} \u{2066}// only admins\u{2069} \u{2066}) {}\n```",
];

/// What an answer may be made of.
const ELEMENTS: &str = "p, a.link, h3, h4, h5, h6, ul, ol, li, blockquote, pre, code, div, span, table, thead, tbody, tr, th, td, em, strong, del, br, hr, .code-head button, .code-head button *";

/// Hears whether anything was even tried: the policy of the page would have stopped most of it.
const LISTEN: &str = "window.tried = []; addEventListener('securitypolicyviolation', event => tried.push(event.blockedURI)); addEventListener('error', event => tried.push(String(event.message)), true);";

/// What became of it.
const SEEN: &str = "
    const answers = [...document.querySelectorAll('.answer')];
    const ours = url => ['tauri:', 'ipc:', 'data:'].includes(new URL(url).protocol);
    return {
        fired: window.fired ?? null,
        tried,
        loaded: performance.getEntriesByType('resource').map(entry => entry.name).filter(url => !ours(url)),
        foreign: answers.flatMap(one => [...one.querySelectorAll('*')]).filter(one => !one.matches(arguments[0])).map(one => one.outerHTML),
        handlers: answers.flatMap(one => [...one.querySelectorAll('*')]).flatMap(one => one.getAttributeNames()).filter(name => name.startsWith('on') || ['style', 'src', 'href', 'srcset'].includes(name)),
        links: [...document.querySelectorAll('.answer .link')].map(one => one.dataset.address),
        place: location.href,
        frames: frames.length,
    };";

/// A page that must never be asked for; counts who comes.
async fn trap() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    // Ends with the first visitor.
    let sprung = tokio::spawn(async move { drop(listener.accept().await) });
    (url, sprung)
}

/// Has the provider answer with `text`, as its own run.
async fn answer(app: &App, text: &str) {
    let script = "
        const [text, done] = arguments, run_id = crypto.randomUUID(), conversation = window.conversation ??= crypto.randomUUID();
        const request = {model: 'demo-echo', input: text};
        window.__TAURI_INTERNALS__.invoke('start_run', {request: {run_id, request, conversation, stream: true}}).then(() => done(true), done);";
    let started = app.page.execute_async(script, vec![json!(text)]).await.expect("the page answers");
    assert_eq!(started.json(), &json!(true));
}

async fn all_have_ended(app: &App, count: usize) {
    until(&format!("{count} runs are complete"), async || {
        let ended = app.page.find_all(By::Css("[data-outcome=completed]")).await.ok()?;
        (ended.len() == count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_hostile_answer_runs_nothing_and_loads_nothing() {
    let (stack, machine) = (stack(), with_opener(Machine::new().await, NOTE));
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    let (url, sprung) = trap().await;
    app.sign_in(&mei).await;
    app.page.execute(LISTEN, Vec::new()).await.expect("the page listens");
    let before = app.page.execute("return location.href", Vec::new()).await.expect("a place").json().clone();

    let deep = format!("{}<img src=TRAP/z onerror=window.fired=1>", "> - ".repeat(300));
    for (place, attack) in ATTACKS.iter().copied().chain([deep.as_str()]).enumerate() {
        answer(&app, &attack.replace("TRAP", &url)).await;
        all_have_ended(&app, place + 1).await;
    }
    for press in app.page.find_all(By::XPath("//*[@class='answer']//*[text()='press']")).await.expect("texts")
    {
        press.click().await.expect("it can be pressed");
    }

    let seen = app.page.execute(SEEN, vec![json!(ELEMENTS)]).await.expect("the page answers").json().clone();
    let nothing = json!([]);
    assert_eq!(seen["fired"], Value::Null);
    for kind in ["tried", "loaded", "foreign", "handlers"] {
        assert_eq!(seen[kind], nothing, "{kind}");
    }
    assert_eq!((&seen["place"], &seen["frames"]), (&before, &json!(0)));
    let links: Vec<_> = seen["links"].as_array().expect("links").iter().filter_map(Value::as_str).collect();
    assert_eq!(links, [format!("{url}/g")], "only this one may be offered");
    assert!(!sprung.is_finished(), "something was asked for");
    assert!(!machine.home.path().join("visited").exists(), "something was opened");
    // In code, what is not seen and turns the order of letters is shown.
    assert!(app.page.source().await.expect("the page").contains("⟨U+202E⟩"));
    app.close().await;
}

#[tokio::test]
async fn links_are_opened_by_the_system_when_they_are_pressed_and_only_then() {
    let (stack, machine) = (stack(), with_opener(Machine::new().await, NOTE));
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    answer(
        &app,
        "See [one](https://one.example/a?b=c#d), <http://two.example> and [mail](mailto:mei@example.com).",
    )
    .await;
    all_have_ended(&app, 1).await;
    let visited = || std::fs::read_to_string(machine.home.path().join("visited")).unwrap_or_default();
    assert_eq!(visited(), "");

    let links = app.page.find_all(By::Css(".answer .link")).await.expect("links");
    links[0].click().await.expect("it can be pressed");
    until("the first page", async || (visited() == "https://one.example/a?b=c#d\n").then_some(())).await;
    // By the keyboard too.
    links[1].focus().await.expect("it takes the focus");
    app.page.action_chain().send_keys(Key::Enter).perform().await.expect("the key is pressed");
    until("the second page", async || visited().ends_with("http://two.example/\n").then_some(())).await;
    links[2].click().await.expect("it can be pressed");
    until("the letter", async || visited().ends_with("mailto:mei@example.com\n").then_some(())).await;

    let refused = "const done = arguments[0]; window.__TAURI_INTERNALS__.invoke('open_link', {request: {address: 'file:///etc/passwd'}}).then(done, fault => done(fault.code))";
    let refused = app.page.execute_async(refused, Vec::new()).await.expect("the page answers").json().clone();
    assert_eq!(refused, json!("INVALID_INPUT"));
    assert_eq!(visited().lines().count(), 3);
    app.close().await;
}

/// Everything that answers are made of.
const EVERYTHING: &str = "# Optimistic locking\n\nRead the row with its **version**, write it back only if that is *still* the one that you read; see [the manual](https://www.postgresql.org/docs/). The cost is $O(1)$, and `version` is a plain integer.\n\n```sql\n-- Nobody else was faster.\nupdate users_quota\nset used = used + 1, version = version + 1\nwhere user_id = $1 and version = 7;\n```\n\n1. Read.\n2. Work.\n   - It may take long.\n   - [x] Nothing is locked.\n3. Write, or begin again.\n\n| step | who waits | what happens when two come at once, told at such a length that it has to scroll |\n|---|:-:|--:|\n| read | nobody | 2 |\n| write | the slower one | 1 |\n\n> It never passes the limit, but may refuse a race.\n\n```rust\n/// One unit, if it is there.\nfn take(quota: &mut Quota) -> Result<(), Used> {\n    let left = quota.limit - quota.used; // never below 0\n    if left == 0 { return Err(Used::Up(\"nothing left\".into())) }\n    quota.used += 1;\n    Ok(())\n}\n```\n\n$$\n\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}\n$$\n\n---\n\nThat is all.";

#[tokio::test]
async fn everything_that_answers_are_made_of_looks_right_in_light() {
    pictures("answer-light", Machine::new().await).await;
}

#[tokio::test]
async fn everything_that_answers_are_made_of_looks_right_in_dark() {
    let machine = Machine::new().await.with("LANG", "zh_CN.UTF-8").with("GTK_THEME", "Adwaita:dark");
    pictures("answer-dark", machine).await;
}

async fn pictures(name: &str, machine: Machine) {
    let stack = stack();
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    answer(&app, EVERYTHING).await;
    all_have_ended(&app, 1).await;
    for ((width, height), size) in [(WIDE, "wide"), (NARROW, "narrow")] {
        for (part, block) in [("top", "start"), ("end", "end")] {
            app.resize(width, height).await;
            let scroll = "document.querySelector('.answer').scrollIntoView({block: arguments[0]})";
            app.page.execute(scroll, vec![json!(block)]).await.expect("it scrolls");
            app.picture(&format!("{name}-{size}-{part}")).await;
        }
        // What is too wide scrolls inside itself.
        let wider = "const wide = one => one.scrollWidth > one.clientWidth + 1; return [wide(document.querySelector('.page')), wide(document.querySelector('.answer'))]";
        let wider = app.page.execute(wider, Vec::new()).await.expect("widths").json().clone();
        assert_eq!(wider, json!([false, false]), "{name} {size}");
        assert_eq!(crate::accessibility::faults(&app).await, Vec::<String>::new(), "{name} {size}");
    }
    app.close().await;
}

#[tokio::test]
async fn code_is_copied_as_it_was_written_and_the_button_says_so() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    answer(&app, "So:\n\n```rust\nfn a() {\n\tlet b = \"c\"; // d\n}\n```").await;
    all_have_ended(&app, 1).await;
    assert_eq!(app.style(".hl-comment", "fontStyle").await, "italic");

    app.click("copy-code").await;

    until("it says so", async || app.text("copy-code").await.contains("Copied").then_some(())).await;
    let told = app.page.find(By::Css(".code-head [role=status]")).await.expect("a spoken line");
    assert_eq!(told.prop("textContent").await.unwrap().as_deref(), Some("Copied"));
    app.click("prompt").await;
    app.press_with_control("v").await;
    until("the code is pasted", async || {
        let written = app.see("prompt").await.prop("value").await.ok()??;
        (written == "fn a() {\n\tlet b = \"c\"; // d\n}\n").then_some(())
    })
    .await;
    until("the button is as before", async || (app.text("copy-code").await == "Copy").then_some(())).await;
    app.close().await;
}

/// How far the page is scrolled, and how far it is from its end.
async fn place(app: &App) -> (i64, i64) {
    let script = "const page = document.querySelector('.page'); return [page.scrollTop, page.scrollHeight - page.scrollTop - page.clientHeight]";
    let place = app.page.execute(script, Vec::new()).await.expect("a place").json().clone();
    (place[0].as_f64().unwrap_or_default() as i64, place[1].as_f64().unwrap_or_default() as i64)
}

#[tokio::test]
async fn the_view_follows_the_end_unless_somebody_reads_further_up() {
    let (stack, machine) = (stack(), Machine::new().await);
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.resize(WIDE.0, 480).await;
    app.sign_in(&mei).await;
    app.ask("demo-slow", "Tell me a long story").await;
    let length = async || app.text("run-answer").await.len();
    until("a text that is longer than the page", async || (place(&app).await.0 > 200).then_some(())).await;
    assert!(place(&app).await.1 < 64, "the end is out of sight");

    app.page.execute("document.querySelector('.page').scrollTop = 40", Vec::new()).await.expect("it scrolls");
    let before = length().await;
    until("more text", async || (length().await > before + 200).then_some(())).await;
    assert_eq!(place(&app).await.0, 40, "somebody who reads was taken away");

    let to_end = "const page = document.querySelector('.page'); page.scrollTop = page.scrollHeight";
    app.page.execute(to_end, Vec::new()).await.expect("it scrolls");
    let before = length().await;
    until("more text", async || (length().await > before + 200).then_some(())).await;
    assert!(place(&app).await.1 < 64, "whoever came back to the end was left behind");
    app.wait_for("run-item", "data-outcome", "completed").await;

    app.page.execute("document.querySelector('.page').scrollTop = 0", Vec::new()).await.expect("it scrolls");
    app.ask("demo", "And now?").await;
    until("the new run is in sight", async || {
        let (top, left) = place(&app).await;
        (top > 0 && left < 64).then_some(())
    })
    .await;
    app.close().await;
}

/// A machine of somebody who wants less motion.
pub(crate) fn still(machine: Machine) -> Machine {
    let settings = machine.home.path().join(".config/gtk-3.0");
    std::fs::create_dir_all(&settings).expect("a folder for settings");
    std::fs::write(settings.join("settings.ini"), "[Settings]\ngtk-enable-animations=0\n").expect("settings");
    machine
}

#[tokio::test]
async fn whoever_wants_less_motion_gets_steps_of_a_second_and_whole_sentences() {
    let (stack, machine) = (stack(), still(Machine::new().await));
    let mei = stack.person("mei").await;
    let app = App::start(stack, &machine).await;
    app.sign_in(&mei).await;
    let count = "
        window.steps = 0, window.said = [];
        new MutationObserver(seen => {
            if (seen.some(one => one.target.parentElement?.closest('.answer'))) steps += 1;
            const spoken = document.querySelector('[data-testid=spoken]')?.textContent;
            if (spoken && spoken !== said.at(-1)) said.push(spoken);
        }).observe(document.body, {subtree: true, childList: true, characterData: true});";
    app.page.execute(count, Vec::new()).await.expect("the page listens");

    app.ask("demo-slow", "Tell me a long story").await;

    app.wait_for("run-item", "data-outcome", "completed").await;
    let seen = app.page.execute("return [steps, said]", Vec::new()).await.expect("counts").json().clone();
    // Five seconds and more at fifty deltas a second.
    assert!(seen[0].as_u64().is_some_and(|steps| (3..20).contains(&steps)), "{seen}");
    let said: Vec<_> = seen[1].as_array().expect("sentences").iter().filter_map(Value::as_str).collect();
    assert!(said.len() >= 3 && said.iter().all(|batch| !batch.contains('*')), "{said:?}");
    let ends = |batch: &str| batch.ends_with(['.', '?', ':', '!']);
    assert!(said.iter().all(|batch| ends(batch)), "{said:?}");
    app.close().await;
}
