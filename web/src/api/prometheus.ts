// Calls to the Prometheus API below /prometheus/api/v1: the answer's envelope opened, warnings and infos kept.
import { addressOf, send } from "@/api/client";
import { ApiFailure } from "@/api/failure";

/** The answer of a Prometheus call: its data, and what was said about it. */
export interface PrometheusAnswer<T> {
  readonly data: T;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Parameters of a Prometheus call; lists are repeated. */
export type PrometheusQuery = Readonly<Record<string, string | number | readonly string[] | undefined>>;

interface Envelope {
  readonly status?: unknown;
  readonly data?: unknown;
  readonly warnings?: unknown;
  readonly infos?: unknown;
  readonly error?: unknown;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function isEnvelope(value: unknown): value is Envelope {
  return typeof value === "object" && value !== null && "status" in value;
}

/** Calls `/prometheus/api/v1/PATH`; `T` is the shape of `data`, as the Prometheus API documents it. Throws `ApiFailure`. */
export async function prometheus<T>(path: string, query: PrometheusQuery, signal?: AbortSignal): Promise<PrometheusAnswer<T>> {
  const address = addressOf(`/prometheus/api/v1/${path}`, undefined, query);
  const response = await send("GET", address, { signal });
  const body: unknown = await response.json();
  if (!isEnvelope(body) || body.status !== "success") {
    throw new ApiFailure({ status: response.status, kind: "internal", message: "the answer is none of the Prometheus API", request: `GET ${address}` });
  }
  // The border of types: the shape of `data` is fixed by the Prometheus API.
  return { data: body.data as T, warnings: texts(body.warnings), infos: texts(body.infos) };
}
