// Prints what was measured as the table of docs/performance.md.
import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** Collects the annotations `row` of all measurements. */
class Table implements Reporter {
  readonly #rows: string[] = [];
  readonly #failures: string[] = [];

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const { type, description } of result.annotations) if (type === "row" && description !== undefined) this.#rows.push(description);
    if (result.status !== "passed") this.#failures.push(`${test.title}: ${result.error?.message ?? result.status}`);
  }

  onEnd(): void {
    const lines = ["| What | Median | Worst |", "|---|---|---|", ...this.#rows, ...this.#failures.map((text) => `FAILED ${text}`)];
    process.stdout.write(`${lines.join("\n")}\n`);
  }

  printsToStdio(): boolean {
    return true;
  }
}

// oxlint-disable-next-line import/no-default-export -- Playwright takes the default export
export default Table;
