// Shows what cells put out, in the same markup as the computed page.

const WIDGET = "application/vnd.jupyter.widget-view+json";
const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const LONGEST_STREAM = 100_000;
const escapes = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** What a terminal would leave standing: no colour codes, and a carriage return writes over its line. */
export function plainText(text) {
  const visible = text.replace(escapes, "").replace(/\r\n/g, "\n");
  if (!visible.includes("\r")) return visible;
  const overwrite = (line) => line.split("\r").reduce((shown, next) => next + shown.slice(next.length), "");
  return visible.split("\n").map(overwrite).join("\n");
}

function pre(className, text) {
  const outer = element("div", `output ${className} highlight-myst-ansi notranslate`);
  const middle = element("div", "highlight");
  middle.append(element("pre", "", text));
  outer.append(middle);
  return outer;
}

function image(source, { alt, width, height } = {}) {
  const shown = element("img", "figure");
  shown.alt = alt ?? "Figure computed by this cell";
  if (width) shown.width = Math.round(width);
  if (height) shown.height = Math.round(height);
  shown.src = source;
  const outer = element("div", "output image_png");
  outer.append(shown);
  return outer;
}

function svgSize(text) {
  const unit = { px: 1, pt: 4 / 3, "": 1 };
  const size = (name) => {
    const found = text.slice(0, 2000).match(new RegExp(`<svg[^>]*\\s${name}="([\\d.]+)(px|pt|)"`));
    return found ? Number(found[1]) * unit[found[2]] : undefined;
  };
  return { width: size("width"), height: size("height") };
}

function svgImage(text, metadata) {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const shown = image(url, { ...svgSize(text), ...metadata });
  shown.querySelector("img").addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
  return shown;
}

function html(text) {
  const outer = element("div", "output text_html");
  outer.innerHTML = text;
  // pandas brings a style sheet of its own for each table; the page has one for all.
  for (const sheet of outer.querySelectorAll("style[scoped]")) sheet.remove();
  for (const table of outer.querySelectorAll("table[border]")) table.removeAttribute("border");
  for (const row of outer.querySelectorAll("tr[style]")) row.style.removeProperty("text-align");
  for (const heading of outer.querySelectorAll("th")) {
    // pandas leaves the corner of a table empty; a heading without text announces nothing.
    if (heading.textContent.trim()) continue;
    const cell = element("td");
    for (const { name, value } of heading.attributes) cell.setAttribute(name, value);
    heading.replaceWith(cell);
  }
  if (!outer.querySelector("table")) return outer;
  const scroller = element("div", "table-scroll");
  scroller.tabIndex = 0; // so that the keyboard can scroll a wide table
  scroller.setAttribute("role", "group");
  scroller.setAttribute("aria-label", "Table");
  scroller.append(...outer.childNodes);
  outer.append(scroller);
  return outer;
}

function failure(output) {
  const outer = element("div", "output traceback live-error");
  outer.append(element("p", "live-error-title", "This cell stopped with an error"));
  outer.append(element("pre", "", plainText(output.traceback.join("\n"))));
  if (output.full && output.full !== output.traceback.join("\n")) {
    const details = element("details");
    details.append(element("summary", "", "Full traceback"), element("pre", "", plainText(output.full)));
    outer.append(details);
  }
  return outer;
}

async function markdown(text) {
  try {
    const { toHtml } = await import("./markdown.js");
    const shown = html(toHtml(text));
    shown.classList.add("live-markdown");
    return shown;
  } catch {
    return pre("text_plain", text); // the file could not be loaded; the text can be read all the same
  }
}

