// Writes src/api/schema.ts from the golden OpenAPI file: an interface for each schema, and `Operations`, what each
// call takes and answers. The same input gives the same bytes. `--check` changes nothing and fails where they differ.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../../docs/reference/openapi.json", import.meta.url));
const target = fileURLToPath(new URL("../src/api/schema.ts", import.meta.url));

const KNOWN = new Set([
  "type", "description", "required", "properties", "additionalProperties", "propertyNames", "items", "enum", "oneOf",
  "allOf", "$ref", "format", "minimum", "maximum", "pattern", "default", "minItems", "maxItems", "example", "examples",
  "title", "deprecated", "minLength", "maxLength",
]);

/** A doc comment that nothing in the text can end early. */
function comment(text, indent) {
  if (!text) return "";
  const lines = text.replaceAll("*/", "*\\/").trim().split("\n").map((line) => line.trimEnd());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

const arrayOf = (inner) => (/[|&]|^readonly /.test(inner) ? `readonly (${inner})[]` : `readonly ${inner}[]`);

/** The type of a schema. Where a key may be absent, null is left out: the server leaves absent things out. */
function typeOf(schema, indent, absentable = false) {
  for (const word of Object.keys(schema)) {
    if (!KNOWN.has(word)) throw new Error(`openapi.json uses ${JSON.stringify(word)}, which generate-api does not know`);
  }
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.oneOf) {
    const members = schema.oneOf.filter((one) => !(absentable && one.type === "null"));
    return [...new Set(members.map((one) => typeOf(one, indent)))].join(" | ");
  }
  if (schema.allOf) return schema.allOf.map((one) => typeOf(one, indent)).join(" & ");
  if (Array.isArray(schema.type)) {
    const members = schema.type.filter((one) => !(absentable && one === "null"));
    return members.map((type) => typeOf({ ...schema, type }, indent)).join(" | ");
  }
  switch (schema.type) {
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return arrayOf(schema.items ? typeOf(schema.items, indent) : "unknown");
    case "object":
      return objectOf(schema, indent);
    default:
      return "unknown";
  }
}

function objectOf(schema, indent) {
  if (!schema.properties) {
    const value = schema.additionalProperties;
    return `Readonly<Record<string, ${value && typeof value === "object" ? typeOf(value, indent) : "unknown"}>>`;
  }
  return `{\n${members(schema, `${indent}  `)}${indent}}`;
}

function members(schema, indent) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties)
    .map(([name, property]) => {
      const absentable = !required.has(name);
      const type = typeOf(property, indent, absentable);
      return `${comment(property.description, indent)}${indent}readonly ${key(name)}${absentable ? "?" : ""}: ${type};\n`;
    })
    .join("");
}

function declaration([name, schema]) {
  const doc = comment(schema.description, "");
  const plain = schema.type === "object" && schema.properties;
  if (plain) return `${doc}export interface ${name} {\n${members(schema, "  ")}}\n`;
  return `${doc}export type ${name} = ${typeOf(schema, "")};\n`;
}

function parameters(all, place, indent) {
  const some = all.filter((one) => one.in === place);
  if (some.length === 0) return "undefined";
  const properties = Object.fromEntries(some.map((one) => [one.name, { ...one.schema, description: one.description }]));
  const required = some.filter((one) => one.required).map((one) => one.name);
  return `{\n${members({ properties, required }, `${indent}  `)}${indent}}`;
}

function contentType(content, indent) {
  if (!content) return "undefined";
  const [[media, value] = []] = Object.entries(content);
  if (!media) return "undefined";
  if (!media.includes("json")) return "string";
  return value.schema ? typeOf(value.schema, indent) : "unknown";
}

function operation(method, path, one) {
  const all = one.parameters ?? [];
  const success = Object.entries(one.responses).find(([status]) => status.startsWith("2"));
  return [
    comment(one.summary, "  "),
    `  "${method.toUpperCase()} ${path}": {\n`,
    `    readonly path: ${parameters(all, "path", "    ")};\n`,
    `    readonly query: ${parameters(all, "query", "    ")};\n`,
    `    readonly body: ${contentType(one.requestBody?.content, "    ")};\n`,
    `    readonly answer: ${contentType(success?.[1].content, "    ")};\n`,
    "  };\n",
  ].join("");
}

function generate(document) {
  const methods = ["get", "post", "put", "patch", "delete"];
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => operation(method, path, item[method])),
  );
  return [
    "// Types of the HTTP API. Generated from docs/reference/openapi.json: run `npm run api`; never edit by hand.\n\n",
    Object.entries(document.components.schemas).map(declaration).join("\n"),
    "\n/** What each call takes and answers, by method and path. */\n",
    `export interface Operations {\n${operations.join("")}}\n`,
  ].join("");
}

const text = generate(JSON.parse(readFileSync(source, "utf8")));
if (process.argv.includes("--check")) {
  let present = "";
  try {
    present = readFileSync(target, "utf8");
  } catch {
    // Absent differs, too.
  }
  if (present !== text) {
    console.error("web/src/api/schema.ts is not what docs/reference/openapi.json gives: run `npm run api`");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
