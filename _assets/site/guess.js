// Turns the lines for guesses into fields and keeps what is written there in this browser.
(() => {
  const fields = new Map();
  const lists = document.querySelectorAll(".guesses");
  let key;

  const recall = () => {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? {};
    } catch {
      return {}; // storage is off or was written by someone else: begin empty
    }
  };
  const keep = () => {
    const written = [...fields].map(([name, { field }]) => [name, field.value.trim()]).filter(([, text]) => text);
    try {
      localStorage.setItem(key, JSON.stringify(Object.fromEntries(written)));
      return "Kept in this browser.";
    } catch {
      return "This browser does not keep it.";
    }
  };
  const list = (name) => {
    const text = fields.get(name).field.value.trim();
    for (const each of lists) {
      const shown = each.querySelector(`[data-guess="${name}"]`);
      shown.textContent = text || "no guess";
      shown.classList.toggle("guess-none", !text);
    }
  };

  for (const guess of document.querySelectorAll(".guess")) {
    const name = guess.dataset.name;
    key = `customer-value-workbook:guesses:${guess.dataset.page}`;
    const status = guess.querySelector(".guess-status");
    const written = guess.querySelector(".guess-label");
    const label = document.createElement("label");
    label.className = written.className;
    label.htmlFor = `${guess.id}-field`;
    label.textContent = written.textContent;
    written.replaceWith(label);
    const field = document.createElement("input");
    field.type = "text";
    field.id = label.htmlFor;
    field.autocomplete = "off";
    field.maxLength = 80;
    guess.querySelector(".guess-line").replaceWith(field);
    fields.set(name, { field, status });
    let timer;
    let unsaved = false;
    const save = () => {
      unsaved = false;
      const said = keep();
      status.textContent = field.value.trim() ? said : "";
    };
    field.addEventListener("input", () => {
      unsaved = true;
      status.textContent = "";
      list(name);
      clearTimeout(timer);
      timer = setTimeout(save, 400);
    });
    addEventListener("pagehide", () => {
      clearTimeout(timer);
      if (unsaved) save();
    });
  }

  const before = recall();
  for (const [name, { field, status }] of fields) {
    field.value = typeof before[name] === "string" ? before[name] : "";
    if (field.value) status.textContent = "Kept in this browser.";
    list(name);
  }
  for (const each of lists) each.hidden = false;
})();
