//! The picture in the tray: how much of the tightest quota is used, as a ring, with its level in the middle.
//!
//! Pure: from numbers to pixels, so that it is tested by pictures and needs neither a webview nor a
//! tray. The level is told by colour and by the same shapes as in the window, because a template
//! icon has no colour of its own.

use std::f64::consts::TAU;

use flowmeter_domain::Level;

/// On what the icon lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// A light panel.
    Light,
    /// A dark panel.
    Dark,
    /// macOS colours it to fit: only how opaque it is counts.
    Template,
}

/// A side of each pixel is looked at in so many places.
const SAMPLES: u32 = 8;
/// What is used and what is left stay visible, however little it is, unless it is nothing.
const LEAST: f64 = 0.07;

/// Draws an icon of `size` × `size` pixels as RGBA, row by row from the top left, not premultiplied.
///
/// `share` is the used part of the limit, 0 to 1. Without a level there is no reading: only the
/// track is drawn.
pub(crate) fn ring(level: Option<Level>, share: f64, size: u32, variant: Variant) -> Vec<u8> {
    let shape = Shape::new(level, share, size);
    let palette = Palette::new(level, variant);
    let pixels = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
    pixels.flat_map(|(x, y)| pixel(&shape, &palette, x, y)).collect()
}

/// The mean of what lies at each sample of a pixel.
fn pixel(shape: &Shape, palette: &Palette, x: u32, y: u32) -> [u8; 4] {
    let mut sum = [0.0; 4];
    for sample in 0..SAMPLES * SAMPLES {
        let within = |pixel: u32, step: u32| f64::from(pixel) + (f64::from(step) + 0.5) / f64::from(SAMPLES);
        let part = shape.part_at(within(x, sample % SAMPLES), within(y, sample / SAMPLES));
        let [red, green, blue, alpha] = palette.of(part);
        let weighted = [red * alpha, green * alpha, blue * alpha, alpha];
        sum.iter_mut().zip(weighted).for_each(|(sum, value)| *sum += value);
    }
    let [red, green, blue, alpha] = sum;
    if alpha == 0.0 {
        return [0; 4];
    }
    let opacity = alpha / f64::from(SAMPLES * SAMPLES) * 255.0;
    [red / alpha, green / alpha, blue / alpha, opacity].map(|value| value.round() as u8)
}

/// What is drawn at a point.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Nothing,
    Track,
    Used,
    Mark,
}

/// Where everything lies. Lengths are whole pixels, so that edges are crisp at every size.
struct Shape {
    level: Option<Level>,
    share: f64,
    outer: f64,
    inner: f64,
    mark: f64,
}

impl Shape {
    fn new(level: Option<Level>, share: f64, size: u32) -> Self {
        let outer = f64::from(size) / 2.0;
        let inner = outer - (f64::from(size) * 0.17).round().max(2.0);
        Self {
            level,
            share: visible(level.map_or(0.0, |_| share)),
            outer,
            inner,
            mark: (inner * 0.56).round(),
        }
    }

    fn part_at(&self, x: f64, y: f64) -> Part {
        let (x, y) = (x - self.outer, y - self.outer);
        let distance = x.hypot(y);
        if distance > self.outer {
            Part::Nothing
        } else if distance >= self.inner {
            // Clockwise from the top.
            let turn = x.atan2(-y).rem_euclid(TAU) / TAU;
            if turn < self.share { Part::Used } else { Part::Track }
        } else if self.is_mark(x, y) {
            Part::Mark
        } else {
            Part::Nothing
        }
    }

    /// The shapes of the window: none, triangle, dot, square.
    fn is_mark(&self, x: f64, y: f64) -> bool {
        let size = self.mark;
        match self.level {
            None | Some(Level::Normal) => false,
            Some(Level::Warning) => y >= -size && y <= size * 0.7 && x.abs() <= (y + size) * 0.6,
            Some(Level::Low) => x.hypot(y) <= size,
            Some(Level::Exhausted) => x.abs().max(y.abs()) <= (size * 0.8).round(),
        }
    }
}

fn visible(share: f64) -> f64 {
    // NaN is no share: nothing is claimed.
    if share.is_nan() || share <= 0.0 {
        0.0
    } else if share >= 1.0 {
        1.0
    } else {
        share.clamp(LEAST, 1.0 - LEAST)
    }
}

/// Red, green and blue from 0 to 255, opacity from 0 to 1.
type Colour = [f64; 4];

struct Palette {
    track: Colour,
    used: Colour,
}

impl Palette {
    fn new(level: Option<Level>, variant: Variant) -> Self {
        let (ink, opacity) = match variant {
            Variant::Light | Variant::Template => ([0.0, 0.0, 0.0], 0.28),
            Variant::Dark => ([255.0, 255.0, 255.0], 0.34),
        };
        let [red, green, blue] = if variant == Variant::Template { ink } else { colour(level, variant) };
        Self { track: [ink[0], ink[1], ink[2], opacity], used: [red, green, blue, 1.0] }
    }

    fn of(&self, part: Part) -> Colour {
        match part {
            Part::Nothing => [0.0; 4],
            Part::Track => self.track,
            Part::Used | Part::Mark => self.used,
        }
    }
}

