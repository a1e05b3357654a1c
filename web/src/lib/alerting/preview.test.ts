import { expect, test } from "vitest";
import { readablePreview } from "@/lib/alerting/preview";

test("JSON behind the first line is indented, everything else stays", () => {
  expect(readablePreview('POST example.org\n{"a":[1]}')).toBe('POST example.org\n{\n  "a": [\n    1\n  ]\n}');
  expect(readablePreview('POST example.org\n{"a":"cut o')).toBe('POST example.org\n{"a":"cut o');
  expect(readablePreview("To: a@b\n\nDisk is full")).toBe("To: a@b\n\nDisk is full");
});
