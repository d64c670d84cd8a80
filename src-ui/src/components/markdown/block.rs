//! A block as elements: the parser's events, put together with a stack of what is open.

use pulldown_cmark::{Alignment, BrokenLink, CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};
use yew::prelude::*;
use yew::virtual_dom::VText;

use super::blocks::{Links, OPTIONS, Piece, label};
use super::element;
use super::maths::in_dollars;

/// Elements deeper than this become text of their parent: the page is built and dropped by recursion, and
/// nobody reads the thirty-third quote in a quote.
const MAX_DEPTH: usize = 32;

/// What to show.
#[derive(PartialEq, Properties)]
pub struct BlockProps {
    /// The block.
    pub piece: Piece,
}

/// A block. A component of its own, so that it is parsed again only when its text changed.
#[component]
pub fn Block(props: &BlockProps) -> Html {
    let Piece { text, links, writing } = &props.piece;
    let answer = |link: BrokenLink<'_>| {
        let address = links.as_ref()?.get(&label(&link.reference))?;
        Some((CowStr::from(address.clone()), CowStr::from("")))
    };
    let text = in_dollars(text);
    let events: Vec<_> = Parser::new_with_broken_link_callback(&text, OPTIONS, Some(answer)).collect();
    // Inside whatever is still open there: a cursor after the last block would stand on a line of its own.
    let last = events.iter().rposition(|event| !matches!(event, Event::End(_))).filter(|_| *writing);
    let mut page = Page { links: links.as_deref(), ..Page::default() };
    for (index, event) in events.into_iter().enumerate() {
        page.take(event);
        if Some(index) == last {
            page.put_cursor();
        }
    }
    page.top.finish()
}

/// What is drawn so far.
#[derive(Default)]
struct Page<'a> {
    /// What other blocks define, and may have defined before this one did.
    links: Option<&'a Links>,
    top: Nodes,
    open: Vec<(Tag<'a>, Nodes)>,
    /// How many open tags are drawn as text only: too deep, or an image, of which the alternative text is left.
    flat: usize,
    /// Whether the cursor stands in the code block that is open.
    in_code: bool,
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
            Event::InlineMath(source) if self.flat == 0 => self.push(element::maths("$", &source)),
            Event::DisplayMath(source) if self.flat == 0 => self.push(element::maths("$$", &source)),
            Event::Text(text)
            | Event::Code(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => self.nodes().text.push_str(&text),
            // A model that breaks a line means it, and between Chinese letters a space would be wrong.
            Event::SoftBreak | Event::HardBreak => self.nodes().text.push('\n'),
            Event::Rule | Event::TaskListMarker(_) => {}
            // An extension that is not asked for.
            Event::FootnoteReference(_) => {}
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
        let done = match &tag {
            Tag::CodeBlock(kind) => self.code_block(kind, nodes.text),
            Tag::Link { dest_url, id, .. } => {
                let defined = self.links.and_then(|links| links.get(&label(id)));
                element::link(defined.map_or(&**dest_url, String::as_str), nodes.finish())
            }
            Tag::TableCell => element::cell(self.is_in_head(), self.alignment(), nodes.finish()),
            tag => element::around(tag, nodes.finish()),
        };
        self.push(done);
    }

    /// The text of a code block is all that is in it.
    fn code_block(&mut self, kind: &CodeBlockKind<'_>, code: String) -> Html {
        let info = if let CodeBlockKind::Fenced(info) = kind { info.as_ref() } else { "" };
        element::code_block(info, code, std::mem::take(&mut self.in_code))
    }

    fn put_cursor(&mut self) {
        match self.open.last() {
            Some((Tag::CodeBlock(_), _)) if self.flat == 0 => self.in_code = true,
            _ => self.push(element::cursor()),
        }
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
