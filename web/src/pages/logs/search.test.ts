import { expect, it } from "vitest";
import { parseSearch, formatSearch } from "@/lib/urlState";
import { logsCodec } from "@/pages/logs/search";

it("writes back what it read, defaults left out", () => {
  const text = '?q={} |= "x"&service=api&severity=WARN&attr=a=b&attr=c=d&trace_id=ab&span_id=cd&tail=1&wrap=1&cols=agent,run_id&record=0a&panel=context&view=patterns&order=oldest';
  const search = logsCodec.parse(parseSearch(text));
  expect(search).toMatchObject({ attr: ["a=b", "c=d"], cols: ["agent", "run_id"], panel: "context", view: "patterns", order: "oldest" });
  expect(logsCodec.parse(parseSearch(formatSearch(logsCodec.format(search))))).toEqual(search);
  expect(logsCodec.format(logsCodec.parse(parseSearch("?view=lines&order=newest&unknown=1")))).toEqual({});
});
