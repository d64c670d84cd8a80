//! Markdown as elements: a text is split into blocks, and each block is a component of its own that is drawn
//! again only when it changed.
//!
//! Not here: HTML. What a model writes becomes text nodes inside elements that [`element`] names, so there is
//! no markup to clean and nothing that could run or load.

mod block;
mod blocks;
mod element;
mod maths;
mod unfinished;

use std::rc::Rc;

use yew::prelude::*;

pub use block::{Block, BlockProps};
pub use blocks::{Blocks, Piece};

use crate::growing::Growing;

/// What to show.
#[derive(PartialEq, Properties)]
pub struct MarkdownProps {
    /// The Markdown so far.
    pub text: Growing,
    /// Whether more may come: a cursor stands after the last letter.
    #[prop_or_default]
    pub writing: bool,
}

/// A text in Markdown.
#[component]
pub fn Markdown(props: &MarkdownProps) -> Html {
    let blocks = use_mut_ref(Blocks::default);
    let mut blocks = blocks.borrow_mut();
    blocks.follow(&props.text);
    if cfg!(feature = "naive") {
        return html! { <div class="part"><Block piece={Piece::whole(&props.text.read())} /></div> };
    }
    html! { <Pieces groups={blocks.groups(props.writing)} writing={props.writing} /> }
}

/// A document in pieces.
#[derive(PartialEq, Properties)]
pub struct PiecesProps {
    /// In their order.
    pub groups: Vec<Rc<[Piece]>>,
    /// Whether more may come.
    pub writing: bool,
}

/// The pieces of a document. A piece keeps its place and its nodes from its first letter on.
#[component]
pub fn Pieces(props: &PiecesProps) -> Html {
    let waits = props.writing && props.groups.is_empty();
    html! {
        <>
            for (place, pieces) in props.groups.iter().enumerate() {
                <Group key={place} pieces={pieces.clone()} />
            }
            if waits { { element::cursor() } }
        </>
    }
}

#[derive(PartialEq, Properties)]
struct GroupProps {
    pieces: Rc<[Piece]>,
}

/// An element of its own: what is written in one is no reason to lay out the others.
#[component]
fn Group(props: &GroupProps) -> Html {
    html! {
        <div class="part">
            for (place, piece) in props.pieces.iter().enumerate() {
                <Block key={place} piece={piece.clone()} />
            }
        </div>
    }
}
