//! A document in its top-level blocks while it grows, so that only the last one is parsed and drawn again.
//!
//! Markdown decides line by line, and what another block stands behind is closed for good. So a block is
//! finished once the next one has begun on a line that is whole: half a line may still become anything (`1`
//! begins a paragraph, `1.` goes on with the list before it).
//!
//! One thing reaches back over blocks: `[a]: https://…` anywhere makes a link of every `[a]`. So each block
//! keeps the labels that it asks for and cannot answer itself, and is drawn again when one of them is defined,
//! as if the whole document had been read at once. Of two definitions the first holds.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, Tag};

use super::unfinished;
use crate::growing::Growing;

/// What of Markdown is read beyond its core.
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_MATH);

/// Blocks that are compared and laid out as one: a long document is looked at group by group at each step, and not
/// block by block.
const GROUP: usize = 32;

/// Addresses by the label that stands for them.
pub(super) type Links = BTreeMap<String, String>;

/// A block, or several where one alone would be read differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its Markdown.
    pub(super) text: Rc<str>,
    /// What it asks for and other blocks define.
    pub(super) links: Option<Rc<Links>>,
    /// Whether more may be put behind it.
    pub(super) writing: bool,
}

impl Piece {
    /// A document as one piece.
    pub fn whole(text: &str) -> Self {
        Self { text: text.into(), links: None, writing: false }
    }

    /// Whether it is a heading, or so much like one that it does not matter.
    fn may_be_heading(&self) -> bool {
        self.text.trim_start().starts_with('#') || self.text.trim_end().ends_with(['=', '-'])
    }
}

/// The blocks of a growing text.
#[derive(Default)]
pub struct Blocks {
    /// What was taken in.
    seen: Growing,
    /// What no further text can change, but for its links.
    finished: Vec<Piece>,
    /// Which of them ask for labels.
    asking: Vec<(usize, Vec<String>)>,
    /// Full groups of them.
    groups: Vec<Rc<[Piece]>>,
    /// Definitions before `tail`.
    links: Links,
    /// What `finished` was drawn with, if all of it was.
    drawn_with: Option<Links>,
    /// Everything from the last block on.
    tail: String,
}

impl Blocks {
    /// Takes in what `text` has beyond the last one; another text begins anew.
    pub fn follow(&mut self, text: &Growing) {
        match text.since(&self.seen) {
            Some(more) => self.tail.push_str(&more),
            None => *self = Self { tail: text.read().to_owned(), ..Self::default() },
        }
        self.seen = text.clone();
        self.settle();
    }

    /// The document as it is now, in groups that are the same ones as long as nothing in them changed.
    pub fn groups(&mut self, writing: bool) -> Vec<Rc<[Piece]>> {
        let tail = std::mem::take(&mut self.tail);
        let shown = if writing { unfinished::complete(&tail) } else { Cow::Borrowed(tail.as_str()) };
        let outline = Outline::of(&shown);
        let mut links = self.links.clone();
        define(&mut links, outline.links.iter().map(|(_, link)| link.clone()));
        self.resolve(&links);
        let mut open: Vec<Piece> = self.ungrouped().to_vec();
        open.extend(outline.blocks.iter().map(|block| Piece {
            text: shown[block.clone()].into(),
            links: wanted(&outline.asks(block), &links),
            writing: false,
        }));
        if let Some(last) = open.last_mut() {
            last.writing = writing;
        }
        drop(shown);
        self.tail = tail;
        let (full, rest) = full_groups(&open);
        let rest = (!rest.is_empty()).then(|| rest.into());
        self.groups.iter().cloned().chain(full).chain(rest).collect()
    }

    /// What is finished and in no full group.
    fn ungrouped(&self) -> &[Piece] {
        let grouped: usize = self.groups.iter().map(|group| group.len()).sum();
        &self.finished[grouped..]
    }

    /// Takes apart the groups from the one of the piece `at` on.
    fn ungroup(&mut self, at: usize) {
        let mut end = 0;
        let before = self.groups.iter().take_while(|group| {
            end += group.len();
            end <= at
        });
        self.groups.truncate(before.count());
    }

    /// Moves what is finished out of the tail.
    fn settle(&mut self) {
        let whole_lines = self.tail.rfind('\n').map_or(0, |end| end + 1);
        let outline = Outline::of(&self.tail[..whole_lines]);
        let Some((last, finished)) = outline.blocks.split_last().filter(|(last, _)| last.start > 0) else {
            return;
        };
        for block in finished {
            let asks = outline.asks(block);
            if !asks.is_empty() {
                self.asking.push((self.finished.len(), asks));
            }
            let text = self.tail[block.clone()].into();
            // Its links are looked up when it is drawn.
            self.finished.push(Piece { text, links: None, writing: false });
        }
        let before = outline.links.iter().filter(|(at, _)| *at < last.start);
        define(&mut self.links, before.map(|(_, link)| link.clone()));
        self.tail.drain(..last.start);
        self.drawn_with = None;
    }

    /// Gives each finished block the links that it asks for, and closes the groups that are full.
    fn resolve(&mut self, links: &Links) {
        if self.drawn_with.as_ref() != Some(links) {
            for (at, asks) in std::mem::take(&mut self.asking) {
                let wanted = wanted(&asks, links);
                if self.finished[at].links != wanted {
                    self.finished[at].links = wanted;
                    self.ungroup(at);
                }
                self.asking.push((at, asks));
            }
            self.drawn_with = Some(links.clone());
        }
        let (full, _) = full_groups(self.ungrouped());
        self.groups.extend(full);
    }
}

