// A phone in bed at 3 a.m.: nothing is wider than the screen, and everything can be reached.
import { expectAccessible } from "./support/axe";
import { PAGES, settled } from "./support/pages";
import { expect, test } from "./support/test";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

for (const { name, path } of PAGES) {
  test(`${name} fits on a phone`, async ({ frozen, seeded }) => {
    await frozen.goto(`${seeded}/${path}`);
    await settled(frozen);
    const widths = (): Promise<object> =>
      frozen.evaluate(() => {
        const main = document.querySelector("main");
        return {
          page: document.documentElement.scrollWidth - window.innerWidth,
          main: main === null ? 0 : main.scrollWidth - main.clientWidth,
        };
      });
    await expect.poll(widths, "nothing scrolls sideways but boxes made for it").toEqual({ page: 0, main: 0 });
    await expectAccessible(frozen);
  });
}

test("the pages can be reached on a phone", async ({ frozen, seeded }) => {
  await frozen.goto(seeded);
  const rail = frozen.getByRole("navigation", { name: "Pages" });
  for (const label of ["Traces", "Logs", "Overview"]) {
    await rail.getByRole("link", { name: label, exact: true }).tap();
    await expect(rail.getByRole("link", { name: label, exact: true })).toHaveAttribute("aria-current", "page");
  }
});
