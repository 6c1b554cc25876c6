// Makes a page live: loaded after the click on "Run this page", while Python starts in the worker.
import { Cell, idOf, ownCode } from "./cell.js";
import { answersFile, onChange } from "./company.js";
import { History } from "./history.js";
import { offer } from "./releases.js";
import { place, Saved } from "./saved.js";
import { Widgets } from "./widgets.js";

const STEPS = {
  fetching: "Loading Python and its packages",
  starting: "Starting Python",
  packages: "Unpacking the packages",
};

const announce = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const ALL_ABOVE = "Run all above, then this";
const finePointer = matchMedia("(any-pointer: fine)");

function list(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Keeps the bar below the theme's own sticky header, and tells the page how much of its top is covered. */
function stick(bar) {
  const header = document.querySelector(".bd-header-article");
  const root = document.documentElement;
  const measure = () => {
    const above = header && getComputedStyle(header).position === "sticky" ? header.offsetHeight : 0;
    root.style.setProperty("--live-above", `${above}px`);
    root.style.setProperty("--live-covered", `${above + bar.offsetHeight}px`);
  };
  const watch = new ResizeObserver(measure);
  for (const each of [bar, header]) if (each) watch.observe(each);
  bar.classList.add("live-on");
  measure();
}

class Bar {
  constructor(bar, actions) {
    this.group = bar.firstElementChild;
    [this.run, this.status] = [bar.querySelector("button"), bar.querySelector("[role=status]")];
    this.restart = this.add("Restart", actions.restart);
    this.stop = this.add("Stop", actions.stop);
    this.progress = document.createElement("progress");
    this.progress.setAttribute("aria-label", "Loading Python");
    this.progress.max = 1;
    this.group.append(this.progress);
    stick(bar);
    this.run.addEventListener("click", () => {
      if (this.run.getAttribute("aria-disabled") !== "true") actions.run();
    });
  }

  add(label, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.addEventListener("click", () => {
      if (made.getAttribute("aria-disabled") !== "true") action();
    });
    this.status.before(made);
    return made;
  }

  // aria-disabled rather than disabled: a button that is switched off while focused keeps the focus.
  show({ run, canRun, canStop, canRestart, loading }) {
    this.run.textContent = run;
    this.run.setAttribute("aria-disabled", String(!canRun));
    this.stop.setAttribute("aria-disabled", String(!canStop));
    this.restart.setAttribute("aria-disabled", String(!canRestart));
    this.progress.hidden = !loading;
  }

  say(text, cells = []) {
    if (this.status.textContent === text && !cells.length) return;
    this.status.textContent = text;
    for (const cell of cells) {
      const anchor = document.createElement("a");
      anchor.href = `#${cell.root.id}`;
      anchor.textContent = `Go to cell ${cell.number}`;
      this.status.append(" ", anchor);
    }
  }
}

/** What was kept of this page, each piece under the id that its cell has now. */
function recall(saved, described) {
  const cells = described
    .map((each, index) => ({ id: idOf(each, index), original: ownCode(each), shown: each.element }))
    .filter((cell) => cell.shown);
  const kept = saved.read();
  const { placed, left } = place(kept, cells);
  for (const { id, original } of cells) if (placed.get(id)?.source === original) placed.delete(id);
  if (kept.length) saved.write([...placed.values(), ...left]);
  return { placed, left };
}

class Page {
  constructor({ bar, data, restart, megabytes }) {
    this.startWorker = restart;
    this.megabytes = megabytes;
    this.questions = data.questions;
    if (this.questions) onChange(() => this.state === "ready" && this.handAnswers());
    let number = 0;
    const saved = new Saved(data.page);
    const { placed, left } = recall(saved, data.cells);
    this.cells = data.cells.map((described, index) => {
      const shown = described.element && document.getElementById(described.element);
      if (shown) number += 1;
      const actions = { run: () => this.runOne(index), changed: () => this.changed(index) };
      return new Cell(described, { index, number, saved, kept: placed.get(idOf(described, index)), actions });
    });
    this.history = new History(
      this.cells.map((cell) => cell.original),
      (above, index) => this.cells[index].dependsOn(this.cells[above]),
    );
    for (const cell of this.cells) this.history.edited(cell.index, cell.source);
    this.visible = number;
    this.byId = new Map(this.cells.map((cell) => [cell.id, cell]));
    this.bar = new Bar(bar, {
      run: () => this.runAll(),
      restart: () => this.restart(),
      stop: () => this.stop(),
    });
    offer(bar, this.cells, left, saved);
  }

  // --- the life of one Python

  connect({ worker, early }) {
    this.worker = worker;
    this.ready = new Promise((resolve) => {
      this.becomeReady = resolve;
    });
    this.state = "loading";
    this.running = null;
    this.step = STEPS.fetching;
    this.widgets = new Widgets((message, buffers) => worker.postMessage({ kind: "comm", message, buffers }));
    worker.onmessage = ({ data }) => this.worker === worker && this.receive(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      if (this.worker === worker) this.fail("Python's own script could not be loaded: reload the page.");
    };
    this.bar.show({ run: "Run this page", canRun: false, canStop: true, canRestart: false, loading: true });
    this.bar.progress.removeAttribute("value");
    this.bar.say(`${this.step} …`);
    for (const event of early?.splice(0) ?? []) {
      if (event.type === "message") worker.onmessage(event);
      else worker.onerror(event);
    }
  }

  disconnect() {
    this.worker?.terminate();
    this.worker = null;
    this.widgets?.disconnect();
    this.history.pythonEnded();
    if (this.running) {
      this.history.interrupted(this.running.cell.index);
      this.running.cell.stopped();
      this.running.resolve("stopped");
    }
    this.running = null;
    this.batch = null;
    this.refresh();
  }

  changed(index) {
    this.history.edited(index, this.cells[index].source);
    this.refresh();
  }

  refresh() {
    for (const cell of this.cells) cell.show(this.history.state(cell.index));
  }

  fail(message) {
    this.disconnect();
    this.state = "stopped";
    this.becomeReady(false);
    this.bar.show({ run: "Try again", canRun: true, canStop: false, canRestart: false, loading: false });
    this.bar.say(`${message} The page itself stays readable.`);
    announce("live:failed", { message });
  }

  stop() {
    this.disconnect();
    this.state = "stopped";
    this.becomeReady(false);
    this.bar.show({ run: "Run this page again", canRun: true, canStop: false, canRestart: true, loading: false });
    this.bar.say("Python is stopped and its variables are gone. Your code is kept.");
  }

  async restart() {
    this.disconnect();
    this.connect(this.startWorker());
    if (await this.ready) this.bar.say("Python is new and empty: the cells have to run again, from the top.");
  }

  receive({ kind, ...message }) {
    this[`on_${kind}`](message);
  }

  on_progress({ loaded, total }) {
    if (this.state !== "loading") return;
    this.bar.progress.value = total ? loaded / total : 0;
    if (this.step === STEPS.fetching) {
      const tenth = Math.floor((10 * loaded) / total);
      // A screen reader hears every tenth, not every packet.
      if (tenth !== this.tenth) this.bar.say(`${this.step}: ${tenth * 10}% of about ${this.megabytes} MB`);
      this.tenth = tenth;
    }
  }

  on_step({ step }) {
    this.step = STEPS[step];
    this.tenth = null;
    this.bar.say(`${this.step} …`);
  }

  handAnswers() {
    this.worker.postMessage({ kind: "file", ...answersFile(this.questions) });
  }

  on_ready({ timings }) {
    this.state = "ready";
    if (this.questions) this.handAnswers();
    this.idle();
    this.bar.say("Python is ready.");
    this.becomeReady(true);
    announce("live:ready", { timings });
  }

  on_failed({ message }) {
    this.fail(message);
  }

  on_loading({ name }) {
    if (name) this.bar.say(`Loading ${name} …`);
    else if (this.running) this.bar.say(this.running.text);
  }

  parsed({ text, buffers }) {
    return { ...JSON.parse(text), buffers };
  }

  on_output(message) {
    const { cell, output } = this.parsed(message);
    const target = this.byId.get(cell);
    target?.outputArea()?.add(output);
    if (target) announce("live:output", { index: target.index, output });
  }

  on_clear(message) {
    const { cell, wait } = this.parsed(message);
    this.byId.get(cell)?.outputArea()?.clear(wait);
  }

  on_update(message) {
    const { display_id: id, output } = this.parsed(message);
    for (const cell of this.cells) cell.area?.update(id, output);
  }

  on_comm(message) {
    const { buffers, ...comm } = this.parsed(message);
    this.widgets.receive(comm, buffers);
  }

  on_idle({ parent }) {
    this.widgets.idle(parent);
  }

  on_done({ id, ok }) {
    const running = this.running;
    this.running = null;
    if (running?.cell.id === id) running.resolve(ok);
  }

  // --- running cells

  idle() {
    this.bar.show({ run: "Run all cells", canRun: true, canStop: false, canRestart: true, loading: false });
  }

  busy() {
    this.bar.show({ run: "Run all cells", canRun: false, canStop: true, canRestart: true, loading: false });
  }

  /** Runs one cell after whatever is running; resolves to true, false or "stopped". */
  run(cell, text) {
    const worker = this.worker;
    const turn = (this.queue ?? Promise.resolve()).then(async () => {
      if (!worker || worker !== this.worker) return "stopped";
      const began = performance.now();
      this.busy();
      this.bar.say(text);
      const source = cell.source;
      cell.begin(this.widgets);
      const ok = await new Promise((resolve) => {
        this.running = { cell, resolve, text };
        worker.postMessage({ kind: "run", id: cell.id, source });
      });
      if (ok === "stopped") return ok;
      await cell.end(ok, (performance.now() - began) / 1000);
      this.history.ran(cell.index, source, ok);
      this.changed(cell.index); // it may have been edited while it ran
      this.idle();
      announce("live:cell-done", { index: cell.index, ok, element: cell.root?.id ?? null });
      return ok;
    });
    this.queue = turn.catch((error) => console.error(error));
    return turn;
  }

  /** The cells above that have not run in the present Python. */
  missingAbove(index) {
    return this.cells.slice(0, index).filter((cell) => !cell.skipped && !this.history.hasRun(cell.index));
  }

  /** Runs one cell because the reader said so: opens its output, and asks first when what it builds on is missing. */
  async runOne(index, alone = false) {
    const cell = this.cells[index];
    const missing = this.missingAbove(index);
    if (this.batch?.has(cell)) {
      cell.say("Its turn comes …");
      return;
    }
    if (missing.length && !this.batch && !alone) {
      this.askForAbove(cell, missing);
      return;
    }
    if (this.state === "stopped") this.connect(this.startWorker());
    if (!(await this.ready)) return;
    cell.unfold();
    const ok = await this.run(cell, `Running: ${cell.name} …`);
    if (ok === "stopped") return;
    this.bar.say(`${cell.name} ${ok ? "is done." : "stopped with an error."}`);
    if (ok || !this.missingAbove(index).length) return;
    const text = "The cells above have not run in this Python: what is missing here may be made there.";
    cell.ask(text, [[ALL_ABOVE, () => this.runWithAbove(index)]]);
  }

  askForAbove(cell, missing) {
    const nothing = this.cells.every((each) => !this.history.hasRun(each.index));
    const some = missing.length === 1 ? "A cell above has not run yet." : "Some cells above have not run yet.";
    const text = nothing ? "Python was restarted: the cells above have not run yet." : some;
    cell.ask(text, [
      [ALL_ABOVE, () => this.runWithAbove(cell.index)],
      ["Run only this", () => this.runOne(cell.index, true)],
    ]);
    cell.question?.querySelector("button").focus();
    this.bar.say(text);
  }

  async runWithAbove(index) {
    const cell = this.cells[index];
    cell.unfold();
    const failed = await this.runSeveral([...this.missingAbove(index), cell]);
    if (failed) this.report(failed, `${cell.name} and the cells above it have run`, "the cells after it did not run");
  }

  async runAll() {
    const failed = await this.runSeveral(this.cells.filter((cell) => !cell.skipped));
    if (!failed) return;
    const more = failed.length ? "" : `. Change any of them; ${finePointer.matches ? "Shift+Enter" : "the button below it"} runs a cell`;
    this.report(failed, `All cells have run${more}`, "the cells after it did not run");
    if (!failed.some(this.ends)) announce("live:page-done", {});
  }

  ends(cell) {
    return !cell.isAnswer;
  }

  /** Runs cells in order up to the first error outside an answer; gives those that failed, or null when stopped. */
  async runSeveral(cells) {
    if (this.state === "stopped") this.connect(this.startWorker());
    this.batch = new Set(cells);
    const batch = this.batch;
    const failed = [];
    if (!(await this.ready)) return null;
    for (const cell of cells) {
      const text = cell.root ? `Running cell ${cell.number} of ${this.visible} …` : "Preparing …";
      const ok = await this.run(cell, text);
      batch.delete(cell);
      if (ok === "stopped") return null;
      if (!ok && !cell.mayFail) failed.push(cell);
      if (failed.some(this.ends)) break;
    }
    this.batch = null;
    return failed;
  }

  report(failed, done, left) {
    if (!failed.length) return this.bar.say(`${done}.`);
    const shown = failed.filter((cell) => cell.root);
    const names = shown.length
      ? `${shown.length > 1 ? "Cells" : "Cell"} ${list(shown.map((cell) => cell.number))}`
      : "A preparing cell that is not shown";
    const ended = `${names} stopped with an error`;
    return this.bar.say(failed.some(this.ends) ? `${ended}; ${left}.` : `${done}. ${ended}.`, shown);
  }
}

/** Takes over from start.js, which has begun to start Python already. */
export function open({ bar, data, first, restart, style, megabytes }) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = style;
  document.head.append(sheet);
  const page = new Page({ bar, data, restart, megabytes });
  page.connect(first);
  page.runAll();
}
