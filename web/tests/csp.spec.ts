// The content security policy: every page works under it, and it is the one that was decided.
import { PAGES, settled, THEMES } from "./support/pages";
import { escape } from "./support/steps";
import { expect, test } from "./support/test";

test("the page is sent with its headers, and each time with another nonce", async ({ request, seeded }) => {
  const nonces = new Set<string>();
  for (let turn = 0; turn < 3; turn += 1) {
    const response = await request.get(seeded, { headers: { accept: "text/html" } });
    const headers = response.headers();
    const policy = headers["content-security-policy"] ?? "";
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    expect(policy).toBe(
      `default-src 'self'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; ` +
        "worker-src 'self'; font-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["etag"]).toBeUndefined();
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(await response.text()).toContain(nonce);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
});

test("a script that a page did not bring is refused", async ({ page, guard, seeded }) => {
  guard.allow(/policy: script-src/, /Content Security Policy/);
  await page.goto(seeded);
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.name = 'injected'";
    document.body.append(script);
    return window.name;
  });
  expect(ran).not.toBe("injected");
  await expect.poll(() => guard.all().join("\n")).toContain("Content Security Policy");
});

for (const { name, path } of PAGES) {
  test(`${name} keeps to the policy`, async ({ frozen, seeded }) => {
    // The guard fails the test on a violation.
    for (const colorScheme of THEMES) {
      await frozen.emulateMedia({ colorScheme });
      await frozen.goto(`${seeded}/${path}`);
      await settled(frozen);
      await frozen.keyboard.press("Control+k");
      await expect(frozen.getByRole("combobox", { name: "Search or jump to" })).toBeVisible();
      await escape(frozen);
      await frozen.keyboard.press("t");
      await expect(frozen.getByRole("dialog", { name: "Time range" })).toBeVisible();
      await escape(frozen);
    }
  });
}

test("query editors keep to the policy", async ({ frozen, seeded }) => {
  for (const path of ["explore?expr=up", "logs?q=%7B%7D", "traces?q=%7B%7D"]) {
    await frozen.goto(`${seeded}/${path}`);
    await settled(frozen);
    await frozen.locator(".cm-content").first().click();
    await expect(frozen.locator(".cm-focused")).toBeVisible();
    await frozen.keyboard.type(" ");
    await settled(frozen);
  }
});
