// The queue of tasks: what waits, for how long, what is in progress.
import type { ReactElement } from "react";
import type { TaskQueue } from "@/api/schema";
import { Sparkline } from "@/charts/Sparkline";
import { Go } from "@/components/Go";
import { Panel } from "@/components/Panel";
import { hrefs } from "@/lib/href";
import { formatCount } from "@/lib/numbers";
import { formatDuration } from "@/lib/units";
import classes from "./Facts.module.css";

/** The metrics that tell of a queue. */
const DEPTH = "sum(orchestrator_task_queue_size)";
const ACTIVE = "sum(orchestrator_tasks_active)";

/** Oldest waits beyond this need a look, milliseconds. */
const LONG_MS = 30_000;

/** The queue; says what is missing where nobody tells of one. */
export function Queue({ queue }: { readonly queue: TaskQueue | undefined }): ReactElement {
  if (queue === undefined) {
    return (
      <Panel title="Task queue">
        <p className={classes["none"]}>No metric tells of a queue. Send <code>orchestrator_task_queue_size</code> to see it here.</p>
      </Panel>
    );
  }
  const { depth, processing, oldestWaitMs, averageWaitMs, trend } = queue;
  return (
    <Panel title="Task queue" subtitle="now">
      <Sparkline values={trend} height={40} filled />
      <dl className={classes["facts"]}>
        <Row label="Waiting" text={formatCount(depth)} href={hrefs.explore({ expr: [DEPTH] })} />
        <Row label="In progress" text={formatCount(processing)} href={hrefs.explore({ expr: [ACTIVE] })} />
        <Row label="Oldest waits" text={formatDuration(oldestWaitMs)} tone={(oldestWaitMs ?? 0) > LONG_MS ? "amber" : "steady"} />
        <Row label="Average wait" text={formatDuration(averageWaitMs)} tone={(averageWaitMs ?? 0) > LONG_MS ? "amber" : "steady"} />
      </dl>
    </Panel>
  );
}

interface RowProps {
  readonly label: string;
  readonly text: string;
  readonly href?: string;
  readonly tone?: "steady" | "amber";
}

function Row({ label, text, href, tone = "steady" }: RowProps): ReactElement {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-tone={tone}>{href === undefined ? text : <Go href={href}>{text}</Go>}</dd>
    </div>
  );
}
