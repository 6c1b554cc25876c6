// The page "My progress": fills its table, takes results away as a file and back, erases them, prints a record.
// Loaded after progress.js, which keeps the results.
(() => {
  const progress = workbookProgress;
  const { PREFIX, KINDS } = progress;
  const FILE = "customer-value-workbook progress";
  const NAME = `${PREFIX}name`;
  const FULL = "Nothing was imported: the storage of this browser is full.";
  const LARGEST = 4_000_000; // characters; browsers keep no more than about 5 MB for a site
  // What a reader wrote, each under PREFIX, its kind and the name of a page or form.
  const WRITTEN = {
    guesses: ["guess", "guesses"],
    company: ["company note", "company notes"],
    code: ["piece of code or text", "pieces of code or text"],
  };
  const WORDS = {
    right: ["✓", "right"],
    recorded: ["✎", "text recorded"],
    "not-yet": ["✗", "not yet right"],
    none: ["○", "not attempted"],
  };
  const table = document.querySelector(".progress-table");
  const note = document.querySelector(".progress-note");
  const tools = document.querySelector(".progress-tools");
  const said = document.querySelector(".progress-said");
  const form = document.querySelector(".progress-record-form");
  const sheet = document.querySelector(".progress-record");
  const sure = document.querySelector(".progress-sure");
  const differ = document.querySelector(".progress-differ");

  const counted = (count, one, several) => `${count} ${count === 1 ? one : several}`;
  function andTexts({ texts, recorded }) {
    if (texts === 1) return recorded ? ", and a text recorded" : ", and a text to write";
    return texts ? `, and ${recorded} of ${texts} texts recorded` : "";
  }

  const ofPoints = (tally) => `${tally.reached} of ${counted(tally.points, "point", "points")}${andTexts(tally)}`;
  const inWords = (day) => day.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  /** The day that a result's "2026-01-31" names, in words. */
  const dayInWords = (on) => inWords(new Date(`${on}T12:00`));

  function element(tag, text, ...children) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  }

  // --- storage

  function stored(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  /** Names of all keys under PREFIX that begin with one of `kinds`. */
  function keysOf(kinds) {
    try {
      return Object.keys(localStorage).filter((key) => kinds.some((kind) => key.startsWith(`${PREFIX}${kind}:`)));
    } catch {
      return [];
    }
  }

  const filled = (key, names) => {
    const written = stored(key);
    return names.filter((name) => progress.isObject(written) && written[name]).length;
  };

  // --- the table

  const byPage = (list) => new Map(list.chapters.flatMap(({ pages }) => pages).map((page) => [page.page, page]));
  const ofChapter = (kept, { pages }) => progress.together(pages.map((page) => progress.tally(kept, page)));

  const STATES = {
    lab: (kept, page) => (progress.tally(kept, { page: page.page, lab: true }).begun ? "run" : "not run yet"),
    quiz: (kept, page) => {
      const { reached, points } = progress.tally(kept, { page: page.page, quiz: page.quiz });
      return `${reached} of ${points} right`;
    },
    exercise: (kept, { exercise }) => ofPoints(progress.tally(kept, { exercise })),
    guesses: (kept, { page, guesses }) => `${filled(`${PREFIX}guesses:${page}`, guesses)} of ${guesses.length} written`,
    company: (kept, { company }, name) =>
      `${filled(`${PREFIX}company:${name}`, company[name])} of ${company[name].length} written`,
  };

  function showTasks(tasks, kept, { exercise }) {
    for (const { qid } of exercise.questions) {
      const item = tasks.querySelector(`[data-qid="${qid}"]`);
      const [symbol, words] = WORDS[progress.get(kept, "exercises", exercise.slug, qid)?.verdict ?? "none"];
      const state = element("span", "", element("span", symbol), ` ${words}: `);
      state.className = "progress-state";
      state.firstChild.setAttribute("aria-hidden", "true");
      item.querySelector(".progress-state")?.remove();
      item.prepend(state);
    }
  }

  async function show() {
    table.classList.add("progress-live");
    const list = await progress.list();
    const { kept, blocked, unreadable } = progress.read();
    const pages = byPage(list);
    const chapters = list.chapters.map((chapter) => [chapter.pages[0].page, ofChapter(kept, chapter)]);
    const tallies = new Map(chapters);
    for (const row of table.querySelectorAll("[data-what]")) {
      const { what, page, name } = row.dataset;
      const cell = row.lastElementChild;
      if (what === "all") cell.textContent = ofPoints(progress.together([...tallies.values()]));
      else if (what === "chapter") cell.textContent = ofPoints(tallies.get(page));
      else cell.textContent = STATES[what](kept, pages.get(page), name);
      if (what === "exercise") showTasks(row.nextElementSibling, kept, pages.get(page));
    }
    const begun = [...tallies.values()].some((tally) => tally.begun);
    const words = blocked
      ? "This browser keeps nothing for this site: its storage is switched off. So no results can be shown here, and none are kept."
      : unreadable
        ? "What this browser keeps cannot be read by this edition of the workbook. It is put aside when you go on."
        : begun
          ? ""
          : "Nothing is reached yet, or it was reached in another browser.";
    if (note.textContent !== words) note.textContent = words;
    note.hidden = !words;
    tools.hidden = form.hidden = Boolean(blocked);
  }

  // --- a file to take away

  function exported(withWritten) {
    const { kept } = progress.read();
    const choices = keysOf(["quiz"]).map((key) => [key.slice(PREFIX.length), localStorage.getItem(key)]);
    const file = {
      file: FILE,
      book: progress.book,
      exported: new Date().toISOString(),
      ...kept,
      choices: Object.fromEntries(choices),
    };
    if (withWritten) {
      file.questions = JSON.parse(document.getElementById("company-questions").textContent);
      file.written = Object.fromEntries(keysOf(Object.keys(WRITTEN)).map((key) => [key.slice(PREFIX.length), stored(key)]));
    }
    return file;
  }

  function save() {
    const file = exported(tools.querySelector(".progress-written").checked);
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 1)}\n`], { type: "application/json" }));
    link.download = `customer-value-progress-${progress.today()}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    const written = file.written ? " with what you wrote" : "";
    said.textContent = `Your results${written} are in the file ${link.download}.`;
  }

  const isTexts = (value) => progress.isObject(value) && Object.values(value).every((text) => typeof text === "string");
  const isCode = (value) =>
    Array.isArray(value) &&
    value.every((each) => isTexts(each) && ["id", "source", "original"].every((name) => name in each));

  /** What is wrong with an opened file, or "". */
  function refusal(file) {
    if (!progress.isObject(file) || file.file !== FILE) return "It is not a file of results from this workbook.";
    const complaint = progress.complaint(file);
    if (complaint) return complaint;
    for (const [key, value] of Object.entries(file.choices ?? {})) {
      if (!/^quiz:[\w./-]+:\w+$/.test(key) || !/^\d$/.test(value)) return `Its choice ${JSON.stringify(key)} is unknown.`;
    }
    for (const [key, value] of Object.entries(file.written ?? {})) {
      const isFine = key.startsWith("code:") ? isCode(value) : isTexts(value);
      const isKnown = Object.keys(WRITTEN).some((kind) => key.startsWith(`${kind}:`));
      if (!isKnown || !isFine) return `What it holds under ${JSON.stringify(key)} cannot be read.`;
    }
    return "";
  }

  const notEmpty = (fields) => Object.fromEntries(Object.entries(fields).filter(([, text]) => text));

  /**
   * What is to be stored so that what is missing here comes in, and what differs stays, or is replaced on request;
   * how many pieces came in, and how many of each kind differ.
   */
  function additions(written, replace = false) {
    const texts = new Map();
    const others = new Map();
    let count = 0;
    for (const [name, value] of Object.entries(written)) {
      const key = PREFIX + name;
      const here = stored(key);
      let merged;
      let different;
      if (Array.isArray(value)) {
        const own = Array.isArray(here) ? here : [];
        const mine = new Map(own.map((each) => [each?.id, each]));
        const missing = value.filter(({ id }) => !mine.has(id));
        count += missing.length;
        different = value.filter(({ id, source }) => mine.has(id) && mine.get(id).source !== source);
        const theirs = new Set(value.map(({ id }) => id));
        merged = replace ? [...own.filter((each) => !theirs.has(each?.id)), ...value] : [...own, ...missing];
      } else {
        const own = notEmpty(progress.isObject(here) ? here : {});
        const fields = Object.keys(notEmpty(value));
        count += fields.filter((field) => !own[field]).length;
        different = fields.filter((field) => own[field] && own[field] !== value[field]);
        merged = replace ? { ...own, ...notEmpty(value) } : { ...value, ...own };
      }
      const [kind] = name.split(":");
      if (different.length) others.set(kind, (others.get(kind) ?? 0) + different.length);
      texts.set(key, JSON.stringify(merged));
    }
    return { texts, count, others };
  }

  /** Tells of what stands here otherwise than in the file, and lets the reader choose. */
  function askAbout(written, others) {
    const sum = [...others.values()].reduce((total, each) => total + each, 0);
    differ.hidden = !sum;
    differ.written = written;
    if (!sum) return;
    const listed = [...others].map(([kind, number]) => counted(number, ...WRITTEN[kind])).join(", ");
    const words = sum === 1 ? "differs from the file. Yours stays" : "differ from the file. Yours stay";
    differ.querySelector("p").textContent = `${listed} here ${words} unless you replace ${sum === 1 ? "it" : "them"}.`;
  }

  /** Stores all of the texts or none; tells which. */
  function storeAll(texts) {
    const before = new Map();
    try {
      for (const [key, text] of texts) {
        before.set(key, localStorage.getItem(key));
        localStorage.setItem(key, text);
      }
      return true;
    } catch {
      for (const key of before.keys()) localStorage.removeItem(key); // first make room
      for (const [key, text] of before) if (text !== null) localStorage.setItem(key, text);
      return false;
    }
  }

  function take(file) {
    const { kept, unreadable } = progress.read();
    const all = KINDS.flatMap((kind) => Object.values(file[kind]).flatMap(Object.keys)).length;
    const better = progress.merge(kept, file);
    const { texts, count, others } = additions(file.written ?? {});
    for (const [key, choice] of Object.entries(file.choices ?? {})) {
      if (localStorage.getItem(PREFIX + key) === null) texts.set(PREFIX + key, choice);
    }
    if (unreadable) texts.set(`${progress.KEY}:unreadable`, unreadable);
    texts.set(progress.KEY, JSON.stringify(kept));
    if (!storeAll(texts)) return FULL;
    askAbout(file.written, others);
    const words = [`${counted(better, "result was", "results were")} taken over.`];
    const rest = all - better;
    if (rest) words.push(`${counted(rest, "other was", "others were")} as good or better here and stayed.`);
    if (count) words.push(`${counted(count, "piece", "pieces")} of what you wrote came back. Code runs only when you run its page.`);
    return words.join(" ");
  }

  async function open(chosen) {
    const refuse = (why) => `${chosen.name} was not imported. ${why} Nothing has changed.`;
    if (chosen.size > LARGEST) return refuse("It is too large for a file of results.");
    let file;
    try {
      file = JSON.parse(await chosen.text());
    } catch {
      return refuse("It is not a file of results: choose one that this page exported, ending in .json.");
    }
    const why = refusal(file);
    return why ? refuse(why) : take(file);
  }

  // --- erasing

  function erase(withWritten) {
    const kinds = withWritten ? ["quiz", ...Object.keys(WRITTEN)] : ["quiz"];
    for (const key of [progress.KEY, `${progress.KEY}:unreadable`, ...keysOf(kinds)]) localStorage.removeItem(key);
    if (withWritten) localStorage.removeItem(NAME);
  }

  function replaceMine() {
    const done = storeAll(additions(differ.written, true).texts);
    answered(done ? "What you wrote here is replaced by what the file holds." : FULL);
  }

  function answered(words) {
    differ.hidden = true;
    said.textContent = words;
    tools.querySelector("[data-action=import]").focus(); // the button that had the focus is gone
    progress.mark();
  }

  function ask(open) {
    sure.hidden = !open;
    tools.querySelector(`[data-action=${open ? "keep" : "erase"}]`).focus();
  }

  const ACTIONS = {
    export: save,
    replace: replaceMine,
    "keep-mine": () => answered("What you wrote here stays."),
    import: () => tools.querySelector(".progress-chosen").click(),
    erase: () => ask(true),
    keep: () => {
      ask(false);
      said.textContent = "Nothing was erased.";
    },
    "erase-results": () => {
      erase(false);
      ask(false);
      said.textContent = "The results are erased. What you wrote is still there.";
      progress.mark();
    },
    "erase-all": () => {
      erase(true);
      ask(false);
      said.textContent = "The results and all you wrote are erased.";
      progress.mark();
    },
  };
  tools.addEventListener("click", ({ target }) => {
    const { action } = target.dataset;
    if (!action) return;
    said.textContent = "";
    ACTIONS[action]();
  });
  sure.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") ACTIONS.keep();
  });
  tools.querySelector(".progress-chosen").addEventListener("change", async ({ target }) => {
    const [chosen] = target.files;
    if (!chosen) return;
    differ.hidden = true;
    said.textContent = await open(chosen);
    target.value = ""; // the same file can be chosen again
    progress.mark();
  });

  // --- the record

  /** Version and last day of the results of one row. */
  function whenAndWhich(kept, page, what) {
    const ask = { exercise: ["exercises", page.exercise?.slug], quiz: ["quizzes", page.page], lab: ["labs", page.page] };
    const [kind, group] = ask[what];
    const items = Object.values(kept[kind][group] ?? {});
    const days = items.map(({ on }) => on).sort();
    return [days.length ? dayInWords(days.at(-1)) : "–", [...new Set(items.map(({ book }) => book))].sort().join(", ") || "–"];
  }

  /** One row for each task of an exercise that was begun. */
  function taskRows(kept, { exercise }) {
    const results = exercise.questions.map((question) => [question, progress.get(kept, "exercises", exercise.slug, question.qid)]);
    if (!results.some(([, result]) => result)) return [];
    return results.map(([{ qid, title, points, kind }, result]) => {
      const [, words] = WORDS[result?.verdict ?? "none"];
      const reached = kind === "free" ? "" : `, ${Math.min(result?.reached ?? 0, points)} of ${points}`;
      const made = row([`${qid} ${title}`, words + reached, result ? dayInWords(result.on) : "–", result?.book ?? "–"]);
      made.className = "progress-task";
      return made;
    });
  }

  function row(cells, tag = "td") {
    const [first, ...others] = cells;
    const head = element("th", first);
    head.scope = tag === "th" ? "col" : "row";
    const rest = others.map((text) => element(tag, text));
    if (tag === "th") for (const each of rest) each.scope = "col";
    return element("tr", "", head, ...rest);
  }

  function writeRecord(list, kept) {
    const tallies = list.chapters.map((chapter) => ofChapter(kept, chapter));
    const all = progress.together(tallies);
    const name = form.querySelector("#progress-name").value.trim();
    const body = element("tbody");
    for (const [index, chapter] of list.chapters.entries()) {
      const head = row([chapter.title, ofPoints(tallies[index]), "", ""]);
      head.className = "progress-chapter";
      body.append(head);
      for (const page of chapter.pages) {
        for (const what of ["lab", "exercise", "quiz"].filter((each) => page[each])) {
          body.append(row([what === "quiz" ? "Quiz" : page.title, STATES[what](kept, page), ...whenAndWhich(kept, page, what)]));
          if (what === "exercise") body.append(...taskRows(kept, page));
        }
      }
    }
    body.append(row(["The whole book", ofPoints(all), "", ""]));
    const head = element("thead", "", row(["Part", "Reached", "Last result", "Version of the book"], "th"));
    sheet.replaceChildren(
      element("p", all.done ? "Record of completion" : "Record of progress"),
      element("p", `${list.book.title}, version ${list.book.version}`),
      ...(name ? [element("p", `Name: ${name}`)] : []),
      element("p", `Date: ${inWords(new Date())}`),
      element("table", "", head, body),
      element(
        "p",
        "This record is self-attested. The results were kept in the learner's own browser; nobody has checked who gave the answers.",
      ),
    );
    sheet.firstElementChild.className = "progress-record-title";
  }

  function keepName() {
    const name = form.querySelector("#progress-name").value.trim();
    try {
      if (form.querySelector(".progress-keep-name").checked && name) localStorage.setItem(NAME, JSON.stringify(name));
      else localStorage.removeItem(NAME);
    } catch {
      // Not kept; the record is printed all the same.
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const list = await progress.list();
    const { kept } = progress.read();
    const printed = form.querySelector(".progress-printed");
    if (!list.chapters.some((chapter) => ofChapter(kept, chapter).begun)) {
      printed.textContent = "There is nothing to record yet.";
      return;
    }
    printed.textContent = "";
    keepName();
    writeRecord(list, kept);
    sheet.hidden = false;
    const page = document.documentElement;
    const { theme } = page.dataset;
    page.classList.add("progress-printing");
    page.dataset.theme = "light"; // paper is light
    const done = () => {
      page.classList.remove("progress-printing");
      page.dataset.theme = theme;
      sheet.hidden = true;
    };
    addEventListener("afterprint", done, { once: true });
    print();
  });
  form.querySelector(".progress-keep-name").addEventListener("change", keepName);

  const name = stored(NAME);
  if (typeof name === "string") {
    form.querySelector("#progress-name").value = name;
    form.querySelector(".progress-keep-name").checked = true;
  }
  document.addEventListener("progress:marked", show);
  addEventListener("storage", show);
  show();
})();
