// One code cell of the page: its editor, its buttons, its output.
import { createEditor } from "./editor.js";
import { OutputArea } from "./outputs.js";

function button(label, description, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "live-button";
  made.textContent = label;
  if (description) made.title = description;
  made.addEventListener("click", action);
  return made;
}

const UNKEPT = {
  off: " This browser does not keep your change when you leave.",
  full: " The storage of this browser is full, so your change is lost when you leave: copy it to a file.",
};

const STALE = {
  gone: "Ran before Python was stopped.",
  older: "Ran before the latest change above.",
};

/** The book's own code of a cell. */
export const ownCode = (described) => described.source.replace(/\n+$/, "");

/** The name that the book gave a cell of a question; any other cell has its position only. */
export const idOf = (described, index) => described.id ?? String(index);

export class Cell {
  /** `kept` is what saved.js kept of it on an earlier visit, if anything. */
  constructor(described, { index, number, saved, kept, actions }) {
    this.index = index;
    this.number = number;
    this.saved = saved;
    this.original = ownCode(described);
    this.tags = described.tags ?? [];
    this.id = idOf(described, index);
    // The book's code that the learner's is a change of: an older release's until the learner has chosen.
    this.base = kept?.original ?? this.original;
    this.root = described.element && document.getElementById(described.element);
    this.source = kept?.source ?? this.original;
    this.area = null;
    this.actions = actions;
    this.said = "";
    this.failed = false;
    if (this.root) this.prepare();
  }

  get skipped() {
    return this.tags.includes("skip-execution");
  }

  get mayFail() {
    return this.tags.includes("raises-exception");
  }

  /** A learner may leave an answer or its check wrong and go on with the next task. */
  get isAnswer() {
    return this.tags.includes("answer") || this.tags.includes("check");
  }

  /** The question that the cell answers or checks, and which of the two it does. */
  get asked() {
    return /^(?<question>q\d+)-(?<part>answer|check)$/.exec(this.id)?.groups;
  }

  get name() {
    if (!this.asked) return `Cell ${this.number}`;
    return `${this.asked.part === "check" ? "The check of" : "Your answer to"} ${this.asked.question}`;
  }

  /**
   * Whether a change above can matter here. Answers cannot matter to other questions, the build has seen to that;
   * all of them matter where they are counted.
   */
  dependsOn(above) {
    if (!above.asked || above.asked.question === this.asked?.question) return true;
    return !this.asked && /\bcheck\.progress\b/.test(this.source);
  }

  prepare() {
    const input = this.root.querySelector(".cell_input");
    if (!input) return;
    this.status = document.createElement("span");
    this.status.className = "live-cell-status";
    const host = document.createElement("div");
    host.className = "live-editor";
    this.reset = button("Reset", "Bring back the page's own code", () => this.bringBack());
    this.tools = document.createElement("div");
    this.tools.className = "live-tools";
    this.tools.append(button("Run", "Run this cell (Shift+Enter)", this.actions.run), this.reset, this.status);
    input.replaceChildren(host, this.tools);
    const folded = input.closest("details");
    if (folded && this.root.contains(folded) && !folded.querySelector(".cell_output")) {
      // What is said beside the buttons of a folded cell would not be seen.
      this.note = document.createElement("p");
      this.note.className = "live-note";
      this.note.hidden = true;
      folded.after(this.note);
    }
    this.editor = createEditor({
      host,
      source: this.source,
      label: `Code of cell ${this.number}. Shift and Enter runs it.`,
      prose: this.tags.includes("free-text"),
      run: this.actions.run,
      changed: (text) => this.changed(text),
    });
    this.showEdited();
  }

  /** Whether the learner has to choose between their own code and that of a newer release. */
  get outdated() {
    return Boolean(this.editor) && this.base !== this.original;
  }

  keepMine() {
    this.base = this.original;
    this.changed(this.source);
    return "Yours stays. Reset brings the book's new code.";
  }

  takeNew() {
    this.base = this.original;
    this.editor.text = this.original;
    return "This is the book's new code.";
  }

  bringMineBack(source) {
    this.editor.text = source;
  }

  bringBack() {
    if (this.outdated) {
      this.choice.takeNew(true);
      return;
    }
    if (this.failed) this.clearOutput();
    this.editor.text = this.original;
    this.editor.focus();
  }

