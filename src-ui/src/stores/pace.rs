//! When what is told of runs reaches the store: at once after a pause, and then once a frame.
//!
//! A stream that comes faster than frames are shown would otherwise be drawn for nobody. Whoever wants less
//! motion gets whole seconds. What is no text waits for nothing, and what came before it goes first.

use std::cell::RefCell;
use std::rc::Rc;

use flowmeter_domain::ipc::{FlowProgress, FlowRunEvent, Progress, RunEvent};
use gloo::timers::callback::Timeout;

use crate::browser;

/// A frame of a usual screen.
const FRAME_MS: u32 = 16;
/// For whoever wants less motion.
const CALM_MS: u32 = 1_000;

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
    /// Until it has run out, text waits.
    timer: RefCell<Option<Timeout>>,
}

impl<E: Paced> Pace<E> {
    pub(super) fn new(tell: impl Fn(E) + 'static) -> Rc<Self> {
        Rc::new(Self { tell: Box::new(tell), waiting: RefCell::default(), timer: RefCell::default() })
    }

    pub(super) fn hear(self: &Rc<Self>, event: E) {
        let is_text = event.is_text() && !cfg!(feature = "naive");
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
