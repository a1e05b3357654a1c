import{r as e}from"./rolldown-runtime-XKyaHtl9.js";import{t}from"./react-DlmbjZJV.js";import{i as n,n as r,o as i}from"./token-C-_K2Gen.js";import{L as a}from"./index-Be2qreJd.js";import{t as o}from"./jsx-runtime-LKYXHABd.js";var s=e(t(),1);function c(e){return`export OTEL_SERVICE_NAME=my-app
export OTEL_EXPORTER_OTLP_ENDPOINT=${e}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`}var l=`"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my-app"}}]}`,u=(e,t)=>`curl ${e} -H 'content-type: application/json' -d '${t}'`,d={spans:e=>({what:`One trace`,text:u(`${e}/v1/traces`,`{"resourceSpans":[{
  ${l},
  "scopeSpans":[{"spans":[{"traceId":"hello-'$(date +%s)'","spanId":"hello","name":"hello","kind":1,
    "startTimeUnixNano":"'$(date +%s)000000000'","endTimeUnixNano":"'$(date +%s)250000000'"}]}]}]}`)}),logs:e=>({what:`One log record`,text:u(`${e}/v1/logs`,`{"resourceLogs":[{
  ${l},
  "scopeLogs":[{"logRecords":[{"severityNumber":9,"body":{"stringValue":"it works"}}]}]}]}`)}),samples:e=>({what:`One value of a metric`,text:u(`${e}/v1/metrics`,`{"resourceMetrics":[{
  ${l},
  "scopeMetrics":[{"metrics":[{"name":"hello","gauge":{"dataPoints":[
    {"asDouble":1,"timeUnixNano":"'$(date +%s)000000000'"}]}}]}]}]}`)})};function f(e,t){return{id:`curl`,label:`curl`,blocks:t.map(t=>d[t](e))}}function p(e){return{id:`python`,label:`Python`,blocks:[{what:`Install`,text:`pip install opentelemetry-distro opentelemetry-exporter-otlp
opentelemetry-bootstrap -a install`},{what:`Run`,text:`${c(e)}
export OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED=true
opentelemetry-instrument --traces_exporter otlp --metrics_exporter otlp --logs_exporter otlp python app.py`}]}}function m(e){return{id:`node`,label:`Node.js`,blocks:[{what:`Install`,text:`npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node`},{what:`Run`,text:`${c(e)}
export OTEL_TRACES_EXPORTER=otlp OTEL_METRICS_EXPORTER=otlp OTEL_LOGS_EXPORTER=otlp
node --require @opentelemetry/auto-instrumentations-node/register app.js`}]}}function h(e){return{id:`rust`,label:`Rust`,blocks:[{what:`Install`,text:`cargo add opentelemetry opentelemetry_sdk opentelemetry-otlp`},{what:`src/main.rs`,text:`use opentelemetry::trace::{Tracer, TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint("${e}/v1/traces")
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(Resource::builder().with_service_name("my-app").build())
        .with_batch_exporter(exporter)
        .build();
    provider.tracer("my-app").in_span("hello", |_| println!("it works"));
    provider.shutdown()?;
    Ok(())
}`}]}}function g(e){return{id:`go`,label:`Go`,blocks:[{what:`Install`,text:`go get go.opentelemetry.io/otel go.opentelemetry.io/otel/sdk \\
  go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp`},{what:`main.go`,text:`package main

import (
	"context"
	"log"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL("${e}/v1/traces"))
	if err != nil {
		log.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	defer provider.Shutdown(ctx)
	otel.SetTracerProvider(provider)
	_, span := otel.Tracer("my-app").Start(ctx, "hello")
	span.End()
}`},{what:`Run`,text:`OTEL_SERVICE_NAME=my-app go run .`}]}}function _(e){return{id:`java`,label:`Java`,blocks:[{what:`Get the agent`,text:`curl -LO https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/opentelemetry-javaagent.jar`},{what:`Run`,text:`${c(e)}\njava -javaagent:opentelemetry-javaagent.jar -jar app.jar`}]}}function v(e){return{id:`collector`,label:`Collector`,blocks:[{what:`config.yaml`,text:`receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 127.0.0.1:5317
      http:
        endpoint: 127.0.0.1:5318
exporters:
  otlphttp/tachograph:
    endpoint: ${e}
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlphttp/tachograph] }
    metrics: { receivers: [otlp], exporters: [otlphttp/tachograph] }
    logs: { receivers: [otlp], exporters: [otlphttp/tachograph] }`},{what:`Run`,text:`otelcol --config config.yaml`}]}}function y(e,t){let n=e.replace(/\/+$/,``);return[f(n,t),...[p,m,h,g,_,v].map(e=>e(n))]}var b={frame:`_frame_1ltq1_2`,bare:`_bare_1ltq1_3`,title:`_title_1ltq1_18`,words:`_words_1ltq1_22`,tabs:`_tabs_1ltq1_31`,tab:`_tab_1ltq1_31`,panel:`_panel_1ltq1_59`,block:`_block_1ltq1_65`,what:`_what_1ltq1_72`,code:`_code_1ltq1_83`},x=o(),S=[`spans`,`logs`,`samples`],C={spans:`traces`,logs:`logs`,samples:`metrics`};function w({what:e,text:t}){return(0,x.jsxs)(`figure`,{className:b.block,children:[(0,x.jsxs)(`figcaption`,{className:b.what,children:[e,(0,x.jsx)(a,{text:t,what:e,children:`Copy`})]}),(0,x.jsx)(`pre`,{className:b.code,tabIndex:0,"aria-label":e,children:t})]})}function T({signal:e,bare:t=!1}){let a=y(i(``).href,t?S:[e]),[o,c]=(0,s.useState)(`curl`),l=(0,s.useId)(),u=(0,s.useSyncExternalStore)(r,n)!==void 0,d=a.find(e=>e.id===o);return(0,x.jsxs)(`section`,{className:t?b.bare:b.frame,"aria-label":`Send data here`,children:[t?null:(0,x.jsxs)(`h2`,{className:b.title,children:[`No `,C[e],` yet`]}),(0,x.jsxs)(`p`,{className:b.words,children:[`Anything that speaks OTLP can send to `,(0,x.jsx)(`code`,{children:i(``).href.replace(/\/$/,``)}),`. To look around first, run `,(0,x.jsx)(`code`,{children:`tacho demo`}),`: it starts a server with agents at work. `,t?``:`This page fills as soon as data arrive.`]}),(0,x.jsx)(`div`,{role:`tablist`,"aria-label":`Ways to send`,className:b.tabs,onKeyDown:e=>{let t=e.key===`ArrowRight`?1:e.key===`ArrowLeft`?-1:0;if(t===0)return;e.preventDefault();let n=a[(a.findIndex(e=>e.id===o)+t+a.length)%a.length];n!==void 0&&(c(n.id),document.getElementById(`${l}-${n.id}`)?.focus())},children:a.map(e=>(0,x.jsx)(`button`,{id:`${l}-${e.id}`,type:`button`,role:`tab`,"aria-selected":e.id===o,"aria-controls":`${l}-panel`,tabIndex:e.id===o?0:-1,className:b.tab,onClick:()=>c(e.id),children:e.label},e.id))}),(0,x.jsx)(`div`,{role:`tabpanel`,id:`${l}-panel`,"aria-labelledby":`${l}-${o}`,className:b.panel,children:d?.blocks.map(e=>(0,x.jsx)(w,{...e},e.what))}),u?(0,x.jsxs)(`p`,{className:b.words,children:[`This server wants a token that allows `,(0,x.jsx)(`code`,{children:`ingest`}),`: set `,(0,x.jsx)(`code`,{children:`OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20TOKEN`}),`.`]}):null]})}export{T as FirstData};