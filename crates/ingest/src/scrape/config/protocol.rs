//! What targets may answer in, and how names are escaped on the way.

/// A format that targets may answer in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Delimited protobuf.
    PrometheusProto,
    /// Text 0.0.4.
    PrometheusText004,
    /// Text 1.0.0: as 0.0.4, with quoted names.
    PrometheusText100,
    /// OpenMetrics 0.0.1.
    OpenMetricsText001,
    /// OpenMetrics 1.0.0.
    OpenMetricsText100,
}

impl Protocol {
    /// All of them, by name.
    pub const ALL: [Protocol; 5] = [
        Protocol::OpenMetricsText001,
        Protocol::OpenMetricsText100,
        Protocol::PrometheusProto,
        Protocol::PrometheusText004,
        Protocol::PrometheusText100,
    ];

    /// Offered if nothing is configured, the most wanted first.
    pub const DEFAULT: [Protocol; 4] = [
        Protocol::OpenMetricsText100,
        Protocol::OpenMetricsText001,
        Protocol::PrometheusText100,
        Protocol::PrometheusText004,
    ];

    /// The same if native histograms are scraped.
    pub const DEFAULT_PROTO_FIRST: [Protocol; 5] = [
        Protocol::PrometheusProto,
        Protocol::OpenMetricsText100,
        Protocol::OpenMetricsText001,
        Protocol::PrometheusText100,
        Protocol::PrometheusText004,
    ];

    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::PrometheusProto => "PrometheusProto",
            Protocol::PrometheusText004 => "PrometheusText0.0.4",
            Protocol::PrometheusText100 => "PrometheusText1.0.0",
            Protocol::OpenMetricsText001 => "OpenMetricsText0.0.1",
            Protocol::OpenMetricsText100 => "OpenMetricsText1.0.0",
        }
    }

    /// The media type with its parameters, as it is asked for.
    pub fn media_type(self) -> &'static str {
        match self {
            Protocol::PrometheusProto => {
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
            }
            Protocol::PrometheusText004 => "text/plain;version=0.0.4",
            Protocol::PrometheusText100 => "text/plain;version=1.0.0",
            Protocol::OpenMetricsText001 => "application/openmetrics-text;version=0.0.1",
            Protocol::OpenMetricsText100 => "application/openmetrics-text;version=1.0.0",
        }
    }

    /// The protocol of a word.
    ///
    /// # Errors
    /// Prometheus' words for an unknown one.
    pub fn parse(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|protocol| protocol.as_str() == word)
            .ok_or_else(|| {
                let known = Self::ALL.map(Protocol::as_str).join(" ");
                format!("unknown scrape protocol {word}, supported: [{known}]")
            })
    }
}

/// How names with characters beyond the legacy ones are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaping {
    /// As they are.
    AllowUtf8,
    /// Such characters become `_`.
    Underscores,
    /// Dots become `_dot_`.
    Dots,
    /// Such characters become their code points.
    Values,
}

impl Escaping {
    const ALL: [Escaping; 4] = [
        Escaping::AllowUtf8,
        Escaping::Underscores,
        Escaping::Dots,
        Escaping::Values,
    ];

    /// The word in files and in the Accept header.
    pub fn as_str(self) -> &'static str {
        match self {
            Escaping::AllowUtf8 => "allow-utf-8",
            Escaping::Underscores => "underscores",
            Escaping::Dots => "dots",
            Escaping::Values => "values",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}
