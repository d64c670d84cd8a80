//! When what is told of runs reaches the store: at once after a pause, and then once a frame.
//!
//! A stream that comes faster than frames are shown would otherwise be drawn for nobody. Whoever wants less
//! motion gets whole seconds. What is no text waits for nothing, and what came before it goes first.

use std::cell::RefCell;
use std::rc::Rc;

use flowmeter_domain::ipc::{Progress, RunEvent};
use gloo::timers::callback::Timeout;

use crate::browser;

/// A frame of a usual screen.
const FRAME_MS: u32 = 16;
/// For whoever wants less motion.
const CALM_MS: u32 = 1_000;

/// Holds back text until its time has come.
pub(super) struct Pace {
    tell: Box<dyn Fn(RunEvent)>,
    waiting: RefCell<Vec<RunEvent>>,
    /// Until it has run out, text waits.
    timer: RefCell<Option<Timeout>>,
}

impl Pace {
    pub(super) fn new(tell: impl Fn(RunEvent) + 'static) -> Rc<Self> {
        Rc::new(Self { tell: Box::new(tell), waiting: RefCell::default(), timer: RefCell::default() })
    }

    pub(super) fn hear(self: &Rc<Self>, event: RunEvent) {
        let is_text = matches!(event.progress, Progress::Delta(_)) && !cfg!(feature = "naive");
        let may_wait = is_text && self.timer.borrow().is_some();
        self.waiting.borrow_mut().push(event);
        if !may_wait {
            self.tell_all();
        }
    }

    fn tell_all(self: &Rc<Self>) {
        let told = self.waiting.take();
        let timer = (!told.is_empty()).then(|| {
            let pace = self.clone();
            let wait = if browser::wants_less_motion() { CALM_MS } else { FRAME_MS };
            Timeout::new(wait, move || pace.tell_all())
        });
        *self.timer.borrow_mut() = timer;
        told.into_iter().for_each(&self.tell);
    }
}
