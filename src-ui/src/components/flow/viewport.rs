//! Which part of the canvas is seen, and how large: pure, so that every move is tested on the host.

use std::rc::Rc;

use flowmeter_domain::flow::{CARD, Layout, Point};
use yew::Reducible;

/// A picture never grows beyond its own size to fit, and never shrinks out of sight.
const FIT_AT_MOST: f64 = 1.0;
/// Below this the names on the cards cannot be read.
const READABLE: f64 = 0.45;
const SMALLEST: f64 = 0.1;
const LARGEST: f64 = 2.5;
/// Around a picture that fits, and around a node that was brought into sight, in pixels of the screen.
const MARGIN: f64 = 36.0;
/// From one press of a key to the next.
const ZOOM_STEP: f64 = 1.25;

/// A rectangle of the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    /// The upper left corner.
    pub(super) from: Point,
    /// The lower right corner.
    pub(super) to: Point,
    /// How far down the middle of the first card is, where a flow begins: that on the left.
    begin: f64,
}

/// What is seen when the window, or what is drawn in it, is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// All, or the beginning of what is too large to be read as a whole.
    Beginning,
    /// All.
    All,
    /// What the person chose.
    Chosen,
}

impl Bounds {
    /// Around all nodes.
    pub(super) fn of(layout: &Layout) -> Self {
        let cards = layout.nodes.iter().map(|node| Self::of_card(*node));
        cards.reduce(Self::around).unwrap_or_default()
    }

    /// A node's own.
    pub(super) fn of_card(from: Point) -> Self {
        let to = Point { x: from.x + CARD.width, y: from.y + CARD.height };
        Self { from, to, begin: (from.y + to.y) / 2.0 }
    }

    fn around(self, other: Self) -> Self {
        let pick = |of: fn(f64, f64) -> f64, a: Point, b: Point| Point { x: of(a.x, b.x), y: of(a.y, b.y) };
        let begin = if other.from.x < self.from.x { other.begin } else { self.begin };
        Self { from: pick(f64::min, self.from, other.from), to: pick(f64::max, self.to, other.to), begin }
    }
}

/// A part of the canvas on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Viewport {
    /// The size of the window onto the canvas, in pixels.
    size: Point,
    /// All that is drawn.
    bounds: Bounds,
    /// Pixels for each unit of the canvas.
    pub(super) scale: f64,
    /// Where the canvas's origin is, in pixels.
    pub(super) origin: Point,
    seen: Seen,
}

/// A way to change what is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Move {
    /// The window has another size.
    Resize(Point),
    /// Something else is drawn.
    Draw(Bounds),
    /// All is seen.
    Fit,
    /// By so many pixels.
    Pan(Point),
    /// By this factor around a point of the window.
    Zoom(f64, Point),
    /// One step larger, around the middle.
    Larger,
    /// One step smaller, around the middle.
    Smaller,
    /// A rectangle is brought into sight, by no more than is needed.
    Show(Bounds),
}

impl Viewport {
    /// `bounds` in a window of a usual size until its own is known.
    pub(super) fn new(bounds: Bounds) -> Self {
        let (size, origin) = (Point { x: 800.0, y: 480.0 }, Point::default());
        Self { size, bounds, scale: 1.0, origin, seen: Seen::Beginning }.at_its_beginning()
    }

    /// All where that can be read, else the beginning, as large as it has to be.
    fn at_its_beginning(self) -> Self {
        let all = self.fitted();
        let scale = all.scale.max(READABLE);
        let Bounds { from, to, begin } = self.bounds;
        let placed = |side: f64, from: f64, to: f64, wanted: f64| {
            let (low, high) = (side - MARGIN - to * scale, MARGIN - from * scale);
            if low > high { (low + high) / 2.0 } else { wanted.clamp(low, high) }
        };
        let origin = Point {
            x: placed(self.size.x, from.x, to.x, f64::INFINITY),
            y: placed(self.size.y, from.y, to.y, self.size.y / 2.0 - begin * scale),
        };
        Self { scale, origin, seen: Seen::Beginning, ..self }
    }

    fn fitted(self) -> Self {
        let Bounds { from, to, .. } = self.bounds;
        let (width, height) = ((to.x - from.x).max(1.0), (to.y - from.y).max(1.0));
        let room = |side: f64| (side - 2.0 * MARGIN).max(1.0);
        let scale = (room(self.size.x) / width).min(room(self.size.y) / height);
        let scale = scale.clamp(SMALLEST, FIT_AT_MOST);
        let origin = Point {
            x: (self.size.x - width * scale) / 2.0 - from.x * scale,
            y: (self.size.y - height * scale) / 2.0 - from.y * scale,
        };
        Self { scale, origin, seen: Seen::All, ..self }
    }

    fn zoomed(self, factor: f64, around: Point) -> Self {
        let scale = (self.scale * factor).clamp(SMALLEST, LARGEST);
        let factor = scale / self.scale;
        let origin = Point {
            x: around.x - (around.x - self.origin.x) * factor,
            y: around.y - (around.y - self.origin.y) * factor,
        };
        Self { scale, origin, seen: Seen::Chosen, ..self }
    }

    fn panned(self, by: Point) -> Self {
        let origin = Point { x: self.origin.x + by.x, y: self.origin.y + by.y };
        Self { origin, seen: Seen::Chosen, ..self }
    }

    fn middle(&self) -> Point {
        Point { x: self.size.x / 2.0, y: self.size.y / 2.0 }
    }