async function rich(output, widgets) {
  const data = output.data ?? {};
  const metadata = output.metadata ?? {};
  if (data[WIDGET] && widgets) return widgets.show(data[WIDGET].model_id);
  if (data["text/html"]) return html(data["text/html"]);
  if (data["image/svg+xml"]) return svgImage(data["image/svg+xml"], metadata["image/svg+xml"]);
  for (const type of IMAGES) {
    if (data[type]) return image(`data:${type};base64,${data[type].replace(/\s/g, "")}`, metadata[type]);
  }
  if (data["text/markdown"]) return markdown(data["text/markdown"]);
  const text = data["text/latex"] ?? data["text/plain"];
  if (text !== undefined) return pre("text_plain", plainText(text));
  if (data["application/json"]) return pre("text_plain", JSON.stringify(data["application/json"], null, 2));
  return null;
}

function streamText(text) {
  const shown = plainText(text);
  if (shown.length <= LONGEST_STREAM) return shown;
  return `${shown.slice(0, LONGEST_STREAM)}\n… the rest of this output is not shown: it is longer than ${LONGEST_STREAM} characters.`;
}

const displayId = (output) => output.transient?.display_id;

/** The output of one cell or of one Output widget. */
export class OutputArea {
  constructor(container, widgets) {
    this.container = container;
    this.widgets = widgets;
    this.outputs = [];
    this.shown = new Map(); // output → its element, kept as long as the output is unchanged
    this.clearNext = false;
    this.drawing = null;
    this.again = false;
  }

  add(output) {
    if (this.clearNext) this.outputs = [];
    this.clearNext = false;
    const last = this.outputs.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      if (last.text.length <= LONGEST_STREAM * 2) {
        this.outputs[this.outputs.length - 1] = { ...last, text: last.text + output.text };
      }
    } else {
      this.outputs.push(output);
    }
    return this.draw();
  }

  clear(wait) {
    this.clearNext = wait;
    if (wait) return undefined;
    this.outputs = [];
    return this.draw();
  }

  update(id, output) {
    if (!this.outputs.some((old) => displayId(old) === id)) return undefined;
    this.outputs = this.outputs.map((old) =>
      displayId(old) === id ? { ...old, data: output.data, metadata: output.metadata } : old,
    );
    return this.draw();
  }

  replace(outputs) {
    this.outputs = outputs.map((output) => {
      const same = [...this.shown.keys()].find((old) => JSON.stringify(old) === JSON.stringify(output));
      return same ?? output;
    });
    return this.draw();
  }

  /** Draws the present state; calls during a drawing are gathered into one more. */
  draw() {
    this.again = true;
    this.drawing ??= this.drawUntilDone().finally(() => {
      this.drawing = null;
    });
    return this.drawing;
  }

  async drawUntilDone() {
    while (this.again) {
      this.again = false;
      const outputs = [...this.outputs];
      const shown = new Map();
      for (const output of outputs) shown.set(output, this.shown.get(output) ?? (await this.make(output)));
      // Wait until new figures can be painted, so that moving a slider never shows an empty frame.
      const figures = [...shown.values()].flatMap((made) => [...(made?.querySelectorAll("img") ?? [])]);
      await Promise.all(figures.filter((figure) => !figure.complete).map((figure) => figure.decode().catch(() => {})));
      for (const [output, made] of this.shown) {
        if (shown.get(output) !== made) made?.dispatchEvent(new Event("live:removed"));
      }
      this.shown = shown;
      this.place([...shown.values()].filter(Boolean));
    }
  }

  place(elements) {
    const present = [...this.container.children];
    if (present.length === elements.length && present.every((child, i) => child === elements[i])) return;
    // A widget that stays must stay in the document: taking it out would lose its focus and drag.
    for (const child of present) if (!elements.includes(child)) child.remove();
    elements.forEach((made, i) => {
      if (this.container.children[i] !== made) this.container.insertBefore(made, this.container.children[i] ?? null);
      if (!present.includes(made)) made.dispatchEvent(new Event("live:placed"));
    });
  }

  async make(output) {
    const made = await this.element(output);
    made?.classList.add("live-output");
    return made;
  }

  async element(output) {
    if (output.output_type === "stream") {
      return pre(`stream${output.name === "stderr" ? " stderr live-stderr" : ""}`, streamText(output.text));
    }
    if (output.output_type === "error") return failure(output);
    return rich(output, this.widgets);
  }
}
