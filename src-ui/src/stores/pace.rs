//! When what is told of runs reaches the store: at once after a pause, and then twenty-five times a second at most.
//!
//! That is as smooth as a text can be read. Each drawing costs a layout and a paint of all that is seen, and where no
//! graphics card helps that is most of what a run costs: so a drawing that took long is followed by a longer rest, and
//! the machine stays free for its person. Whoever wants less motion gets whole seconds, and so does a window that
//! nobody sees. What is no text waits for nothing, and what came before it goes first.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use flowmeter_domain::ipc::{FlowProgress, FlowRunEvent, Progress, RunEvent};
use wasm_bindgen_futures::spawn_local;

use crate::browser;

/// From one drawing to the next, at least.
const STEP_MS: f64 = 40.0;
/// Of the time, a frame may take one part in so many: what it costs other threads is several times what is seen of it
/// here.
const REST: f64 = 30.0;
/// The longest rest: what comes less often does not flow.
const LONGEST_MS: f64 = 400.0;
/// For whoever wants less motion, and where nobody sees the window.
const CALM_MS: f64 = 1_000.0;

/// Something that is told of a run.
pub(super) trait Paced: 'static {
    /// Whether it is text, which can wait.
    fn is_text(&self) -> bool;
}

impl Paced for RunEvent {
    fn is_text(&self) -> bool {
        matches!(self.progress, Progress::Delta(_))
    }
}

impl Paced for FlowRunEvent {
    fn is_text(&self) -> bool {
        matches!(self.progress, FlowProgress::Delta { .. })
    }
}

/// Holds back text until its time has come.
pub(super) struct Pace<E> {
    tell: Box<dyn Fn(E)>,
    waiting: RefCell<Vec<E>>,
    /// Whether text waits.
    rests: Cell<bool>,
    /// How often something was told: a rest ends early when something is told that does not wait.
    told: Cell<u32>,
}

impl<E: Paced> Pace<E> {
    pub(super) fn new(tell: impl Fn(E) + 'static) -> Rc<Self> {
        let (waiting, rests, told) = Default::default();
        Rc::new(Self { tell: Box::new(tell), waiting, rests, told })
    }

    pub(super) fn hear(self: &Rc<Self>, event: E) {
        let may_wait = event.is_text() && self.rests.get() && !cfg!(feature = "naive");
        self.waiting.borrow_mut().push(event);
        if !may_wait {
            self.tell_all();
        }
    }

    fn tell_all(self: &Rc<Self>) {
        let all = self.waiting.take();
        self.told.set(self.told.get().wrapping_add(1));
        // That a run began is no reason for its first words to wait.
        self.rests.set(all.iter().any(Paced::is_text));
        if self.rests.get() {
            spawn_local(self.clone().rest(self.told.get(), browser::milliseconds()));
        }
        all.into_iter().for_each(&self.tell);
    }

    async fn rest(self: Rc<Self>, told: u32, began: f64) {
        browser::next_frame(CALM_MS).await;
        let frame = browser::milliseconds();
        // Comes when that frame is laid out and painted.
        browser::sleep(0.0).await;
        let now = browser::milliseconds();
        browser::sleep(pause(now - frame, browser::wants_less_motion()) - (now - began)).await;
        if self.told.get() == told {
            self.tell_all();
        }
    }
}

/// From one drawing to the next, where a frame took so long.
fn pause(frame_ms: f64, calm: bool) -> f64 {
    if calm { CALM_MS } else { (frame_ms * REST).clamp(STEP_MS, LONGEST_MS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_took_long_is_followed_by_a_longer_rest() {
        assert_eq!([0.0, 1.0, 5.0, 900.0].map(|frame| pause(frame, false)), [40.0, 40.0, 150.0, 400.0]);
        assert_eq!(pause(2.0, true), 1_000.0);
    }
}
