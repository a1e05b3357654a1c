// Two texts line by line: what went and what came, with a sign besides the colour.
import { useMemo, type ReactElement } from "react";
import { diffLines } from "@/lib/alerting/diff";
import classes from "./RuleScreen.module.css";

const SIGNS = { same: " ", added: "+", removed: "−" } as const;

interface DiffViewProps {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** The comparison. */
export function DiffView({ label, before, after }: DiffViewProps): ReactElement {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  if (lines.every((line) => line.kind === "same")) return <p className={classes["caption"]}>Both are the same.</p>;
  return (
    <pre className={classes["diff"]} tabIndex={0} aria-label={label} role="region">
      {lines.map((line, place) => (
        <div key={place} data-kind={line.kind}>{`${SIGNS[line.kind]} ${line.text}`}</div>
      ))}
    </pre>
  );
}
