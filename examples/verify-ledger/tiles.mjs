// C2SP tlog-tiles: where hashes lie, over HTTP or in a folder, and how a subtree is read from them.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { hashNodes, Mismatch } from "./merkle.mjs";

const HASH = 32;
const HEIGHT = 8n; // of a tile, which so has 256 hashes
const WIDTH = 1n << HEIGHT;
const KEPT = 4096; // tiles in memory, 8 kB each
const PATIENCE = 30_000; // milliseconds for one answer

/** Gives the bytes at a path of a log: `checkpoint`, `tile/0/000`. */
export function openLog(place) {
  return /^https?:/.test(place) ? (path) => fetchBytes(`${place.replace(/\/$/, "")}/${path}`) : (path) => readBytes(join(place, path));
}

async function fetchBytes(url) {
  const answer = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`${url} answers with ${answer.status}.`);
  return Buffer.from(await answer.arrayBuffer());
}

async function readBytes(path) {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`${path} cannot be read (${error.code}).`);
  }
}

/** `x001/x234/067` for 1234067, as the specification writes numbers of tiles. */
function spell(number) {
  const digits = number.toString();
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g);
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
}

/** Hashes of complete subtrees, out of tiles that are read once. */
export class Tiles {
  #kept = new Map();

  constructor(log) {
    this.log = log;
  }

  /** The hash of subtree `index` at `height`, in a tree of `size` leaves. */
  async hash(height, index, size) {
    const level = height / HEIGHT;
    const above = height % HEIGHT; // how far over that tile's own hashes
    const first = index << above;
    const hashes = await this.tile(level, first / WIDTH, size);
    const from = Number(first % WIDTH);
    let row = Array.from({ length: 1 << Number(above) }, (_, at) => nth(hashes, from + at));
    while (row.length > 1) row = pairs(row);
    return row[0];
  }

  /** All hashes of one tile, as wide as a tree of `size` leaves makes it. */
  async tile(level, index, size) {
    const filled = (size >> (HEIGHT * level)) - index * WIDTH;
    const width = filled < WIDTH ? filled : WIDTH;
    if (width <= 0n) throw new Mismatch("A tile was asked for that the log does not have.");
    const path = `tile/${level}/${spell(index)}${width < WIDTH ? `.p/${width}` : ""}`;
    if (!this.#kept.has(path)) this.#keep(path, await this.log(path), Number(width));
    return this.#kept.get(path);
  }

  #keep(path, raw, width) {
    if (raw.length !== width * HASH) throw new Mismatch(`${path} has ${raw.length} bytes, and not ${width * HASH}.`);
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value);
    this.#kept.set(path, raw);
  }
}

const nth = (raw, number) => raw.subarray(number * HASH, (number + 1) * HASH);
const pairs = (row) => Array.from({ length: row.length / 2 }, (_, at) => hashNodes(row[2 * at], row[2 * at + 1]));

/** Throws Mismatch unless each full tile leads to its hash in the tile above it. Gives how many were compared. */
export async function compareTiles(tiles, size) {
  let compared = 0;
  for (let level = 0n; size >> (HEIGHT * (level + 1n)) > 0n; level += 1n) {
    const full = size >> (HEIGHT * (level + 1n));
    for (let index = 0n; index < full; index += 1n) {
      const raw = await tiles.tile(level, index, size);
      let row = Array.from({ length: Number(WIDTH) }, (_, at) => nth(raw, at));
      while (row.length > 1) row = pairs(row);
      const above = await tiles.tile(level + 1n, index / WIDTH, size);
      if (!row[0].equals(nth(above, Number(index % WIDTH)))) {
        throw new Mismatch(`tile/${level}/${spell(index)} does not lead to the tile above it.`);
      }
      compared += 1;
    }
  }
  return compared;
}

/** The number of the leaf with this hash, or null; from `guess` on, then all of them. */
export async function findLeaf(tiles, size, hash, guess) {
  const order = guess !== null && guess < size ? [guess / WIDTH] : [];
  for (let index = 0n; index * WIDTH < size; index += 1n) order.push(index);
  for (const index of order) {
    const raw = await tiles.tile(0n, index, size);
    for (let at = 0; at < raw.length / HASH; at += 1) {
      if (nth(raw, at).equals(hash)) return index * WIDTH + BigInt(at);
    }
  }
  return null;
}
