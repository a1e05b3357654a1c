// A field for a query. The editor is loaded on demand; until it is there a plain field stands in its place, and what is
// typed into it is kept.
import type { CompletionSource } from "@codemirror/autocomplete";
import { Component, Suspense, lazy, useRef, type ReactNode } from "react";
import classes from "./QueryField.module.css";

/** The languages of the field. */
export type QueryLanguage = "promql" | "logql" | "traceql";

/** What is wrong with a query, and where: a place in characters from 0. */
export interface QueryDiagnostic {
  position: number;
  message: string;
}

/** Properties of the field. */
export interface QueryFieldProps {
  language: QueryLanguage;
  value: string;
  onChange: (value: string) => void;
  /** Enter or Ctrl-Enter. Shift-Enter writes a new line. */
  onRun: () => void;
  /** Name of the field for screen readers. */
  label: string;
  placeholder?: string | undefined;
  /** Marked in the text. Show the messages beside the field, too. Keep the list stable. */
  diagnostics?: readonly QueryDiagnostic[] | undefined;
  /** Instead of the language's own completion. */
  completions?: CompletionSource | undefined;
  autoFocus?: boolean | undefined;
}

const CodeField = lazy(() => import("./CodeField").then((module) => ({ default: module.CodeField })));

/** A field for PromQL, LogQL or TraceQL. */
export function QueryField(props: QueryFieldProps) {
  // Where the caret was in the plain field, so that the editor takes over without a jump.
  const caret = useRef<number | undefined>(undefined);
  const bad = (props.diagnostics?.length ?? 0) > 0;
  const keep = (at: number | undefined): void => {
    caret.current = at;
  };
  const plain = <PlainField {...props} onCaret={keep} />;
  return (
    <div className={classes.field} data-bad={bad}>
      <IfFailed instead={plain}>
        <Suspense fallback={plain}>
          <CodeField {...props} caret={caret} />
        </Suspense>
      </IfFailed>
    </div>
  );
}

interface PlainFieldProps extends QueryFieldProps {
  /** Told where the caret is; nothing when the focus leaves. */
  onCaret: (at: number | undefined) => void;
}

function PlainField({ value, onChange, onRun, label, placeholder, autoFocus = false, onCaret }: PlainFieldProps) {
  return (
    <input
      className={classes.plain}
      type="text"
      value={value}
      aria-label={label}
      placeholder={placeholder}
      autoFocus={autoFocus}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => {
        onChange(event.currentTarget.value);
        onCaret(event.currentTarget.selectionStart ?? undefined);
      }}
      onSelect={(event) => onCaret(event.currentTarget.selectionStart ?? undefined)}
      onBlur={() => onCaret(undefined)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onRun();
      }}
    />
  );
}

/** Shows the plain field where the editor cannot be loaded. */
class IfFailed extends Component<{ instead: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
