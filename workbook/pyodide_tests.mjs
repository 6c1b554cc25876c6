// Runs a Python module in Pyodide under node, as `python -m MODULE ARGUMENTS` would in the checkout.
// Usage: node pyodide_tests.mjs plan.json   (the plan is described in workbook/pyodide_tests.py)
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { loadPyodide } = await import(pathToFileURL(join(plan.pyodide, "pyodide.mjs")));
const python = await loadPyodide({
  indexURL: plan.pyodide,
  lockFileURL: join(plan.pyodide, plan.lock),
  env: plan.environment,
});
await python.loadPackage(plan.packages, { messageCallback: () => {}, errorCallback: (words) => console.error(words) });
for (const [inside, folder] of Object.entries(plan.folders)) {
  python.FS.mkdirTree(inside);
  python.mountNodeFS(inside, folder);
}

const run = python.runPython(`
import os, runpy, sys

def run(folder, path, module, arguments):
    os.chdir(folder)
    sys.path += path
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as stop:
        return int(stop.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0

run
`);
process.on("uncaughtException", (error) => {
  console.error(String(error)); // node itself would quote the line it came from, which is a megabyte
  process.exitCode = 70;
});
process.exitCode = run(plan.folder, python.toPy(plan.path), plan.module, python.toPy(plan.arguments));
