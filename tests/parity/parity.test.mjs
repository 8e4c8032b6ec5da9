// The two ends cannot disagree: 20,000 seeded exchanges (valid, damaged and garbage) over every operation of the probe get
// byte-identical answers from the native core, from the Wasm core in Node and from the Wasm core in workerd.
//
// The seed fixes which exchanges are tried and how they are damaged; keys and ECDSA signatures are fresh in each run. A line
// that is answered in two ways is kept in build/test/disagreement.jsonl, to be put through the doors again.
// SALLYPORT_PARITY_SEED and SALLYPORT_PARITY_COUNT choose other exchanges than the everyday ones.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask_lines } from '../support/probes.mjs';
import { garbage, mutated } from './mutate.mjs';
import { Random } from './random.mjs';
import { make_seeds } from './seeds.mjs';

const SEED = Number(process.env.SALLYPORT_PARITY_SEED ?? 20260801);
const COUNT = Number(process.env.SALLYPORT_PARITY_COUNT ?? 20_000);
/** Of a hundred exchanges, so many are as valid as their seed and so many are garbage; the rest is damaged. */
const VALID = 20,
  GARBAGE = 10;

test(`${COUNT} exchanges of seed ${SEED} get the same answer everywhere`, { timeout: 900_000 }, async (context) => {
  const seeds = await make_seeds();
  const random = new Random(SEED);
  const ops = Object.keys(seeds);
  const lines = Array.from({ length: COUNT }, (_, id) => exchange(random, id, ops[id % ops.length], seeds));
  const answers = await ask_lines(lines);
  const rows = tally(ops, answers);
  for (const row of rows) {
    context.diagnostic(`${row.op}: ${row.ok} ok, ${row.refused} refused for ${row.reasons.size} reasons, ${row.unusable} unusable`);
  }
  rows.forEach(assert_worthwhile);
});

/** @typedef {{op: string, ok: number, refused: number, unusable: number, reasons: Set<string>}} Row */

/** One line for the probe. @param {Random} random @param {number} id @param {string} op @param {Record<string, object[]>} seeds */
function exchange(random, id, op, seeds) {
  const seed = random.one_of(seeds[op] ?? []);
  const roll = random.below(100);
  if (roll < VALID) return JSON.stringify({ id, op, in: seed });
  if (roll < VALID + GARBAGE) return JSON.stringify({ id, op, in: garbage(random, seed) });
  return JSON.stringify({ id, op, in: mutated(random, seed) });
}

/** @param {string[]} ops @param {string[]} answers */
function tally(ops, answers) {
  /** @type {Row[]} */
  const rows = ops.map((op) => ({ op, ok: 0, refused: 0, unusable: 0, reasons: new Set() }));
  answers.forEach((answer, id) => {
    const row = rows[id % ops.length];
    const { reason, error } = JSON.parse(answer);
    if (error !== undefined) row.unusable += 1;
    else if (reason === 'ok') row.ok += 1;
    else row.refused += 1;
    if (reason !== undefined) row.reasons.add(reason);
  });
  return rows;
}

/** A generator whose exchanges all end the same way tests nothing. @param {Row} row */
function assert_worthwhile({ op, ok, refused, unusable, reasons }) {
  const all = ok + refused + unusable;
  assert.ok(ok >= all / 20, `${op}: only ${ok} of ${all} ok`);
  assert.ok(refused >= all / 20 || ['decide', 'sigv4'].includes(op), `${op}: only ${refused} of ${all} refused`);
  // The arguments of sf_serialize have a closed shape, so that much damage ends before the serializer.
  assert.ok(unusable <= all * 0.6, `${op}: ${unusable} of ${all} could not even be read`);
  assert.ok(reasons.size >= 2, `${op}: one reason only`);
}
