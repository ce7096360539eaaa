#!/usr/bin/env node
// Checks a log of Curtilage's ledger from its tiles alone. Plain JavaScript, no packages,
// and no code in common with the service. See README.md.

import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { hashLeaf, Mismatch, Tree, verifyConsistency, verifyInclusion } from "./merkle.mjs";
import { openCheckpoint, parseVerifierKey } from "./note.mjs";
import { compareTiles, findLeaf, openLog, Tiles } from "./tiles.mjs";

const USAGE = `usage: node verify.mjs LOG --key KEY [--origin ORIGIN] [--record FILE]... [--since FILE] [--save FILE]

LOG        a log's address, as https://ai.example/ledger/ORIGIN, or its folder
--key      what \`curtilage ledger key\` prints, from a place you trust
--origin   which log it must be; of an address, what stands behind /ledger/
--record   a file whose lines are records: each must be in the log
--since    a checkpoint that was saved earlier: the log must have grown from it
--save     write the newest checkpoint there, once everything holds`;

async function main(given) {
  const log = openLog(given.log);
  const key = parseVerifierKey(given.key);
  const note = await log("checkpoint");
  const newest = openCheckpoint(note, key);
  if (given.origin && newest.origin !== given.origin) {
    throw new Mismatch(`The checkpoint is one of ${newest.origin}, and not of ${given.origin}.`);
  }
  const tiles = new Tiles(log);
  const tree = new Tree(tiles, newest.size);
  if (!(await tree.root()).equals(newest.root)) throw new Mismatch("The tiles do not lead to the checkpoint's root.");
  const compared = await compareTiles(tiles, newest.size);
  say(`${newest.origin}: ${newest.size} records lead to the signed root (${compared} full tiles compared)`);
  if (given.since) await checkGrowth(tree, newest, openCheckpoint(await readFile(given.since), key));
  for (const path of given.records) await checkRecords(tree, newest, path);
  if (given.save) await writeFile(given.save, note);
}

async function checkGrowth(tree, newest, older) {
  if (older.origin !== newest.origin) throw new Mismatch("The saved checkpoint is one of another log.");
  const path = older.size <= newest.size ? await tree.consistency(older.size) : [];
  verifyConsistency({ older: older.size, olderRoot: older.root, newer: newest.size, newerRoot: newest.root, path });
  say(`the first ${older.size} are the ones that were signed before`);
}

async function checkRecords(tree, newest, path) {
  const lines = splitLines(await readFile(path));
  for (const record of lines) {
    const leaf = hashLeaf(record);
    const index = await findLeaf(tree.tiles, newest.size, leaf, numberOf(record));
    if (index === null) throw new Mismatch("A record is not in the log, or was changed.");
    const proof = await tree.inclusion(index);
    verifyInclusion({ leaf, index, size: newest.size, path: proof, root: newest.root });
  }
  say(`${lines.length} of the records given are in the log`);
}

/** The lines as bytes: a record is hashed as it was written, never as it was understood. */
function splitLines(raw) {
  const lines = [];
  for (let at = 0; at < raw.length; ) {
    const end = raw.indexOf(0x0a, at) < 0 ? raw.length : raw.indexOf(0x0a, at);
    if (end > at) lines.push(raw.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

/** Where a record is looked for first: its number among its writer's, over all tenants. */
function numberOf(record) {
  try {
    const { n } = JSON.parse(record.toString("utf8"));
    return Number.isSafeInteger(n) && n >= 0 ? BigInt(n) : null;
  } catch {
    return null;
  }
}

const say = (line) => console.log(line);

function readArguments() {
  const text = { type: "string" };
  const options = { key: text, origin: text, since: text, save: text, record: { ...text, multiple: true } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (positionals.length !== 1 || !values.key) throw new Error("expected a log and --key");
  const [log] = positionals;
  return { origin: originOf(log), records: values.record ?? [], ...values, log };
}

/** Of an address, what stands behind `/ledger/`; a folder does not say. */
function originOf(log) {
  const found = /^https?:\/\/[^/]+\/(?:.*\/)?ledger\/(.+?)\/?$/.exec(log);
  return found ? decodeURI(found[1]) : undefined;
}

let given;
try {
  given = readArguments();
} catch (error) {
  console.error(`error: ${error.message}\n${USAGE}`);
  process.exit(2);
}
try {
  await main(given);
} catch (error) {
  console.error(`${error instanceof Mismatch ? "does not hold" : "error"}: ${error.message}`);
  process.exitCode = error instanceof Mismatch ? 1 : 4;
}
