// What a learner typed on a page, kept in this browser: a list of {id, source, original}, where `original` is
// the book's own code that was changed. start.js counts the list, the page "My progress" exports it.

/** Why the last change could not be kept: "" when it could, "full" or "off". */
const reason = (error) => (error.name === "QuotaExceededError" ? "full" : "off");

const isEntry = (entry) => ["id", "source", "original"].every((name) => typeof entry?.[name] === "string");

export class Saved {
  constructor(page) {
    this.key = `customer-value-workbook:code:${page}`;
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      return Array.isArray(kept) ? kept.filter(isEntry) : [];
    } catch {
      return []; // storage is off, or something else wrote there
    }
  }

  write(entries) {
    try {
      if (entries.length) localStorage.setItem(this.key, JSON.stringify(entries));
      else localStorage.removeItem(this.key);
      return "";
    } catch (error) {
      return reason(error);
    }
  }

  // Read anew each time: the same page may be open in another tab, with changes of its own.
  keep(id, source, original) {
    return this.write([...this.read().filter((entry) => entry.id !== id), { id, source, original }]);
  }

  forget(id) {
    return this.write(this.read().filter((entry) => entry.id !== id));
  }
}

const words = (source) => new Set(source.match(/\w+|[^\s\w]/g) ?? []);

/** How alike two pieces of code are, from 0 to 1 (Dice's coefficient of their words). */
function likeness(one, other) {
  const [a, b] = [words(one), words(other)];
  const common = [...a].filter((word) => b.has(word)).length;
  return a.size + b.size ? (2 * common) / (a.size + b.size) : 1;
}

const isPosition = (id) => /^\d+$/.test(id);
const LEFT = "left-"; // ids of pieces whose cell is gone, so that no other cell takes its position

/**
 * Finds the cell that each kept entry belongs to, also after a release that added, moved or changed cells.
 * `cells` are {id, original}; an id that is no position is the name of a question's cell and stays for ever.
 * Gives {placed: Map from a cell's id to its entry, left: entries whose cell is gone}.
 */
export function place(entries, cells) {
  const placed = new Map();
  const left = [];
  const names = new Set(cells.map((cell) => cell.id).filter((id) => !isPosition(id)));
  const free = () => cells.filter((cell) => isPosition(cell.id) && !placed.has(cell.id));
  const nearest = (entry, found) =>
    found.sort((a, b) => Math.abs(a.id - entry.id) - Math.abs(b.id - entry.id))[0];

  const unnamed = [];
  for (const entry of entries) {
    if (names.has(entry.id)) placed.set(entry.id, entry);
    else if (isPosition(entry.id) || entry.id.startsWith(LEFT)) unnamed.push(entry);
    else left.push(entry);
  }
  const changed = [];
  for (const entry of unnamed) {
    const same = nearest(
      entry,
      free().filter((cell) => cell.original === entry.original),
    );
    if (same) placed.set(same.id, { ...entry, id: same.id });
    else changed.push(entry);
  }
  for (const entry of changed) {
    const scores = new Map(free().map((cell) => [cell, likeness(cell.original, entry.original)]));
    const best = Math.max(0.5, ...scores.values());
    const found = nearest(
      entry,
      [...scores.keys()].filter((cell) => scores.get(cell) === best),
    );
    if (found) placed.set(found.id, { ...entry, id: found.id });
    else left.push(entry);
  }
  const taken = new Set(left.map((entry) => entry.id));
  const newId = () => {
    let number = 0;
    while (taken.has(`${LEFT}${number}`)) number += 1;
    taken.add(`${LEFT}${number}`);
    return `${LEFT}${number}`;
  };
  return { placed, left: left.map((entry) => (isPosition(entry.id) ? { ...entry, id: newId() } : entry)) };
}
