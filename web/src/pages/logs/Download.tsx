// Saves what matches as a file, page by page, with progress and a way out.
import { Progress, Select } from "@mantine/core";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { addressOf, api, send } from "@/api/client";
import { saveText } from "@/lib/copy";
import type { ConditionParams } from "@/lib/logs/conditions";
import { collect, DOWNLOAD_FORMATS, DOWNLOAD_MAX, fileName, otlpPiece, pieceOf, type DownloadFormat, type FetchDownload } from "@/lib/logs/download";
import { linesOf } from "@/lib/logs/line";
import { formatExact, plural } from "@/lib/numbers";
import { Failure } from "@/shell/help";
import { useTimeRange } from "@/shell/timeRange";
import { useLogs } from "./context";
import classes from "./Page.module.css";

const MOST = [1000, 10_000, DOWNLOAD_MAX];

interface Span {
  readonly start: string;
  readonly end: string;
  readonly order: "newest" | "oldest";
}

function fetcher(format: DownloadFormat, params: ConditionParams, span: Span, signal: AbortSignal): FetchDownload {
  if (format === "otlp") {
    return async (cursor, limit) => {
      const response = await send("GET", addressOf("/api/v1/logs", undefined, { ...params, ...span, format, limit, cursor }), { signal });
      return { ...otlpPiece(await response.json()), next: response.headers.get("X-Next-Cursor") ?? undefined };
    };
  }
  return async (cursor, limit) => {
    const page = await api.get("/api/v1/logs", { query: { ...params, ...span, limit, cursor }, signal });
    return { text: pieceOf(format, linesOf(page), cursor === undefined), count: page.logs.length, next: page.nextCursor };
  };
}

/** The form of a download. */
export function Download({ onDone }: { readonly onDone: () => void }): ReactElement {
  const { params, search, say } = useLogs();
  const range = useTimeRange();
  const [format, setFormat] = useState<DownloadFormat>("jsonl");
  const [most, setMost] = useState(10_000);
  const [done, setDone] = useState<number>();
  const [error, setError] = useState<unknown>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const run = async (): Promise<void> => {
    const control = new AbortController();
    stop.current = control;
    setError(undefined);
    setDone(0);
    try {
      const span: Span = { start: range.start, end: range.end, order: search.order };
      const file = await collect(format, most, fetcher(format, params, span, control.signal), setDone, control.signal);
      saveText(fileName(format, range.endMs), DOWNLOAD_FORMATS[format].type, file.pieces.join(""));
      say(`${plural(file.lines, "line")} saved${file.more ? "; there are more, narrow the range for the rest" : ""}.`);
      onDone();
    } catch (failure) {
      if (!control.signal.aborted) setError(failure);
    }
    setDone(undefined);
  };
  return (
    <div className={classes["download"]}>
      <Select
        withScrollArea={false}
        label="As"
        size="xs"
        value={format}
        data={Object.entries(DOWNLOAD_FORMATS).map(([value, { label }]) => ({ value, label }))}
        onChange={(value) => setFormat(Object.keys(DOWNLOAD_FORMATS).find((one): one is DownloadFormat => one === value) ?? "jsonl")}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        data-autofocus
      />
      <Select
        withScrollArea={false}
        label="At most"
        size="xs"
        value={String(most)}
        data={MOST.map((value) => ({ value: String(value), label: `${formatExact(value)} lines` }))}
        onChange={(value) => setMost(Number(value ?? most))}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
      {error === undefined ? null : <Failure error={error} />}
      {done === undefined ? (
        <button type="button" className={classes["action"]} onClick={() => void run()}>
          Download
        </button>
      ) : (
        <div>
          <Progress value={(done / most) * 100} aria-label="Lines fetched" />
          <p role="status" className={classes["quiet"]}>{plural(done, "line")} so far</p>
          <button type="button" className={classes["action"]} onClick={() => stop.current?.abort()}>
            Cancel
          </button>
        </div>
      )}
    </div>
  );
}
