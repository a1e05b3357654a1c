// The editor itself: CodeMirror with a language. Loaded on demand by QueryField.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import { EditorView, keymap, placeholder as placeholderText } from "@codemirror/view";
import { useEffect, useRef, type RefObject } from "react";
import { cspNonce } from "@/theme/nonce";
import { markAt } from "./diagnosticRange";
import type { QueryFieldProps, QueryLanguage } from "./QueryField";
import { editorTheme } from "./theme";

async function languageOf(language: QueryLanguage): Promise<Extension> {
  if (language === "promql") return (await import("./promql")).support;
  if (language === "logql") return (await import("./logql")).support;
  return (await import("./traceql")).support;
}

/** A text field with highlighting and completion. */
export function CodeField(props: QueryFieldProps & { caret: RefObject<number | undefined> }) {
  const { language, value, diagnostics } = props;
  const box = useRef<HTMLDivElement | null>(null);
  const view = useEditor(box, props);
  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, selection: { anchor: value.length } });
  }, [value, view]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const text = editor.state.doc.toString();
    const marks = (diagnostics ?? []).map((one): Diagnostic => ({ ...markAt(text, one.position), severity: "error", message: one.message }));
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [diagnostics, view]);
  return <div ref={box} data-language={language} />;
}

function useEditor(box: RefObject<HTMLDivElement | null>, props: QueryFieldProps & { caret: RefObject<number | undefined> }): RefObject<EditorView | null> {
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const { language, label, placeholder, completions } = props;
  useEffect(() => {
    const parent = box.current;
    if (parent === null) return undefined;
    const { value, autoFocus = false } = latest.current;
    const caret = latest.current.caret.current;
    const slot = new Compartment();
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: value,
        selection: { anchor: Math.min(caret ?? value.length, value.length) },
        extensions: [slot.of([]), ...base(latest, { label, placeholder, completions })],
      }),
    });
    view.current = editor;
    if (autoFocus || caret !== undefined) editor.focus();
    let gone = false;
    void languageOf(language).then((support) => {
      if (!gone) editor.dispatch({ effects: slot.reconfigure(support) });
    });
    return () => {
      gone = true;
      editor.destroy();
      view.current = null;
    };
  }, [box, language, label, placeholder, completions]);
  return view;
}

interface Fixed {
  label: string;
  placeholder: string | undefined;
  completions: CompletionSource | undefined;
}

function base(latest: RefObject<QueryFieldProps>, { label, placeholder, completions }: Fixed): Extension[] {
  const run = (): boolean => {
    latest.current.onRun();
    return true;
  };
  return [
    EditorView.cspNonce.of(cspNonce()),
    editorTheme,
    history(),
    bracketMatching(),
    closeBrackets(),
    EditorView.lineWrapping,
    autocompletion({ icons: false, maxRenderedOptions: 11, activateOnTypingDelay: 80, ...(completions === undefined ? {} : { override: [completions] }) }),
    // Enter belongs to an open completion list first (its keymap has the highest precedence), then runs.
    Prec.high(
      keymap.of([
        { key: "Mod-Enter", run },
        { key: "Shift-Enter", run: insertNewlineAndIndent },
        { key: "Enter", run },
        { key: "Tab", run: acceptCompletion },
      ]),
    ),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocorrect: "off", autocapitalize: "off" }),
    ...(placeholder === undefined ? [] : [placeholderText(placeholder)]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        const text = update.state.doc.toString();
        if (text !== latest.current.value) latest.current.onChange(text);
      }
    }),
  ];
}
