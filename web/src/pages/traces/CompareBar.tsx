// Two ticked rows: compare them side by side.
import { IconArrowsDiff } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Go } from "@/components/Go";
import { hrefs } from "@/lib/href";
import { shortId } from "@/lib/ids";
import classes from "./Page.module.css";

interface CompareBarProps {
  readonly ticked: readonly string[];
  readonly onClear: () => void;
}

/** Shown while anything is ticked. */
export function CompareBar({ ticked, onClear }: CompareBarProps): ReactElement | null {
  const [first, second] = ticked;
  if (first === undefined) return null;
  return (
    <div className={classes["compare"]} role="status">
      {second === undefined ? (
        <span>{`${shortId(first)} ticked: tick another trace to compare`}</span>
      ) : (
        <Go href={hrefs.trace(first, { tab: "compare", with: second })} className={classes["take"]}>
          <IconArrowsDiff size={14} aria-hidden />
          {`Compare ${shortId(first)} with ${shortId(second)}`}
        </Go>
      )}
      <button type="button" className={classes["follow"]} onClick={onClear}>
        Untick
      </button>
    </div>
  );
}
