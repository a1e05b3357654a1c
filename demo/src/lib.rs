//! The example orchestrator: real work on real files, instrumented with the official OpenTelemetry SDK
