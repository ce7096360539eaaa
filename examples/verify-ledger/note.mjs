// C2SP signed notes and tlog-checkpoints: text, an empty line, lines of signatures.

import { createHash, createPublicKey, verify } from "node:crypto";

import { Mismatch } from "./merkle.mjs";

const ED25519 = 0x01; // C2SP signed-note: the algorithm's byte in a verifier key
const LONGEST = 1_000_000; // bytes of a note
const DER = Buffer.from("302a300506032b6570032100", "hex"); // RFC 8410: SubjectPublicKeyInfo of Ed25519

/** The public key of a verifier key, `name+hash+base64`; the name is the head log's. */
export function parseVerifierKey(text) {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text.trim());
  const raw = match && Buffer.from(match[3], "base64");
  if (!raw || raw.length !== 33 || raw[0] !== ED25519) {
    throw new Error("This is no verifier key of Ed25519, as `curtilage ledger key` prints one.");
  }
  const key = raw.subarray(1);
  if (keyId(match[1], key).toString("hex") !== match[2]) throw new Error("The verifier key is not whole.");
  return key;
}

const keyId = (name, key) =>
  createHash("sha256").update(`${name}\n`).update(Buffer.from([ED25519])).update(key).digest().subarray(0, 4);

/** The checkpoint in a note that `key` signed as the log it says it is: {origin, size, root}. */
export function openCheckpoint(note, key) {
  if (note.length > LONGEST) throw new Mismatch("The checkpoint is too long.");
  const cut = note.indexOf("\n\n");
  if (cut < 0) throw new Mismatch("The checkpoint is no signed note.");
  const text = note.subarray(0, cut + 1);
  const [origin, size, root, ...rest] = text.toString("utf8").split("\n");
  if (!/^(0|[1-9][0-9]{0,18})$/.test(size ?? "") || rest.length === 0) throw new Mismatch("The checkpoint is not one.");
  const hash = Buffer.from(root, "base64");
  if (hash.length !== 32 || hash.toString("base64") !== root) throw new Mismatch("The checkpoint has no root.");
  if (!isSigned(text, note.subarray(cut + 2).toString("utf8"), origin, key)) {
    throw new Mismatch("The checkpoint is not signed with the log's key.");
  }
  return { origin, size: BigInt(size), root: hash };
}

function isSigned(text, lines, name, key) {
  const expected = keyId(name, key);
  const publicKey = createPublicKey({ key: Buffer.concat([DER, key]), format: "der", type: "spki" });
  return lines.split("\n").some((line) => {
    const match = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    if (match?.[1] !== name) return false;
    const raw = Buffer.from(match[2], "base64");
    return raw.subarray(0, 4).equals(expected) && verify(null, text, publicKey, raw.subarray(4));
  });
}
