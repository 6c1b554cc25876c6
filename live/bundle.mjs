// Build step: bundles the scripts of this folder. Usage: node bundle.mjs plan.json out
// (run from a copy beside node_modules; the plan is written by workbook/live_scripts.py)
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transformSync } from "esbuild";

const [planFile, out] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, "utf8"));
const common = {
  absWorkingDir: plan.sources,
  nodePaths: [join(plan.packages, "node_modules")],
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome111", "firefox114", "safari16.4"],
  splitting: true, // what is imported only when needed becomes a file of its own
  chunkNames: "[name]-[hash]",
  legalComments: "none",
  logLevel: "error",
  outdir: out,
  metafile: true,
};

async function hashed(entry, define = {}) {
  const { metafile } = await build({ ...common, entryPoints: [entry], entryNames: "[name]-[hash]", define });
  return basename(Object.keys(metafile.outputs).find((file) => metafile.outputs[file].entryPoint === entry));
}

const kernel = readFileSync(join(plan.sources, "kernel.py"), "utf8");
const worker = await hashed("worker.js", {
  CATALOGUE: JSON.stringify(plan.catalogue),
  KERNEL: JSON.stringify(kernel),
});
const page = await hashed("page.js");
const kept = await hashed("kept.js");
const style = await hashed("page.css");
const barStyle = await hashed("bar.css");
const transferred = (name) => gzipSync(readFileSync(join(out, name))).length;
const sizes = { ...plan.start.sizes };
for (const name of [worker, page, style]) sizes.core += transferred(name);
const config = { ...plan.start, sizes, worker, page, kept, style, barStyle };
const source = readFileSync(join(plan.sources, "start.js"), "utf8");
const { code } = transformSync(source, { minify: true, format: "esm", define: { CONFIG: JSON.stringify(config) } });
writeFileSync(join(out, "start.js"), code);
