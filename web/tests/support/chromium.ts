// Which browser is started, and how: the distribution's, without network of its own.
import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"] as const;

/** The browser: `CHROMIUM`, else the distribution's. */
function chromium(): string {
  return process.env["CHROMIUM"] ?? PLACES.find((place) => existsSync(place)) ?? PLACES[0];
}

/** Options of the launch. */
export const launch = {
  executablePath: chromium(),
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
};