    fn showing(self, Bounds { from, to, .. }: Bounds) -> Self {
        let needed = |origin: f64, from: f64, to: f64, side: f64| {
            let (low, high) = (origin + from * self.scale - MARGIN, origin + to * self.scale + MARGIN);
            // A part of a pixel is no reason to move.
            if low < -0.5 {
                -low
            } else if high > side + 0.5 {
                side - high
            } else {
                0.0
            }
        };
        let by = Point {
            x: needed(self.origin.x, from.x, to.x, self.size.x),
            y: needed(self.origin.y, from.y, to.y, self.size.y),
        };
        if by == Point::default() { self } else { self.panned(by) }
    }

    /// What `change` makes of it.
    pub(super) fn after(self, change: Move) -> Self {
        match change {
            Move::Resize(size) if size == self.size => self,
            Move::Resize(size) => Self { size, ..self }.placed(),
            Move::Draw(bounds) => Self { bounds, ..self }.placed(),
            Move::Fit => self.fitted(),
            Move::Pan(by) => self.panned(by),
            Move::Zoom(factor, around) => self.zoomed(factor, around),
            Move::Larger => self.zoomed(ZOOM_STEP, self.middle()),
            Move::Smaller => self.zoomed(1.0 / ZOOM_STEP, self.middle()),
            Move::Show(bounds) => self.showing(bounds),
        }
    }

    fn placed(self) -> Self {
        match self.seen {
            Seen::Beginning => self.at_its_beginning(),
            Seen::All => self.fitted(),
            Seen::Chosen => self,
        }
    }
}

impl Reducible for Viewport {
    type Action = Move;

    fn reduce(self: Rc<Self>, change: Move) -> Rc<Self> {
        let next = self.after(change);
        if next == *self { self } else { next.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    fn seen(bounds: Bounds, size: Point) -> Viewport {
        Viewport::new(bounds).after(Move::Resize(size))
    }

    /// Where a point of the canvas is on the screen.
    fn on_screen(viewport: Viewport, at: Point) -> Point {
        point(viewport.origin.x + at.x * viewport.scale, viewport.origin.y + at.y * viewport.scale)
    }

    fn wide() -> Bounds {
        Bounds { from: point(-100.0, 0.0), to: point(3900.0, 400.0), begin: 200.0 }
    }

    #[test]
    fn a_small_picture_keeps_its_size_and_stands_in_the_middle() {
        let small = seen(Bounds::of_card(point(10.0, 10.0)), point(824.0, 688.0));
        assert_eq!(small.scale, 1.0);
        assert_eq!(on_screen(small, point(10.0, 10.0)), point(300.0, 300.0));
    }

    #[test]
    fn a_large_one_fits_with_a_margin_and_so_after_the_window_was_resized() {
        for width in [872.0, 472.0] {
            let large =
                seen(wide(), point(500.0, 500.0)).after(Move::Fit).after(Move::Resize(point(width, 600.0)));
            assert_eq!(on_screen(large, point(-100.0, 0.0)).x.round(), MARGIN);
            assert_eq!(on_screen(large, point(3900.0, 0.0)).x.round(), width - MARGIN);
        }
    }

    #[test]
    fn one_that_is_too_large_to_be_read_is_seen_from_its_beginning() {
        let (first, last) = (Bounds::of_card(point(0.0, 900.0)), Bounds::of_card(point(9000.0, 0.0)));
        let low = Bounds::of_card(point(300.0, 1800.0));
        for size in [point(800.0, 600.0), point(400.0, 300.0)] {
            let begins = seen(last.around(first).around(low), size);
            assert_eq!(begins.scale, READABLE);
            let card = on_screen(begins, first.from);
            assert!((card.x - MARGIN).abs() < 1e-6, "at the left: {card:?}");
            let middle = card.y + CARD.height * READABLE / 2.0;
            assert!((middle - size.y / 2.0).abs() < 1e-6, "half way down: {card:?}");
        }
        // No more room is left empty than around all.
        let upper = seen(Bounds::of_card(point(0.0, 0.0)).around(low).around(last), point(800.0, 600.0));
        assert!((on_screen(upper, point(0.0, 0.0)).y - MARGIN).abs() < 1e-6, "{upper:?}");
    }

    #[test]
    fn what_a_person_chose_stays_until_they_fit_it_again() {
        let fitted = seen(wide(), point(800.0, 600.0)).after(Move::Fit);
        let chosen = fitted.after(Move::Pan(point(5.0, 0.0)));
        assert_eq!(chosen.after(Move::Resize(point(500.0, 500.0))).origin, chosen.origin);
        assert_eq!(chosen.after(Move::Fit), fitted);
    }

    #[test]
    fn zooming_leaves_the_point_under_the_pointer_where_it_is_and_has_ends() {
        let before = seen(wide(), point(800.0, 600.0));
        let around = on_screen(before, point(700.0, 100.0));
        let after = before.after(Move::Zoom(3.0, around));
        let now = on_screen(after, point(700.0, 100.0));
        assert!((now.x - around.x).abs() < 1e-6 && (now.y - around.y).abs() < 1e-6, "{now:?} {around:?}");
        assert_eq!(before.after(Move::Zoom(1e9, around)).scale, LARGEST);
        assert_eq!(before.after(Move::Zoom(1e-9, around)).scale, SMALLEST);
    }

    #[test]
    fn a_node_out_of_sight_is_brought_in_and_one_in_sight_moves_nothing() {
        let zoomed = seen(wide(), point(800.0, 600.0)).after(Move::Zoom(6.0, point(0.0, 0.0)));
        let shown = zoomed.after(Move::Show(Bounds::of_card(point(3600.0, 300.0))));
        let corner = on_screen(shown, point(3600.0 + CARD.width, 300.0 + CARD.height));
        assert!(corner.x < 800.5 && corner.y < 600.5, "{corner:?}");
        assert_eq!(shown.after(Move::Show(Bounds::of_card(point(3600.0, 300.0)))), shown);
    }
}
