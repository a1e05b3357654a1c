// What needs a look: the sentence above the list, the kind in a word, and where each entry leads.
import type { Attention, AttentionKind } from "@/api/schema";
import { hrefs } from "@/lib/href";

/** What the head line is made of. */
export interface HeadlineFacts {
  readonly attention: readonly Attention[];
  /** There are no data at all. */
  readonly empty: boolean;
  readonly requests: number;
  /** Alerts that fire and that nobody has taken on. */
  readonly firing: number;
}

/** The head line: `2 things need a look, the rest is steady`. A range without requests is not called steady. */
export function headline({ attention, empty, requests, firing }: HeadlineFacts): string {
  if (firing > 0) {
    const alerts = firing === 1 ? "One alert fires" : `${firing} alerts fire`;
    return attention.length === 0 ? alerts : `${alerts}, ${attention.length} more ${attention.length === 1 ? "thing needs" : "things need"} a look`;
  }
  if (empty) return "No data yet";
  if (attention.length === 0) return requests === 0 ? "No requests in this range" : "Everything is steady";
  return attention.length === 1 ? "One thing needs a look, the rest is steady" : `${attention.length} things need a look, the rest is steady`;
}

const WORDS: Readonly<Record<AttentionKind, string>> = {
  failing: "Failing",
  slow: "Slow",
  stuck: "Stuck",
  silent: "Silent",
  target_down: "Target down",
  refused: "Refused",
  server: "This server",
};

/** What an entry is, in a word or two. */
export function kindWord(kind: AttentionKind): string {
  return WORDS[kind];
}

/** Somewhere to go from an entry. */
export interface Lead {
  readonly label: string;
  readonly href: string;
}

/** Where an entry leads, the most telling first; never empty. */
export function leadsOf(item: Attention): readonly [Lead, ...Lead[]] {
  const [first, ...rest] = [...exampleLeads(item), ...listLeads(item)];
  return first === undefined ? [{ label: "Status", href: hrefs.status() }] : [first, ...rest];
}

function exampleLeads(item: Attention): Lead[] {
  if (item.traceId === undefined) return [];
  const trace: Lead = { label: "Trace", href: hrefs.trace(item.traceId, { span: item.spanId }) };
  const logs: Lead = { label: "Its logs", href: hrefs.logs({ trace_id: item.traceId }) };
  return [trace, logs];
}

function listLeads(item: Attention): Lead[] {
  const { subject: service, operation: name } = item;
  switch (item.kind) {
    case "failing":
      return [{ label: "All failures", href: hrefs.traces({ service, name, status: "error" }) }];
    case "slow":
      return [{ label: "Slowest", href: hrefs.traces({ service, name, sort: "-duration" }) }];
    case "stuck":
      return [];
    case "silent":
      return [
        { label: "Its last traces", href: hrefs.traces({ service, from: "now-24h", to: "now" }) },
        { label: "Its last logs", href: hrefs.logs({ service, from: "now-24h", to: "now" }) },
      ];
    case "target_down":
      return [{ label: "Targets", href: hrefs.status({ tab: "targets" }) }];
    case "refused":
      return [{ label: "Refusals", href: hrefs.status({ tab: "ingest" }) }];
    case "server":
      return [{ label: "Status", href: hrefs.status() }];
  }
}
