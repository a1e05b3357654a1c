// Completes package-lock.json: npm leaves out optional packages of other platforms that it could not fetch, and `npm ci`
// then refuses the file. Run after `npm install`; the same file gives the same bytes. `--check` changes nothing.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const before = readFileSync(path, "utf8");
const lock = JSON.parse(before);
const LIBC = new Map([["gnu", "glibc"], ["musl", "musl"], ["gnueabihf", "glibc"], ["musleabihf", "musl"]]);

/** What the name of a binding says about its platform; undefined where it says nothing. */
function platformOf(name) {
  const [, os, cpu, abi] = /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(\w+))?$/.exec(name) ?? [];
  if (os === undefined) return undefined;
  const libc = os === "linux" ? LIBC.get(abi) : undefined;
  return { cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }), os: [os] };
}

for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${place}/node_modules/${name}`;
    if (nested in lock.packages || `node_modules/${name}` in lock.packages) continue;
    const platform = platformOf(name);
    if (platform === undefined) continue;
    lock.packages[`node_modules/${name}`] = { version, cpu: platform.cpu, dev: entry.dev, libc: platform.libc, optional: true, os: platform.os };
  }
}
const root = lock.packages[""];
const rest = Object.entries(lock.packages).filter(([place]) => place !== "");
lock.packages = { "": root, ...Object.fromEntries(rest.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
const after = `${JSON.stringify(lock, undefined, 2)}\n`;
if (process.argv.includes("--check")) {
  if (after !== before) {
    console.error("package-lock.json is not complete: run `npm run lock`");
    process.exit(1);
  }
} else if (after !== before) writeFileSync(path, after);
