//! The elements that Markdown may become. This is the whole list: what is not here is not drawn.
//!
//! No attribute takes a text of the model, but for what a browser only shows or keeps: the `title` of a link,
//! and where it leads, as data. Nothing here leads anywhere by itself.

use std::rc::Rc;

use flowmeter_domain::link::may_open;
use pulldown_cmark::{Alignment, HeadingLevel, Tag};
use yew::prelude::*;

use crate::components::CodeBlock;

/// What a tag becomes.
pub(super) fn around(tag: &Tag<'_>, inside: Html) -> Html {
    match tag {
        Tag::Paragraph => html! { <p>{ inside }</p> },
        Tag::Heading { level, .. } => heading(*level, inside),
        Tag::BlockQuote(_) => html! { <blockquote>{ inside }</blockquote> },
        Tag::HtmlBlock => html! { <p class="raw">{ inside }</p> },
        Tag::List(None) => html! { <ul>{ inside }</ul> },
        Tag::List(Some(start)) => {
            html! { <ol start={(*start != 1).then(|| start.to_string())}>{ inside }</ol> }
        }
        Tag::Item => html! { <li>{ inside }</li> },
        // The frame scrolls, and not the table, which would be no table any more. By the keyboard too.
        Tag::Table(_) => html! { <div class="table" tabindex="0"><table>{ inside }</table></div> },
        Tag::TableHead => html! { <thead><tr>{ inside }</tr></thead> },
        Tag::TableRow => html! { <tr>{ inside }</tr> },
        Tag::Emphasis => html! { <em>{ inside }</em> },
        Tag::Strong => html! { <strong>{ inside }</strong> },
        Tag::Strikethrough => html! { <del>{ inside }</del> },
        _ => inside,
    }
}

/// A cell of a table.
pub(super) fn cell(is_head: bool, alignment: Alignment, inside: Html) -> Html {
    let class = match alignment {
        Alignment::None | Alignment::Left => None,
        Alignment::Center => Some("to-center"),
        Alignment::Right => Some("to-right"),
    };
    if is_head {
        html! { <th {class}>{ inside }</th> }
    } else {
        html! { <td {class}>{ inside }</td> }
    }
}

/// The box of a task. A letter and not a field: nothing can be ticked, and it is copied with its text.
pub(super) fn task(is_done: bool) -> Html {
    // The selector keeps a system from drawing it as a coloured picture.
    html! { <span class="task">{ if is_done { "☑\u{fe0e}" } else { "☐\u{fe0e}" } }</span> }
}

/// Below the page's own headings, which are of the first and second level.
fn heading(level: HeadingLevel, inside: Html) -> Html {
    match level {
        HeadingLevel::H1 => html! { <h3>{ inside }</h3> },
        HeadingLevel::H2 => html! { <h4>{ inside }</h4> },
        HeadingLevel::H3 => html! { <h5>{ inside }</h5> },
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => html! { <h6>{ inside }</h6> },
    }
}

/// What the line above a code block says of it.
pub(super) fn code_block(info: &str, code: String, writing: bool) -> Html {
    // Some write more than the language there: a file name, numbers of lines.
    let language = info.split([' ', '\t', ',', '{']).next().filter(|word| !word.is_empty());
    html! { <CodeBlock language={language.map(|word| AttrValue::from(word.to_owned()))} code={Rc::<str>::from(code)} {writing} /> }
}

/// A formula as it was written, with its marks: between two prices, dollars are no formula and not lost.
pub(super) fn maths(mark: &str, source: &str) -> Html {
    html! { <span class="maths">{ format!("{mark}{source}{mark}") }</span> }
}

/// Where the next letter will stand.
pub(super) fn cursor() -> Html {
    html! { <span class="cursor" aria-hidden="true" /> }
}

/// Says where it leads and leads nowhere by itself: the answer around it hears the press, and the system's
/// browser opens it. An address that no browser should be given is text.
pub(super) fn link(address: &str, inside: Html) -> Html {
    if address.is_empty() {
        return inside;
    }
    let title = address.to_owned();
    if !may_open(address) {
        return html! { <span {title}>{ inside }</span> };
    }
    html! { <a class="link" role="link" tabindex="0" data-address={title.clone()} {title}>{ inside }</a> }
}
