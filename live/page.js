// Makes a page live: loaded after the click on "Run this page", while Python starts in the worker.
import { Cell } from "./cell.js";
import { Widgets } from "./widgets.js";

const STEPS = {
  fetching: "Loading Python and its packages",
  starting: "Starting Python",
  packages: "Unpacking the packages",
};

const announce = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

class Bar {
  constructor(bar, actions) {
    this.group = bar.firstElementChild;
    [this.run, this.status] = [bar.querySelector("button"), bar.querySelector("[role=status]")];
    this.restart = this.add("Restart Python", actions.restart);
    this.stop = this.add("Stop", actions.stop);
    this.progress = document.createElement("progress");
    this.progress.setAttribute("aria-label", "Loading Python");
    this.progress.max = 1;
    this.group.append(this.progress);
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

  say(text, link) {
    if (this.status.textContent === text && !link) return;
    this.status.textContent = text;
    if (!link) return;
    const anchor = document.createElement("a");
    anchor.href = `#${link.id}`;
    anchor.textContent = link.text;
    this.status.append(" ", anchor);
  }
}

class Page {
  constructor({ bar, data, restart }) {
    this.startWorker = restart;
    let number = 0;
    this.cells = data.cells.map((described, index) => {
      const shown = described.element && document.getElementById(described.element);
      if (shown) number += 1;
      return new Cell(described, index, number, () => this.runOne(index));
    });
    this.visible = number;
    this.byId = new Map(this.cells.map((cell) => [cell.id, cell]));
    this.bar = new Bar(bar, {
      run: () => this.runAll(),
      restart: () => this.restart(),
      stop: () => this.stop(),
    });
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
    this.running?.resolve("stopped");
    this.running = null;
    for (const cell of this.cells) cell.stopped();
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
    this.bar.say("Python is stopped: its variables are gone and the controls do not answer. Your code is kept.");
  }

  async restart() {
    this.disconnect();
    this.connect(this.startWorker());
    if (await this.ready) this.bar.say("Python is ready and empty: run the cells from the top.");
  }

  receive({ kind, ...message }) {
    this[`on_${kind}`](message);
  }

  on_progress({ loaded, total }) {
    if (this.state !== "loading") return;
    this.bar.progress.value = total ? loaded / total : 0;
    this.bar.progress.textContent = `${megabytes(loaded)} of ${megabytes(total)} MB`;
    if (this.step === STEPS.fetching) {
      const tenth = Math.floor((10 * loaded) / total);
      // A screen reader hears every tenth, not every packet.
      if (tenth !== this.tenth) this.bar.say(`${this.step}: ${tenth * 10} % of ${megabytes(total)} MB`);
      this.tenth = tenth;
    }
  }

  on_step({ step }) {
    this.step = STEPS[step];
    this.tenth = null;
    this.bar.say(`${this.step} …`);
  }

  on_ready({ timings }) {
    this.state = "ready";
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
      cell.begin(this.widgets);
      const ok = await new Promise((resolve) => {
        this.running = { cell, resolve, text };
        worker.postMessage({ kind: "run", id: cell.id, source: cell.source });
      });
      if (ok === "stopped") return ok;
      await cell.end(ok, (performance.now() - began) / 1000);
      this.idle();
      announce("live:cell-done", { index: cell.index, ok, element: cell.root?.id ?? null });
      return ok;
    });
    this.queue = turn.catch((error) => console.error(error));
    return turn;
  }

  async runOne(index) {
    if (this.state === "stopped") this.connect(this.startWorker());
    if (!(await this.ready)) return;
    const cell = this.cells[index];
    const ok = await this.run(cell, `Running cell ${cell.number} …`);
    if (ok === "stopped") return;
    this.bar.say(`Cell ${cell.number} ${ok ? "is done." : "stopped with an error."}`);
  }

  async runAll() {
    if (this.state === "stopped") this.connect(this.startWorker());
    if (!(await this.ready)) return;
    for (const cell of this.cells) {
      if (cell.skipped) continue;
      const text = cell.root ? `Running cell ${cell.number} of ${this.visible} …` : "Preparing …";
      const ok = await this.run(cell, text);
      if (ok === "stopped") return;
      if (!ok && !cell.mayFail) {
        if (cell.root) {
          this.bar.say(`Cell ${cell.number} stopped with an error; the cells after it did not run.`, {
            id: cell.root.id,
            text: `Go to cell ${cell.number}`,
          });
        } else {
          this.bar.say("A preparing cell that is not shown stopped with an error; the cells after it did not run.");
        }
        return;
      }
    }
    this.bar.say("All cells have run. Change any of them; Shift+Enter runs a cell.");
    announce("live:page-done", {});
  }
}

/** Takes over from start.js, which has begun to start Python already. */
export function open({ bar, data, first, restart, style }) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = style;
  document.head.append(sheet);
  const page = new Page({ bar, data, restart });
  page.connect(first);
  page.runAll();
}
