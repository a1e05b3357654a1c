//! TraceQL and LogQL: text to tree, diagnostics with positions, formatting
