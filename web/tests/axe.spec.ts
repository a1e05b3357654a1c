// Accessibility of every page in both themes, with menus, panels and editors open.
import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/axe";
import { PAGES, settled, THEMES } from "./support/pages";
import { FAILING } from "./support/seed/constants";
import { escape } from "./support/steps";
import { expect, test } from "./support/test";

for (const theme of THEMES) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });
    for (const { name, path } of PAGES) {
      test(`${name} is accessible`, async ({ frozen, seeded }) => {
        await frozen.goto(`${seeded}/${path}`);
        await settled(frozen);
        await expectAccessible(frozen);
      });
    }

    test("menus, panels and lists of the shell are accessible", async ({ frozen, seeded }) => {
      await frozen.goto(`${seeded}/status`);
      await settled(frozen);
      const open: readonly (readonly [string, () => Promise<void>, () => Promise<void>])[] = [
        ["settings", () => frozen.getByRole("button", { name: "Theme, time zone and help" }).click(), () => dialog(frozen, "Settings")],
        ["time range", () => frozen.keyboard.press("t"), () => dialog(frozen, "Time range")],
        ["palette", () => frozen.keyboard.press("Control+k"), () => expect(frozen.getByRole("combobox", { name: "Search or jump to" })).toBeVisible()],
        ["shortcuts", () => frozen.keyboard.press("?"), () => dialog(frozen, "Keyboard shortcuts")],
      ];
      for (const [, show, shown] of open) {
        await show();
        await shown();
        await expectAccessible(frozen);
        await escape(frozen);
      }
      await frozen.getByRole("button", { name: "Fold the rail" }).click();
      await expectAccessible(frozen);
    });

    test("an open span is accessible", async ({ frozen, seeded }) => {
      await frozen.goto(`${seeded}/traces/${FAILING.traceId}?span=${FAILING.errorSpan}`);
      await settled(frozen);
      await expect(frozen.getByText(FAILING.exception).first()).toBeVisible();
      await expectAccessible(frozen);
    });

    test("an empty server, an unknown page and an unknown trace are accessible", async ({ page, guard, tacho }) => {
      guard.allow(/404 \(Not Found\)/);
      const server = await tacho();
      for (const path of ["", "logs", "traces", "explore", "services", "no/such/page", `traces/${"0".repeat(31)}1`]) {
        await page.goto(`${server.url}/${path}`);
        await settled(page);
        await expectAccessible(page);
      }
    });

    test("sign-in is accessible", async ({ page, guard, tacho }) => {
      guard.allow(/401 \(Unauthorized\)/);
      const server = await tacho({ http: "0.0.0.0:0", env: { TACHO_TOKEN: "a-token-that-is-long-enough" } });
      await page.goto(server.url);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
      await expectAccessible(page);
    });
  });
}

const dialog = (page: Page, name: string): Promise<void> => expect(page.getByRole("dialog", { name })).toBeVisible();
