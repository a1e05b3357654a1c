// Alerts for tests: raised through Alertmanager's API, and a receiver that takes messages as a webhook does.
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@playwright/test";
import type { Tacho, TachoOptions } from "./tacho";

/** A local receiver of webhooks. */
export class Hook {
  /** Bodies in the order in which they came. */
  readonly bodies: string[] = [];
  /** What it answers. */
  status = 200;

  private constructor(private readonly server: Server) {
    server.on("request", (request, response) => {
      let body = "";
      request.on("data", (piece: Buffer) => {
        body += piece.toString("utf8");
      });
      request.on("end", () => {
        this.bodies.push(body);
        response.writeHead(this.status).end();
      });
    });
  }

  /** Starts one on a free port. */
  static async start(): Promise<Hook> {
    const server = createServer();
    await new Promise<void>((done) => {
      server.listen(0, "127.0.0.1", done);
    });
    return new Hook(server);
  }

  /** Its address. */
  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/hook`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((done) => {
      this.server.close(() => done());
      this.server.closeAllConnections();
    });
  }
}

/** A server whose alerts go to the hook: critical ones to `web-critical`, others to `web-default`; quickly, without rules. */
export function toHook(hook: Hook): TachoOptions {
  const file = join(mkdtempSync(join(tmpdir(), "tacho-routes-")), "alertmanager.yml");
  writeFileSync(
    file,
    JSON.stringify({
      route: {
        receiver: "web-default", group_by: ["alertname"], group_wait: "1s", group_interval: "1h", repeat_interval: "4h",
        routes: [{ receiver: "web-critical", matchers: ['severity="critical"'] }],
      },
      receivers: ["web-default", "web-critical"].map((name) => ({ name, webhook_configs: [{ url: hook.url }] })),
    }),
  );
  return { settings: [`alerting.alertmanager_config=${file}`, "alerting.enabled=false"] };
}

/** An alert as Alertmanager's API takes it. */
export interface Raised {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generatorURL?: string;
  readonly endsAt?: string;
}

/** Raises alerts, or ends them where `endsAt` is over. */
export async function raise(server: Pick<Tacho, "url">, ...alerts: readonly Raised[]): Promise<void> {
  const response = await fetch(`${server.url}/alertmanager/api/v2/alerts`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(alerts) });
  expect(response.status, await response.text()).toBe(200);
}

/** Three alerts of three severities; the critical one has a runbook, and its service has data in no test. */
export const DISK: Raised = {
  labels: { alertname: "DiskFull", severity: "critical", host: "build-07", service_name: "orchestrator" },
  annotations: { summary: "/var is 97% full", description: "Clean up, or add a disk.", runbook_url: "https://wiki.example/disk-full" },
  generatorURL: "http://prometheus.example:9090/graph",
};
export const QUEUE: Raised = { labels: { alertname: "QueueGrows", severity: "warning", queue: "indexing" }, annotations: { summary: "the queue grew for an hour" } };
export const NIGHTLY: Raised = { labels: { alertname: "NightlyLate", severity: "low", job: "nightly" }, annotations: { summary: "the nightly run is late" } };
