// Messages in attributes with numbers in their names: OpenLLMetry's `gen_ai.prompt.0.role`, OpenInference's
// `llm.input_messages.0.message.role`. They are put together into objects and read as messages.
import type { Attributes } from "../values";

/** A tree of attributes whose keys were split at dots. */
type Tree = { [key: string]: Tree | unknown };

/** The objects of `PREFIX.0…`, `PREFIX.1…` in order, and the keys that they came from. */
export function indexedObjects(attributes: Attributes, prefix: string): { readonly objects: readonly Tree[]; readonly keys: readonly string[] } {
  const byIndex = new Map<number, Tree>();
  const keys: string[] = [];
  const start = `${prefix}.`;
  for (const [key, value] of Object.entries(attributes)) {
    if (!key.startsWith(start)) continue;
    const [index = "", ...path] = key.slice(start.length).split(".");
    if (!/^\d{1,5}$/u.test(index) || path.length === 0) continue;
    keys.push(key);
    const place = Number(index);
    const tree = byIndex.get(place) ?? Object.create(null) as Tree;
    byIndex.set(place, tree);
    put(tree, path, value);
  }
  const objects = [...byIndex.entries()].sort(([a], [b]) => a - b).map(([, tree]) => tidy(tree));
  return { objects, keys };
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  let at = tree;
  for (const step of path.slice(0, -1)) {
    const next = at[step];
    if (isTree(next)) at = next;
    else {
      const fresh = Object.create(null) as Tree;
      at[step] = fresh;
      at = fresh;
    }
  }
  at[path.at(-1) ?? ""] = value;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

/** Objects whose keys are all numbers become lists; OpenInference's wrappers (`message`, `tool_call`, `message_content`) fall away. */
function tidy(tree: Tree): Tree {
  const out: Tree = {};
  for (const [key, value] of Object.entries(tree)) {
    const inner = isTree(value) ? unwrap(tidy(value)) : value;
    if (isTree(value) && (key === "message" || key === "tool_call" || key === "message_content")) Object.assign(out, inner);
    else out[key === "contents" ? "content" : key] = inner;
  }
  return out;
}

function unwrap(tree: Tree): Tree | unknown[] {
  const keys = Object.keys(tree);
  if (keys.length === 0 || !keys.every((key) => /^\d+$/u.test(key))) return tree;
  return keys.sort((a, b) => Number(a) - Number(b)).map((key) => tree[key]);
}
