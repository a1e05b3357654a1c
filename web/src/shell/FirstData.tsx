// How to send the first data to this server.
import type { ReactElement } from "react";
import { absolute } from "@/lib/base";

/** Says where to send data of a signal. */
export function FirstData({ signal }: { readonly signal: "spans" | "logs" | "samples"; readonly bare?: boolean }): ReactElement {
  const word = signal === "spans" ? "traces" : signal === "samples" ? "metrics" : "logs";
  return (
    <p>
      No {word} yet. Send OTLP over HTTP to <code>{absolute("").href}</code>, or run <code>tacho demo</code>.
    </p>
  );
}
