// Two pieces of code compared line by line; loaded when a learner asks for it.
import { diffLines } from "diff";

/** A list of lines, each with the name of the side it stands on; lines of both sides have none. */
function lines(before, after, [beforeName, afterName]) {
  const list = document.createElement("ol");
  list.className = "live-lines";
  for (const part of diffLines(`${before}\n`, `${after}\n`)) {
    const name = part.removed ? beforeName : part.added ? afterName : "";
    for (const text of part.value.replace(/\n$/, "").split("\n")) {
      const line = document.createElement("li");
      line.className = part.removed ? "live-before" : part.added ? "live-after" : "";
      const who = document.createElement("span");
      who.className = "live-who";
      who.textContent = name;
      const code = document.createElement("code");
      code.textContent = text || " ";
      line.append(who, " ", code);
      list.append(line);
    }
  }
  return list;
}

function titled(text, content) {
  const section = document.createElement("div");
  const title = document.createElement("p");
  title.className = "live-lines-title";
  title.textContent = text;
  const scroller = document.createElement("div");
  scroller.className = "live-lines-scroll";
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "group");
  scroller.setAttribute("aria-label", text);
  scroller.append(content);
  section.append(title, scroller);
  return section;
}

/** What the book changed, and how the learner's code differs from the book's new code. */
export function comparison(entry, original) {
  const shown = document.createElement("div");
  shown.className = "live-comparison";
  shown.append(
    titled("What changed in the book", lines(entry.original, original, ["old", "new"])),
    titled("Yours beside the book's new code", lines(entry.source, original, ["yours", "new"])),
  );
  return shown;
}
