// What is wrong with a rule or a file of rules: where, what, and what to do.
import type { ReactElement } from "react";
import type { RuleProblem } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";

interface ProblemsProps {
  readonly problems: readonly RuleProblem[];
  readonly title: string;
}

function whereOf({ field, line, start }: RuleProblem): string {
  const place = line === undefined ? (start === undefined ? "" : `character ${start + 1}`) : `line ${line}`;
  return [field, place].filter((part) => part !== "").join(", ");
}

/** A list of problems; nothing where there are none. */
export function Problems({ problems, title }: ProblemsProps): ReactElement | null {
  if (problems.length === 0) return null;
  return (
    <div className={layout["notice"]} data-tone="red" role="alert">
      <p>{title}</p>
      <ul>
        {problems.map((problem, place) => (
          <li key={place}>
            {whereOf(problem) === "" ? "" : `${whereOf(problem)}: `}
            {problem.message}
            {problem.hint === undefined ? "" : ` (${problem.hint})`}
          </li>
        ))}
      </ul>
    </div>
  );
}
