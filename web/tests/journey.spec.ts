// Keyboard-only journeys: from the overview to the failing trace and its log line in under ten keys.
import type { Page } from "@playwright/test";
import { settled } from "./support/pages";
import { FAILING } from "./support/seed/constants";
import { expect, test } from "./support/test";

/** Presses keys and counts them. */
class Keys {
  pressed = 0;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#page.keyboard.press(key);
      this.pressed += 1;
    }
  }
}

test("the failing trace and its log line, in under ten keys from the overview", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/`);
  await settled(frozen);
  await expect(frozen.getByRole("region", { name: "Needs a look" }).getByRole("link").first()).toBeVisible();
  const keys = new Keys(frozen);
  await keys.press("a", "Enter");
  await expect(frozen).toHaveURL(/\/traces\/[0-9a-f]{32}\?.*span=[0-9a-f]{16}/u);
  await settled(frozen);
  await expect(frozen.getByRole("treeitem").or(frozen.getByRole("row")).first()).toBeVisible();
  // From the request that failed to where it began, and to the one above, which logged it.
  await keys.press("e", "k");
  await keys.press("l");
  await expect(frozen).toHaveURL(/\/logs\?.*span_id=/u);
  await settled(frozen);
  await expect(frozen.getByText(FAILING.logLine.slice(0, 14)).first()).toBeVisible();
  expect(keys.pressed).toBeLessThan(10);
});

test("a pasted id lands on its trace", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/`);
  await settled(frozen);
  await frozen.keyboard.press("Control+k");
  await expect(frozen.getByRole("combobox", { name: "Search or jump to" })).toBeFocused();
  await frozen.keyboard.type(FAILING.traceId);
  await expect(frozen.getByRole("dialog").getByText(/trace/iu).first()).toBeVisible();
  await frozen.keyboard.press("Enter");
  await expect(frozen).toHaveURL(new RegExp(`/traces/${FAILING.traceId}`, "u"));
  await settled(frozen);
  await expect(frozen.getByRole("treeitem").or(frozen.getByRole("row")).first()).toBeVisible();
  await frozen.keyboard.press("e");
  await expect(frozen).toHaveURL(/span=fa11/u);
});

test("every page by its two keys", async ({ frozen, seeded }) => {
  await frozen.goto(`${seeded}/`);
  await settled(frozen);
  for (const [key, path] of [["t", "traces"], ["l", "logs"], ["e", "explore"], ["v", "services"], ["s", "status"], ["o", ""]] as const) {
    await frozen.keyboard.press("g");
    await frozen.keyboard.press(key);
    await expect(frozen).toHaveURL(new RegExp(`^${seeded}/${path}(?:\\?|$)`, "u"));
    await expect(frozen.getByRole("heading", { level: 1 })).toBeVisible();
  }
});
