// The one error that calls to the server throw.
import type { ErrorKind } from "@/api/schema";

/** Why a call failed: a kind of the server's, or `network` when there was no answer at all. */
export type FailureKind = ErrorKind | "network";

interface Details {
  readonly status: number;
  readonly kind: FailureKind;
  readonly message: string;
  readonly field?: string | undefined;
  readonly hint?: string | undefined;
  readonly position?: number | undefined;
  readonly request?: string | undefined;
}

const KINDS: ReadonlySet<string> = new Set<FailureKind>([
  "invalid", "not_found", "conflict", "limit", "unauthorized", "forbidden", "unavailable", "corrupt", "internal",
]);

function isKind(text: unknown): text is ErrorKind {
  return typeof text === "string" && KINDS.has(text);
}

/** A call that failed. `status` is 0 where there was no answer; `position` is in characters of the query from 0. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly kind: FailureKind;
  readonly field: string | undefined;
  readonly hint: string | undefined;
  readonly position: number | undefined;
  /** Method and address of the call. */
  readonly request: string | undefined;

  constructor(details: Details) {
    super(details.message);
    this.name = "ApiFailure";
    this.status = details.status;
    this.kind = details.kind;
    this.field = details.field;
    this.hint = details.hint;
    this.position = details.position;
    this.request = details.request;
  }

  /** Whether trying again soon may help: no connection, or the server is not ready yet. */
  get passing(): boolean {
    return this.kind === "network" || this.kind === "unavailable";
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The kind that a status without a readable body stands for. */
function kindOf(status: number): ErrorKind {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 409) return "conflict";
  if (status === 429) return "limit";
  if (status === 502 || status === 503 || status === 504) return "unavailable";
  return status >= 500 ? "internal" : "invalid";
}

/** The failure that an answer's body tells of: our own error shape, or that of the Prometheus API. */
export function failureOf(status: number, body: unknown, request: string): ApiFailure {
  const top = fields(body);
  if (typeof top["error"] === "string") {
    return new ApiFailure({ status, kind: kindOf(status), message: top["error"], request });
  }
  const error = fields(top["error"]);
  return new ApiFailure({
    status,
    kind: isKind(error["kind"]) ? error["kind"] : kindOf(status),
    message: text(error["message"]) ?? `the server answered ${status}`,
    field: text(error["field"]),
    hint: text(error["hint"]),
    position: typeof error["position"] === "number" ? error["position"] : undefined,
    request,
  });
}
