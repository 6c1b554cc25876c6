// Keeps the answers of "Apply it to your company" in this browser and nowhere else.
(() => {
  const PREFIX = "customer-value-workbook:company:";

  for (const form of document.querySelectorAll("form.company")) {
    const key = PREFIX + form.dataset.form;
    const status = form.querySelector(".company-status");
    const fields = [...form.querySelectorAll("input, textarea")];

    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(key)) ?? {};
    } catch { /* storage is off or was written by someone else: begin empty */ }
    for (const field of fields) field.value = kept[field.name] ?? "";

    let timer;
    let unsaved = false;
    const save = () => {
      unsaved = false;
      const answers = Object.fromEntries(fields.filter((f) => f.value.trim()).map((f) => [f.name, f.value]));
      try {
        localStorage.setItem(key, JSON.stringify(answers));
        status.textContent = "Kept in this browser.";
      } catch {
        status.textContent = "This browser keeps nothing: copy your answers before you leave.";
      }
    };
    form.addEventListener("input", () => {
      unsaved = true;
      status.textContent = "";
      clearTimeout(timer);
      timer = setTimeout(save, 400);
    });
    addEventListener("pagehide", () => { clearTimeout(timer); if (unsaved) save(); });
    form.addEventListener("submit", (event) => event.preventDefault());
  }
})();
