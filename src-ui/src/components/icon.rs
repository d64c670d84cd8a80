//! Line icons, drawn in the colour of the text beside them. They never stand alone for a meaning.

use flowmeter_domain::{Kind, Level};
use yew::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Glyph {
    Bolt,
    Spark,
    Grid,
    Picture,
    Refresh,
    SignOut,
    Stop,
    Alert,
    Info,
    Check,
    Cross,
    Offline,
    Pencil,
    Key,
    Chevron,
    Plus,
    External,
    Triangle,
    Dot,
    Square,
    Gauge,
    Bars,
    Sliders,
    Download,
    Copy,
    Upload,
    Flow,
    Enter,
    Chat,
    Search,
    Page,
    Fork,
    Wrench,
    Minus,
    Fit,
    Undo,
    Redo,
    Back,
    Layers,
    Trash,
    Lines,
}

impl Glyph {
    /// The icon of a kind.
    pub fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::LlmExecutions => Glyph::Bolt,
            Kind::FlowGenerations => Glyph::Spark,
            Kind::AppUsages => Glyph::Grid,
            Kind::ImageGenExecutions => Glyph::Picture,
        }
    }

    /// The shape of a level, so that it does not hang on colour alone.
    pub fn of_level(level: Level) -> Option<Self> {
        match level {
            Level::Normal => None,
            Level::Warning => Some(Glyph::Triangle),
            Level::Low => Some(Glyph::Dot),
            Level::Exhausted => Some(Glyph::Square),
        }
    }

    fn is_solid(self) -> bool {
        matches!(self, Glyph::Triangle | Glyph::Dot | Glyph::Square | Glyph::Stop)
    }

    /// Its line, on a square of 24 units.
    pub fn path(self) -> &'static str {
        match self {
            Glyph::Bolt => "M13 3 5 14h6l-1 7 8-11h-6z",
            Glyph::Spark => {
                "M12 3.5l1.9 5.1 5.1 1.9-5.1 1.9L12 17.5l-1.9-5.1L5 10.5l5.1-1.9zM18.5 16v4M16.5 18h4"
            }
            Glyph::Grid => "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
            Glyph::Picture => "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4",
            Glyph::Refresh => "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4.5v4.9h-4.9",
            Glyph::SignOut => "M14 4.5H6v15h8M11 12h9.5M17 8.5l3.5 3.5-3.5 3.5",
            Glyph::Stop => "M8 7h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1z",
            Glyph::Alert => "M12 4 2.8 19.5h18.4zM12 10v4.2M12 17v.1",
            Glyph::Info => "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 8v.1",
            Glyph::Check => "M5 12.5l4.5 4.5L19 7.5",
            Glyph::Cross => "M6.5 6.5l11 11M17.5 6.5l-11 11",
            Glyph::Offline => {
                "M4 4l16 16M5 11.5a11 11 0 0 1 3.8-2.4M19 11.5a11 11 0 0 0-6-3M8.2 15a6 6 0 0 1 6.3-1.1M12 19v.1"
            }
            Glyph::Pencil => "M4.5 19.5l.8-4L16 4.8a1.4 1.4 0 0 1 2 0l1.2 1.2a1.4 1.4 0 0 1 0 2L8.5 18.7z",
            Glyph::Key => "M8 11.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10.8 12.7 19.5 4M16 7.5l2.5 2.5",
            Glyph::Chevron => "M7 10l5 5 5-5",
            Glyph::Plus => "M12 5v14M5 12h14",
            Glyph::External => "M10 5H5v14h14v-5M13.5 5H19v5.5M19 5l-8.5 8.5",
            Glyph::Triangle => "M12 4.5 21 20H3z",
            Glyph::Dot => "M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z",
            Glyph::Square => "M5 5h14v14H5z",
            Glyph::Download => "M12 4v11M7.5 11 12 15.5 16.5 11M4.5 19.5h15",
            Glyph::Copy => "M9 9h11v11H9zM5 15H4V4h11v1",
            Glyph::Upload => "M12 15.5V4.5M7.5 8.5 12 4l4.5 4.5M4.5 19.5h15",
            Glyph::Flow => "M3.5 9.5h6v5h-6zM14.5 4.5h6v5h-6zM14.5 14.5h6v5h-6zM9.5 12H12M14.5 7H12v10h2.5",
            Glyph::Enter => "M13 4.5h6.5v15H13M4 12h10.5M11 8.5l3.5 3.5-3.5 3.5",
            Glyph::Chat => "M4.5 5h15v10.5H12L7.5 19.5v-4h-3zM8.5 10.2v.1M12 10.2v.1M15.5 10.2v.1",
            Glyph::Search => "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
            Glyph::Page => "M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 12.5h6.5M9 16h6.5",
            Glyph::Fork => "M4 12h5M9 12l5-5.5h5.5M9 12l5 5.5h5.5M16.5 3.5l3 3-3 3M16.5 14.5l3 3-3 3",
            Glyph::Wrench => {
                "M14.5 9.5a4.5 4.5 0 0 1 5.3-5.3L17 7v2.5h2.5l2.6-2.6a4.5 4.5 0 0 1-6 5.6L8 20.6 3.9 16.5l8.1-8.1"
            }
            Glyph::Minus => "M5 12h14",
            Glyph::Fit => "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
            Glyph::Undo => "M8.5 5 4 9.5 8.5 14M4 9.5h10a5.5 5.5 0 0 1 0 11h-3",
            Glyph::Redo => "M15.5 5 20 9.5 15.5 14M20 9.5H10a5.5 5.5 0 0 0 0 11h3",
            Glyph::Back => "M19.5 12H5M11 6l-6 6 6 6",
            Glyph::Layers => "M4 4h5v6H4zM15 4h5v4h-5zM15 12h5v8h-5zM4 14h5v6H4zM9 7h3v9h3M12 6h3",
            Glyph::Trash => "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10 11v5M14 11v5",
            Glyph::Lines => "M4.5 6.5h15M4.5 12h15M4.5 17.5h9",
            Glyph::Gauge => "M4.8 18.5a9 9 0 1 1 14.4 0M12 14l4-4.5M12 14.9v.1",
            Glyph::Bars => "M4 20h16M7 20v-6M12 20V6M17 20v-9",
            Glyph::Sliders => {
                "M4 8h8M18 8h2M4 16h2M12 16h8M15 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM9 13.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"
            }
        }
    }
}

/// Which icon.
#[derive(PartialEq, Properties)]
pub struct IconProps {
    /// What it shows.
    pub glyph: Glyph,
}

/// An icon beside a text.
#[component]
pub fn Icon(props: &IconProps) -> Html {
    let class = classes!("icon", props.glyph.is_solid().then_some("icon-solid"));
    html! {
        <svg {class} viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d={props.glyph.path()} /></svg>
    }
}
