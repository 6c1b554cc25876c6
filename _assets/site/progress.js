// Keeps in this browser, and nowhere else, what the reader has reached, and marks it in the table of contents.
// Kept under one key: {schema, exercises: {slug: {qid: result}}, quizzes: {page: {key: result}},
// labs: {page: {run: result}}}; a result is {verdict, reached, points, book, on}.
const workbookProgress = (() => {
  const PREFIX = "customer-value-workbook:";
  const KEY = `${PREFIX}progress`;
  const SCHEMA = 1;
  const KINDS = ["exercises", "quizzes", "labs"];
  const VERDICTS = ["not-yet", "recorded", "right"]; // from the worst to the best
  const NAME = /^[a-z0-9][\w./-]{0,200}$/i;
  const here = document.currentScript.dataset;

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const number = (value) => Number(value.toFixed(2));

  /** What is wrong with a result, or "". */
  function wrong(result) {
    if (!isObject(result)) return "is no result";
    const { verdict, reached, points, book, on } = result;
    if (!VERDICTS.includes(verdict)) return `has the verdict ${JSON.stringify(verdict)}`;
    if (!(Number.isFinite(points) && Number.isFinite(reached) && reached >= 0 && reached <= points)) {
      return `has ${JSON.stringify(reached)} of ${JSON.stringify(points)} points`;
    }
    if (typeof book !== "string" || book.length > 40) return "names no version of the book";
    return /^\d{4}-\d\d-\d\d$/.test(on) ? "" : "has no date";
  }

  /** What is wrong with all that is kept, or with a file of it; "" when nothing is. */
  function complaint(kept) {
    if (!isObject(kept)) return "It holds no results.";
    if (Number.isInteger(kept.schema) && kept.schema > SCHEMA) return "A newer edition of the workbook wrote it.";
    if (kept.schema !== SCHEMA) return "It does not say in which form it was written.";
    for (const kind of KINDS) {
      if (!isObject(kept[kind])) return `It has no ${kind}.`;
      for (const [group, items] of Object.entries(kept[kind])) {
        if (!NAME.test(group) || !isObject(items)) return `Its ${kind} hold ${JSON.stringify(group)}, which is unknown.`;
        for (const [item, result] of Object.entries(items)) {
          const slip = NAME.test(item) ? wrong(result) : "is no name";
          if (slip) return `${JSON.stringify(item)} of ${group} ${slip}.`;
        }
      }
    }
    return "";
  }

  const nothing = () => ({ schema: SCHEMA, exercises: {}, quizzes: {}, labs: {} });

  /** What is kept; `blocked` when the browser lets nothing be kept. */
  function read() {
    let text = null;
    try {
      text = localStorage.getItem(KEY);
    } catch {
      return { kept: nothing(), blocked: true };
    }
    try {
      const kept = JSON.parse(text);
      if (kept === null || !complaint(kept)) return { kept: kept ?? nothing() };
    } catch {
      // Not JSON: as unreadable as any other form.
    }
    return { kept: nothing(), unreadable: text };
  }

  function write(kept) {
    try {
      const { unreadable } = read();
      // What another edition wrote is put aside, not overwritten.
      if (unreadable) localStorage.setItem(`${KEY}:unreadable`, unreadable);
      localStorage.setItem(KEY, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  const get = (kept, kind, group, item) => {
    const items = Object.hasOwn(kept[kind], group) ? kept[kind][group] : {};
    return Object.hasOwn(items, item) ? items[item] : undefined;
  };

  function isBetter(result, before) {
    if (!before) return true;
    const rank = ({ verdict }) => VERDICTS.indexOf(verdict);
    return rank(result) > rank(before) || (rank(result) === rank(before) && result.reached > before.reached);
  }

  /** Puts what is better in `more` into `kept`; gives how many results that were. */
  function merge(kept, more) {
    let better = 0;
    for (const kind of KINDS) {
      for (const [group, items] of Object.entries(more[kind])) {
        for (const [item, result] of Object.entries(items)) {
          if (!isBetter(result, get(kept, kind, group, item))) continue;
          if (!Object.hasOwn(kept[kind], group)) kept[kind][group] = {};
          const { verdict, reached, points, book, on } = result;
          kept[kind][group][item] = { verdict, reached, points, book, on };
          better += 1;
        }
      }
    }
    return better;
  }

  function today() {
    const now = new Date();
    const two = (part) => String(part).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  /** Keeps a result if it is the best so far; false when this browser does not keep it. */
  function record(kind, group, item, verdict, reached, points) {
    const result = { verdict, reached, points, book: here.book, on: today() };
    const more = { ...nothing(), [kind]: { [group]: { [item]: result } } };
    if (complaint(more)) return true; // "not attempted" is nothing to keep
    const { kept } = read();
    if (!merge(kept, more)) return true;
    const done = write(kept);
    mark();
    return done;
  }

  /** Where one page of the list stands. */
  function tally(kept, page) {
    const results = [];
    for (const { qid, points, kind } of page.exercise?.questions ?? []) {
      // No check gives the points of a text: it is recorded, beside the points.
      const worth = kind === "free" ? { points: 0, texts: 1 } : { points };
      results.push({ ...worth, result: get(kept, "exercises", page.exercise.slug, qid) });
    }
    for (const key of page.quiz ?? []) results.push({ points: 1, result: get(kept, "quizzes", page.page, key) });
    if (page.lab) results.push({ points: 0, result: get(kept, "labs", page.page, "run") });
    return together(
      results.map(({ points, texts = 0, result }) => ({
        points,
        reached: Math.min(result?.reached ?? 0, points),
        texts,
        recorded: result?.verdict === "recorded" ? texts : 0,
        begun: Boolean(result),
        done: Boolean(result) && result.verdict !== "not-yet",
      })),
    );
  }

  const sum = (parts, name) => number(parts.reduce((total, part) => total + part[name], 0));

  function together(parts) {
    return {
      points: sum(parts, "points"),
      reached: sum(parts, "reached"),
      texts: sum(parts, "texts"),
      recorded: sum(parts, "recorded"),
      begun: parts.some((part) => part.begun),
      done: parts.length > 0 && parts.every((part) => part.done),
    };
  }

  let asked;
  /** The list of what there is to do (see workbook/course.py), or null where it cannot be loaded. */
  function list() {
    const embedded = document.getElementById("progress-list");
    asked ??= embedded
      ? Promise.resolve(JSON.parse(embedded.textContent))
      : fetch(here.list).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    return asked;
  }

  const root = new URL(here.root, document.baseURI).pathname;
  /** The name of the page that a link of this site leads to. */
  function pageOf(link) {
    const { pathname } = new URL(link.getAttribute("href"), location.href);
    if (!pathname.startsWith(root)) return null;
    return decodeURIComponent(pathname.slice(root.length)).replace(/(^|\/)$/, "$1index").replace(/\.html$/, "");
  }

  function markOf({ points, reached, begun, done }) {
    if (!begun) return null;
    const shown = document.createElement("span");
    shown.className = "toc-progress";
    shown.innerHTML = '<span aria-hidden="true"></span><span class="only-heard"></span>';
    const [seen, heard] = shown.children;
    seen.textContent = [points ? `${reached}/${points}` : "", done ? "✓" : ""].filter(Boolean).join(" ");
    heard.textContent = points ? `: ${reached} of ${points} points${done ? ", complete" : ""}` : ": run";
    return shown;
  }

  /** Marks the links of the table of contents; without progress nothing is asked for and nothing shown. */
  async function mark() {
    const { kept } = read();
    const begun = KINDS.some((kind) => Object.keys(kept[kind]).length);
    const chapters = begun ? ((await list())?.chapters ?? []) : [];
    const marks = new Map();
    for (const { pages } of chapters) {
      for (const page of pages) marks.set(page.page, tally(kept, page));
      // A chapter's first page stands for all of it.
      marks.set(pages[0].page, together(pages.map((page) => tally(kept, page))));
    }
    for (const link of document.querySelectorAll(".bd-docs-nav a.internal, .toctree-wrapper a.internal")) {
      for (const old of link.querySelectorAll(".toc-progress")) old.remove();
      const tallied = marks.get(pageOf(link));
      const made = tallied && markOf(tallied);
      if (made) link.append(made);
    }
    document.dispatchEvent(new CustomEvent("progress:marked"));
  }

  function tellUnkept(element) {
    if (document.querySelector(".progress-unkept")) return;
    const note = document.createElement("p");
    note.className = "progress-unkept";
    note.setAttribute("role", "status");
    element.after(note);
    note.textContent = "This browser does not keep your progress: its storage is full or switched off.";
  }

  document.addEventListener("live:cell-done", ({ detail }) => {
    const output = detail.element && document.querySelector(`#${detail.element} .cell_output`);
    for (const { dataset } of output?.querySelectorAll("[data-exercise][data-qid][data-verdict]") ?? []) {
      const [reached, points] = [Number(dataset.reached), Number(dataset.points)];
      if (!record("exercises", dataset.exercise, dataset.qid, dataset.verdict, reached, points)) tellUnkept(output);
    }
  });
  document.addEventListener("live:page-done", () => {
    if (here.lab) record("labs", here.page, "run", "right", 0, 0);
  });
  document.addEventListener("quiz:answered", ({ target, detail: { key, right } }) => {
    if (!record("quizzes", here.page, key, right ? "right" : "not-yet", right ? 1 : 0, 1)) tellUnkept(target);
  });
  addEventListener("storage", ({ key }) => {
    if (key === KEY || key === null) mark();
  });
  mark();

  return { PREFIX, KEY, KINDS, book: here.book, complaint, get, isObject, list, mark, merge, read, tally, together, today };
})();
