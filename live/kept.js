// Tells which cells the reader changed on an earlier visit; loaded only when there are any.

/** `kept` is the list that saved.js keeps, `cells` are the page's, `bar` is what the bar above them says. */
export function tell(kept, cells, bar) {
  const started = bar.parentElement.querySelector("button").hasAttribute("aria-disabled");
  const [what, come] = kept.length === 1 ? ["a cell", "it comes"] : [`${kept.length} cells`, "they come"];
  if (!started) bar.append(` You changed ${what} on an earlier visit; ${come} back when you run the page.`);
  mark(kept, cells);
}

/** Puts a note below each changed cell; its editor takes the place of it. */
function mark(kept, cells) {
  for (const [index, { id, element, source }] of cells.entries()) {
    const entry = kept.find((each) => each?.id === (id ?? String(index)));
    const input = document.querySelector(`#${element} .cell_input`);
    // Without a name of its own a cell may have moved in a newer release.
    const moved = !id && entry?.original !== source.replace(/\n+$/, "");
    if (!entry || moved || !input || input.querySelector(".live-editor")) continue;
    const note = document.createElement("p");
    note.className = "live-kept";
    note.textContent = "Your own version of this cell comes back when you run the page.";
    input.append(note);
  }
}
