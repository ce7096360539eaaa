// RFC 6962 trees, as far as a verifier needs them: hashes, roots, inclusion, consistency.
//
// Proofs are made from tiles and then checked by the algorithms of RFC 9162, which do not
// know how they were made. A `Tree` reads hashes of complete subtrees through `tiles`.

import { createHash } from "node:crypto";

export class Mismatch extends Error {}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

export const hashLeaf = (entry) => sha256(LEAF, entry);
export const hashNodes = (left, right) => sha256(NODE, left, right);
export const EMPTY = sha256(Buffer.alloc(0)); // RFC 6962 §2.1: the root of no leaves

// Sizes are BigInt: a log may have more leaves than a double counts exactly.
const bitLength = (value) => BigInt(value === 0n ? 0 : value.toString(2).length);
const splitOf = (size) => 1n << (bitLength(size - 1n) - 1n); // the largest power of two below

/** The tree of the first `size` leaves, whatever it has grown to since. */
export class Tree {
  constructor(tiles, size) {
    this.tiles = tiles;
    this.size = size;
  }

  async root() {
    return this.size === 0n ? EMPTY : this.#range(0n, this.size);
  }

  async leaf(index) {
    return this.tiles.hash(0n, index, this.size);
  }

  /** MTH(D[start:start+count]); start is a multiple of the subtree that covers count. */
  async #range(start, count) {
    const height = bitLength(count) - 1n;
    if (count === 1n << height) return this.tiles.hash(height, start >> height, this.size);
    const left = splitOf(count);
    return hashNodes(await this.#range(start, left), await this.#range(start + left, count - left));
  }

  /** RFC 9162 §2.1.3.1: PATH(index, D[start:start+count]). */
  async inclusion(index, start = 0n, count = this.size) {
    if (count === 1n) return [];
    const left = splitOf(count);
    if (index < left) {
      return [...(await this.inclusion(index, start, left)), await this.#range(start + left, count - left)];
    }
    return [...(await this.inclusion(index - left, start + left, count - left)), await this.#range(start, left)];
  }

  /** RFC 9162 §2.1.4.1: PROOF(older, D[this.size]). */
  async consistency(older) {
    return older === 0n || older === this.size ? [] : this.#subproof(older, 0n, this.size, true);
  }

  async #subproof(older, start, count, isWhole) {
    if (older === count) return isWhole ? [] : [await this.#range(start, count)];
    const left = splitOf(count);
    if (older <= left) {
      return [...(await this.#subproof(older, start, left, isWhole)), await this.#range(start + left, count - left)];
    }
    return [...(await this.#subproof(older - left, start + left, count - left, false)), await this.#range(start, left)];
  }
}

/** RFC 9162 §2.1.3.2. Throws Mismatch unless `leaf` is number `index` below `root`. */
export function verifyInclusion({ leaf, index, size, path, root }) {
  if (index >= size) throw new Mismatch("The record lies behind the end of the log.");
  let place = index;
  let last = size - 1n;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0n) throw new Mismatch("The path to the root is too long.");
    if ((place & 1n) === 1n || place === last) {
      hash = hashNodes(sibling, hash);
      while ((place & 1n) === 0n && place !== 0n) {
        place >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = hashNodes(hash, sibling);
    }
    place >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n || !hash.equals(root)) throw new Mismatch("The record does not lead to the root.");
}

/** RFC 9162 §2.1.4.2. Throws Mismatch unless the older tree is the beginning of the newer one. */
export function verifyConsistency({ older, olderRoot, newer, newerRoot, path }) {
  if (older > newer) throw new Mismatch("The log is shorter than it was.");
  if (older === newer || older === 0n) {
    const expected = older === 0n ? EMPTY : newerRoot;
    if (path.length || !olderRoot.equals(expected)) throw new Mismatch("The log is not the one that was seen before.");
    return;
  }
  const proof = (older & (older - 1n)) === 0n ? [olderRoot, ...path] : path;
  let place = older - 1n;
  let last = newer - 1n;
  while ((place & 1n) === 1n) {
    place >>= 1n;
    last >>= 1n;
  }
  let [before, after] = [proof[0], proof[0]];
  for (const sibling of proof.slice(1)) {
    if (last === 0n) throw new Mismatch("The proof of consistency is too long.");
    if ((place & 1n) === 1n || place === last) {
      before = hashNodes(sibling, before);
      after = hashNodes(sibling, after);
      while ((place & 1n) === 0n && place !== 0n) {
        place >>= 1n;
        last >>= 1n;
      }
    } else {
      after = hashNodes(after, sibling);
    }
    place >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n || !before?.equals(olderRoot)) throw new Mismatch("The log is not the one that was seen before.");
  if (!after.equals(newerRoot)) throw new Mismatch("What was added does not lead to the newer root.");
}
