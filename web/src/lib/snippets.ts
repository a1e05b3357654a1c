// How to send the first data: what to run for each SDK, with the address of this very server in it.

/** What can be sent; `samples` are metrics. */
export type Signal = "spans" | "logs" | "samples";

/** One way to send data. */
export interface Snippet {
  readonly id: string;
  readonly label: string;
  /** Blocks to copy, in order; each says what it is. */
  readonly blocks: readonly SnippetBlock[];
}

/** A text to copy. */
export interface SnippetBlock {
  /** `Run`, `app.py`, … */
  readonly what: string;
  readonly text: string;
}

function environment(base: string): string {
  return `export OTEL_SERVICE_NAME=my-app
export OTEL_EXPORTER_OTLP_ENDPOINT=${base}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`;
}

const RESOURCE = '"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my-app"}}]}';
const post = (url: string, body: string): string => `curl ${url} -H 'content-type: application/json' -d '${body}'`;

/** One item of each signal; times are filled in by the shell. */
const CURL: Readonly<Record<Signal, (base: string) => SnippetBlock>> = {
  spans: (base) => ({
    what: "One trace",
    text: post(
      `${base}/v1/traces`,
      `{"resourceSpans":[{
  ${RESOURCE},
  "scopeSpans":[{"spans":[{"traceId":"hello-'$(date +%s)'","spanId":"hello","name":"hello","kind":1,
    "startTimeUnixNano":"'$(date +%s)000000000'","endTimeUnixNano":"'$(date +%s)250000000'"}]}]}]}`,
    ),
  }),
  logs: (base) => ({
    what: "One log record",
    text: post(
      `${base}/v1/logs`,
      `{"resourceLogs":[{
  ${RESOURCE},
  "scopeLogs":[{"logRecords":[{"severityNumber":9,"body":{"stringValue":"it works"}}]}]}]}`,
    ),
  }),
  samples: (base) => ({
    what: "One value of a metric",
    text: post(
      `${base}/v1/metrics`,
      `{"resourceMetrics":[{
  ${RESOURCE},
  "scopeMetrics":[{"metrics":[{"name":"hello","gauge":{"dataPoints":[
    {"asDouble":1,"timeUnixNano":"'$(date +%s)000000000'"}]}}]}]}]}`,
    ),
  }),
};

function curl(base: string, signals: readonly Signal[]): Snippet {
  return { id: "curl", label: "curl", blocks: signals.map((signal) => CURL[signal](base)) };
}

function python(base: string): Snippet {
  return {
    id: "python",
    label: "Python",
    blocks: [
      { what: "Install", text: "pip install opentelemetry-distro opentelemetry-exporter-otlp\nopentelemetry-bootstrap -a install" },
      {
        what: "Run",
        text: `${environment(base)}
export OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED=true
opentelemetry-instrument --traces_exporter otlp --metrics_exporter otlp --logs_exporter otlp python app.py`,
      },
    ],
  };
}

function node(base: string): Snippet {
  return {
    id: "node",
    label: "Node.js",
    blocks: [
      { what: "Install", text: "npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node" },
      {
        what: "Run",
        text: `${environment(base)}
export OTEL_TRACES_EXPORTER=otlp OTEL_METRICS_EXPORTER=otlp OTEL_LOGS_EXPORTER=otlp
node --require @opentelemetry/auto-instrumentations-node/register app.js`,
      },
    ],
  };
}

function rust(base: string): Snippet {
  return {
    id: "rust",
    label: "Rust",
    blocks: [
      { what: "Install", text: "cargo add opentelemetry opentelemetry_sdk opentelemetry-otlp" },
      {
        what: "src/main.rs",
        text: `use opentelemetry::trace::{Tracer, TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint("${base}/v1/traces")
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(Resource::builder().with_service_name("my-app").build())
        .with_batch_exporter(exporter)
        .build();
    provider.tracer("my-app").in_span("hello", |_| println!("it works"));
    provider.shutdown()?;
    Ok(())
}`,
      },
    ],
  };
}

function go(base: string): Snippet {
  return {
    id: "go",
    label: "Go",
    blocks: [
      { what: "Install", text: "go get go.opentelemetry.io/otel go.opentelemetry.io/otel/sdk \\\n  go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp" },
      {
        what: "main.go",
        text: `package main

import (
	"context"
	"log"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL("${base}/v1/traces"))
	if err != nil {
		log.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer provider.Shutdown(ctx)
	otel.SetTracerProvider(provider)
	_, span := otel.Tracer("my-app").Start(ctx, "hello")
	span.End()
}`,
      },
      { what: "Run", text: "OTEL_SERVICE_NAME=my-app go run ." },
    ],
  };
}

function java(base: string): Snippet {
  return {
    id: "java",
    label: "Java",
    blocks: [
      {
        what: "Get the agent",
        text: "curl -LO https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/opentelemetry-javaagent.jar",
      },
      { what: "Run", text: `${environment(base)}\njava -javaagent:opentelemetry-javaagent.jar -jar app.jar` },
    ],
  };
}

function collector(base: string): Snippet {
  return {
    id: "collector",
    label: "Collector",
    blocks: [
      {
        what: "config.yaml",
        text: `receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 127.0.0.1:5317
      http:
        endpoint: 127.0.0.1:5318
exporters:
  otlphttp/tachograph:
    endpoint: ${base}
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlphttp/tachograph] }
    metrics: { receivers: [otlp], exporters: [otlphttp/tachograph] }
    logs: { receivers: [otlp], exporters: [otlphttp/tachograph] }`,
      },
      { what: "Run", text: "otelcol --config config.yaml" },
    ],
  };
}

/** All ways to send data to the server at `address`; with curl, one item of each of these signals. */
export function snippets(address: string, signals: readonly Signal[]): readonly Snippet[] {
  const base = address.replace(/\/+$/, "");
  return [curl(base, signals), ...[python, node, rust, go, java, collector].map((make) => make(base))];
}
