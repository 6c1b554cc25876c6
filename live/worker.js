// The worker: starts Python with its packages and runs cells, so that the page itself never freezes.
// CATALOGUE and KERNEL are put in by the build (see workbook/live.py): what can be loaded, and kernel.py.
import { isGzipped, read, unpack } from "./archive.js";

const live = new URL(".", import.meta.url);
const core = new URL(CATALOGUE.core.folder, live);
const began = performance.now();

const tell = (kind, content = {}, transfer = []) => postMessage({ kind, ...content }, transfer);
const since = () => Math.round(performance.now() - began);

let python;
let session;
let progress = { loaded: 0, total: 0 };
const arriving = new Map(); // archive name → promise of its unzipped bytes
const installed = new Set();
const libraries = new Set();
const INPUT_OUTPUT_ERROR = 29; // Python's errno.EIO here
const HOME = "/home/pyodide"; // Python's working folder, too
const SITE_PACKAGES = "/lib/python3.12/site-packages";
const LIBRARIES = "/usr/lib"; // where workbook/live_archives.py puts them
const timings = {};

class LoadError extends Error {}

function count(bytes) {
  progress.loaded += bytes;
  const now = performance.now();
  if (now - (progress.told ?? 0) > 80) {
    progress.told = now;
    tell("progress", { loaded: progress.loaded, total: progress.total });
  }
}

async function get(url, name) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new LoadError(`The file ${name} cannot be reached. Check the connection and try again.`);
  }
  if (!response.ok) {
    throw new LoadError(`The file ${name} is missing on this site (answer ${response.status}). Reload the page and try again.`);
  }
  return response;
}

// A compressed answer arrives here unpacked; `share` turns its bytes back into those that were transferred.
function counted(response, share) {
  const body = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        count(chunk.length * share);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(body, { status: response.status, headers: response.headers });
}

// Pyodide asks for its own files one after the other; they are requested together and handed over when asked.
function fetchCoreEarly() {
  const early = new Map();
  for (const file of CATALOGUE.core.fetched) {
    const url = new URL(file.name, core).href;
    progress.total += file.wire;
    const response = get(url, file.name).then((answer) => counted(answer, file.wire / file.size));
    response.catch(() => {}); // reported by whoever asks for it
    early.set(url, response);
  }
  const ordinary = self.fetch;
  self.fetch = (request, options) => {
    const url = String(request.url ?? request);
    const response = early.get(url);
    early.delete(url);
    return response ?? ordinary.call(self, request, options);
  };
}

function fetchArchive(name) {
  if (!arriving.has(name)) {
    const { file, size } = CATALOGUE.archives[name];
    progress.total += size;
    const bytes = get(new URL(file, live), file).then((response) => read(response, count));
    bytes.catch(() => {});
    arriving.set(name, bytes);
  }
  return arriving.get(name);
}

function withNeeds(name, found = []) {
  for (const needed of CATALOGUE.needs[name] ?? []) withNeeds(needed, found);
  if (!found.includes(name)) found.push(name);
  return found;
}

async function install(name) {
  for (const each of withNeeds(name)) {
    if (installed.has(each)) continue;
    const tar = await fetchArchive(each);
    if (installed.has(each)) continue;
    unpack(python.FS, tar);
    settle(each);
  }
}

// Compiled packages name the libraries they need without a folder, so these are loaded under their bare names.
function loadLibraries(folder, names) {
  const { FS, loadDynamicLibrary } = python._module;
  const fs = {
    findObject: (name) => FS.findObject(`${folder}/${name}`),
    readFile: (name) => FS.readFile(`${folder}/${name}`),
  };
  for (const name of names.filter((each) => each.endsWith(".so") && !libraries.has(each))) {
    loadDynamicLibrary(name, { loadAsync: false, nodelete: true, allowUndefined: true, global: false, fs }, {});
    libraries.add(name);
  }
}

/** Unpacks a wheel and loads the libraries in it that are no modules: pyarrow's modules need one from beside them. */
function unpackWheel(bytes) {
  python.unpackArchive(bytes, "wheel", { extractDir: SITE_PACKAGES });
  const wheel = python.pyimport("zipfile").ZipFile(python.pyimport("io").BytesIO(python.toPy(bytes)));
  for (const path of wheel.namelist().toJs()) {
    const cut = path.lastIndexOf("/");
    const name = path.slice(cut + 1);
    if (!name.includes(".cpython-")) loadLibraries(`${SITE_PACKAGES}/${path.slice(0, cut)}`, [name]);
  }
}

