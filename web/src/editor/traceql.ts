// TraceQL for the editor: highlighting through Grafana's grammar (Apache-2.0), completion of our own.
import { parser } from "@grafana/lezer-traceql";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { LRLanguage, LanguageSupport } from "@codemirror/language";
import { styleTags, tags } from "@lezer/highlight";
import { knownLabels, knownValues } from "./labelData";
import { INTRINSICS, operatorsOf, storedName, traceqlExpects, wordsOf, writtenAttribute } from "./traceqlContext";

const language = LRLanguage.define({
  parser: parser.configure({
    props: [
      styleTags({
        "LineComment BlockComment": tags.comment,
        String: tags.string,
        "Integer Float Duration": tags.number,
        "FieldOp And Or": tags.operator,
        IntrinsicField: tags.keyword,
        "Span Resource Instrumentation": tags.namespace,
        Identifier: tags.propertyName,
        "Static!": tags.atom,
        "Static/String": tags.string,
        "Static/Duration Static/Integer Static/Float": tags.number,
      }),
    ],
  }),
  languageData: { closeBrackets: { brackets: ["{", "(", '"', "`"] }, commentTokens: { line: "//" } },
});

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const expected = traceqlExpects(context.state.sliceDoc(0, context.pos));
  const { want, from, field } = expected;
  if (want === "nothing" || (!context.explicit && from === context.pos && want === "join")) return null;
  const options = want === "field" ? await fields() : want === "value" ? await values(field ?? "", expected.quoted) : fixed(want, field ?? "");
  return options.length === 0 ? null : { from, options, validFor: /^[^\s{}()=~!<>&|,"`]*$/u };
}

function fixed(want: "start" | "operator" | "join", field: string): Completion[] {
  if (want === "start") return [{ label: "{  }", apply: "{ ", type: "keyword", detail: "conditions on one span" }];
  const texts = want === "operator" ? operatorsOf(field) : ["&&", "||", "}"];
  return texts.map((label) => ({ label, apply: label === "}" ? label : `${label} `, type: "operator" }));
}

async function fields(): Promise<Completion[]> {
  const labels = await knownLabels("spans");
  return [
    ...INTRINSICS.map(({ name, detail }, index) => ({ label: name, detail, type: "keyword", boost: 20 - index, apply: `${name} ` })),
    ...labels.map(({ name, scope }) => {
      const label = writtenAttribute(name, scope);
      return { label, apply: `${label} `, type: "property", detail: scope === "item" ? "span" : scope };
    }),
  ];
}

async function values(field: string, quoted: boolean): Promise<Completion[]> {
  const words = quoted ? undefined : wordsOf(field);
  if (words !== undefined) return words.map((label, index) => ({ label, type: "enum", boost: -index }));
  const name = storedName(field);
  const found = name === undefined ? [] : await knownValues("spans", name);
  const texts = found.map((value) => ({ label: value, type: "text", apply: quoted ? JSON.stringify(value).slice(1) : JSON.stringify(value) }));
  return quoted ? texts : [...texts, { label: "nil", type: "enum", detail: "absent", boost: -99 }];
}

/** The language with its completion. */
export const support = new LanguageSupport(language, [language.data.of({ autocomplete: complete })]);
