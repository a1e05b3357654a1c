// A real `tacho` process: started on free ports with a data folder of its own, stopped or killed, started again.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ANY = "127.0.0.1:0";
const READY_MS = 90_000;
const STOP_MS = 30_000;

/** How a server is to be started. */
export interface TachoOptions {
  /** Keys of the configuration, each `KEY=VALUE`. */
  readonly settings?: readonly string[];
  /** Address of the HTTP listener; any free port of loopback unless given. */
  readonly http?: string;
  /** An existing folder for data, log and ready file; a new one that goes with the server unless given. */
  readonly folder?: string;
  /** Variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another command than `serve`, with its arguments: `["demo", "--rate", "0"]`. */
  readonly command?: readonly string[];
}

interface Ready {
  readonly pid: number;
  readonly http: string;
  readonly otlp_http: string;
}

/** A running server. */
export class Tacho {
  private ending = false;

  private constructor(
    private readonly child: ChildProcess,
    readonly folder: string,
    private readonly ownsFolder: boolean,
    private readonly ready: Ready,
  ) {
    child.once("exit", (code, signal) => {
      // All tests after this fail for a reason that they cannot see.
      if (!this.ending) process.stderr.write(`tacho ${ready.pid} ended by itself, ${code ?? signal}\n${logTail(folder)}\n`);
    });
  }

  /** Starts a server and waits until it answers queries. */
  static async start(options: TachoOptions = {}): Promise<Tacho> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), "tacho-ui-"));
    const readyFile = join(folder, "ready.json");
    rmSync(readyFile, { force: true });
    const log = openSync(join(folder, "tacho.log"), "a");
    const child = spawn(binary(), argumentsOf(options, folder, readyFile), {
      cwd: folder,
      env: { ...cleanEnvironment(folder), ...options.env },
      stdio: ["ignore", log, log],
    });
    const ready = await whenReady(child, readyFile, folder);
    return new Tacho(child, folder, options.folder === undefined, ready);
  }

  /** Where the UI and the API are: `http://127.0.0.1:PORT`, also if it listens on all addresses. */
  get url(): string {
    return `http://${this.ready.http.replace("0.0.0.0:", "127.0.0.1:")}`;
  }

  /** `HOST:PORT` of the HTTP listener, to start another one in its place. */
  get address(): string {
    return this.ready.http;
  }

  /** Where OTLP over HTTP goes. */
  get otlp(): string {
    return `http://${this.ready.otlp_http}`;
  }

  /** Number of the process, to find it again. */
  get pid(): number {
    return this.ready.pid;
  }

  /** The admin token. */
  token(): string {
    return readFileSync(join(this.folder, "data", "token"), "utf8").trim();
  }

  /** Writes all that is in memory into blocks. */
  async flush(): Promise<void> {
    const headers = { authorization: `Bearer ${this.token()}` };
    const response = await fetch(`${this.url}/api/v1/admin/flush`, { method: "POST", headers });
    if (!response.ok) throw new Error(`flush: ${response.status} ${await response.text()}`);
  }

  /** `kill -9`; the folder stays. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Ends it in order; its folder goes if it was made for it. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
    if (this.ownsFolder) rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.ending = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise<void>((done) => {
      this.child.once("exit", () => done());
    });
    this.child.kill(signal);
    const late = setTimeout(() => this.child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(late);
  }
}

/** The binary under test: `TACHO_BINARY`, else the debug build of this work tree. */
export function binary(): string {
  const path = process.env["TACHO_BINARY"] ?? fileURLToPath(new URL("../../../target/debug/tacho", import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is not built; run \`cargo build\`, or set TACHO_BINARY`);
  return path;
}

function argumentsOf(options: TachoOptions, folder: string, readyFile: string): string[] {
  const command = options.command ?? ["serve"];
  const settings = (options.settings ?? []).flatMap((one) => ["--set", one]);
  return [
    ...command, "--data-dir", join(folder, "data"), "--http", options.http ?? ANY,
    "--otlp-grpc", ANY, "--otlp-http", ANY, "--ready-file", readyFile, ...settings,
  ];
}

/** Nothing inherited that could configure it. */
function cleanEnvironment(folder: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("TACHO_") && name !== "CI");
  const env: Record<string, string> = { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  for (const [name, value] of kept) if (value !== undefined && !name.startsWith("XDG_")) env[name] = value;
  return env;
}

async function whenReady(child: ChildProcess, readyFile: string, folder: string): Promise<Ready> {
  let ended = false;
  child.once("exit", () => {
    ended = true;
  });
  const start = Date.now();
  while (Date.now() - start < READY_MS) {
    const ready = readReady(readyFile);
    if (ready !== undefined && ready.pid === child.pid) return ready;
    if (ended) break;
    await new Promise((done) => {
      setTimeout(done, 20);
    });
  }
  child.kill("SIGKILL");
  throw new Error(`tacho ${ended ? "ended before it was ready" : "was not ready in time"}\n${logTail(folder)}`);
}

function readReady(file: string): Ready | undefined {
  if (!existsSync(file)) return undefined;
  const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { pid, http, otlp_http: otlpHttp } = Object.fromEntries(Object.entries(parsed));
  if (typeof pid !== "number" || typeof http !== "string" || typeof otlpHttp !== "string") return undefined;
  return { pid, http, otlp_http: otlpHttp };
}

function logTail(folder: string): string {
  return readFileSync(join(folder, "tacho.log"), "utf8").split("\n").slice(-30).join("\n");
}