/// The colours of the window's own levels.
fn colour(level: Option<Level>, variant: Variant) -> [f64; 3] {
    let dark = variant == Variant::Dark;
    match level.unwrap_or(Level::Normal) {
        Level::Normal if dark => [45.0, 212.0, 191.0],
        Level::Normal => [15.0, 118.0, 110.0],
        Level::Warning if dark => [251.0, 191.0, 36.0],
        Level::Warning => [163.0, 74.0, 6.0],
        Level::Low | Level::Exhausted if dark => [248.0, 113.0, 113.0],
        Level::Low | Level::Exhausted => [185.0, 28.0, 28.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [u32; 4] = [16, 22, 32, 64];
    const VARIANTS: [Variant; 3] = [Variant::Light, Variant::Dark, Variant::Template];
    const FACES: [(Option<Level>, f64); 7] = [
        (None, 0.0),
        (Some(Level::Normal), 0.0),
        (Some(Level::Normal), 0.62),
        (Some(Level::Warning), 0.85),
        (Some(Level::Low), 0.96),
        (Some(Level::Low), 0.999),
        (Some(Level::Exhausted), 1.06),
    ];

    fn at(pixels: &[u8], size: u32, x: u32, y: u32) -> [u8; 4] {
        let start = ((y * size + x) * 4) as usize;
        pixels[start..start + 4].try_into().expect("four bytes")
    }

    /// Every face at every size on the panel that the variant is for.
    fn sheet(variant: Variant) -> Vec<u8> {
        let ground = if variant == Variant::Dark { [32.0; 3] } else { [238.0; 3] };
        let (width, height) =
            (FACES.len() as u32 * 72 + 8, SIZES.iter().map(|size| size + 8).sum::<u32>() + 8);
        let mut picture: Vec<u8> = ground.map(|value| value as u8).repeat((width * height) as usize);
        let mut top = 8;
        for size in SIZES {
            for (column, (level, share)) in FACES.into_iter().enumerate() {
                let pixels = ring(level, share, size, variant);
                for (x, y) in (0..size).flat_map(|y| (0..size).map(move |x| (x, y))) {
                    let [red, green, blue, alpha] = at(&pixels, size, x, y).map(f64::from);
                    let start = (((top + y) * width + 8 + column as u32 * 72 + x) * 3) as usize;
                    for (place, value) in [red, green, blue].into_iter().enumerate() {
                        let under = ground[place];
                        picture[start + place] = (under + (value - under) * alpha / 255.0).round() as u8;
                    }
                }
            }
            top += size + 8;
        }
        png(width, height, &picture)
    }

    fn png(width: u32, height: u32, picture: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(picture).expect("the pixels");
        writer.finish().expect("an end");
        file
    }

    #[test]
    fn on_a_light_panel() {
        insta::assert_binary_snapshot!("ring-light.png", sheet(Variant::Light));
    }

    #[test]
    fn on_a_dark_panel() {
        insta::assert_binary_snapshot!("ring-dark.png", sheet(Variant::Dark));
    }

    #[test]
    fn as_a_template() {
        insta::assert_binary_snapshot!("ring-template.png", sheet(Variant::Template));
    }

    #[test]
    fn it_fills_the_square_to_the_edge_and_leaves_the_corners_free() {
        for size in SIZES {
            let pixels = ring(Some(Level::Normal), 1.0, size, Variant::Dark);
            assert_eq!(pixels.len(), (size * size * 4) as usize);
            for (x, y) in [(0, 0), (size - 1, 0), (0, size - 1), (size - 1, size - 1)] {
                assert_eq!(at(&pixels, size, x, y)[3], 0, "{size}: corner {x},{y}");
            }
            for (x, y) in [(size / 2, 1), (size / 2, size - 2), (1, size / 2), (size - 2, size / 2)] {
                assert_eq!(at(&pixels, size, x, y), [45, 212, 191, 255], "{size}: edge {x},{y}");
            }
        }
    }

    #[test]
    fn each_level_differs_by_shape_alone() {
        for size in SIZES {
            let levels = [Level::Normal, Level::Warning, Level::Low, Level::Exhausted];
            let drawn = levels.map(|level| ring(Some(level), 0.9, size, Variant::Template));
            for (index, one) in drawn.iter().enumerate() {
                assert!(drawn[index + 1..].iter().all(|other| other != one), "{size}: {:?}", levels[index]);
            }
        }
    }

    #[test]
    fn a_template_has_no_colour() {
        for (level, share) in FACES {
            let pixels = ring(level, share, 22, Variant::Template);
            assert!(pixels.chunks(4).all(|pixel| pixel[..3] == [0, 0, 0]));
        }
    }

    #[test]
    fn a_little_that_is_used_or_left_stays_visible() {
        let drawn = |share| ring(Some(Level::Normal), share, 16, Variant::Dark);
        assert_eq!(drawn(0.001), drawn(LEAST));
        assert_ne!(drawn(0.001), drawn(0.0));
        assert_eq!(drawn(0.999), drawn(1.0 - LEAST));
        assert_ne!(drawn(0.999), drawn(1.0));
    }

    #[test]
    fn no_number_breaks_it() {
        for share in [f64::NAN, f64::INFINITY, -3.0, 1e300] {
            for size in [1, 2, 15, 24] {
                for variant in VARIANTS {
                    assert_eq!(
                        ring(Some(Level::Low), share, size, variant).len(),
                        (size * size * 4) as usize
                    );
                }
            }
        }
    }
}
