//! Markdown as elements: the parser's events, put together with a stack of what is open.
//!
//! Not here: HTML. What a model writes becomes text nodes inside elements that [`element`] names, so there is
//! no markup to clean and nothing that could run or load.

mod element;
mod unfinished;

use std::borrow::Cow;

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};
use yew::prelude::*;
use yew::virtual_dom::VText;

/// Elements deeper than this become text of their parent: the page is built and dropped by recursion, and
/// nobody reads the thirty-third quote in a quote.
const MAX_DEPTH: usize = 32;

/// What to show.
#[derive(PartialEq, Properties)]
pub struct MarkdownProps {
    /// The Markdown so far.
    pub text: AttrValue,
    /// Whether more may come: a cursor stands after the last letter.
    #[prop_or_default]
    pub writing: bool,
}

/// A text in Markdown. A component of its own, so that it is parsed again only when its text changed.
#[component]
pub fn Markdown(props: &MarkdownProps) -> Html {
    let text =
        if props.writing { unfinished::complete(&props.text) } else { Cow::Borrowed(props.text.as_str()) };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let events: Vec<_> = Parser::new_ext(&text, options).collect();
    // Inside whatever is still open there: a cursor after the last block would stand on a line of its own.
    let last = events.iter().rposition(|event| !matches!(event, Event::End(_)));
    let mut page = Page::default();
    for (index, event) in events.into_iter().enumerate() {
        page.take(event);
        if props.writing && Some(index) == last {
            page.push(cursor());
        }
    }
    if props.writing && last.is_none() {
        page.push(cursor());
    }
    page.top.finish()
}

fn cursor() -> Html {
    html! { <span class="cursor" aria-hidden="true" /> }
}

/// What is drawn so far.
#[derive(Default)]
struct Page<'a> {
    top: Nodes,
    open: Vec<(Tag<'a>, Nodes)>,
    /// How many open tags are drawn as text only: too deep, or an image, of which the alternative text is left.
    flat: usize,
}

impl<'a> Page<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Code(code) if self.flat == 0 => self.push(html! { <code>{ code.as_ref() }</code> }),
            Event::Rule if self.flat == 0 => self.push(html! { <hr /> }),
            Event::HardBreak if self.flat == 0 => self.push(html! { <br /> }),
            Event::TaskListMarker(done) if self.flat == 0 => self.push(element::task(done)),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.nodes().text.push_str(&text);
            }
            // A model that breaks a line means it, and between Chinese letters a space would be wrong.
            Event::SoftBreak | Event::HardBreak => self.nodes().text.push('\n'),
            Event::Rule | Event::TaskListMarker(_) => {}
            // Extensions that are not asked for.
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        // A list without items and a table without cells would be neither text nor list nor table.
        let is_part = matches!(tag, Tag::Item | Tag::TableHead | Tag::TableRow | Tag::TableCell);
        let is_too_deep = self.open.len() >= MAX_DEPTH && !is_part;
        if self.flat > 0 || is_too_deep || matches!(tag, Tag::Image { .. }) {
            self.flat += 1;
        } else {
            self.open.push((tag, Nodes::default()));
        }
    }

    fn end(&mut self, end: TagEnd) {
        if self.flat > 0 {
            self.flat -= 1;
            // Blocks that are no blocks any more still begin on a new line.
            if matches!(end, TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell) {
                self.nodes().text.push('\n');
            }
            return;
        }
        let Some((tag, nodes)) = self.open.pop() else { return };
        let inside = nodes.finish();
        let done = match &tag {
            Tag::TableCell => element::cell(self.is_in_head(), self.alignment(), inside),
            tag => element::around(tag, inside),
        };
        self.push(done);
    }

    fn is_in_head(&self) -> bool {
        matches!(self.open.last(), Some((Tag::TableHead, _)))
    }

    /// Of the next cell of the row that is open.
    fn alignment(&self) -> Alignment {
        match self.open.as_slice() {
            [.., (Tag::Table(columns), _), (_, row)] => columns.get(row.done.len()).copied(),
            _ => None,
        }
        .unwrap_or(Alignment::None)
    }

    fn push(&mut self, node: Html) {
        let nodes = self.nodes();
        nodes.flush();
        nodes.done.push(node);
    }

    /// Where the next node goes.
    fn nodes(&mut self) -> &mut Nodes {
        self.open.last_mut().map_or(&mut self.top, |(_, nodes)| nodes)
    }
}

/// The nodes inside an element. Text is gathered first: the parser cuts it at every mark that is none.
#[derive(Default)]
struct Nodes {
    done: Vec<Html>,
    text: String,
}

impl Nodes {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.done.push(VText::new(std::mem::take(&mut self.text)).into());
        }
    }

    fn finish(mut self) -> Html {
        self.flush();
        self.done.into_iter().collect()
    }
}
