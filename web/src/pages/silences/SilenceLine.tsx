// One silence: what it hides, why, until when; prolong, change, end.
import type { ReactElement } from "react";
import type { Silence } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { MatcherChips } from "@/components/alerting/MatcherChips";
import { Since } from "@/components/alerting/Since";
import { Go } from "@/components/Go";
import { formatMatchers } from "@/lib/alerting/matchers";
import { hrefs } from "@/lib/href";
import { plural } from "@/lib/numbers";
import controls from "@/shell/controls.module.css";
import { toast } from "@/shell/toast";
import type { useSilenceCalls } from "./useSilences";
import classes from "./Page.module.css";

interface SilenceLineProps {
  readonly silence: Silence;
  /** Unix ms. */
  readonly now: number;
  readonly open: boolean;
  readonly calls: ReturnType<typeof useSilenceCalls>;
  readonly onEdit: () => void;
  readonly onEnd: () => void;
}

const HOUR_MS = 3_600_000;
const SOON_MS = 600_000;

/** The line. */
export function SilenceLine({ silence, now, open, calls, onEdit, onEnd }: SilenceLineProps): ReactElement {
  const { matchers, comment, createdBy, state, hides } = silence;
  const over = state === "expired";
  const prolong = async (): Promise<void> => {
    try {
      await calls.save({ id: silence.id, matchers, startsAt: silence.startsAt, endsAt: new Date(Math.max(Date.parse(silence.endsAt), Date.now()) + HOUR_MS).toISOString(), createdBy, comment });
      toast("One hour longer");
    } catch (error) {
      toast(`Not prolonged: ${error instanceof Error ? error.message : String(error)}`, "failed");
    }
  };
  return (
    <li className={classes["line"]} data-open={open}>
      <MatcherChips matchers={matchers} label="Hides" />
      <span className={classes["why"]}>
        {comment} <span className={classes["who"]}>{createdBy}</span>
      </span>
      {over ? <span className={layout["quiet"]} /> : <Go href={hrefs.alerts({ state: "all", q: formatMatchers(matchers) })}>{hides === 0 ? "hides nothing" : `${state === "pending" ? "would hide" : "hides"} ${plural(hides, "alert")}`}</Go>}
      <Ends silence={silence} now={now} />
      <span className={classes["tools"]}>
        {over ? (
          <button type="button" className={controls["button"]} onClick={onEdit}>
            Silence again
          </button>
        ) : (
          <>
            <button type="button" className={controls["button"]} disabled={calls.busy} onClick={() => void prolong()}>
              +1 h
            </button>
            <button type="button" className={controls["button"]} onClick={onEdit}>
              Change
            </button>
            <button type="button" className={controls["button"]} disabled={calls.busy} onClick={onEnd}>
              End
            </button>
          </>
        )}
      </span>
    </li>
  );
}

/** When it begins or ends; amber where it ends soon and still hides something. */
function Ends({ silence, now }: { readonly silence: Silence; readonly now: number }): ReactElement {
  const { state, startsAt, endsAt, hides } = silence;
  const soon = state === "active" && hides > 0 && Date.parse(endsAt) - now < SOON_MS;
  return (
    <span className={layout["word"]} data-tone={soon ? "amber" : "steady"}>
      {state === "pending" ? "begins " : state === "expired" ? "ended " : "ends "}
      <Since at={state === "pending" ? startsAt : endsAt} nowMs={now} />
    </span>
  );
}
