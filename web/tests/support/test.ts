// What specs start from: `test` with its servers, and a guard that fails a test whose page complained.
import { test as base, expect, type Page } from "@playwright/test";
import { NOW } from "./seed/constants";
import { Tacho, type TachoOptions } from "./tacho";

export { expect } from "@playwright/test";

/** How many times slower pages are made to run, to find what only holds on a fast machine: `SLOWER=6`. */
const SLOWER = Number(process.env["SLOWER"] ?? "1");

/** Collects complaints of pages: errors of the console, of scripts, and of the content security policy. */
export class Guard {
  readonly #complaints: string[] = [];
  readonly #allowed: RegExp[] = [];

  /** Complaints that are expected in this test. */
  allow(...patterns: readonly RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  /** Watches a page. */
  async watch(page: Page): Promise<void> {
    page.on("console", (message) => {
      if (message.type() === "error") this.#complaints.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.#complaints.push(`script: ${error.message}`));
    if (SLOWER > 1) {
      const session = await page.context().newCDPSession(page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    }
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        // The collector reads the console.
        // oxlint-disable-next-line no-console -- this is the way out of the page
        console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI} ${event.sample}`);
      });
    });
  }

  /** All complaints. */
  all(): readonly string[] {
    return this.#complaints;
  }

  /** All complaints that were not expected. */
  complaints(): readonly string[] {
    return this.#complaints.filter((text) => !this.#allowed.some((pattern) => pattern.test(text)));
  }
}

interface Fixtures {
  /** Watches the page of the test; the test fails at its end if the page complained. */
  guard: Guard;
  /** Starts servers that end with the test. */
  tacho: (options?: TachoOptions) => Promise<Tacho>;
  /** The page with its clock standing at `NOW`, for the seeded data. */
  frozen: Page;
}

interface Servers {
  /** Where the server with the seeded data is; only to be read. */
  seeded: string;
  /** Where the demo is; only to be read. */
  demo: string;
}

export const test = base.extend<Fixtures, Servers>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern to see what is needed
  seeded: [({}, give) => give(named("SEEDED_URL")), { scope: "worker" }],
  // oxlint-disable-next-line no-empty-pattern -- as above
  demo: [({}, give) => give(named("DEMO_URL")), { scope: "worker" }],
  guard: [
    // It looks back before the servers of the test end: what a page says then is no complaint.
    async ({ page, tacho: _servers }, give) => {
      const guard = new Guard();
      await guard.watch(page);
      await give(guard);
      expect(guard.complaints(), "the page complained").toEqual([]);
    },
    { auto: true },
  ],
  // oxlint-disable-next-line no-empty-pattern -- as above
  tacho: async ({}, give) => {
    const running: Tacho[] = [];
    await give(async (options) => {
      const tacho = await Tacho.start(options);
      running.push(tacho);
      return tacho;
    });
    await Promise.all(running.map((tacho) => tacho.stop()));
  },
  frozen: async ({ page }, give) => {
    await page.clock.setFixedTime(NOW);
    await give(page);
  },
});

function named(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set; the global setup has not run`);
  return value;
}
