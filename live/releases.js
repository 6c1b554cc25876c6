// A newer release of a page meets code that the learner changed in the older one: the learner chooses.

function button(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "live-button";
  made.textContent = label;
  made.addEventListener("click", action);
  return made;
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

/** The choice beside one cell. `cell` offers keepMine(), takeNew() and bringMineBack(). */
class Choice {
  constructor(cell, settled) {
    this.cell = cell;
    cell.choice = this;
    this.settled = settled;
    this.box = document.createElement("div");
    this.box.className = "live-question live-choice";
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", `Cell ${cell.number}: your code and the book's`);
    this.compare = button("Compare", () => this.toggle());
    this.compare.setAttribute("aria-expanded", "false");
    this.box.append(
      paragraph("The book's code in this cell has changed since you changed it. You see yours."),
      button("Keep mine", () => this.keepMine(true)),
      button("Take the new", () => this.takeNew(true)),
      this.compare,
    );
    cell.tools.after(this.box);
  }

  async toggle(open = !this.shown) {
    if (open === Boolean(this.shown)) return;
    this.compare.setAttribute("aria-expanded", String(open));
    this.compare.textContent = open ? "Close the comparison" : "Compare";
    if (!open) {
      this.shown.remove();
      this.shown = null;
      return;
    }
    this.shown = document.createElement("div");
    this.box.append(this.shown);
    try {
      const { comparison } = await import("./compare.js");
      this.shown?.append(comparison({ source: this.cell.source, original: this.cell.base }, this.cell.original));
    } catch {
      this.shown?.append(paragraph("The comparison cannot be loaded: check the connection and try again."));
    }
  }

  keepMine(focus) {
    this.end(this.cell.keepMine(), focus);
  }

  takeNew(focus) {
    const mine = this.cell.source;
    this.end(this.cell.takeNew(), focus, [
      button("Bring mine back", () => {
        this.cell.bringMineBack(mine);
        this.note.remove();
        this.cell.editor.focus();
      }),
    ]);
  }

  end(words, focus, more = []) {
    this.box.remove();
    this.note = document.createElement("div");
    this.note.className = "live-question";
    const said = paragraph("");
    said.setAttribute("role", "status");
    this.note.append(said, ...more);
    this.cell.tools.after(this.note);
    said.textContent = words;
    // The button that had the focus is gone.
    if (focus) this.cell.editor.focus();
    this.settled(this);
  }
}

function leftOver(entry, saved) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = "Code of yours whose cell is no longer on this page";
  const code = document.createElement("pre");
  code.tabIndex = 0;
  code.textContent = entry.source;
  const forget = button("Throw it away", () => {
    saved.forget(entry.id);
    details.remove();
  });
  details.append(summary, code, forget);
  return details;
}

/** Shows, below the bar, what the newer release means for the learner's code; nothing when it means nothing. */
export function offer(bar, cells, left, saved) {
  let open = [];
  const box = document.createElement("section");
  box.className = "live-releases";
  box.setAttribute("aria-label", "Changed in the book");
  const said = paragraph("");
  said.setAttribute("role", "status");
  const links = document.createElement("p");
  const all = document.createElement("div");
  all.className = "live-tools";

  const show = () => {
    const count = open.length;
    all.hidden = count < 2;
    links.replaceChildren(
      ...open.flatMap(({ cell }) => {
        const link = document.createElement("a");
        link.href = `#${cell.root.id}`;
        link.textContent = `Go to cell ${cell.number}`;
        return [link, " "];
      }),
    );
    const which = count === 1 ? "a cell that you changed" : `${count} cells that you changed`;
    said.textContent = count
      ? `A newer edition of this page has other code in ${which}. Your code is still there: choose what you want.`
      : open.begun
        ? "You have chosen for every cell."
        : "";
  };
  const settled = (choice) => {
    open = Object.assign(
      open.filter((each) => each !== choice),
      { begun: true },
    );
    show();
  };
  open = cells.filter((cell) => cell.outdated).map((cell) => new Choice(cell, settled));
  if (!open.length && !left.length) return;

  const each = (action) => () => {
    for (const choice of [...open]) action(choice);
    if (!open.length) {
      box.tabIndex = -1;
      box.focus();
    }
  };
  all.append(
    button("Keep mine in all", each((choice) => choice.keepMine(false))),
    button("Take the new in all", each((choice) => choice.takeNew(false))),
    button("Compare all", each((choice) => choice.toggle(true))),
  );
  box.append(said, links, all, ...left.map((entry) => leftOver(entry, saved)));
  bar.after(box);
  show();
}