  changed(text) {
    this.source = text;
    if (text !== this.original || this.outdated) this.unkept = this.saved.keep(this.id, text, this.base);
    else {
      this.saved.forget(this.id);
      this.unkept = "";
    }
    this.showEdited();
    this.actions.changed();
  }

  showEdited() {
    this.reset.hidden = this.source === this.original;
  }

  /** What the cell has to say as long as its output is not out of date. */
  say(text) {
    this.said = text;
    this.show(this.state);
  }

  /** `state` is one of history.js. */
  show(state) {
    this.state = state;
    if (!this.status) return;
    const unkept = UNKEPT[this.unkept] ?? "";
    const running = this.root.classList.contains("live-running");
    const late = state === "changed" ? this.changeInWords() + unkept : (STALE[state] ?? "");
    const told = running ? "" : late;
    this.status.textContent = told || this.said;
    this.root.classList.toggle("live-changed", state === "changed");
    if (!this.note) return;
    this.note.textContent = told;
    this.note.hidden = !told;
  }

  changeInWords() {
    const what = this.source === this.original ? "The page's own code is back, not run yet" : "Changed, not run yet";
    if (!this.output?.hasChildNodes()) return `${what}.`;
    return `${what}: the ${this.failed ? "error" : "output"} below is from before.`;
  }

  get output() {
    return this.container ?? this.root?.querySelector(".cell_output");
  }

  /** Offers what to do first; `choices` are pairs of a label and an action. */
  ask(text, choices) {
    this.question?.remove();
    if (!this.tools) return;
    this.question = document.createElement("div");
    this.question.className = "live-question";
    const words = document.createElement("p");
    words.textContent = text;
    this.question.append(words);
    for (const [label, action] of choices) {
      const chosen = () => {
        this.forgetQuestion();
        action();
      };
      this.question.append(button(label, "", chosen));
    }
    this.tools.after(this.question);
  }

  forgetQuestion() {
    if (this.question?.contains(document.activeElement)) this.editor.focus();
    this.question?.remove();
    this.question = null;
  }

  /** Opens a folded output, for a reader who ran this very cell. */
  unfold() {
    const folded = this.output?.closest("details");
    if (folded && this.root.contains(folded)) folded.open = true;
  }

  /** A fresh output area over the cell's computed output, which stays until something replaces it. */
  begin(widgets) {
    this.root?.classList.add("live-running");
    this.root?.classList.remove("live-failed");
    this.root?.setAttribute("aria-busy", "true");
    this.forgetQuestion();
    this.say("Running …");
    this.fresh = true;
    this.widgets = widgets;
  }

  outputArea() {
    if (!this.root || this.tags.includes("remove-output")) return null;
    if (this.fresh) {
      this.fresh = false;
      this.container ??= this.output ?? this.addContainer();
      for (const old of this.container.children) old.dispatchEvent(new Event("live:removed"));
      // What stood here keeps its height until the new output is drawn, so that the text below does not jump.
      this.container.style.minHeight = `${this.container.offsetHeight}px`;
      this.area = new OutputArea(this.container, this.widgets);
    }
    return this.area;
  }

  addContainer() {
    const made = document.createElement("div");
    made.className = "cell_output docutils container";
    this.root.append(made);
    return made;
  }

  clearOutput() {
    this.fresh = true;
    this.outputArea();
    this.container?.replaceChildren();
    if (this.container) this.container.style.minHeight = "";
    this.failed = false;
    this.root?.classList.remove("live-failed");
  }

  async end(ok, seconds) {
    if (this.fresh && this.root) await this.outputArea()?.draw();
    await this.area?.drawing;
    if (this.container) this.container.style.minHeight = "";
    this.root?.classList.remove("live-running");
    this.root?.removeAttribute("aria-busy");
    this.root?.classList.toggle("live-failed", !ok);
    this.failed = !ok;
    this.say(ok ? `Done in ${seconds.toFixed(1)} s` : "Stopped with an error");
  }

  /** Python was ended in the middle of this cell: what it had put out is no result. */
  stopped() {
    this.clearOutput();
    this.root?.classList.remove("live-running");
    this.root?.removeAttribute("aria-busy");
    this.say("Stopped before it was done");
  }
}
