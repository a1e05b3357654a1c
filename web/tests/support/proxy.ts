// A small reverse proxy, as one would stand before a server: below a path, which it takes off or passes on.
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** A running proxy. */
export interface Proxy {
  /** Its address with the path: `http://127.0.0.1:PORT/tacho`. */
  readonly url: string;
  /** Content types of answers by path, in order; those of workers too. */
  readonly seen: readonly { readonly path: string; readonly type: string; readonly bytes: () => number }[];
  close(): Promise<void>;
}

/** What the proxy does. */
export interface ProxyOptions {
  /** Where requests go: `http://127.0.0.1:PORT`. */
  readonly to: string;
  /** The path below which it takes requests: `/tacho`. */
  readonly prefix: string;
  /** Whether the path is taken off, and named in `X-Forwarded-Prefix`. */
  readonly strip: boolean;
}

/** Starts a proxy on a free port of loopback. Other paths get 404. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const seen: Seen[] = [];
  const server = createServer((incoming, outgoing) => pass(options, incoming, outgoing, seen));
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}${options.prefix}`, seen, close: () => close(server) };
}

type Seen = Proxy["seen"][number];

function pass({ to, prefix, strip }: ProxyOptions, incoming: IncomingMessage, outgoing: ServerResponse, seen: Seen[]): void {
  const path = incoming.url ?? "/";
  if (path !== prefix && !path.startsWith(`${prefix}/`) && !path.startsWith(`${prefix}?`)) {
    outgoing.writeHead(404, { "content-type": "text/plain" }).end("outside of the path of the proxy");
    return;
  }
  const rest = path.slice(prefix.length);
  const target = new URL(to);
  const upstream = forward(
    {
      host: target.hostname,
      port: target.port,
      method: incoming.method,
      path: strip ? (rest.startsWith("/") ? rest : `/${rest}`) : path,
      headers: { ...incoming.headers, ...(strip ? { "x-forwarded-prefix": prefix } : {}) },
    },
    (answer) => {
      let bytes = 0;
      answer.on("data", (piece: Buffer) => {
        bytes += piece.length;
      });
      seen.push({ path, type: answer.headers["content-type"] ?? "", bytes: () => bytes });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    },
  );
  upstream.on("error", () => outgoing.destroy());
  outgoing.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
}

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
