// Writes public/THIRD_PARTY_UI.txt: the licences of everything that is in the built UI, from node_modules. Fails on a
// licence that we do not take. The same packages give the same bytes. `--check` changes nothing and fails on a difference.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));
const target = join(web, "public/THIRD_PARTY_UI.txt");
const TAKEN = new Set(["MIT", "Apache-2.0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "OFL-1.1", "Zlib", "Unicode-3.0", "Unicode-DFS-2016", "CC0-1.0", "MPL-2.0"]);
/** Packages that the built UI does not contain, and why. */
const NOT_BUILT = new Map([["isbot", "the router needs it when it renders on a server"]]);
const WIDTH = 100;

const read = (path) => JSON.parse(readFileSync(path, "utf8"));

/** The folder of a package as the one in `from` finds it. */
function find(name, from) {
  for (let folder = from; ; folder = join(folder, "..")) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (folder === web || folder === "/" || !folder.startsWith(web.replace(/\/$/, ""))) return undefined;
  }
}

/** All packages that production dependencies reach, by name and version. */
function reach() {
  const found = new Map();
  const queue = [[web, Object.keys(read(join(web, "package.json")).dependencies)]];
  for (let step = queue.shift(); step; step = queue.shift()) {
    const [from, names] = step;
    for (const name of names) {
      const folder = find(name, from);
      if (folder === undefined) continue;
      const manifest = read(join(folder, "package.json"));
      const key = `${manifest.name}@${manifest.version}`;
      // Types are not in the build.
      if (found.has(key) || manifest.name.startsWith("@types/") || NOT_BUILT.has(manifest.name)) continue;
      found.set(key, { folder, manifest });
      const peers = Object.keys(manifest.peerDependencies ?? {}).filter((peer) => !manifest.peerDependenciesMeta?.[peer]?.optional);
      queue.push([folder, [...Object.keys(manifest.dependencies ?? {}), ...peers]]);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Whether a licence expression can be met by licences that we take. */
function isTaken(expression) {
  const plain = expression.replace(/[()]/g, "");
  return plain.split(/\s+OR\s+/).some((choice) => choice.split(/\s+AND\s+/).every((one) => TAKEN.has(one.trim())));
}

function licenceOf(manifest) {
  const { license, licenses } = manifest;
  if (typeof license === "string") return license;
  if (license?.type) return license.type;
  return Array.isArray(licenses) ? licenses.map((one) => one.type ?? one).join(" OR ") : "";
}

function textsIn(folder) {
  return readdirSync(folder)
    .filter((name) => /^(?:licen[cs]e|notice|copying|ofl)(?:[-._].*)?$/i.test(name) && !/\.(?:js|ts|json)$/.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim());
}

function author(manifest) {
  const { author: one, contributors } = manifest;
  const who = one ?? contributors?.[0];
  return typeof who === "string" ? who.replace(/\s*[<(].*$/, "") : who?.name;
}

function write(packages) {
  const wrong = [];
  const groups = new Map();
  for (const { folder, manifest } of packages) {
    const licence = licenceOf(manifest);
    if (!isTaken(licence)) wrong.push(`${manifest.name} ${manifest.version}: ${licence === "" ? "no licence" : licence}`);
    const texts = textsIn(folder);
    const text = texts.length > 0 ? texts.join("\n\n") : `Licensed under ${licence}. Copyright of ${author(manifest) ?? `the authors of ${manifest.name}`}.`;
    const list = groups.get(text) ?? [];
    list.push(`${manifest.name} ${manifest.version} (${licence})`);
    groups.set(text, list);
  }
  if (wrong.length > 0) {
    console.error(`licences that are not taken:\n${wrong.map((line) => `  ${line}`).join("\n")}`);
    process.exit(1);
  }
  const parts = [...groups].map(([text, names]) => `${"=".repeat(WIDTH)}\n${names.join("\n")}\n${"-".repeat(WIDTH)}\n${text}\n`);
  return `The web UI of Tachograph contains parts of these packages, under these licences.\n\n${parts.join("\n")}`;
}

const text = write(reach());
if (process.argv.includes("--check")) {
  const present = existsSync(target) ? readFileSync(target, "utf8") : "";
  if (present !== text) {
    console.error("web/public/THIRD_PARTY_UI.txt is not what node_modules give: run node scripts/notice.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
