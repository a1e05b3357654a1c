// The address leads nowhere: says so, and offers where it could have led.
import type { ReactElement } from "react";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { formOfId, normalId } from "@/lib/ids";
import { showOverlay } from "@/shell/overlays";
import { usePath } from "@/shell/usePath";
import controls from "./controls.module.css";
import classes from "./PageError.module.css";

/** Shown where no page has this address. */
export function NotFound(): ReactElement {
  const path = usePath();
  const last = path.split("/").at(-1) ?? "";
  return (
    <div className={classes["page"]}>
      <h1>There is no such page</h1>
      <p>
        Nothing here has the address <code>{path}</code>. It may have been cut off, or belong to another version.
      </p>
      <div className={classes["ways"]}>
        <Go href={hrefs.overview()} className={`${controls["button"]} ${controls["primary"]}`}>
          Go to the overview
        </Go>
        {formOfId(last) === "trace" ? (
          <Go href={hrefs.trace(normalId(last))} className={controls["button"]}>
            Open trace {last.slice(0, 8)}…
          </Go>
        ) : null}
        <button type="button" className={controls["button"]} onClick={() => showOverlay("palette")}>
          Search or jump to
        </button>
      </div>
    </div>
  );
}
