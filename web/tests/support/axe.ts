// Accessibility: axe with the rules of WCAG 2.2 AA and its best practices, and failures that can be read.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SHOWN = 5;

/** Fails if axe finds anything on the page as it is now; each finding names the rule, the element and what to do. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const lines = violations.flatMap((violation) =>
    violation.nodes.slice(0, SHOWN).map((node) => {
      const what = node.failureSummary?.split("\n").slice(1).join(" ").trim() ?? violation.help;
      return `${violation.id} (${violation.impact ?? "?"}): ${node.target.join(" ")} :: ${what}`;
    }),
  );
  expect(lines, `axe on ${page.url()}`).toEqual([]);
}
