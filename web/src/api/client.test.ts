// The client: addresses, errors in all their shapes, the token.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { addressOf, api, send } from "@/api/client";
import { ApiFailure, failureOf } from "@/api/failure";
import { prometheus } from "@/api/prometheus";
import { setToken, token, tokenNeeded } from "@/api/token";

interface Call {
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

let calls: Call[] = [];
let answers: (Response | Error)[] = [];

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (name) => kept.get(name) ?? null,
    key: () => null,
    removeItem: (name) => void kept.delete(name),
    setItem: (name, value) => void kept.set(name, value),
  };
}

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

beforeEach(() => {
  calls = [];
  answers = [];
  vi.stubGlobal("document", { baseURI: "http://obs.lan/tacho/" });
  vi.stubGlobal("localStorage", memory());
  vi.stubGlobal("sessionStorage", memory());
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    calls.push({ url: url.href, headers: new Headers(init.headers), body: init.body });
    const answer = url.pathname.endsWith("/ready") ? json({ status: "ready" }) : answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? new TypeError("no answer");
    return answer;
  });
});

afterEach(() => {
  setToken(undefined);
  vi.unstubAllGlobals();
});

async function failure(run: Promise<unknown>): Promise<ApiFailure> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiFailure)) throw new Error("no ApiFailure");
  return error;
}

test("addresses: path filled in, lists repeated, what is undefined left out", () => {
  expect(addressOf("/api/v1/logs/{id}/context", { id: "a/b" }, { before: 5, values: undefined, field: ["x", "y z"] })).toBe(
    "/api/v1/logs/a%2Fb/context?before=5&field=x&field=y+z",
  );
  expect(addressOf("/ready", undefined, undefined)).toBe("/ready");
});

test("calls go below the base, with the token where there is one", async () => {
  answers = [json({ traces: [] }), json({ traces: [] })];
  await api.get("/api/v1/traces", { query: { limit: 8 } });
  setToken("secret");
  await api.get("/api/v1/traces");
  expect(calls.map((call) => call.url)).toEqual(["http://obs.lan/tacho/api/v1/traces?limit=8", "http://obs.lan/tacho/api/v1/traces"]);
  expect(calls.map((call) => call.headers.get("Authorization"))).toEqual([null, "Bearer secret"]);
});

test("bodies are JSON", async () => {
  answers = [json({ results: {} })];
  await api.post("/api/v1/metrics/query", { body: { queries: [] } });
  expect(calls[0]?.headers.get("Content-Type")).toBe("application/json");
  expect(calls[0]?.body).toBe('{"queries":[]}');
});

describe("failures", () => {
  test("our own shape", async () => {
    answers = [json({ error: { kind: "invalid", message: "1:4: expected `}`", field: "q", hint: "close it", position: 3 } }, 400)];
    const error = await failure(api.get("/api/v1/traces"));
    expect(error).toMatchObject({ status: 400, kind: "invalid", message: "1:4: expected `}`", field: "q", hint: "close it", position: 3, request: "GET /api/v1/traces" });
    expect(error.passing).toBe(false);
  });

  test("that of the Prometheus API, and its warnings", async () => {
    answers = [json({ status: "error", errorType: "bad_data", error: "parse error" }, 400), json({ status: "success", data: { result: [] }, warnings: ["cut"] })];
    expect(await failure(prometheus("query", { query: "up{" }))).toMatchObject({ kind: "invalid", message: "parse error" });
    expect(await prometheus("query", { query: "up" })).toEqual({ data: { result: [] }, warnings: ["cut"], infos: [] });
  });

  test("no answer, and answers that are not ours", async () => {
    answers = [new TypeError("failed"), new Response("<html>", { status: 502 }), new Response("", { status: 418 })];
    expect(await failure(send("GET", "/api/v1/status"))).toMatchObject({ status: 0, kind: "network", passing: true });
    expect(await failure(send("GET", "/api/v1/status"))).toMatchObject({ status: 502, kind: "unavailable", passing: true });
    expect(await failure(send("GET", "/api/v1/status"))).toMatchObject({ status: 418, kind: "invalid", message: "the server answered 418" });
    expect(failureOf(429, null, "").kind).toBe("limit");
  });

  test("a call that was called off is no failure", async () => {
    const stop = new AbortController();
    stop.abort();
    answers = [new DOMException("aborted", "AbortError")];
    await expect(send("GET", "/api/v1/status", { signal: stop.signal })).rejects.toBeInstanceOf(DOMException);
  });
});

test("401 asks for a token, but not while a token is only tried", async () => {
  const refused = (): Response => json({ error: { kind: "unauthorized", message: "the token is unknown" } }, 401);
  answers = [refused(), refused()];
  expect(await failure(send("GET", "/api/v1/status", { bearer: "tried" }))).toMatchObject({ status: 401 });
  expect(tokenNeeded()).toBe(false);
  expect(await failure(send("GET", "/api/v1/status"))).toMatchObject({ status: 401 });
  expect(tokenNeeded()).toBe(true);
  setToken("right", true);
  expect(tokenNeeded()).toBe(false);
  expect([token(), localStorage.getItem("tacho.token"), sessionStorage.getItem("tacho.token")]).toEqual(["right", "right", null]);
});
