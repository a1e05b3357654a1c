// A handful of pictures: what no other test sees. `cargo xtask browser --update-snapshots` writes them anew; look at them.
import type { Locator, Page } from "@playwright/test";
import { settled } from "./support/pages";
import { FAILING } from "./support/seed/constants";
import { expect, test } from "./support/test";

/** Times that queries took; they are other ones in every run. */
const taken = (page: Page): Locator[] => [page.getByText(/answered in|^took /)];

async function same(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.mouse.move(0, 0);
  // Charts draw once more when their fonts are there.
  await page.waitForTimeout(800);
  await expect(page).toHaveScreenshot(`${name}.png`, { mask: taken(page) });
}

for (const theme of ["dark", "light"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme, viewport: { width: 1280, height: 800 } });

    test("the overview looks as it did", async ({ frozen, seeded }) => {
      await frozen.goto(seeded);
      await expect(frozen.locator("canvas").first()).toBeVisible();
      await same(frozen, `overview-${theme}`);
    });

    test("a failing trace looks as it did", async ({ frozen, seeded }) => {
      await frozen.goto(`${seeded}/traces/${FAILING.traceId}?span=${FAILING.errorSpan}`);
      await expect(frozen.getByText(FAILING.exception).first()).toBeVisible();
      await same(frozen, `trace-${theme}`);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the failing trace looks as it did", async ({ frozen, seeded }) => {
    await frozen.goto(`${seeded}/traces/${FAILING.traceId}`);
    await expect(frozen.getByText("POST /checkout").first()).toBeVisible();
    await same(frozen, "trace-phone");
  });
});
