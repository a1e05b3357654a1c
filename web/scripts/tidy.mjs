// Checks what no other tool does: length of files, a comment that opens each, colours only in the tokens, no checks
// switched off, no HTML from text, no files that pass names on.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));
const LINES_MAX = 300;
const GENERATED = new Set(["src/api/schema.ts"]);
const COLOUR = /#[0-9a-f]{3,8}\b(?![-\w])|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(\s*[\d.]/i;

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

/** Comments and texts of regular expressions say what they like. */
const bare = (line) => line.replace(/\/\*.*?\*\//g, "").replace(/(^|\s)\/\/.*$/, "");

function checkScript(name, lines, complain) {
  const isTest = /\.test\.tsx?$/.test(name) || name.startsWith("tests/");
  lines.forEach((line, index) => {
    const code = bare(line);
    const at = (what) => complain(`${name}:${index + 1}: ${what}`);
    if (/@ts-(?:ignore|nocheck|expect-error)/.test(line)) at("a check is switched off");
    if (name.startsWith("src/") && /dangerouslySetInnerHTML|\.innerHTML\s*=/.test(code)) at("HTML from text");
    if (!isTest && name.startsWith("src/") && COLOUR.test(code.replace(/url\(#[^)]*\)|["'`]#["'`]|href="#[^"]*"/g, "")) && /["'`]/.test(code)) at("a colour outside of theme/tokens.css");
    if (name.startsWith("src/") && /^export\s*(?:\*|(?:type\s*)?\{[^}]*\})\s*from\b/.test(code)) at("passes names on; import them where they are");
  });
}

function checkStyle(name, lines, complain) {
  if (name.endsWith("theme/tokens.css")) return;
  lines.forEach((line, index) => {
    const code = line.replace(/\/\*.*?\*\//g, "");
    if (COLOUR.test(code)) complain(`${name}:${index + 1}: a colour outside of theme/tokens.css`);
  });
}

function check(path, complain) {
  const name = relative(web, path).replaceAll("\\", "/");
  if (GENERATED.has(name)) return;
  const kind = extname(name);
  if (![".ts", ".tsx", ".css", ".mjs"].includes(kind)) return;
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n");
  if (text.endsWith("\n")) lines.pop();
  if (lines.length > LINES_MAX) complain(`${name}: ${lines.length} lines, at most ${LINES_MAX}`);
  // Tests and styles stand beside what they belong to, under its name.
  const beside = /\.test\.tsx?$|\.module\.css$/.test(name);
  if (!beside && !/^(?:\/\/|\/\*)/.test(lines[0] ?? "")) complain(`${name}:1: no comment says what the file is`);
  if (kind === ".css") checkStyle(name, lines, complain);
  else checkScript(name, lines, complain);
}

const complaints = [];
for (const folder of ["src", "scripts", "tests"]) {
  for (const path of filesIn(join(web, folder))) check(path, (text) => complaints.push(text));
}
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) {
  console.error(`${complaints.length} complaints`);
  process.exit(1);
}
