//! A flow as a picture: panned by dragging and scrolling, zoomed with Ctrl and the wheel, by buttons
//! and by keys, walked through with Tab and the arrow keys. It shows and changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use flowmeter_domain::flow::{Flow, Layout, Point};
use web_sys::Element;
use yew::prelude::*;

use super::badge::NodeStatus;
use super::drawing::{Drawing, Marks};
use super::viewport::{Bounds, Move, Viewport};
use crate::browser::{self, Scroll};
use crate::components::{Button, Glyph, Look};
use crate::locales::{Text, Translator, use_translator};

/// Below this scale the settings of a node cannot be read.
const FAR: f64 = 0.55;
/// How much a turn of the wheel by one pixel zooms.
const WHEEL: f64 = 0.0022;

/// What is shown.
#[derive(PartialEq, Properties)]
pub struct FlowCanvasProps {
    /// The flow.
    pub flow: Rc<Flow>,
    /// Where it is drawn.
    pub layout: Rc<Layout>,
    /// The chosen node.
    #[prop_or_default]
    pub selected: Option<AttrValue>,
    /// What a change does to it.
    #[prop_or_default]
    pub marks: Rc<Marks>,
    /// How each node does in a run, by id; those that are not in it have nothing to say.
    #[prop_or_default]
    pub statuses: Rc<BTreeMap<String, NodeStatus>>,
    /// The nodes with which something is wrong.
    #[prop_or_default]
    pub faulty: Rc<BTreeSet<String>>,
    /// The person chose a node, or none.
    #[prop_or_default]
    pub on_select: Callback<Option<AttrValue>>,
}

type Handle = UseReducerHandle<Viewport>;

/// The picture.
#[component]
pub fn FlowCanvas(props: &FlowCanvasProps) -> Html {
    let texts = use_translator();
    let (frame, viewport) = use_viewport(&props.layout);
    let on_move = Callback::from({
        let viewport = viewport.dispatcher();
        move |change| viewport.dispatch(change)
    });
    let Viewport { scale, origin, .. } = *viewport;
    let on_nothing = props.on_select.reform(|_: MouseEvent| None);
    let (onpointerdown, onpointermove, onpointerup) = use_drag(&frame, on_move.clone());
    html! {
        <div class="canvas" ref={frame} role="group" aria-label={described(&texts, &props.flow)} data-testid="flow-canvas"
            data-scale={format!("{scale:.3}")} onkeydown={on_key(&on_move)}
            {onpointerdown} {onpointermove} onpointerup={onpointerup.clone()} onpointercancel={onpointerup}>
            <svg class="canvas-svg" onclick={on_nothing}>
                <g transform={format!("translate({:.2} {:.2}) scale({scale:.4})", origin.x, origin.y)}>
                    <Drawing flow={props.flow.clone()} layout={props.layout.clone()} selected={props.selected.clone()}
                        marks={props.marks.clone()} statuses={props.statuses.clone()} faulty={props.faulty.clone()}
                        far={scale < FAR} on_select={&props.on_select} on_move={&on_move} />
                </g>
            </svg>
            { controls(&texts, scale, &on_move) }
        </div>
    }
}

/// The part that is seen, kept up to the size of its frame and to what is drawn in it.
#[hook]
fn use_viewport(layout: &Rc<Layout>) -> (NodeRef, Handle) {
    let bounds = Bounds::of(layout);
    let frame = use_node_ref();
    let viewport = use_reducer(move || Viewport::new(bounds));
    use_effect_with(bounds, {
        let viewport = viewport.dispatcher();
        move |bounds| viewport.dispatch(Move::Draw(*bounds))
    });
    use_effect_with(frame.clone(), {
        let viewport = viewport.dispatcher();
        move |frame| {
            let frame = frame.cast::<Element>();
            let kept = frame.map(|frame| {
                let (resize, scroll) = (viewport.clone(), viewport);
                let size =
                    browser::on_resize(&frame, move |x, y| resize.dispatch(Move::Resize(Point { x, y })));
                (size, browser::on_wheel(&frame, move |turned| scroll.dispatch(by_wheel(turned))))
            });
            move || drop(kept)
        }
    });
    (frame, viewport)
}

fn by_wheel(Scroll { by, at, zooms }: Scroll) -> Move {
    if zooms { Move::Zoom((-by.y * WHEEL).exp(), at) } else { Move::Pan(Point { x: -by.x, y: -by.y }) }
}

type OnPointer = Callback<PointerEvent>;

/// Dragging pans. The pointer is held only once it has moved, so that a click stays a click.
#[hook]
fn use_drag(frame: &NodeRef, on_move: Callback<Move>) -> (OnPointer, OnPointer, OnPointer) {
    let last = use_mut_ref(|| None::<Point>);
    let at = |event: &PointerEvent| Point { x: event.client_x().into(), y: event.client_y().into() };
    let down = Callback::from({
        let last = last.clone();
        move |event: PointerEvent| *last.borrow_mut() = (event.button() == 0).then(|| at(&event))
    });
    let moved = Callback::from({
        let (last, frame) = (last.clone(), frame.clone());
        move |event: PointerEvent| {
            let mut last = last.borrow_mut();
            let Some(from) = *last else { return };
            let to = at(&event);
            if (to.x - from.x).abs() + (to.y - from.y).abs() < 3.0 {
                return;
            }
            frame.cast::<Element>().iter().for_each(|frame| browser::hold_pointer(frame, event.pointer_id()));
            on_move.emit(Move::Pan(Point { x: to.x - from.x, y: to.y - from.y }));
            *last = Some(to);
        }
    });
    let up = Callback::from(move |_: PointerEvent| *last.borrow_mut() = None);
    (down, moved, up)
}

fn on_key(on_move: &Callback<Move>) -> Callback<KeyboardEvent> {
    let on_move = on_move.clone();
    Callback::from(move |event: KeyboardEvent| {
        let change = match event.key().as_str() {
            "+" | "=" => Move::Larger,
            "-" => Move::Smaller,
            "0" => Move::Fit,
            _ => return,
        };
        event.prevent_default();
        on_move.emit(change);
    })
}

fn controls(texts: &Translator, scale: f64, on_move: &Callback<Move>) -> Html {
    let button = |text, glyph, testid: &'static str, change| {
        html! {
            <Button label={texts.text(text)} {glyph} icon_only=true look={Look::Quiet} {testid}
                on_press={on_move.reform(move |_: MouseEvent| change)} />
        }
    };
    html! {
        <div class="canvas-controls" role="group" aria-label={texts.text(Text::FlowZoom)}>
            { button(Text::FlowSmaller, Glyph::Minus, "zoom-out", Move::Smaller) }
            <span class="canvas-scale">{ format!("{:.0} %", scale * 100.0) }</span>
            { button(Text::FlowLarger, Glyph::Plus, "zoom-in", Move::Larger) }
            { button(Text::FlowFit, Glyph::Fit, "zoom-fit", Move::Fit) }
        </div>
    }
}

fn described(texts: &Translator, flow: &Flow) -> AttrValue {
    let (nodes, edges) = (flow.nodes.len(), flow.edges.len());
    texts.fill(Text::FlowPicture, [("nodes", nodes.into()), ("edges", edges.into())])
}
