// Hands what the reader wrote under "Apply it to your company" to Python, as a file in its working folder.
const PREFIX = "customer-value-workbook:company:"; // as in _assets/site/your-company.js

function kept(form) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + form)) ?? {};
  } catch {
    return {}; // Storage is switched off, or somebody else wrote there: no answers.
  }
}

/** The file: its name, and as text the answers with the questions of the whole book (see live_cells.py). */
export function answersFile(questions) {
  const answers = Object.fromEntries(Object.keys(questions).map((form) => [form, kept(form)]));
  const text = JSON.stringify({ format: "customer-value/company-answers", version: 1, answers, questions });
  return { name: "company-answers.json", text };
}

/** Calls back when another tab of this browser changes an answer. */
export function onChange(callback) {
  addEventListener("storage", ({ key }) => (key === null || key.startsWith(PREFIX)) && callback());
}
