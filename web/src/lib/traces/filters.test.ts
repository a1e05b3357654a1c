// Chips, facets, the builder and the URL.
import { describe, expect, it } from "vitest";
import { addChoice, conditionOf, operatorsOf, problemOf, examples } from "@/lib/traces/builder";
import { conjunctsOf } from "@/lib/traces/conditions";
import { asTraceql, chipsOf, chipsToText, facetState, parts, spanFilters, toggleFacet, withTraceDuration, withoutFacet } from "@/lib/traces/filters";
import { NO_FILTERS, filterQuery, hasFilters, orderOf, sortsHere, traceSearchCodec, type Filters } from "@/lib/traces/search";
import { formatSearch, parseSearch } from "@/lib/urlState";

const types = (name: string) => ({ retry: ["int"], tool: ["string"] })[name];
const of = (patch: Partial<Filters>): Filters => ({ ...NO_FILTERS, ...patch });
const include = (value: string, on = true) => ({ value, on, how: "include" }) as const;
const exclude = (value: string, on = true) => ({ value, on, how: "exclude" }) as const;

describe("the URL", () => {
  const url = "?q=%7B%20duration%20%3E%202s%20%7D&service=api&status=error&attr=a%3Db&attr=c%3Dd%3De&min=250ms&max=2s&sort=-duration&cols=start,name";

  it("survives reading and writing", () => {
    expect(formatSearch(traceSearchCodec.format(traceSearchCodec.parse(parseSearch(url))))).toBe(url);
    expect(traceSearchCodec.format(traceSearchCodec.parse({}))).toEqual({});
  });

  it("reads what makes no sense as the default", () => {
    const read = traceSearchCodec.parse({ status: ["bad"], sort: ["-nothing"], cols: ["x,y"], picture: ["oil"] });
    expect(read).toMatchObject({ status: "", sort: { key: "start", down: true }, picture: "scatter" });
    expect(read.cols).toHaveLength(7);
  });

  it("asks the API for no more than is there", () => {
    expect(hasFilters(of({}))).toBe(false);
    expect(filterQuery(of({ q: "  ", min: "1s" }))).toEqual({ q: undefined, service: undefined, name: undefined, status: undefined, attr: undefined, min_duration: "1s", max_duration: undefined });
  });

  it("lets the server sort where it can", () => {
    expect(orderOf({ key: "duration", down: true })).toBe("duration");
    expect(orderOf({ key: "duration", down: false })).toBe("newest");
    expect(sortsHere({ key: "duration", down: false })).toBe(true);
    expect(sortsHere({ key: "start", down: true })).toBe(false);
    expect(sortsHere({ key: "start", down: false })).toBe(true);
  });
});

describe("chips", () => {
  const filters = of({ service: "api", status: "error", attr: ["a=b", "retry=3", "empty="], min: "1s", q: "{ .x = 1 }" });

  it("name every parameter and go one by one", () => {
    expect(chipsOf(filters).map(({ name, operator, value }) => `${name}${operator}${value}`)).toEqual(["service=api", "status=error", "duration≥1s", "a=b", "retry=3", 'empty=""']);
    expect(chipsOf(filters)[4]?.without.attr).toEqual(["a=b", "empty="]);
  });

  it("turn into text", () => {
    expect(asTraceql(filters, types)).toBe('{ resource.service.name = "api" && status = error && duration >= 1s && .a = "b" && .retry = 3 && .empty = "" && .x = 1 }');
    expect(chipsToText(of({ q: "{ broken" }), types)).toBeUndefined();
    expect(asTraceql(of({}), types)).toBe("");
    expect(asTraceql(of({ attr: ["new=3"] }), types)).toBe('{ (.new = "3" || .new = 3) }');
  });

  it("and conditions are tried one by one", () => {
    const tried = parts(of({ service: "api", q: "{ .x = 1 && .y = 2 }" }));
    expect(tried.map(({ text }) => text)).toEqual(["service = api", ".x = 1", ".y = 2"]);
    expect(tried[1]?.without).toEqual(of({ service: "api", q: "{ .y = 2 }" }));
  });
});

