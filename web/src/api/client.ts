// The one client of the HTTP API: typed by the generated schema, addresses below the base, bearer token where there is one.
import { noteAnswer, suspect } from "@/api/connection";
import { ApiFailure, failureOf } from "@/api/failure";
import type { Operations } from "@/api/schema";
import { askForToken, token } from "@/api/token";
import { absolute } from "@/lib/base";

type Method = "GET" | "POST" | "PUT" | "DELETE";
type PathsOf<M extends Method> = keyof Operations extends infer K ? (K extends `${M} ${infer P}` ? P : never) : never;
type Operation<M extends Method, P extends string> = `${M} ${P}` extends keyof Operations ? Operations[`${M} ${P}`] : never;

/** Absent and `undefined` parameters mean the same. */
type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };
type Part<Name extends string, T> = T extends undefined
  ? { readonly [K in Name]?: undefined }
  : Partial<T> extends T
    ? { readonly [K in Name]?: Loose<T> | undefined }
    : { readonly [K in Name]: Loose<T> };
type Options<O> = O extends { path: infer Path; query: infer Query; body: infer Body }
  ? (Path extends undefined ? { readonly path?: undefined } : { readonly path: Path }) &
      Part<"query", Query> &
      (Body extends undefined ? { readonly body?: undefined } : { readonly body: Body }) & { readonly signal?: AbortSignal | undefined }
  : never;
type AnswerOf<O> = O extends { answer: infer Answer } ? Answer : never;
type Arguments<O> = Partial<Options<O>> extends Options<O> ? [options?: Options<O>] : [options: Options<O>];

type Value = string | number | boolean | readonly (string | number)[] | undefined;

interface RawOptions {
  readonly path?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

function isValue(value: unknown): value is Exclude<Value, undefined> {
  return ["string", "number", "boolean"].includes(typeof value) || Array.isArray(value);
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** The address of a call: names in braces filled in, lists as repeated parameters, `undefined` left out. */
export function addressOf(template: string, path: unknown, query: unknown): string {
  const names = new Map(entries(path).map(([name, value]) => [name, String(value)]));
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names.get(name) ?? ""));
  const search = new URLSearchParams();
  for (const [name, value] of entries(query)) {
    if (!isValue(value)) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text === "" ? filled : `${filled}?${text}`;
}

interface SendOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** What to take; JSON if absent. */
  readonly accept?: string;
  /** Another token than the one in use; whether it is right is then the caller's business. */
  readonly bearer?: string;
}

/** A bare call with token and error handling; the answer unread. Also for downloads. Throws `ApiFailure`. */
export async function send(method: Method, address: string, options: SendOptions = {}): Promise<Response> {
  const headers = new Headers({ Accept: options.accept ?? "application/json" });
  const bearer = options.bearer ?? token();
  if (bearer !== undefined) headers.set("Authorization", `Bearer ${bearer}`);
  if (options.body !== undefined) headers.set("Content-Type", "application/json");
  const request = `${method} ${address}`;
  let response: Response;
  try {
    response = await fetch(absolute(address), {
      method,
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
      credentials: "same-origin",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    suspect();
    throw new ApiFailure({ status: 0, kind: "network", message: "the server does not answer", hint: "check that it runs and that the network reaches it", request });
  }
  if (response.ok) {
    noteAnswer();
    return response;
  }
  throw await refused(response, request, options.bearer !== undefined);
}

async function refused(response: Response, request: string, own: boolean): Promise<ApiFailure> {
  const body: unknown = await response.json().catch(() => undefined);
  const failure = failureOf(response.status, body, request);
  if (failure.kind === "unavailable") suspect();
  if (failure.status === 401 && !own) askForToken();
  return failure;
}

async function read(response: Response): Promise<unknown> {
  const json = response.headers.get("Content-Type")?.includes("json") ?? false;
  return json ? await response.json() : await response.text();
}

async function call<O>(method: Method, template: string, options: RawOptions | undefined): Promise<AnswerOf<O>> {
  const response = await send(method, addressOf(template, options?.path, options?.query), options);
  // The border of types: the golden OpenAPI file is tested against what the server sends.
  return (await read(response)) as AnswerOf<O>;
}

/** Calls by path: `api.get("/api/v1/traces", { query: { limit: 8 }, signal })`. They throw `ApiFailure`. */
export const api = {
  get<P extends PathsOf<"GET">>(path: P, ...[options]: Arguments<Operation<"GET", P>>): Promise<AnswerOf<Operation<"GET", P>>> {
    return call("GET", path, options);
  },
  post<P extends PathsOf<"POST">>(path: P, ...[options]: Arguments<Operation<"POST", P>>): Promise<AnswerOf<Operation<"POST", P>>> {
    return call("POST", path, options);
  },
  put<P extends PathsOf<"PUT">>(path: P, ...[options]: Arguments<Operation<"PUT", P>>): Promise<AnswerOf<Operation<"PUT", P>>> {
    return call("PUT", path, options);
  },
  delete<P extends PathsOf<"DELETE">>(path: P, ...[options]: Arguments<Operation<"DELETE", P>>): Promise<AnswerOf<Operation<"DELETE", P>>> {
    return call("DELETE", path, options);
  },
} as const;
