// What signing in seals, names and reads, held to an implementation of the layouts in node:crypto and alike at every door.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../support/probes.mjs';
import { NOW, OPENINGS, counted, key_set, person, sealed, sealings, words } from './login_samples.mjs';
import { mutated } from './mutate.mjs';
import { Random } from './random.mjs';

const base64 = (/** @type {Uint8Array | string} */ octets) => Buffer.from(octets).toString('base64');

test('a text is sealed as the layout says, octet by octet', async () => {
  const all = sealings();
  const answers = await ask(
    all.map(({ master, plain, entropy, ...where }) => ({
      op: 'login_seal',
      in: { ...where, keys: key_set([master, counted(1)]), plain_b64: base64(plain), entropy_b64: base64(entropy) },
    })),
  );
  assert.deepEqual(
    answers.map(({ out }) => out.text),
    all.map((each) => sealed(each)),
  );
});

test('what another implementation sealed opens, and a session and a login under way read back', async () => {
  const answers = await ask(OPENINGS.map((each) => ({ op: 'login_open', in: each })));
  answers.forEach(({ reason, out }, i) => {
    const { plain, purpose } = /** @type {import('./login_samples.mjs').Sealing} */ (sealings()[i]);
    assert.equal(reason, 'ok');
    assert.equal(Buffer.from(out.plain_b64, 'base64').toString(), plain);
    assert.equal(out.typed, ['session', 'transaction'].includes(purpose) ? plain : undefined);
  });
});

test('what a login says to a provider, and the name of a person, are derived as written', async () => {
  const who = { issuer: 'https://acme.okta.example', client_id: '0oa1', subject: '00u1' };
  const masters = [counted(0), counted(1)];
  const [{ out }] = await ask([{ op: 'login_words', in: { seed_b64: base64(counted(8)), keys: key_set(masters), ...who } }]);
  assert.deepEqual(out, { ...words(counted(8)), people: masters.map((each) => person(each, who)) });
});

const FIELDS = [
  { Cookie: '__Host-Http-sallyport-s-AAAAAAAA=x; a=1', 'Set-Cookie': '__host-http-sallyport=1', 'Clear-Site-Data': '"cookies", "cache"' },
  {
    Cookie: ['a=1, __Host-Http-sallyport-sso=x', '__Host-Http-sallyport-sso=y'],
    'Set-Cookie': '=__Host-Http-sallyport-sso=x',
    'Clear-Site-Data': '"*"',
  },
  { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', Accept: 'text/html;q=0.9, */*;q=0.1' },
  { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'same-origin' },
  { Accept: 'text/html, application/json;q=0.123', Origin: 'https://friend.example' },
  { 'Sec-Fetch-Site': 'same-site', Origin: 'https://app.example', Upgrade: 'websocket' },
];

test('cookies are read and navigations told apart alike at every door, however damaged', async () => {
  const random = new Random(20260901);
  const lines = Array.from({ length: 4000 }, (_, i) => {
    const fields = random.one_of(FIELDS);
    const seed = { method: ['GET', 'POST', 'HEAD', 'OPTIONS'][random.below(4)], fields };
    return {
      op: i % 2 ? 'login_cookies' : 'login_navigation',
      in: random.below(4) === 0 ? seed : /** @type {object} */ (mutated(random, seed)),
    };
  });
  const answers = await ask(lines);
  const ends = new Set(answers.map(({ out }) => out?.what));
  for (const what of ['log_in', 'framed', 'form', 'problem']) assert.ok(ends.has(what), what);
  assert.deepEqual(new Set(answers.flatMap(({ out }) => out?.cross_origin ?? [])), new Set(['ok', 'cross_origin_refused']));
  assert.ok(answers.some(({ out }) => out?.ambiguous) && answers.some(({ out }) => out?.cookies?.length));
});

test('the facts of a host have one name at every door', async () => {
  const policy = {
    name: 'p',
    edge: { issuer: 'https://edge.example' },
    issuers: { okta: { issuer: 'https://okta.example', audiences: ['api'] } },
    services: { app: { origin: 'https://app.internal.example' } },
    routes: [
      {
        id: 'a',
        host: 'app.example',
        path: '/**',
        service: 'app',
        allow: "'finance' in identity.groups && identity.claims.a.b == NOW".replace('NOW', String(NOW)),
      },
    ],
  };
  const [{ reason, out }] = await ask([{ op: 'login_facts', in: { policy, host: 'app.example' } }]);
  assert.equal(reason, 'ok');
  assert.match(out.facts, /^[\w-]{11}$/);
});
