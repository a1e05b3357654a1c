// Names and values for completion, from the server; asked once a minute at most, and few are kept.
import { api } from "@/api/client";

/** A name that occurs, and where it is kept. */
export interface KnownLabel {
  name: string;
  /** `item` (span or record), `resource` or `scope`. */
  scope: string;
}

const KEEP_MS = 60_000;
const MOST = 60;
const kept = new Map<string, { at: number; answer: Promise<unknown> }>();

function once<T>(key: string, ask: () => Promise<T>): Promise<T> {
  const found = kept.get(key);
  if (found !== undefined && Date.now() - found.at < KEEP_MS) {
    // The border of types: a key belongs to one kind of question.
    return found.answer as Promise<T>;
  }
  const answer = ask();
  answer.catch(() => kept.delete(key));
  kept.delete(key);
  kept.set(key, { at: Date.now(), answer });
  const oldest = kept.keys().next();
  if (kept.size > MOST && oldest.done !== true) kept.delete(oldest.value);
  return answer;
}

/** Names of attributes that occur in a signal; none if the server does not answer. */
export function knownLabels(signal: "spans" | "logs"): Promise<readonly KnownLabel[]> {
  return once(`${signal} names`, async () => {
    const answer = await api.get("/api/v1/labels", { query: { signal } });
    return answer.labels.map((label) => ({ name: label.name, scope: label.scope ?? "item" }));
  }).catch(() => []);
}

/** The most frequent values of a name; none if the server does not answer. */
export function knownValues(signal: "spans" | "logs", name: string): Promise<readonly string[]> {
  return once(`${signal} values ${name}`, async () => {
    const answer = await api.get("/api/v1/labels/{name}/values", { path: { name }, query: { signal, limit: 200 } });
    return answer.values.map((value) => value.value);
  }).catch(() => []);
}