/// The full groups that `pieces` begin with, and the pieces behind them.
fn full_groups(mut pieces: &[Piece]) -> (Vec<Rc<[Piece]>>, &[Piece]) {
    let mut groups = Vec::new();
    while pieces.len() >= GROUP {
        // A heading stands by what follows: it begins a group rather than end one.
        let end =
            pieces[..GROUP].iter().rposition(|piece| !piece.may_be_heading()).map_or(GROUP, |last| last + 1);
        let (group, rest) = pieces.split_at(end);
        groups.push(group.into());
        pieces = rest;
    }
    (groups, pieces)
}

/// Of two definitions the first holds.
fn define(links: &mut Links, more: impl Iterator<Item = (String, String)>) {
    for (label, address) in more {
        links.entry(label).or_insert(address);
    }
}

fn wanted(asks: &[String], links: &Links) -> Option<Rc<Links>> {
    let found = asks.iter().filter_map(|label| links.get_key_value(label));
    let found: Links = found.map(|(label, address)| (label.clone(), address.clone())).collect();
    (!found.is_empty()).then(|| found.into())
}

/// A label as it is compared.
pub(super) fn label(written: &str) -> String {
    written.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Where the blocks of a text are.
struct Outline {
    /// See [`block_start`].
    blocks: Vec<Range<usize>>,
    /// Labels that are asked for, and where.
    asked: Vec<(usize, String)>,
    /// Label and address of each definition, and where.
    links: Vec<(usize, (String, String))>,
}

impl Outline {
    fn of(text: &str) -> Self {
        let mut asked = Vec::new();
        let ask = |link: BrokenLink<'_>| {
            asked.push((link.span.start, label(&link.reference)));
            None::<(CowStr<'_>, CowStr<'_>)>
        };
        let parser = Parser::new_with_broken_link_callback(text, OPTIONS, Some(ask));
        let definitions = parser.reference_definitions().iter();
        let links = definitions.map(|(name, link)| (link.span.start, (label(name), link.dest.to_string())));
        let links = links.collect();
        let (mut cuts, mut answered, mut depth) = (Cuts::new(text), Vec::new(), 0_usize);
        for (event, range) in parser.into_offset_iter() {
            cuts.look(depth, &event, &range);
            match &event {
                Event::Start(Tag::Link { id, .. } | Tag::Image { id, .. }) if !id.is_empty() => {
                    answered.push((range.start, label(id)));
                    depth += 1;
                }
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
        }
        // A definition beside the block is not in it.
        asked.extend(answered);
        Self { blocks: cuts.blocks, asked, links }
    }

    /// What `block` asks for.
    fn asks(&self, block: &Range<usize>) -> Vec<String> {
        let inside = self.asked.iter().filter(|(at, _)| block.contains(at));
        inside.map(|(_, label)| label.clone()).collect()
    }
}

/// Where a text is cut into blocks.
struct Cuts<'a> {
    text: &'a str,
    blocks: Vec<Range<usize>>,
    /// Whether the last of them is a list.
    is_list: bool,
    /// Where what is in the last one ends.
    inside: usize,
}

impl<'a> Cuts<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, blocks: Vec::new(), is_list: false, inside: 0 }
    }

    /// Sees an event that so many others are around.
    fn look(&mut self, depth: usize, event: &Event<'_>, range: &Range<usize>) {
        if depth == 0 {
            let start = self.start(event, range.start);
            self.blocks.push(start..range.end);
            self.is_list = matches!(event, Event::Start(Tag::List(_)));
        } else if depth > 1 || !matches!(event, Event::End(_)) {
            self.inside = range.end;
        }
    }

    /// Where the block begins of which `event` at `at` is the first.
    fn start(&mut self, event: &Event<'_>, at: usize) -> usize {
        let before = self.blocks.last().map_or(0, |block| block.end);
        let mut start = block_start(self.text, before, at);
        // Behind a definition a paragraph may begin further in; alone that would be code.
        if matches!(event, Event::Start(Tag::Paragraph)) && is_deep(&self.text[start..at]) {
            start = at;
        }
        // A definition right behind a list is taken for its end, and what stands under that goes on from there:
        // `2.` begins no list then. So they are read together.
        if self.is_list && is_right_under(self.text, self.inside, start) {
            start = self.blocks.pop().map_or(start, |list| list.start);
        }
        start
    }
}

/// From the beginning of its first line, or of the definitions right above it: what begins behind one may turn out
/// to be its title, and is read otherwise than what stands alone. Not before the end of the block `before`.
fn block_start(text: &str, before: usize, at: usize) -> usize {
    let mut start = line_start(text, at);
    while start > 0 {
        let line = line_start(text, start - 1);
        if line < before || text[line..start].trim().is_empty() {
            break;
        }
        start = line;
    }
    start
}

/// Whether `before` is nothing but room, and so much of it that what follows is code.
fn is_deep(before: &str) -> bool {
    before.trim().is_empty() && (before.len() >= 4 || before.contains('\t'))
}

/// Whether `at` is on the line under one that is not empty and does not begin before `inside`.
fn is_right_under(text: &str, inside: usize, at: usize) -> bool {
    let line = line_start(text, at);
    let above = line_start(text, line.saturating_sub(1));
    above >= inside && line > above && !text[above..line].trim().is_empty()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)
}
