// Before all tests: the server with the seeded data, and the demo. After them both end. Their addresses go to the
// workers through the environment.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SEED_SETTINGS, seed } from "./seed";
import { binary, Tacho } from "./tacho";

/** Requests a minute that the demo takes on. */
const DEMO_RATE = 30;

/** Starts both servers; gives what ends them. */
// oxlint-disable-next-line import/no-default-export -- Playwright takes the default export
export default async function start(): Promise<() => Promise<void>> {
  const [seeded, demo] = await Promise.all([startSeeded(), startDemo()]);
  process.env["SEEDED_URL"] = seeded.url;
  process.env["SEEDED_OTLP"] = seeded.otlp;
  process.env["DEMO_URL"] = demo.url;
  return async () => {
    await Promise.all([seeded.stop(), demo.stop()]);
    rmSync(seeded.folder, { recursive: true, force: true });
    rmSync(demo.folder, { recursive: true, force: true });
  };
}

/** A server over a copy of the seeded data, which are made once for a binary and a seed. */
async function startSeeded(): Promise<Tacho> {
  const store = join(fileURLToPath(new URL("../../../target/xtask/browser", import.meta.url)), `seed-${fingerprint()}`);
  if (!existsSync(join(store, "done"))) await makeStore(store);
  const folder = mkdtempSync(join(tmpdir(), "tacho-seeded-"));
  cpSync(join(store, "data"), join(folder, "data"), { recursive: true });
  return Tacho.start({ folder, settings: SEED_SETTINGS });
}

async function makeStore(store: string): Promise<void> {
  const parent = join(store, "..");
  mkdirSync(parent, { recursive: true });
  for (const old of readdirSync(parent).filter((name) => name.startsWith("seed-"))) {
    rmSync(join(parent, old), { recursive: true, force: true });
  }
  const tacho = await Tacho.start({ folder: (mkdirSync(store), store), settings: SEED_SETTINGS });
  try {
    await seed(tacho.otlp);
    await tacho.flush();
  } finally {
    await tacho.stop();
  }
  writeFileSync(join(store, "done"), "");
}

/** Changes with the binary and with the seed. */
function fingerprint(): string {
  const hash = createHash("sha256");
  const { size, mtimeMs } = statSync(binary());
  hash.update(`${size} ${mtimeMs}`);
  const support = fileURLToPath(new URL(".", import.meta.url));
  const folder = join(support, "seed");
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  hash.update(readFileSync(join(support, "seed.ts")));
  return hash.digest("hex").slice(0, 16);
}

/** The demo, after it has carried out a few requests; it goes on working slowly. */
async function startDemo(): Promise<Tacho> {
  const folder = mkdtempSync(join(tmpdir(), "tacho-demo-"));
  const once = ["demo", "--once", "--speed", "50", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"];
  const args = ["--data-dir", join(folder, "data"), "--http", "127.0.0.1:0", "--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"];
  const ran = spawnSync(binary(), [...once, ...args], { cwd: folder, encoding: "utf8", timeout: 120_000 });
  if (ran.status !== 0) throw new Error(`tacho demo --once failed\n${ran.stdout}\n${ran.stderr}`);
  return Tacho.start({
    folder,
    command: ["demo", "--rate", String(DEMO_RATE), "--speed", "10", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"],
  });
}
