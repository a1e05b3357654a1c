// Steps that a busy machine could tear apart: each waits for what it caused before the next begins.
import { expect, type Locator, type Page } from "@playwright/test";

/** What may lie over a page: dialogs, popovers, drawers and menus, as far as they are open. */
const overlays = (page: Page): Locator => page.getByRole("dialog").or(page.getByRole("menu"));

/** Presses Escape, and waits until nothing lies over the page any more: keys that follow are the page's. */
export async function escape(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await expect(overlays(page)).toHaveCount(0);
}

/** Opens a dialog, a popover or a menu by its button, and waits until it is there. */
export async function openOverlay(page: Page, button: Locator): Promise<void> {
  await button.click();
  await expect(overlays(page).first()).toBeVisible();
}

/** Facets look at all lines or spans of a range, in a debug build on a busy machine: ms. */
const FACETS_MS = 60_000;

/** Ticks a box whose state comes back through the address, so a moment after the click; `on` says what it shall be. */
export async function tick(box: Locator, on = true): Promise<void> {
  await expect(box).toBeChecked({ checked: !on, timeout: FACETS_MS });
  await box.click();
  await expect(box).toBeChecked({ checked: on });
}

/** A box of the page, px. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where an element is once it has come to rest: measured twice with two frames between. */
export async function restingBox(element: Locator): Promise<Box> {
  let box: Box | null = null;
  await expect(async () => {
    const before = await element.boundingBox();
    await element.evaluate(
      () =>
        new Promise((done) => {
          requestAnimationFrame(() => requestAnimationFrame(done));
        }),
    );
    box = await element.boundingBox();
    expect(box).not.toBeNull();
    expect(box).toEqual(before);
  }).toPass();
  if (box === null) throw new Error("the element has no box");
  return box;
}
