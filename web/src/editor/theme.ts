// The look of the editor in both themes: everything through the tokens.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--ink)", fontSize: "var(--size-code)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-code)", fontVariantLigatures: "none", lineHeight: "18px", overflowX: "auto" },
  ".cm-content": { padding: "5px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 8px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "1.5px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 28%, transparent)",
  },
  ".cm-placeholder": { color: "var(--ink-3)" },
  ".cm-matchingBracket, .cm-nonmatchingBracket": { backgroundColor: "transparent", color: "inherit" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-wash)", outline: "1px solid var(--accent)", color: "inherit" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", color: "var(--red)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--red)", textUnderlineOffset: "3px" },
  ".cm-lintPoint-error:after": { borderBottomColor: "var(--red)" },
  ".cm-diagnostic": { padding: "4px 8px", fontFamily: "var(--font-text)", fontSize: "var(--size-small)" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--red)" },
  ".cm-tooltip": { border: "1px solid var(--edge)", borderRadius: "var(--radius)", backgroundColor: "var(--raised)", color: "var(--ink)", overflow: "hidden" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-code)", fontVariantLigatures: "none", maxHeight: "264px", minWidth: "220px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0 8px", lineHeight: "24px", display: "flex", alignItems: "center", gap: "4px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent-wash)", color: "var(--ink)", boxShadow: "inset 2px 0 0 var(--accent)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600" },
  ".cm-completionDetail": { marginLeft: "auto", paddingLeft: "16px", color: "var(--ink-2)", fontStyle: "normal", fontFamily: "var(--font-text)", fontSize: "11px" },
  ".cm-completionIcon": { opacity: "1", color: "var(--ink-3)", width: "14px", paddingRight: "6px", fontSize: "11px" },
  ".cm-completionInfo": { padding: "6px 8px", maxWidth: "340px", fontFamily: "var(--font-text)", fontSize: "var(--size-small)", lineHeight: "18px" },
});

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--slot-6)" },
  { tag: [tags.number, tags.literal], color: "var(--slot-0)" },
  { tag: tags.atom, color: "var(--slot-0)" },
  { tag: [tags.keyword, tags.modifier, tags.function(tags.variableName), tags.definitionKeyword], color: "var(--slot-7)" },
  { tag: [tags.propertyName, tags.labelName], color: "var(--slot-1)" },
  { tag: tags.namespace, color: "var(--ink-2)" },
  { tag: [tags.operator, tags.arithmeticOperator, tags.compareOperator, tags.logicOperator, tags.punctuation, tags.bracket], color: "var(--ink-2)" },
]);

/** Theme and highlighting. */
export const editorTheme: Extension = [look, syntaxHighlighting(colours)];
