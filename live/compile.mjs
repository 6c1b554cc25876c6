// Build step: unpack wheels with the browser's own Python (under node) and write what a reader needs.
// Usage: node compile.mjs plan.json   (the plan is described in workbook/live_archives.py)
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { loadPyodide } = await import(pathToFileURL(join(plan.pyodide, "pyodide.mjs")));
const python = await loadPyodide({ indexURL: plan.pyodide, lockFileURL: join(plan.pyodide, plan.lock) });
python.FS.mkdirTree("/out");
python.mountNodeFS("/out", plan.out);
python.runPython(readFileSync(join(dirname(fileURLToPath(import.meta.url)), "compile.py"), "utf8"));

function unpack(file, folder) {
  const format = file.endsWith(".whl") ? "wheel" : "zip";
  python.FS.mkdirTree(folder);
  python.unpackArchive(new Uint8Array(readFileSync(join(plan.pyodide, file))), format, { extractDir: folder });
}

const Path = python.globals.get("Path");
const [drop, keep] = [python.toPy(plan.drop), python.toPy(plan.keep)];

for (const [archive, group] of Object.entries(plan.archives)) {
  const folder = `/unpacked/${archive}`;
  for (const file of group.wheels) unpack(file, folder);
  if (group.fonts_need.length) {
    const needed = `/needed/${archive}`;
    for (const file of group.fonts_need) unpack(file, needed);
    python.globals.get("list_fonts")(Path(folder), Path(needed), drop, keep);
  }
  const count = python.globals.get("convert").callKwargs({
    unpacked: Path(folder),
    out: Path(`/out/${archive}/${plan.site}`),
    site: `/${plan.site}`,
    drop,
    keep,
    keep_sources: python.toPy(group.keep_sources),
  });
  for (const file of group.libraries) unpack(file, `/out/${archive}/${plan.libraries}`);
  console.log(`${archive}: ${count} files`);
}
