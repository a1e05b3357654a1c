// Which keys a shortcut means.
import { expect, test } from "vitest";
import { keycaps, matchKeys, type KeyPress } from "@/lib/keys";

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });
const single = (keys: string, event: KeyPress): boolean => matchKeys(keys, event, [{ key: event.key, at: 0 }]);

test("single keys, with and without modifiers", () => {
  expect(single("e", press("e"))).toBe(true);
  expect(single("e", press("E", { shiftKey: true }))).toBe(false);
  expect(single("shift+e", press("E", { shiftKey: true }))).toBe(true);
  expect(single("e", press("e", { ctrlKey: true }))).toBe(false);
  expect(single("mod+k", press("k", { ctrlKey: true }))).toBe(true);
  expect(single("mod+k", press("k", { metaKey: true }))).toBe(true);
  expect(single("Escape", press("Escape"))).toBe(true);
});

test("signs come with Shift on some keyboards and without on others", () => {
  expect(single("?", press("?", { shiftKey: true }))).toBe(true);
  expect(single("/", press("/", { shiftKey: true }))).toBe(true);
  expect(single("[", press("["))).toBe(true);
});

test("sequences need their steps, in order", () => {
  const g = { key: "g", at: 0 };
  const t = { key: "t", at: 10 };
  expect(matchKeys("g t", press("t"), [g, t])).toBe(true);
  expect(matchKeys("g t", press("t"), [t])).toBe(false);
  expect(matchKeys("g t", press("t"), [t, g])).toBe(false);
});

test("keycaps", () => {
  expect(keycaps("mod+k", false)).toEqual(["Ctrl", "K"]);
  expect(keycaps("mod+k", true)).toEqual(["⌘", "K"]);
  expect(keycaps("g t", false)).toEqual(["g", "then", "t"]);
  expect(keycaps("[", false)).toEqual(["["]);
});
