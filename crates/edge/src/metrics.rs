//! What the service counts about itself, as Prometheus text.
//!
//! Labels come from closed sets (routes, statuses, kinds of failure), never from a request: a caller
//! cannot make the list grow. No person and no model is counted by name.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The media type of [`Metrics::text`].
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the latency histogram, in seconds: from a refusal to the longest answer.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0, 60.0, 300.0];

type Label = [(&'static str, &'static str); 1];
type RouteAndStatus = (Label, [(&'static str, u16); 1]);

/// All counters. Cheap to clone; every clone counts into the same numbers.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Numbers>);

struct Numbers {
    registry: Registry,
    requests: Family<RouteAndStatus, Counter>,
    latency: Family<Label, Histogram, fn() -> Histogram>,
    streams_open: Gauge,
    units: Family<Label, Counter>,
    provider_errors: Family<Label, Counter>,
}

/// What happened to a unit of a quota.
#[derive(Clone, Copy, Debug)]
pub(crate) enum UnitEvent {
    /// Set aside before the work.
    Reserved,
    /// Charged.
    Committed,
    /// Given back, uncharged.
    Released,
    /// There was none left, or none could be had.
    Refused,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("flowmeter_edge");
        let requests = Family::default();
        let latency: Family<_, _, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(SECONDS));
        let (streams_open, units, provider_errors) = (Gauge::default(), Family::default(), Family::default());
        registry.register("requests", "Answers by route and status", requests.clone());
        registry.register(
            "request_seconds",
            "From a request's head to the end of its answer",
            latency.clone(),
        );
        registry.register("streams_open", "Answers that are being streamed", streams_open.clone());
        registry.register("units", "Units of quotas by what happened to them", units.clone());
        registry.register("provider_errors", "Failures of providers by kind", provider_errors.clone());
        let metrics =
            Self(Arc::new(Numbers { registry, requests, latency, streams_open, units, provider_errors }));
        metrics.show_zeroes();
        metrics
    }

    /// One more unit that this happened to.
    pub(crate) fn unit(&self, event: UnitEvent) {
        self.0.units.get_or_create(&event.label()).inc();
    }

    /// One more failure of a provider. `kind` is a word of ours.
    pub(crate) fn provider_error(&self, kind: &'static str) {
        self.0.provider_errors.get_or_create(&[("kind", kind)]).inc();
    }

    /// An answer whose last byte is out, or whose reader has left.
    pub(crate) fn answered(&self, route: &'static str, status: u16, took: Duration) {
        let route = [("route", route)];
        self.0.requests.get_or_create(&(route, [("status", status)])).inc();
        self.0.latency.get_or_create(&route).observe(took.as_secs_f64());
    }

    /// A stream that counts as open until the value is dropped.
    pub(crate) fn stream(&self) -> OpenStream {
        self.0.streams_open.inc();
        OpenStream(self.0.streams_open.clone())
    }

    /// All numbers, as Prometheus reads them.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }

    /// A counter that appears with its first event hides that event from rates.
    fn show_zeroes(&self) {
        for event in [UnitEvent::Reserved, UnitEvent::Committed, UnitEvent::Released, UnitEvent::Refused] {
            drop(self.0.units.get_or_create(&event.label()));
        }
    }
}

impl UnitEvent {
    fn label(self) -> Label {
        let name = match self {
            Self::Reserved => "reserved",
            Self::Committed => "committed",
            Self::Released => "released",
            Self::Refused => "refused",
        };
        [("event", name)]
    }
}

/// See [`Metrics::stream`].
pub(crate) struct OpenStream(Gauge);

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_holds_every_number() {
        let metrics = Metrics::new();
        metrics.unit(UnitEvent::Reserved);
        metrics.provider_error("rate_limited");
        metrics.answered("/healthz", 200, Duration::from_millis(2));
        let open = metrics.stream();
        let text = metrics.text().unwrap();
        for line in [
            "flowmeter_edge_units_total{event=\"reserved\"} 1",
            "flowmeter_edge_units_total{event=\"committed\"} 0",
            "flowmeter_edge_provider_errors_total{kind=\"rate_limited\"} 1",
            "flowmeter_edge_requests_total{route=\"/healthz\",status=\"200\"} 1",
            "flowmeter_edge_request_seconds_bucket{le=\"0.0025\",route=\"/healthz\"} 1",
            "flowmeter_edge_streams_open 1",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        drop(open);
        assert!(metrics.text().unwrap().contains("flowmeter_edge_streams_open 0"));
    }
}
