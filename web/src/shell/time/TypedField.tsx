// Ranges by typing: says at once how what stands there is understood, or what would be.
import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState, type FormEvent, type ReactElement } from "react";
import { formatDuration } from "@/lib/rangeSteps";
import { isRelative, type WrittenRange } from "@/lib/timeRange";
import { readTyped } from "@/lib/typedRange";
import { useTimeRange, useZone } from "@/shell/timeRange";
import controls from "../controls.module.css";
import classes from "./TypedField.module.css";

/** The range that is open, as it can be typed again. */
function useAsTyped(): string {
  const range = useTimeRange();
  const { dateTime } = useZone();
  const end = (text: string, ms: number): string => (isRelative(text) ? text : dateTime(ms));
  return `${end(range.from, range.startMs)} to ${end(range.to, range.endMs)}`;
}

/** The field for typed ranges. */
export function TypedField({ onChoose }: { readonly onChoose: (range: WrittenRange) => void }): ReactElement {
  const asTyped = useAsTyped();
  const [text, setText] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  // The panel comes late, after the popover has looked for something to focus.
  useEffect(() => field.current?.focus(), []);
  const { refreshedAt } = useTimeRange();
  const { zone, dateTime } = useZone();
  const shown = text ?? asTyped;
  const read = readTyped(shown, refreshedAt, zone);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (read.ok) onChoose({ from: read.value.from, to: read.value.to });
  };
  return (
    <form onSubmit={submit} className={classes["form"]}>
      <div className={classes["row"]}>
        <TextInput
          ref={field}
          label="From and to"
          data-autofocus
          spellCheck={false}
          autoComplete="off"
          value={shown}
          error={!read.ok}
          aria-describedby="typed-range-meaning"
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setText(event.currentTarget.value)}
          className={classes["field"] ?? ""}
          classNames={{ input: classes["input"] ?? "" }}
        />
        <button type="submit" className={`${controls["button"]} ${controls["primary"]}`} disabled={!read.ok}>
          Apply
        </button>
      </div>
      <p id="typed-range-meaning" className={classes["meaning"]} data-wrong={!read.ok || undefined} aria-live="polite">
        {read.ok
          ? `${dateTime(read.value.startMs)} to ${dateTime(read.value.endMs)}, ${formatDuration(read.value.endMs - read.value.startMs)}`
          : read.message}
      </p>
    </form>
  );
}
