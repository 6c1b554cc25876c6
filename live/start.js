// The only script a reader gets before asking for Python. CONFIG is put in by the build.
const bar = document.getElementById("live-bar");
const described = document.getElementById("live-cells");

/** CONFIG.imports has, for each set of archives, the names that need it; ".plots" is one of our own modules. */
const needs = new Map(
  Object.entries(CONFIG.imports).flatMap(([archives, names]) =>
    names.split(" ").map((name) => [name.replace(/^\./, `${CONFIG.ours}.`), archives.split(" ")]),
  ),
);

function neededArchives(cells) {
  const names = new Set();
  for (const { source } of cells) {
    for (const [, from, list] of source.matchAll(/^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+)?import[ \t]+([^#\n]+)/gm)) {
      const imported = list.split(",").map((part) => part.trim().split(/[\s(]/).filter(Boolean)[0] ?? "");
      for (const name of from ? [from, ...imported.map((part) => `${from}.${part}`)] : imported) names.add(name);
    }
  }
  const archives = new Set(CONFIG.always);
  for (const name of names) {
    for (const archive of needs.get(name) ?? needs.get(name.split(".")[0]) ?? []) archives.add(archive);
  }
  return [...archives];
}

function begin(root, archives) {
  const url = new URL(`${root}live/`, document.baseURI);
  const worker = new Worker(new URL(CONFIG.worker, url), { type: "module" });
  // Messages that arrive before the page's own script are kept for it.
  const early = [];
  worker.onmessage = worker.onerror = (event) => early.push(event);
  worker.postMessage({ kind: "start", archives });
  return { worker, early, url };
}

/** The pieces of code that the reader changed on this page before; saved.js keeps them. */
function changedBefore(page) {
  try {
    return JSON.parse(localStorage.getItem(`customer-value-workbook:code:${page}`)) ?? [];
  } catch {
    return []; // Storage is switched off: nothing was kept.
  }
}

if (bar && described) {
  const data = JSON.parse(described.textContent);
  const archives = neededArchives(data.cells);
  const bytes = archives.reduce((sum, name) => sum + CONFIG.sizes[name], CONFIG.sizes.core);
  const megabytes = Math.round(bytes / 1e6);
  const kept = changedBefore(data.page);
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL(`${data.root}live/${CONFIG.barStyle}`, document.baseURI);
  document.head.append(style);
  bar.innerHTML = `<div role="group" aria-label="Python in this page"><button type="button">Run this page</button>
<p role="status">Python starts inside this page and the code below becomes yours to change. It loads about ${megabytes} MB, once. Nothing you type leaves this device.</p></div>`;
  const button = bar.querySelector("button");
  const note = bar.querySelector("p");
  if (kept.length) {
    import(new URL(`${data.root}live/${CONFIG.kept}`, document.baseURI).href)
      .then(({ tell }) => tell(kept, data.cells, note))
      .catch(() => {}); // what is kept comes back without these words too
  }
  button.addEventListener("click", async function start() {
    button.removeEventListener("click", start);
    const old = typeof DecompressionStream === "undefined" || typeof WebAssembly === "undefined";
    const restart = () => begin(data.root, archives);
    try {
      if (old) throw new Error("This browser is too old to run Python: please update it or use another one");
      button.setAttribute("aria-disabled", "true");
      note.textContent = "Starting Python …";
      const first = restart();
      const page = await import(new URL(CONFIG.page, first.url).href).catch(() => {
        first.worker.terminate();
        throw new Error(`The file ${CONFIG.page} cannot be loaded: check the connection and reload the page`);
      });
      page.open({ bar, data, first, restart, style: new URL(CONFIG.style, first.url).href, megabytes });
    } catch (error) {
      note.textContent = `${error.message}. The page itself stays readable.`;
      button.removeAttribute("aria-disabled");
      button.addEventListener("click", start);
    }
  });
}
