// The PromQL editor. It lives in a shadow root: there its styles are constructed sheets, which the
// strict content security policy allows, where <style> elements would be refused.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";
import { h, root } from "./dom.js";
import { t } from "./i18n.js";

const theme = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "transparent", fontSize: "13.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { fontFamily: "var(--mono)", padding: "6px 0", caretColor: "var(--accent)" },
  ".cm-scroller": { overflowX: "auto", lineHeight: "1.5" },
  ".cm-line": { padding: "0 10px" },
  ".cm-placeholder": { color: "var(--dim)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": { backgroundColor: "var(--accent-ground) !important" },
  ".cm-matchingBracket": { backgroundColor: "var(--raised)", outline: "1px solid var(--line-strong)" },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--text)", border: "1px solid var(--line-strong)", borderRadius: "6px", overflow: "hidden", zIndex: "30" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16em", minWidth: "260px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent-ground)", color: "var(--text)" },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)", fontWeight: "700" },
  ".cm-completionDetail": { color: "var(--dim)", fontStyle: "normal", float: "right", marginLeft: "16px" },
  ".cm-completionInfo": { padding: "6px 8px", maxWidth: "340px", fontFamily: "var(--sans)", fontSize: "12.5px" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", fontSize: "12.5px", borderLeftColor: "var(--bad)" },
  ".cm-completionIcon": { opacity: "0.6" },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--info)", fontWeight: "600" },
  { tag: tags.function(tags.variableName), color: "var(--info)" },
  { tag: [tags.string], color: "var(--good)" },
  { tag: [tags.number, tags.literal], color: "var(--warn)" },
  { tag: tags.labelName, color: "var(--accent)" },
  { tag: tags.comment, color: "var(--dim)", fontStyle: "italic" },
  { tag: [tags.operator, tags.modifier], color: "var(--info)" },
  { tag: tags.invalid, color: "var(--bad)", textDecoration: "underline wavy" },
]);

const promql = new PromQLExtension().setComplete({
  remote: {
    url: new URL(root, location.href).href.replace(/\/$/, ""),
    httpMethod: "POST",
    // Completion fails quietly: the editor stays of use when the node is busy.
    httpErrorHandler: () => {},
    cache: { maxAge: 60_000 },
  },
});

// Returns the element with `text()`, `set(text)` and `focus()`.
export function editor(text, onRun, onChange) {
  const host = h("div.editor");
  const shadow = host.attachShadow({ mode: "open", delegatesFocus: true });
  const run = () => {
    onRun();
    return true;
  };
  const view = new EditorView({
    root: shadow,
    parent: shadow,
    state: EditorState.create({
      doc: text,
      extensions: [
        theme,
        syntaxHighlighting(colours),
        promql.asExtension(),
        history(),
        bracketMatching(),
        closeBrackets(),
        indentOnInput(),
        autocompletion({ icons: false }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "PromQL", autocapitalize: "off", spellcheck: "false" }),
        placeholder(t("query.placeholder")),
        EditorView.updateListener.of((u) => u.docChanged && onChange()),
        Prec.highest(
          keymap.of([
            { key: "Enter", run: (v) => acceptCompletion(v) || run() },
            { key: "Mod-Enter", run },
            { key: "Shift-Enter", run: insertNewlineAndIndent },
            { key: "Tab", run: acceptCompletion },
          ]),
        ),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      ],
    }),
  });
  return Object.assign(host, {
    text: () => view.state.doc.toString(),
    set: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    focusEnd() {
      view.focus();
      view.dispatch({ selection: { anchor: view.state.doc.length } });
    },
    destroyView: () => view.destroy(),
  });
}
