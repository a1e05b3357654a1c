// LogQL for the editor: highlighting through Grafana's grammar (Apache-2.0), completion of our own.
import { parser } from "@grafana/lezer-logql";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { LRLanguage, LanguageSupport } from "@codemirror/language";
import { styleTags, tags } from "@lezer/highlight";
import { knownLabels, knownValues } from "./labelData";
import { logqlExpects, logqlJoins, logqlOperators, writtenLabel, type LogqlExpected } from "./logqlContext";

const language = LRLanguage.define({
  parser: parser.configure({
    props: [
      styleTags({
        LineComment: tags.comment,
        String: tags.string,
        "Number Duration Bytes": tags.number,
        "Eq Neq Re Nre Gtr Gte Lss Lte Eql PipeExact PipeMatch PipePattern Npa Pipe": tags.operator,
        "And Or Unless": tags.keyword,
        Identifier: tags.propertyName,
      }),
    ],
  }),
  languageData: { closeBrackets: { brackets: ["{", "(", '"', "`"] }, commentTokens: { line: "#" } },
});

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const expected = logqlExpects(context.state.sliceDoc(0, context.pos));
  const { want, from } = expected;
  if (want === "nothing" || (!context.explicit && from === context.pos && want === "join")) return null;
  const options = want === "field" ? await fields() : want === "value" ? await values(expected) : fixed(expected);
  return options.length === 0 ? null : { from, options, validFor: /^[^\s{}()=~!<>&|,"`]*$/u };
}

function fixed({ want, place }: LogqlExpected): Completion[] {
  if (want === "start") return [{ label: "{ }", apply: "{", type: "keyword", detail: "which streams" }];
  if (want === "operator") return logqlOperators(place).map((label, index) => ({ label, apply: place === "selector" ? label : `${label} `, type: "operator", boost: -index }));
  return logqlJoins(place).map(({ text, detail }, index) => ({ label: text.trim(), apply: text, detail, type: "operator", boost: -index }));
}

async function fields(): Promise<Completion[]> {
  const labels = await knownLabels("logs");
  const names = new Map(labels.map(({ name, scope }) => [writtenLabel(name), scope]));
  names.set("detected_level", "severity");
  return [...names].map(([label, scope]) => ({ label, type: "property", detail: scope === "item" ? "record" : scope }));
}

async function values({ field = "", quoted, place }: LogqlExpected): Promise<Completion[]> {
  if (field === "detected_level" || field === "level") return ["error", "warn", "info", "debug", "trace", "fatal"].map((level, index) => written(level, quoted, -index));
  const labels = await knownLabels("logs");
  const name = labels.find((label) => label.name === field || writtenLabel(label.name) === field)?.name ?? field;
  const found = await knownValues("logs", name);
  return found.map((value) => written(value, quoted, 0)).concat(place === "filters" && !quoted && found.length === 0 ? [{ label: "100ms", type: "enum" }] : []);
}

function written(value: string, quoted: boolean, boost: number): Completion {
  return { label: value, type: "text", boost, apply: quoted ? JSON.stringify(value).slice(1) : JSON.stringify(value) };
}

/** The language with its completion. */
export const support = new LanguageSupport(language, [language.data.of({ autocomplete: complete })]);
