// What a learner typed, kept in this browser under the page's path and the cell's id.

const key = (cell) => `live-cell:${location.pathname}:${cell}`;

/** The kept text of a cell as {source, original}, or null. Storage may be switched off: then nothing is kept. */
export function recall(cell) {
  try {
    return JSON.parse(localStorage.getItem(key(cell)));
  } catch {
    return null;
  }
}

/** Keeps an edited cell; tells whether it could be kept. */
export function keep(cell, source, original) {
  try {
    localStorage.setItem(key(cell), JSON.stringify({ source, original }));
    return true;
  } catch {
    return false;
  }
}

export function forget(cell) {
  try {
    localStorage.removeItem(key(cell));
  } catch {
    // Nothing was kept, so there is nothing to forget.
  }
}
