/**
 * The little of zip archives that is needed to look at, and replace, one part of an .xlsx.
 *
 * ExcelJS reads and writes workbooks but forgets what it has no word for: names that hold a text,
 * hidden names, and whether a file held charts. Those are read from the parts themselves.
 */

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const CENTRAL_SIZE = 46;
const LOCAL_SIZE = 30;
const LONGEST_REMARK = 65_535;
const NAMES_ARE_UTF8 = 0x0800;
const STORED = 0;
const DEFLATED = 8;
const DAY_ONE = 0x0021; // 1 January 1980, the first day zip knows

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** @typedef {{name: string, method: number, crc: number, size: number, packed: Uint8Array}} Part */

/**
 * @param {Uint8Array} bytes
 * @returns {Part[]} the parts in the archive's own order
 * @throws {Error} where the bytes are no zip archive
 */
export function partsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const parts = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== CENTRAL) throw new Error("This is no workbook: its list of parts is broken.");
    const [name, remarks] = [
      view.getUint16(at + 28, true),
      view.getUint16(at + 30, true) + view.getUint16(at + 32, true),
    ];
    parts.push({
      name: new TextDecoder().decode(bytes.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + name)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      size: view.getUint32(at + 24, true),
      packed: packedAt(bytes, view, view.getUint32(at + 42, true), view.getUint32(at + 20, true)),
    });
    at += CENTRAL_SIZE + name + remarks;
  }
  return parts;
}

/** @param {Part[]} parts @param {string} name @returns {Promise<string | null>} a part as text */
export async function textOf(parts, name) {
  const part = parts.find((one) => one.name === name);
  if (!part) return null;
  if (part.method === STORED) return new TextDecoder().decode(part.packed);
  if (part.method !== DEFLATED) throw new Error(`The part ${name} is packed in a way nobody uses.`);
  const stream = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (part.packed)]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

/** @param {Part[]} parts @param {string} name @param {string} text @returns {Part[]} with one part replaced */
export function withText(parts, name, text) {
  const packed = new TextEncoder().encode(text);
  const fresh = { name, method: STORED, crc: crc32(packed), size: packed.length, packed };
  return parts.map((part) => (part.name === name ? fresh : part));
}

/** @param {Part[]} parts @returns {Uint8Array} the archive */
export function zipped(parts) {
  const encoder = new TextEncoder();
  const pieces = [];
  const index = [];
  let at = 0;
  for (const part of parts) {
    const name = encoder.encode(part.name);
    const local = header(LOCAL, LOCAL_SIZE, 4, part, name);
    const central = header(CENTRAL, CENTRAL_SIZE, 6, part, name);
    new DataView(central.buffer).setUint32(42, at, true);
    pieces.push(local, name, part.packed);
    index.push(central, name);
    at += local.length + name.length + part.packed.length;
  }
  return joined([...pieces, ...index, closing(parts.length, at, index)]);
}

/** @param {number} mark @param {number} size @param {number} at @param {Part} part @param {Uint8Array} name */
function header(mark, size, at, part, name) {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, mark, true);
  if (mark === CENTRAL) view.setUint16(4, 20, true);
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, NAMES_ARE_UTF8, true);
  view.setUint16(at + 4, part.method, true);
  view.setUint16(at + 8, DAY_ONE, true);
  view.setUint32(at + 10, part.crc, true);
  view.setUint32(at + 14, part.packed.length, true);
  view.setUint32(at + 18, part.size, true);
  view.setUint16(at + 22, name.length, true);
  return bytes;
}

/** @param {number} count @param {number} at @param {Uint8Array[]} index */
function closing(count, at, index) {
  const bytes = new Uint8Array(END_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, END, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(
    12,
    index.reduce((sum, piece) => sum + piece.length, 0),
    true,
  );
  view.setUint32(16, at, true);
  return bytes;
}

/** @param {Uint8Array[]} pieces */
function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** @param {DataView} view */
function endOf(view) {
  const first = Math.max(0, view.byteLength - END_SIZE - LONGEST_REMARK);
  for (let at = view.byteLength - END_SIZE; at >= first; at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new Error("This is no .xlsx workbook.");
}

/** @param {Uint8Array} bytes @param {DataView} view @param {number} at @param {number} length */
function packedAt(bytes, view, at, length) {
  const start = at + LOCAL_SIZE + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  return bytes.subarray(start, start + length);
}

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
