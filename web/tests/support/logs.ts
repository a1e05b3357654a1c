// The logs page: where its lines are, and how it is opened.
import type { Locator, Page } from "@playwright/test";
import { settled } from "./pages";

/** The list of lines. */
export const grid = (page: Page): Locator => page.getByRole("grid", { name: /log lines/iu });

/** Its lines, as far as they are drawn. */
export const rows = (page: Page): Locator => grid(page).locator("[role=row][aria-selected]");

/** Opens the page and waits for what it shows. */
export async function openLogs(page: Page, base: string, search = ""): Promise<void> {
  await page.goto(`${base}/logs${search}`);
  await page.getByRole("textbox", { name: "LogQL query" }).waitFor();
  await settled(page);
}
