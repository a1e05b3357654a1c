// Unit tests: beside what they test. Pure logic runs in Node; what touches the document asks for jsdom in its file.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node", restoreMocks: true },
});
