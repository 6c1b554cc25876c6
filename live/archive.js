// Package archives: gzipped tar files, unpacked into Python's file system without copying their bytes.

const BLOCK = 512;
const ascii = new TextDecoder();

function field(bytes, from, length) {
  const text = ascii.decode(bytes.subarray(from, from + length));
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

/** Yields {path, content} for every plain file of a ustar archive; content is a view, not a copy. */
export function* files(tar) {
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const name = field(tar, at, 100);
    const prefix = field(tar, at + 345, 155);
    const size = parseInt(field(tar, at + 124, 12), 8);
    const kind = tar[at + 156];
    const begin = at + BLOCK;
    if (kind === 0x30 || kind === 0) {
      yield { path: prefix ? `${prefix}/${name}` : name, content: tar.subarray(begin, begin + size) };
    }
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** Puts an archive's files into Python's file system, which keeps views on `tar`. */
export function unpack(FS, tar) {
  const made = new Set();
  for (const { path, content } of files(tar)) {
    const folder = `/${path.slice(0, path.lastIndexOf("/"))}`;
    if (!made.has(folder)) {
      FS.mkdirTree(folder);
      made.add(folder);
    }
    FS.writeFile(`/${path}`, content, { canOwn: true });
  }
}

/** Whether bytes are still gzipped: some servers already undo it on the way. */
export function isGzipped(bytes) {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Reads a response to its end, unzipping as it arrives; `count` is told the size of each piece. */
export async function read(response, count) {
  const reader = response.body.getReader();
  const first = await reader.read();
  let pending = first;
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = pending ?? (await reader.read());
      pending = null;
      if (done) return controller.close();
      count(value.length);
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const plain = first.value && isGzipped(first.value) ? body.pipeThrough(new DecompressionStream("gzip")) : body;
  return new Uint8Array(await new Response(plain).arrayBuffer());
}
