// Stack traces of Python, JavaScript, Java, Rust and Go as frames. What is no frame stays as it stands.

/** A line or two of a stack trace. */
export type StackLine =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "frame";
      readonly where: string;
      readonly file: string;
      /** Empty where it was not told. */
      readonly line: string;
      /** The source line, if it came along. */
      readonly code: string;
      /** In a library or the runtime, not in the program's own code. */
      readonly library: boolean;
    };

const LIBRARY =
  /(^|\/)(node_modules|site-packages|dist-packages|lib\/python[\d.]*|\.cargo\/registry|rustc|rust\/library|go\/pkg\/mod|vendor|\.rustup|usr\/lib|usr\/local\/go)\/|^node:|^internal\/|^<frozen|^\/rustc\//u;
const LIBRARY_NAMES = /^(java|javax|jdk|sun|com\.sun|kotlin|kotlinx|scala|org\.springframework|org\.apache|io\.netty|reactor|jakarta|std::|core::|alloc::|tokio::|runtime\.|net\/http\.|<?(?:alloc|core|std)::)/u;

function frame(where: string, file: string, line: string, code = ""): StackLine {
  return { kind: "frame", where, file, line, code, library: LIBRARY.test(file) || LIBRARY_NAMES.test(where) };
}

/** Reads a stack trace; the order stays. */
export function parseStack(text: string): readonly StackLine[] {
  const lines = text.replaceAll("\r", "").split("\n");
  const out: StackLine[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const next = lines[index + 1] ?? "";
    const found = python(line, next) ?? rust(line, next) ?? go(line, next) ?? oneLine(line);
    if (found === undefined) {
      if (line.trim() !== "" && !/^\s*[\^~]+\s*$/u.test(line)) out.push({ kind: "text", text: line });
    } else {
      out.push(found.line);
      index += found.took - 1;
    }
  }
  return out;
}

interface Found {
  readonly line: StackLine;
  readonly took: number;
}

/** `File "x.py", line 3, in f` and the source line below. */
function python(line: string, next: string): Found | undefined {
  const [, file, at, where = "<module>"] = /^\s*File "([^"]+)", line (\d+)(?:, in (.+))?$/u.exec(line) ?? [];
  if (file === undefined || at === undefined) return undefined;
  const code = /^\s{4,}\S/u.test(next) && !/^\s*File "/u.test(next) ? next.trim() : "";
  return { line: frame(where, file, at, code), took: code === "" ? 1 : 2 };
}

/** `  12: path::to::f` with `at file.rs:3:4` below. */
function rust(line: string, next: string): Found | undefined {
  const [, where] = /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(.+)$/iu.exec(line) ?? [];
  if (where === undefined) return undefined;
  const [, file, at] = /^\s+at (.+?):(\d+)(?::\d+)?$/u.exec(next) ?? [];
  if (file === undefined && !where.includes("::")) return undefined;
  return { line: frame(where, file ?? "", at ?? ""), took: file === undefined ? 1 : 2 };
}

/** `pkg.f(0x1, …)` with a tab and `file.go:3 +0x1` below. */
function go(line: string, next: string): Found | undefined {
  const [, file, at] = /^\t(\S+\.(?:go|s)):(\d+)(?: \+0x[0-9a-f]+)?$/u.exec(next) ?? [];
  if (file === undefined || line.startsWith("\t") || !/[.\w)]\)?$/u.test(line)) return undefined;
  return { line: frame(line.replace(/\([^()]*\)$/u, "").replace(/^created by /u, "created by "), file, at ?? ""), took: 2 };
}

/** JavaScript's and Java's `at …`. */
function oneLine(line: string): Found | undefined {
  const [, inside] = /^\s+at (?:async )?(.+)$/u.exec(line) ?? [];
  if (inside === undefined) {
    const [, name, source, number] = /^([^@\s]*)@(.+?):(\d+):\d+$/u.exec(line) ?? [];
    return source === undefined ? undefined : { line: frame(name === "" ? "(anonymous)" : (name ?? ""), source, number ?? ""), took: 1 };
  }
  const [, named, file, at] = /^(.+?) \((.+?):(\d+)(?::\d+)?\)$/u.exec(inside) ?? [];
  if (named !== undefined) return { line: frame(named, file ?? "", at ?? ""), took: 1 };
  const [, bare, bareAt] = /^((?:file:\/\/|node:|\/|[A-Z]:\\|https?:\/\/|webpack:)?.+?\.?\w+):(\d+):\d+$/u.exec(inside) ?? [];
  if (bare !== undefined) return { line: frame("(anonymous)", bare, bareAt ?? ""), took: 1 };
  const [, method, source, number] = /^([\w.$<>/@-]+)\((?:([^():]+)(?::(\d+))?)\)$/u.exec(inside) ?? [];
  if (method !== undefined) return { line: frame(method.replace(/^.*\//u, ""), source ?? "", number ?? ""), took: 1 };
  return undefined;
}
