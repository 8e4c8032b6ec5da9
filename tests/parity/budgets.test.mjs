// Edge and origin stop at the same value: every budget of a condition is walked to its edge, size by size, natively and as
// Wasm, so that no caller is let in at one end and refused at the other.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ask_lines } from '../support/probes.mjs';

/** @param {string} expr @param {unknown[]} list */
const cel = (expr, list) => ({
  op: 'decide',
  in: {
    policy: {
      services: { app: { origin: 'https://o.example' } },
      routes: [{ id: 'r', host: 'h.example', path: '/**', service: 'app', allow: expr }],
    },
    identity: { kind: 'user', subject: 'alice', claims: { l: list, t: 'x'.repeat(list.length) } },
    request: { method: 'GET', host: 'h.example', target: '/' },
  },
});

/** By what they use up: small texts, lists of one, of many, maps, text that grows, objects, formatting. */
const expressions = {
  'small texts': 'identity.claims.l.map(x, identity.claims.l.map(y, y + y)).size() > 0',
  'lists of one': 'identity.claims.l.map(x, identity.claims.l.map(y, [y])).size() > 0',
  lists: 'identity.claims.l.map(x, identity.claims.l.map(y, y)).size() > 0',
  maps: "identity.claims.l.map(x, identity.claims.l.map(y, {'k': y})).size() > 0",
  optionals: 'identity.claims.l.map(x, identity.claims.l.map(y, optional.of(y))).size() > 0',
  addresses: "identity.claims.l.map(x, identity.claims.l.map(y, ip('192.0.2.1'))).size() > 0",
  formatting: "identity.claims.l.map(x, identity.claims.l.map(y, '%s-%s'.format([x, y]))).size() > 0",
  'caught errors': 'identity.claims.l.all(x, identity.claims.l.all(y, true || x[0] == y))',
  text: "identity.claims.l.map(x, identity.claims.t + x).join(',').size() > 0",
};

for (const [what, expr] of Object.entries(expressions)) {
  test(`${what}: both ends stop at the same size`, { timeout: 300_000 }, async () => {
    const sizes = Array.from({ length: 400 }, (_, i) => i + 1);
    const lines = sizes.map((size) => JSON.stringify({ id: size, ...cel(expr, Array(size).fill('a')) }));
    // ask_lines demands the same answer of every build.
    const reasons = (await ask_lines(lines)).map((line) => JSON.parse(line).out?.reason);
    const last = reasons.lastIndexOf('ok');
    assert.ok(last >= 0, `${what}: nothing is let in`);
    assert.deepEqual(new Set(reasons.slice(0, last + 1)), new Set(['ok']), `${what}: refused before its edge`);
  });
}

test('a position beyond 32 bits is out of range in every build', async () => {
  const expressions = [
    "'abc'.charAt(4294967296) == 'a'",
    "'abc'.substring(4294967296) == 'abc'",
    "'abc'.indexOf('a', 4294967296) == 0",
    "'abc'.lastIndexOf('c', 4294967298) == 2",
    '[1][4294967296] == 1',
  ];
  const lines = expressions.map((expr, id) => JSON.stringify({ id, op: 'cel', in: { expr } }));
  for (const line of await ask_lines(lines)) assert.equal(JSON.parse(line).reason, 'cel_evaluation', line);
});
