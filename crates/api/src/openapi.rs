//! The OpenAPI 3.1 document, made of the table in `operation.rs` and the shapes of this crate.

use crate::operation::{self, Answer, Kind, Method, Operation, Parameter, Scope};
use crate::{
    admin, alert, count, error, escalation, health, histogram, label, log, metric, notification,
    outline, overview, resource, route, rule, service, silence, stats, status, trace, view,
    webhook,
};
use utoipa::OpenApi;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::info::{InfoBuilder, License};
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{ResponseBuilder, ResponsesBuilder};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Ref, Required};

#[derive(OpenApi)]
#[openapi(components(schemas(
    admin::BackupReport,
    admin::BackupRequest,
    admin::DeleteReport,
    admin::FileEntry,
    admin::FileList,
    admin::FlushReport,
    admin::ReloadReport,
    alert::AcknowledgeRequest,
    alert::Alert,
    alert::AlertAcknowledgement,
    alert::AlertCounts,
    alert::AlertDetail,
    alert::AlertEscalation,
    alert::AlertEvent,
    alert::AlertEventKind,
    alert::AlertHistory,
    alert::AlertHistoryEntry,
    alert::AlertList,
    alert::AlertNotice,
    alert::AlertSeverity,
    alert::AlertSpan,
    alert::AlertState,
    alert::AlertTestMessage,
    alert::AlertTestReport,
    alert::AlertTestRequest,
    alert::Hidden,
    alert::HiddenBy,
    count::Count,
    error::ErrorBody,
    error::ErrorDetail,
    error::ErrorKind,
    escalation::EscalationLevel,
    escalation::EscalationList,
    escalation::EscalationPolicy,
    escalation::Rota,
    escalation::RotaOverride,
    escalation::RotaOverrideRequest,
    escalation::RotaTurn,
    health::DatabaseHealth,
    health::Health,
    health::LostNotice,
    health::Readiness,
    histogram::HistogramGroup,
    histogram::SpanHistogram,
    label::Facet,
    label::FacetList,
    label::Label,
    label::LabelList,
    label::LabelValue,
    label::LabelValues,
    label::SeriesList,
    log::CountGroup,
    log::LogContext,
    log::LogCount,
    log::LogDocument,
    log::LogList,
    log::LogRecord,
    log::LogRow,
    metric::Cardinality,
    metric::HistoryPoint,
    metric::ImportReport,
    metric::MetricFamily,
    metric::MetricHistory,
    metric::MetricPoint,
    metric::MetricValue,
    metric::MetricsHistory,
    metric::MetricsQuery,
    metric::MetricsQueryItem,
    metric::MetricsSnapshot,
    metric::NameCount,
    metric::Target,
    metric::TargetList,
    notification::NotificationEntry,
    notification::NotificationList,
    notification::NotificationReason,
    notification::NotificationStatus,
    outline::CriticalSegment,
    outline::OutlineParty,
    outline::OutlineSpans,
    outline::SpanDocument,
    outline::TraceOutline,
    outline::Usage,
    overview::AgentUtilization,
    overview::Attention,
    overview::AttentionKind,
    overview::AttentionLevel,
    overview::Figure,
    overview::FigureId,
    overview::HeatMap,
    overview::Overview,
    overview::OverviewSeries,
    overview::TaskQueue,
    resource::Resource,
    resource::Scope,
    route::InhibitRule,
    route::Integration,
    route::IntegrationHealth,
    route::Matcher,
    route::Receiver,
    route::Route,
    route::RouteStep,
    route::RouteTestReport,
    route::RouteTestRequest,
    route::Routing,
    route::Suppression,
    route::TimeInterval,
    rule::BacktestAlert,
    rule::ExplainAlert,
    rule::ExplainSample,
    rule::ExplainSeries,
    rule::NoDataPolicy,
    rule::Rule,
    rule::RuleCheckReport,
    rule::RuleCheckRequest,
    rule::RuleCost,
    rule::RuleCounts,
    rule::RuleDefinition,
    rule::RuleDetail,
    rule::RuleExplanation,
    rule::RuleHealth,
    rule::RuleImportReport,
    rule::RuleImportRequest,
    rule::RuleKind,
    rule::RuleList,
    rule::RuleOrigin,
    rule::RulePreview,
    rule::RulePreviewRequest,
    rule::RuleProblem,
    rule::RuleSaveRequest,
    rule::RuleState,
    rule::RuleVersion,
    service::LatencyMs,
    service::MapEdge,
    service::MapNode,
    service::OperationList,
    service::Red,
    service::Service,
    service::ServiceList,
    service::ServiceMap,
    service::ServiceOperation,
    silence::Silence,
    silence::SilenceList,
    silence::SilencePreview,
    silence::SilencePreviewRequest,
    silence::SilenceRequest,
    silence::SilenceState,
    stats::QueryStats,
    status::DiskStatus,
    status::MemoryStatus,
    status::Quarantined,
    status::SignalStatus,
    status::Signals,
    status::Status,
    status::WalStatus,
    trace::LiveSpan,
    trace::Span,
    trace::SpanAliases,
    trace::SpanEvent,
    trace::SpanKind,
    trace::SpanLink,
    trace::SpanStatus,
    trace::Trace,
    trace::TraceList,
    trace::TraceSummary,
    view::ChangeNotice,
    view::ColourSlots,
    view::Configuration,
    view::ConfigurationKey,
    view::IngestFlow,
    view::IngestStatus,
    view::LimitUse,
    view::LogPattern,
    view::PatternList,
    view::RefusalCount,
    view::Resolved,
    view::ResolvedMatch,
    webhook::WebhookReport,
)))]
struct Shapes;

