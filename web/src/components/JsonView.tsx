// A value as JSON whose containers fold; long ones are a virtual list.
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { foldedBelow, jsonLines, type JsonLine } from "@/lib/tableJson";
import { CopyButton } from "./CopyButton";
import classes from "./JsonView.module.css";
import { VirtualRows } from "./VirtualRows";

interface JsonViewProps {
  /** What the value is, for screen readers. */
  label: string;
  value: unknown;
  /** Containers this deep start folded. */
  foldAt?: number;
}

const VIRTUAL_LINES = 300;
const MAX_TEXT = 2000;

/** A foldable JSON value. */
export function JsonView({ label, value, foldAt = 4 }: JsonViewProps) {
  const first = useMemo(() => foldedBelow(value, foldAt), [value, foldAt]);
  const [changed, setChanged] = useState<{ of: unknown; folded: ReadonlySet<string> }>({ of: value, folded: first });
  const folded = changed.of === value ? changed.folded : first;
  const lines = useMemo(() => jsonLines(value, folded), [value, folded]);
  const [current, setCurrent] = useState(-1);
  const toggle = (path: string): void => {
    const next = new Set(folded);
    if (!next.delete(path)) next.add(path);
    setChanged({ of: value, folded: next });
  };
  return (
    <div className={classes.view}>
      <div className={classes.copy}>
        <CopyButton text={() => JSON.stringify(value, undefined, 2)} what={label} />
      </div>
      {lines.length <= VIRTUAL_LINES ? (
        <div role="group" aria-label={label} className={classes.lines}>
          {lines.map((line, index) => (
            <Line key={index} line={line} folded={line.path !== undefined && folded.has(line.path)} onToggle={toggle} />
          ))}
        </div>
      ) : (
        <VirtualRows
          count={lines.length}
          label={label}
          current={current}
          onCurrent={setCurrent}
          height={420}
          rowHeight={20}
          measured
          row={(index) => {
            const line = lines[index];
            return line === undefined ? null : <Line line={line} folded={line.path !== undefined && folded.has(line.path)} onToggle={toggle} />;
          }}
        />
      )}
    </div>
  );
}

function Line({ line, folded, onToggle }: { line: JsonLine; folded: boolean; onToggle: (path: string) => void }) {
  const { path } = line;
  const Icon = folded ? IconChevronRight : IconChevronDown;
  const long = line.text.length > MAX_TEXT;
  return (
    <div className={classes.line} data-folds={path !== undefined} style={{ paddingLeft: 18 + line.depth * 14 }}>
      {path === undefined ? null : (
        <button type="button" className={classes.fold} aria-expanded={!folded} aria-label={`${line.name ?? "value"}, ${line.size} members`} onClick={() => onToggle(path)}>
          <Icon size={12} aria-hidden />
        </button>
      )}
      {line.name === undefined ? null : <span className={classes.name}>{line.name}: </span>}
      <span className={classes.text} data-kind={line.kind}>
        {long ? `${line.text.slice(0, MAX_TEXT)}…` : line.text}
      </span>
      {line.tail}
      {folded ? <span className={classes.size}> {line.size} members</span> : null}
      {long ? <span className={classes.size}> {line.text.length} characters, copy gives all</span> : null}
    </div>
  );
}
