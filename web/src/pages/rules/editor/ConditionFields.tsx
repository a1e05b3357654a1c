// What a rule watches: PromQL, a short condition on a metric, or a count of spans or log records.
import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import { api } from "@/api/client";
import type { RuleProblem } from "@/api/schema";
import layout from "@/components/alerting/layout.module.css";
import { Segments } from "@/components/Segments";
import { QueryField, type QueryDiagnostic, type QueryLanguage } from "@/editor/QueryField";
import { FIRST_CONDITION, FUNCTIONS, OPERATORS, readCondition, writeCondition } from "@/lib/alerting/condition";
import type { Draft, DraftMode, FieldProblems } from "@/lib/alerting/draft";
import { Field, Select } from "./Field";
import classes from "./Editor.module.css";

interface ConditionProps {
  readonly draft: Draft;
  readonly onChange: (patch: Partial<Draft>) => void;
  /** By field. */
  readonly problems: FieldProblems;
  /** Those with places. */
  readonly placed: readonly RuleProblem[];
}

const NAMES_MAX = 2_000;
const MODES: readonly { readonly value: DraftMode; readonly label: string }[] = [
  { value: "promql", label: "PromQL" }, { value: "short", label: "Metric and condition" }, { value: "traces", label: "Traces" }, { value: "logs", label: "Logs" },
];

/** The fields of the way it is written. */
export function ConditionFields(props: ConditionProps): ReactElement {
  const { draft, onChange } = props;
  const modes = draft.kind === "recording" ? MODES.slice(0, 1) : MODES;
  const choose = (mode: DraftMode): void => {
    const counted = mode === "traces" || mode === "logs";
    const before = readCondition(draft.condition);
    const condition = counted && before?.fn !== "" ? "> 0" : mode === "short" && before === undefined ? writeCondition(FIRST_CONDITION) : draft.condition;
    onChange({ mode, condition });
  };
  return (
    <div className={layout["stack"]}>
      {modes.length > 1 ? <div><Segments label="How it is written" value={draft.mode} options={modes} onChange={choose} /></div> : null}
      {draft.mode === "promql" ? <Query {...props} field="expr" language="promql" label="Expression" placeholder="sum by (service) (rate(http_server_errors_total[5m])) > 0.1" /> : null}
      {draft.mode === "short" ? <Short {...props} /> : null}
      {draft.mode === "traces" || draft.mode === "logs" ? (
        <>
          <Query {...props} field="query" language={draft.mode === "traces" ? "traceql" : "logql"} label={draft.mode === "traces" ? "Spans to count" : "Records to count"} placeholder={draft.mode === "traces" ? "{ status = error }" : '{service_name="api"} |= "timeout"'} />
          <div className={classes["row"]}>
            <Field label="Looks back" value={draft.window} placeholder="5m" problem={props.problems["windowMs"]} onChange={(window) => onChange({ window })} />
            <Field label="Fires if the count is" value={draft.condition} placeholder="> 0" code problem={props.problems["condition"]} onChange={(condition) => onChange({ condition })} />
          </div>
        </>
      ) : null}
    </div>
  );
}

interface QueryProps extends ConditionProps {
  readonly field: "expr" | "query";
  readonly language: QueryLanguage;
  readonly label: string;
  readonly placeholder: string;
}

function Query({ draft, onChange, problems, placed, field, language, label, placeholder }: QueryProps): ReactElement {
  const diagnostics = useMemo(
    (): readonly QueryDiagnostic[] => placed.flatMap((one) => (one.field.startsWith(field) && one.start !== undefined ? [{ position: one.start, message: one.message }] : [])),
    [placed, field],
  );
  const said = problems[field];
  return (
    <div className={layout["field"]}>
      <span aria-hidden>{label}</span>
      <QueryField language={language} label={label} value={draft[field]} placeholder={placeholder} diagnostics={diagnostics} onChange={(text) => onChange({ [field]: text })} onRun={() => undefined} />
      {said === undefined ? null : <span className={layout["problem"]} role="status">{said}</span>}
    </div>
  );
}

function useMetricNames(): readonly string[] {
  const { data } = useQuery({
    queryKey: ["metric names"],
    queryFn: ({ signal }) => api.get("/api/v1/labels/{name}/values", { path: { name: "__name__" }, query: { signal: "samples", limit: NAMES_MAX }, signal }),
    staleTime: 60_000,
  });
  return useMemo(() => (data?.values ?? []).map((one) => one.value).sort(), [data]);
}

/** Metric, function, window, operator, number; or the text where it says more. */
function Short({ draft, onChange, problems }: ConditionProps): ReactElement {
  const names = useMetricNames();
  const condition = readCondition(draft.condition);
  const set = (patch: Partial<NonNullable<typeof condition>>): void => onChange({ condition: writeCondition({ ...FIRST_CONDITION, ...condition, ...patch }) });
  return (
    <>
      <Field label="Metric, with matchers if you like" value={draft.metric} code offers={names} placeholder='http_server_errors_total{service="api"}' problem={problems["metric"]} onChange={(metric) => onChange({ metric })} />
      {condition === undefined ? null : (
        <div className={classes["row"]}>
          <Select label="Compares" value={condition.fn} options={FUNCTIONS} onChange={(fn) => set({ fn, window: condition.window === "" ? "5m" : condition.window })} />
          {condition.fn === "" ? null : <Field label="over" value={condition.window} placeholder="5m" onChange={(window) => set({ window })} />}
          <Select label="is" value={condition.op} options={OPERATORS.map((one) => ({ value: one, label: one }))} onChange={(op) => set({ op })} />
          <Field label="than" value={condition.amount} placeholder="0.1, 60s, 5%" onChange={(amount) => set({ amount: amount === "" ? "0" : amount })} />
          <Field label="each" value={condition.by} placeholder="service, agent" onChange={(by) => set({ by })} />
        </div>
      )}
      <Field label="Condition as text" value={draft.condition} code placeholder="rate(5m) > 0.1 by service" problem={problems["condition"]} onChange={(text) => onChange({ condition: text })} />
    </>
  );
}
