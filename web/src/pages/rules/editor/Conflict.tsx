// Somebody else has saved the rule meanwhile: both texts, and a choice.
import type { ReactElement } from "react";
import type { Rule, RuleDetail } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import controls from "@/shell/controls.module.css";
import { DiffView } from "../detail/DiffView";

interface ConflictProps {
  /** What is in force now. */
  readonly theirs: RuleDetail;
  /** The text of the draft. */
  readonly mine: string;
  readonly onMine: (version: number | undefined) => void;
  readonly onTheirs: (rule: Rule) => void;
}

/** The banner with both. */
export function Conflict({ theirs, mine, onMine, onTheirs }: ConflictProps): ReactElement {
  const [last] = theirs.versions;
  const by = last === undefined || last.by === "" ? "Somebody" : last.by;
  return (
    <section className={layout["notice"]} data-tone="amber" role="alert" aria-label="Conflict">
      <p>{`${by} has saved this rule since you opened it. Lines with − are theirs, lines with + are yours.`}</p>
      <DiffView label="Their text against yours" before={theirs.yaml} after={mine} />
      <div className={layout["buttons"]}>
        <button type="button" className={controls["button"]} onClick={() => onTheirs(theirs.rule)}>
          Go on with theirs
        </button>
        <button type="button" className={controls["button"]} onClick={() => onMine(theirs.rule.version)}>
          Save mine over it
        </button>
      </div>
    </section>
  );
}
