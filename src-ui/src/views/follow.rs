//! A page that keeps the end of what is written in sight, unless the person reads further up.

use web_sys::Element;
use yew::prelude::*;

use crate::browser;
use crate::stores::App;

/// Keeps the end of the newest run in sight; whoever scrolls up is left there, and whoever comes back to the end
/// follows it again. A new run goes back to it.
#[hook]
pub(super) fn use_follow_end(app: &App) -> (NodeRef, Callback<Event>) {
    let page = use_node_ref();
    let following = use_mut_ref(Following::default);
    let news = app.conversation_runs().last().map(|run| (app.conversation_runs().count(), run.view.next_seq));
    use_effect_with((news, page.clone()), {
        let following = following.clone();
        move |(news, page)| {
            let Some((page, (count, _))) = page.cast::<Element>().zip(*news) else { return };
            following.borrow_mut().go_on(&page, count);
        }
    });
    let on_scroll = Callback::from({
        let page = page.clone();
        move |_| page.cast::<Element>().iter().for_each(|page| following.borrow_mut().look(page))
    });
    (page, on_scroll)
}

#[derive(Default)]
struct Following {
    /// Whether the person reads further up.
    stays: bool,
    /// How far the page was scrolled when it was looked at last.
    top: i32,
    /// Runs by then.
    count: usize,
}

impl Following {
    /// Sees where the person went. Text that becomes shorter moves a page too, but to its end.
    fn look(&mut self, page: &Element) {
        let top = page.scroll_top();
        if top < self.top && !browser::is_at_end(page, 1) {
            self.stays = true;
        } else if browser::is_at_end(page, browser::NEAR_END) {
            self.stays = false;
        }
        self.top = top;
    }

    /// There is more text. The person may have scrolled just now, and the page not have told yet.
    fn go_on(&mut self, page: &Element, count: usize) {
        self.look(page);
        self.stays &= self.count >= count;
        self.count = count;
        if !self.stays {
            browser::scroll_to_end(page);
            self.top = page.scroll_top();
        }
    }
}
