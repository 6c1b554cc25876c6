// One code cell of the page: its editor, its buttons, its output.
import { createEditor } from "./editor.js";
import { OutputArea } from "./outputs.js";
import { forget, keep, recall } from "./saved.js";

function button(label, description, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "live-button";
  made.textContent = label;
  made.title = description;
  made.addEventListener("click", action);
  return made;
}

export class Cell {
  constructor(described, index, number, run) {
    this.index = index;
    this.number = number;
    this.original = described.source.replace(/\n+$/, "");
    this.tags = described.tags ?? [];
    this.id = described.element ?? `hidden-${index}`;
    this.root = described.element && document.getElementById(described.element);
    this.source = this.original;
    this.area = null;
    if (this.root) this.prepare(run);
  }

  get skipped() {
    return this.tags.includes("skip-execution");
  }

  get mayFail() {
    return this.tags.includes("raises-exception");
  }

  prepare(run) {
    const input = this.root.querySelector(".cell_input");
    if (!input) return;
    const before = recall(this.id);
    if (before) this.source = before.source;
    this.status = document.createElement("span");
    this.status.className = "live-cell-status";
    const host = document.createElement("div");
    host.className = "live-editor";
    this.reset = button("Reset", "Bring back the page's own code", () => {
      forget(this.id);
      this.editor.text = this.original;
      this.editor.focus();
    });
    const tools = document.createElement("div");
    tools.className = "live-tools";
    this.runButton = button("Run", "Run this cell (Shift+Enter)", run);
    tools.append(this.runButton, this.reset, this.status);
    input.replaceChildren(host, tools);
    this.editor = createEditor({
      host,
      source: this.source,
      label: `Code of cell ${this.number}. Shift and Enter runs it.`,
      run,
      changed: (text) => this.changed(text),
    });
    this.showEdited();
    if (before && before.original !== this.original) {
      this.say("This is your version; the page's own has changed since. Reset shows it.");
    }
  }

  changed(text) {
    this.source = text;
    if (text === this.original) forget(this.id);
    else if (!keep(this.id, text, this.original)) this.say("This browser does not keep your change when you leave.");
    this.showEdited();
  }

  showEdited() {
    this.reset.hidden = this.source === this.original;
  }

  say(text) {
    if (this.status) this.status.textContent = text;
  }

  /** A fresh output area over the cell's computed output, which stays until something replaces it. */
  begin(widgets) {
    this.root?.classList.add("live-running");
    this.root?.classList.remove("live-failed");
    this.root?.setAttribute("aria-busy", "true");
    this.say("Running …");
    this.fresh = true;
    this.widgets = widgets;
  }

  outputArea() {
    if (!this.root || this.tags.includes("remove-output")) return null;
    if (this.fresh) {
      this.fresh = false;
      this.container ??= this.root.querySelector(".cell_output") ?? this.addContainer();
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

  async end(ok, seconds) {
    if (this.fresh && this.root) await this.outputArea()?.draw();
    await this.area?.drawing;
    if (this.container) this.container.style.minHeight = "";
    this.root?.classList.remove("live-running");
    this.root?.removeAttribute("aria-busy");
    this.root?.classList.toggle("live-failed", !ok);
    this.say(ok ? `Done in ${seconds.toFixed(1)} s` : "Stopped with an error");
  }

  stopped() {
    if (this.root?.classList.contains("live-running")) this.say("Stopped");
    this.root?.classList.remove("live-running");
    this.root?.removeAttribute("aria-busy");
  }
}