/// The document, with this version of the program.
pub fn document(version: &str) -> utoipa::openapi::OpenApi {
    let mut document = Shapes::openapi();
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".to_owned());
    document.info = InfoBuilder::new()
        .title("Tachograph")
        .version(version)
        .description(Some(
            "Traces and logs of agent systems: search, read, follow. Times are RFC 3339 UTC with \
             nanoseconds, durations numbers of milliseconds, ids lower-case hexadecimal; absent \
             means left out.",
        ))
        .license(Some(license))
        .build();
    let mut paths = PathsBuilder::new();
    for operation in operation::all() {
        let method = match operation.method {
            Method::Get => HttpMethod::Get,
            Method::Post => HttpMethod::Post,
            Method::Put => HttpMethod::Put,
            Method::Delete => HttpMethod::Delete,
        };
        paths = paths.path(operation.path, PathItem::new(method, describe(operation)));
    }
    document.paths = paths.build();
    if let Some(components) = document.components.as_mut() {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
    document
}

/// The document as JSON text, two blanks of indentation, a line feed at the end.
pub fn text(version: &str) -> String {
    let mut text = document(version).to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn describe(operation: &Operation) -> OperationBuilder {
    let mut builder = OperationBuilder::new()
        .operation_id(Some(operation.id))
        .tag(operation.tag)
        .summary(Some(operation.summary));
    if !operation.description.is_empty() {
        builder = builder.description(Some(operation.description));
    }
    for parameter in operation.parameters {
        builder = builder.parameter(describe_parameter(parameter));
    }
    if let Some(shape) = operation.request {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(shape)))
            .build();
        let body = RequestBodyBuilder::new()
            .required(Some(Required::True))
            .content("application/json", content);
        builder = builder.request_body(Some(body.build()));
    }
    if operation.scope != Scope::Open {
        let scopes: [&str; 0] = [];
        builder = builder.security(SecurityRequirement::new("token", scopes));
        if operation.scope == Scope::Read {
            builder = builder.security(SecurityRequirement::default());
        }
    }
    builder.responses(describe_answers(operation))
}

fn describe_parameter(parameter: &Parameter) -> ParameterBuilder {
    let place = if parameter.in_path {
        ParameterIn::Path
    } else {
        ParameterIn::Query
    };
    let required = if parameter.in_path {
        Required::True
    } else {
        Required::False
    };
    ParameterBuilder::new()
        .name(parameter.name)
        .parameter_in(place)
        .required(required)
        .description(Some(parameter.doc))
        .schema(Some(parameter_schema(parameter)))
}

fn parameter_schema(parameter: &Parameter) -> Schema {
    let of = |kind: Type| ObjectBuilder::new().schema_type(SchemaType::Type(kind));
    let default = (!parameter.default.is_empty()).then_some(parameter.default);
    let text_default = default.map(serde_json::Value::from);
    match parameter.kind {
        Kind::Text | Kind::Time | Kind::Duration => of(Type::String).default(text_default).into(),
        Kind::Texts => ArrayBuilder::new().items(of(Type::String)).into(),
        Kind::Integer(min, max) => of(Type::Integer)
            .minimum(Some(min))
            .maximum(Some(max))
            .default(
                default
                    .and_then(|text| text.parse::<u64>().ok())
                    .map(Into::into),
            )
            .into(),
        Kind::Bool => of(Type::Boolean)
            .default(default.map(|text| (text == "true").into()))
            .into(),
        Kind::Word(words) => of(Type::String)
            .enum_values(Some(words.iter().copied()))
            .default(text_default)
            .into(),
    }
}

fn describe_answers(operation: &Operation) -> ResponsesBuilder {
    let json = |schema: Option<Ref>| ContentBuilder::new().schema(schema).build();
    let plain = || {
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .build();
        ContentBuilder::new().schema(Some(text)).build()
    };
    let mut responses = ResponsesBuilder::new();
    let success = match operation.answer {
        Answer::Json(shape) => Some(
            ResponseBuilder::new()
                .description("Success")
                .content("application/json", json(Some(Ref::from_schema_name(shape)))),
        ),
        Answer::ForeignJson(what) => Some(
            ResponseBuilder::new()
                .description(what)
                .content("application/json", json(None)),
        ),
        Answer::Text(kind, what) => Some(
            ResponseBuilder::new()
                .description(what)
                .content(kind, plain()),
        ),
        Answer::EventStream(what) => Some(
            ResponseBuilder::new()
                .description(what)
                .content("text/event-stream", plain()),
        ),
    };
    if let Some(success) = success {
        responses = responses.response("200", success.build());
    }
    let mut statuses: Vec<u16> = operation.errors.to_vec();
    match operation.scope {
        Scope::Admin => statuses.extend([401, 403]),
        Scope::Read | Scope::Operate => statuses.push(403),
        Scope::Open => {}
    }
    statuses.sort_unstable();
    for status in statuses {
        let failure = ResponseBuilder::new()
            .description(status_words(status))
            .content(
                "application/json",
                json(Some(Ref::from_schema_name("ErrorBody"))),
            );
        responses = responses.response(status.to_string(), failure.build());
    }
    responses
}

/// What a status says, in a few words.
pub(crate) fn status_words(status: u16) -> &'static str {
    match status {
        400 => "A parameter or the body is wrong",
        401 => "A token is needed",
        403 => "The token does not allow it, or the request came from a foreign place",
        404 => "There is no such thing",
        409 => "Somebody else was first",
        415 => "The body is not declared as JSON",
        429 => "A limit stands against it",
        501 => "Not built yet",
        503 => "Not now: replaying, stopping, full or failed",
        _ => "An error",
    }
}