// Pyodide's own loader must know what is there, or it would load it a second time.
function settle(name) {
  installed.add(name);
  mountData(name);
  if (python.FS.analyzePath(LIBRARIES).exists) loadLibraries(LIBRARIES, python.FS.readdir(LIBRARIES));
  for (const each of CATALOGUE.archives[name]?.packages ?? [name]) python.loadedPackages[each] = "default channel";
}

function getNow(url, name) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    throw new Error(`The file ${name} cannot be reached.`);
  }
  if (request.status !== 200) throw new Error(`The file ${name} is missing on this site (answer ${request.status}).`);
  return new Uint8Array(request.response);
}

// Data files are there by name and size, and are fetched when Python first opens them.
function mountData(name) {
  const { FS } = python;
  for (const { path, file, size } of CATALOGUE.archives[name]?.data ?? []) {
    const cut = path.lastIndexOf("/");
    FS.mkdirTree(path.slice(0, cut));
    const node = FS.createFile(path.slice(0, cut), path.slice(cut + 1), {}, true, false);
    const ordinary = node.stream_ops;
    const open = (stream) => {
      tell("loading", { name: path.slice(cut + 1) });
      try {
        node.contents = getNow(new URL(file, live), file);
      } catch {
        FS.closeStream(stream.fd);
        throw new FS.ErrnoError(INPUT_OUTPUT_ERROR);
      } finally {
        tell("loading", { name: null });
      }
      node.usedBytes = node.contents.length;
      node.stream_ops = stream.stream_ops = ordinary;
    };
    node.usedBytes = size;
    node.stream_ops = { ...ordinary, open };
  }
}

// Called by Python in the middle of an import, so it cannot wait for a promise.
function installNow(name) {
  for (const each of withNeeds(name)) {
    if (installed.has(each)) continue;
    tell("loading", { name: each });
    const archive = CATALOGUE.archives[each];
    if (archive) {
      let bytes = getNow(new URL(archive.file, live), archive.file);
      if (isGzipped(bytes)) bytes = python.pyimport("gzip").decompress(python.toPy(bytes)).toJs();
      unpack(python.FS, bytes);
    } else {
      const file = CATALOGUE.wheels[each];
      const bytes = getNow(new URL(file, core), file);
      if (file.endsWith(".whl")) unpackWheel(bytes);
      else python.unpackArchive(bytes, "zip", { extractDir: LIBRARIES });
    }
    settle(each);
  }
  tell("loading", { name: null });
}

function post(kind, text, buffers) {
  const copies = [];
  for (const buffer of buffers) {
    copies.push(buffer.toJs());
    buffer.destroy?.();
  }
  tell(kind, { text, buffers: copies });
}

async function start(archives) {
  fetchCoreEarly();
  for (const name of archives.flatMap((each) => withNeeds(each))) fetchArchive(name);
  tell("step", { step: "fetching" });
  // Pyodide imports this script itself, later; a module is fetched only once.
  import(new URL("pyodide.asm.js", core).href).catch(() => {});
  const { loadPyodide } = await import(new URL("pyodide.mjs", core).href);
  python = await loadPyodide({
    indexURL: core.href,
    lockFileURL: new URL(CATALOGUE.core.lock, core).href,
    env: { HOME, MPLBACKEND: "module://matplotlib_inline.backend_inline" },
  });
  timings.core = since();
  await install("base");
  tell("step", { step: "starting" });
  const kernel = python.toPy({});
  python.runPython(KERNEL, { globals: kernel, filename: "/kernel.py" });
  session = kernel.get("Session")(post, installNow, python.toPy(CATALOGUE.imports));
  timings.kernel = since();
  tell("step", { step: "packages" });
  for (const name of archives) await install(name);
  timings.ready = since();
  tell("ready", { timings });
}

async function run({ id, source }) {
  try {
    const ok = await session.run(id, source);
    tell("done", { id, ok });
  } catch (error) {
    tell("failed", { message: `Python stopped: ${String(error.message ?? error).trim().split("\n").pop()}` });
  }
}

function putFile({ name, text }) {
  python.FS.writeFile(`${HOME}/${name}`, text);
}

function widgetMessage({ message, buffers }) {
  try {
    session.receive(message.header.msg_type, JSON.stringify(message), buffers ?? []);
  } finally {
    tell("idle", { parent: message.header.msg_id });
  }
}

self.onmessage = async ({ data }) => {
  if (data.kind === "run") return run(data);
  if (data.kind === "comm") return widgetMessage(data);
  if (data.kind === "file") return putFile(data);
  try {
    await start(data.archives);
  } catch (error) {
    const known = error instanceof LoadError;
    tell("failed", { message: known ? error.message : `Python could not start: ${error.message ?? error}` });
  }
};
