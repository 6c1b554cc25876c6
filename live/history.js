// What has run in which Python, and which outputs no longer belong to the code above them.

/**
 * `sources` are the page's own codes; the outputs on the page are theirs until a cell runs.
 * `matters(above, index)` tells whether what one cell does can matter to one below.
 */
export class History {
  constructor(sources, matters = () => true) {
    this.matters = matters;
    this.clock = 0;
    this.python = 1;
    // ran: when, 0 for never. python: in which one. effect: when it last did something new. edited: when, or 0.
    this.cells = sources.map((source) => ({ source, ok: true, ran: 0, python: 0, effect: 0, edited: 0 }));
  }

  pythonEnded() {
    this.python += 1;
  }

  edited(index, source) {
    const cell = this.cells[index];
    if (source === cell.source) cell.edited = 0;
    else cell.edited ||= ++this.clock;
  }

  ran(index, source, ok) {
    const cell = this.cells[index];
    const news = source !== cell.source || !ok || !cell.ok || this.state(index) === "older";
    this.clock += 1;
    if (news) cell.effect = this.clock;
    Object.assign(cell, { source, ok, ran: this.clock, python: this.python, edited: 0 });
  }

  /** A cell that was cut short has no output that belongs to any code. */
  interrupted(index) {
    Object.assign(this.cells[index], { source: null, ok: false, ran: 0, python: 0, edited: 0 });
  }

  hasRun(index) {
    return this.cells[index].python === this.python;
  }

  /**
   * "changed": edited since it ran. "gone": ran in a Python that has ended.
   * "older": something above changed or did something new since it ran. "": the output is the code's own.
   */
  state(index) {
    const cell = this.cells[index];
    if (cell.edited) return "changed";
    if (!cell.ran) return "";
    if (cell.python !== this.python) return "gone";
    const newer = (above, i) => Math.max(above.edited, above.effect) > cell.ran && this.matters(i, index);
    return this.cells.slice(0, index).some(newer) ? "older" : "";
  }
}
