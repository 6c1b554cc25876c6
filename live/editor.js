// An editable cell: a small CodeMirror with Python's grammar. Tab leaves it, so nobody is trapped inside.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, LanguageSupport, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/**
 * Creates an editor in `host`; `run` is called on Shift+Enter, `changed` with the text after each edit.
 * With `prose` long lines go on in the next one, as in a letter.
 */
export function createEditor({ host, source, label, prose, run, changed }) {
  const runKey = () => {
    run();
    return true;
  };
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: source,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: "Shift-Enter", run: runKey },
            { key: "Mod-Enter", run: runKey },
          ]),
        ),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        history(),
        drawSelection(),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        new LanguageSupport(pythonLanguage),
        syntaxHighlighting(classHighlighter),
        prose ? EditorView.lineWrapping : [],
        EditorView.contentAttributes.of({
          "aria-label": label,
          // Focusable anyway; said aloud, because checkers of scrolling regions do not know it.
          tabindex: "0",
          autocapitalize: "off",
          spellcheck: String(Boolean(prose)),
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(value) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
    },
    focus: () => view.focus(),
  };
}
