// Where the UI lies: the server writes <base>, so every address works below a sub path, too.

/** The base path with a slash at its end: `/` or `/tacho/`. */
export function basePath(): string {
  return new URL(".", document.baseURI).pathname;
}

/** An absolute URL of a path below the base; a leading slash means the base, too. */
export function absolute(path: string): URL {
  return new URL(path.replace(/^\/+/, "") || ".", new URL(".", document.baseURI));
}
