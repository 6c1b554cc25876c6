// Markdown that a cell displays; loaded only when one does.
import { marked } from "marked";

export const toHtml = (text) => marked.parse(text, { async: false, gfm: true });
