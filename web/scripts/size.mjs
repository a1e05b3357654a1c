// The size gate: what the first page loads, and every other chunk, in gzipped bytes. Prints a table and
// fails above a limit. `node scripts/size.mjs [FOLDER]`; the folder is `dist` unless named.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const FIRST_MAX = 210_000;
const CHUNK_MAX = 30_000;

/** Chunks that may be larger, by name, each with the reason. They are loaded on demand only. */
const LARGER = [
  { name: /^codemirror-/, max: 140_000, why: "the editor, loaded when a query is edited" },
  { name: /^(promql|logql|traceql)-/, max: 40_000, why: "a query language for the editor" },
];

const folder = process.argv[2] ?? fileURLToPath(new URL("../dist", import.meta.url));
const assets = join(folder, "assets");
const scripts = new Map(
  readdirSync(assets)
    .filter((name) => name.endsWith(".js"))
    .map((name) => [name, readFileSync(join(assets, name))]),
);
const size = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Chunks that a script imports before it runs: `import … from "./x.js"`, `import "./x.js"`, `export … from "./x.js"`. */
function staticImports(name) {
  const text = scripts.get(name)?.toString("utf8") ?? "";
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([\w.-]+\.js)["']/g);
  return [...found].map((match) => match[1]);
}

/** A chunk and all that it needs to run. */
function closure(names) {
  const seen = new Set();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...staticImports(name));
  }
  return seen;
}

const html = readFileSync(join(folder, "index.html"), "utf8");
const named = [...html.matchAll(/(?:src|href)="\.?\/?([\w./-]+\.js)"/g)].map((match) => match[1]);
const outside = named.filter((path) => !path.startsWith("assets/"));
const first = closure(named.filter((path) => path.startsWith("assets/")).map((path) => basename(path)));

const problems = [];
const rows = [];
let sum = 0;
for (const path of outside) {
  const bytes = size(readFileSync(join(folder, path)));
  sum += bytes;
  rows.push([path, bytes, "first page"]);
}
for (const name of first) {
  const bytes = scripts.get(name);
  if (bytes === undefined) {
    problems.push(`${name} is named but not there`);
    continue;
  }
  const gzipped = size(bytes);
  sum += gzipped;
  rows.push([name, gzipped, "first page"]);
}
if (first.size === 0) problems.push("index.html names no script below assets/");
if (sum > FIRST_MAX) problems.push(`the first page loads ${sum} bytes of script, more than ${FIRST_MAX}`);

for (const [name, bytes] of scripts) {
  if (first.has(name)) continue;
  const gzipped = size(bytes);
  const larger = LARGER.find((rule) => rule.name.test(name));
  const max = larger?.max ?? CHUNK_MAX;
  rows.push([name, gzipped, larger?.why ?? ""]);
  if (gzipped > max) problems.push(`${name} has ${gzipped} bytes, more than ${max}`);
}

const width = Math.max(...rows.map(([name]) => name.length));
rows.sort((left, right) => right[1] - left[1]);
for (const [name, bytes, why] of rows) console.log(`${name.padEnd(width)} ${String(bytes).padStart(8)}  ${why}`.trimEnd());
console.log(`first page: ${sum} of at most ${FIRST_MAX} bytes of script, gzipped; other chunks: at most ${CHUNK_MAX}`);
for (const problem of problems) console.log(`FAILED ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
