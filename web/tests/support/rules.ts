// A server for the specs of rules, routes and rotas: a file of rules, routes with a tree, a rota, and a queue that grew once.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nanos, resource, send } from "./seed/otlp";
import type { Tacho, TachoOptions } from "./tacho";

const MINUTE = 60_000;
const STEP = 15_000;

/** Rules: one that fires at once, one that is quiet, one that records. */
const RULES = {
  groups: [
    {
      name: "queue",
      interval: "1s",
      rules: [
        { alert: "QueueIsThere", expr: "queue_depth_jobs >= 0", labels: { severity: "warning", team: "jobs" }, annotations: { summary: "the queue has {{ $value }} jobs" } },
        { alert: "QueueIsFull", expr: "queue_depth_jobs > 500", for: "5m", labels: { severity: "critical" } },
        { record: "job:queue_depth:max", expr: "max(queue_depth_jobs)" },
      ],
    },
  ],
};

const ROUTES = {
  route: {
    receiver: "everyone", group_by: ["alertname"], group_wait: "1s", group_interval: "5m", repeat_interval: "4h",
    routes: [
      { receiver: "pager", matchers: ['severity="critical"'], continue: true, repeat_interval: "15m" },
      { receiver: "jobs", matchers: ['team="jobs"'], routes: [{ receiver: "nights", matchers: ['queue=~"index.*"'] }] },
    ],
  },
  receivers: ["everyone", "pager", "jobs", "nights"].map((name) => ({ name, webhook_configs: [{ url: "http://127.0.0.1:9/hook" }] })),
  inhibit_rules: [{ source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: ["alertname"] }],
  time_intervals: [{ name: "weekends", time_intervals: [{ weekdays: ["saturday", "sunday"] }] }],
};

const CONFIGURATION = {
  observability: {
    alerting: { receivers: [{ name: "ada_phone", type: "log" }, { name: "lin_phone", type: "log" }] },
    escalation: {
      policies: [{ name: "production", severity: "CRITICAL", levels: [{ after: "5m", rota: "primary" }, { after: "15m", receivers: ["ada_phone"] }], repeat: "15m" }],
      rotas: [
        { name: "primary", time_zone: "Europe/Berlin", starts: "2026-01-05", handover: "monday 09:00", turn: "1w", members: [{ name: "Ada", receivers: ["ada_phone"] }, { name: "Lin", receivers: ["lin_phone"] }] },
      ],
    },
  },
};

/** Options of such a server; rules of the program are off. JSON is YAML. */
export function withRules(): TachoOptions {
  const folder = mkdtempSync(join(tmpdir(), "tacho-rules-"));
  const write = (name: string, content: object): string => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(content));
    return file;
  };
  const rules = write("queue.yml", RULES);
  const routes = write("alertmanager.yml", ROUTES);
  const configuration = write("tacho.yaml", CONFIGURATION);
  return { command: ["serve", "--config", configuration], settings: ["rules.builtin=false", `alerting.rules_file=${rules}`, `alerting.alertmanager_config=${routes}`] };
}

/** Two hours of a queue with 5 jobs; an hour ago it had 50 for ten minutes. */
export async function sendQueue(server: Pick<Tacho, "otlp">): Promise<void> {
  const now = Date.now();
  const dataPoints = [];
  for (let ms = now - 120 * MINUTE; ms <= now; ms += STEP) {
    const full = ms >= now - 60 * MINUTE && ms < now - 50 * MINUTE;
    dataPoints.push({ timeUnixNano: nanos(ms), asDouble: full ? 50 : 5 });
  }
  const metrics = [{ name: "queue.depth.jobs", unit: "", gauge: { dataPoints } }];
  await send(server.otlp, "metrics", { resourceMetrics: [{ resource: resource("jobs"), scopeMetrics: [{ scope: { name: "seed" }, metrics }] }] });
}
