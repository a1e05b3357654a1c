// The delivery log: every message, to whom, how it fared, what went wrong, and trying again.
import { useMediaQuery } from "@mantine/hooks";
import { Suspense, type ReactElement } from "react";
import { AlertingTabs } from "@/components/AlertingTabs";
import { SplitPane } from "@/components/SplitPane";
import { plural } from "@/lib/numbers";
import { useSearchState } from "@/lib/urlState";
import { late } from "@/shell/late";
import controls from "@/shell/controls.module.css";
import { Empty, Failure, Loading } from "@/shell/help";
import { useShortcuts } from "@/shell/shortcuts";
import { Detail } from "./Detail";
import { Filters } from "./Filters";
import { deliveriesCodec, isFiltered, type DeliveriesSearch } from "./search";
import { Table } from "./Table";
import { useDeliveries, type Deliveries } from "./useDeliveries";
import classes from "./Page.module.css";

const TestDialog = late(() => import("./TestDialog").then((module) => module.TestDialog));
const NARROW = "(max-width: 1000px)";

/** The page "Deliveries". */
export function Page(): ReactElement {
  const [search, set] = useSearchState(deliveriesCodec);
  const list = useDeliveries(search);
  const narrow = useMediaQuery(NARROW, matchMedia(NARROW).matches) ?? false;
  useShortcuts([{ keys: "escape", what: "close the message", run: () => (search.id === "" ? undefined : set({ id: "" }, "replace")) }]);
  const first = <Body search={search} list={list} onOpen={(id) => set({ id }, search.id === "" ? "push" : "replace")} onClear={() => set({ status: [], receiver: "", alert: "" })} onTest={() => set({ test: true })} />;
  const detail = search.id === "" ? undefined : <Detail id={search.id} onClose={() => set({ id: "" }, "replace")} />;
  return (
    <div className={classes["page"]}>
      <header className={classes["head"]}>
        <h1>Deliveries</h1>
        <Facts list={list} />
        <button type="button" className={`${controls["button"]} ${classes["test"]}`} onClick={() => set({ test: true })}>
          Send a test
        </button>
      </header>
      <AlertingTabs />
      <Filters search={search} onChange={set} />
      {narrow && detail !== undefined ? detail : <div className={classes["body"]}>{narrow ? first : <SplitPane name="deliveries" label="the message" initial={440} min={300} max={800} first={first} second={detail} />}</div>}
      {search.test ? (
        <Suspense fallback={null}>
          <TestDialog onClose={() => set({ test: false }, "replace")} />
        </Suspense>
      ) : null}
    </div>
  );
}

function Facts({ list }: { readonly list: Deliveries }): ReactElement {
  const { waiting, dead } = list;
  if (waiting === undefined || dead === undefined) return <p role="status" className={classes["facts"]} />;
  return (
    <p role="status" className={classes["facts"]}>
      {waiting === 0 ? "Nothing waits" : `${waiting} waiting`}
      {dead === 0 ? "" : ", "}
      {dead === 0 ? null : <span data-tone="red">{`${dead} given up`}</span>}
    </p>
  );
}

interface BodyProps {
  readonly search: DeliveriesSearch;
  readonly list: Deliveries;
  readonly onOpen: (id: string) => void;
  readonly onClear: () => void;
  readonly onTest: () => void;
}

function Body({ search, list, onOpen, onClear, onTest }: BodyProps): ReactElement {
  const { messages, error, loading, retry } = list;
  if (loading) return <div aria-busy="true"><Loading rows={12} height={30} /></div>;
  if (error !== null && messages.length === 0) return <Failure error={error} onRetry={retry} />;
  if (messages.length === 0 && isFiltered(search)) {
    return <Empty title="No message matches" hint="Other statuses or receivers may have some." action={<button type="button" className={controls["button"]} onClick={onClear}>Clear filters</button>} />;
  }
  if (messages.length === 0) {
    return <Empty title="No message yet" hint="A message is sent when an alert fires and a route names a receiver. Send a test to see that the way works before it matters." action={<button type="button" className={controls["button"]} onClick={onTest}>Send a test</button>} />;
  }
  return (
    <div className={classes["list"]}>
      {error === null ? null : <Failure error={error} onRetry={retry} />}
      <Table list={list} open={search.id} onOpen={onOpen} />
      <p className={classes["foot"]}>{plural(messages.length, "message")}, the newest first</p>
    </div>
  );
}