describe("facets", () => {
  it("take one value by its parameter and more by the text", () => {
    const one = toggleFacet(of({}), "service.name", include("a"), types);
    expect(one).toEqual(of({ service: "a" }));
    const two = toggleFacet(one ?? of({}), "service.name", include("b"), types);
    expect(two).toEqual(of({ q: '{ (resource.service.name = "a" || resource.service.name = "b") }' }));
    expect(facetState(two ?? of({}), "service.name")).toEqual({ included: ["a", "b"], excluded: [] });
    expect(toggleFacet(two ?? of({}), "service.name", include("b", false), types)).toEqual(of({ service: "a" }));
  });

  it("leave values out by the text and change their mind", () => {
    const out = toggleFacet(of({ q: "{ duration > 1s }" }), "tool", exclude("x"), types);
    expect(out?.q).toBe('{ duration > 1s && !(.tool = "x") }');
    expect(facetState(out ?? of({}), "tool")).toEqual({ included: [], excluded: ["x"] });
    expect(toggleFacet(out ?? of({}), "tool", include("x"), types)).toEqual(of({ q: "{ duration > 1s }", attr: ["tool=x"] }));
    expect(toggleFacet(out ?? of({}), "tool", exclude("x", false), types)).toEqual(of({ q: "{ duration > 1s }" }));
  });

  it("know the kind, which has no parameter", () => {
    expect(toggleFacet(of({}), "kind", include("server"), types)).toEqual(of({ q: "{ kind = server }" }));
    expect(toggleFacet(of({}), "status", exclude("error"), types)).toEqual(of({ q: "{ status != error }" }));
  });

  it("do not touch a text with a mistake", () => {
    const broken = of({ q: "{ broken" });
    expect(toggleFacet(broken, "tool", include("x"), types)).toEqual(of({ q: "{ broken", attr: ["tool=x"] }));
    expect(toggleFacet(broken, "tool", exclude("x"), types)).toBeUndefined();
    expect(withoutFacet(broken, "kind", types)).toBe(broken);
  });

  it("can be asked without their own conditions", () => {
    expect(withoutFacet(of({ attr: ["tool=x", "a=b"], q: '{ !(.tool = "y") && .z = 1 }' }), "tool", types)).toEqual(of({ attr: ["a=b"], q: "{ .z = 1 }" }));
  });
});

describe("the builder", () => {
  it("writes what the language knows", () => {
    expect(conditionOf({ name: "tool", operator: "=~", value: "a.*" }, types)).toBe('.tool =~ "a.*"');
    expect(conditionOf({ name: "retry", operator: ">=", value: "3" }, types)).toBe(".retry >= 3");
    expect(conditionOf({ name: "new", operator: "!=", value: "3" }, types)).toBe('(.new != "3" && .new != 3)');
    expect(conditionOf({ name: "odd name", operator: "absent", value: "" }, types)).toBe('."odd name" = nil');
    expect(conditionOf({ name: "trace duration", operator: ">", value: "30s" }, types)).toBe("traceDuration > 30s");
  });

  it("prefers parameters", () => {
    expect(addChoice(of({}), { name: "duration", operator: ">=", value: "1s" }, types)).toEqual(of({ min: "1s" }));
    expect(addChoice(of({}), { name: "tool", operator: "=", value: "x" }, types)).toEqual(of({ attr: ["tool=x"] }));
    expect(addChoice(of({}), { name: "root name", operator: "=", value: "x" }, types)).toEqual(of({ q: '{ rootName = "x" }' }));
  });

  it("offers operators by type and says what is missing", () => {
    expect(operatorsOf("retry", types)).toContain(">=");
    expect(operatorsOf("retry", types)).not.toContain("=~");
    expect(operatorsOf("status", types)).toEqual(["=", "!="]);
    expect(problemOf({ name: "duration", operator: ">=", value: "5" })).toContain("unit");
    expect(problemOf({ name: "retry", operator: ">", value: "x" })).toBe("give a number");
    expect(problemOf({ name: "tool", operator: "exists", value: "" })).toBeUndefined();
  });

  it("gives examples that are well formed", () => {
    for (const { q } of [...examples(undefined), ...examples("a b")]) expect(conjunctsOf(q)).toBeDefined();
  });
});

describe("conditions about whole traces", () => {
  it("are set by an area of the picture and left out of counts of spans", () => {
    const once = withTraceDuration(of({ q: "{ .a = 1 }" }), "1s", "2s");
    expect(once?.q).toBe("{ .a = 1 && traceDuration >= 1s && traceDuration <= 2s }");
    const again = withTraceDuration(once ?? of({}), "1.5s", "1800ms");
    expect(again?.q).toBe("{ .a = 1 && traceDuration >= 1.5s && traceDuration <= 1800ms }");
    expect(spanFilters(again ?? of({}))).toEqual({ filters: of({ q: "{ .a = 1 }" }), cut: true });
    const plain = of({ q: '{ .rootNames = "x" }' });
    expect(spanFilters(plain)).toEqual({ filters: plain, cut: false });
    expect(withTraceDuration(of({ q: "{" }), "1s", "2s")).toBeUndefined();
  });
});
