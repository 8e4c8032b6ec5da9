// Requests to the cache of the edge for the probe's `cache`: stored, looked up, validated, stood in for.
import { ask } from '../support/probes.mjs';

const NOW = 1_767_225_600_000;
const PLAN = {
  use: 'answers',
  key: 'k'.repeat(43),
  identity: 'i'.repeat(43),
  stale_if_error: 600,
  own_fields: ['x-user'],
  may_validate: true,
  max_age: 3600,
};
/** Of an anonymous caller, and of a request of which nothing is shared. */
const NARROW = [
  { ...PLAN, identity: '', shared: 's'.repeat(43) },
  { ...PLAN, shared: '', caller_fields: ['accept', 'cookie'] },
];

/** Its Cache-Control, and further fields. @type {[string, string[][]][]} */
const ANSWERS = [
  ['max-age=60', []],
  [
    'public, max-age="60", stale-if-error=30',
    [
      ['ETag', '"v1"'],
      ['Vary', 'Accept, accept-language'],
    ],
  ],
  [
    's-maxage=5, must-revalidate',
    [
      ['Last-Modified', 'Sun Nov  6 08:49:37 1994'],
      ['Age', '4, 9'],
    ],
  ],
  [
    'public',
    [
      ['Expires', 'Thursday, 01-Jan-26 01:00:00 GMT'],
      ['ETag', 'W/"v2"'],
      ['Content-Encoding', 'gzip'],
    ],
  ],
  [
    'no-cache="x, y", max-age=9',
    [
      ['ETag', '"v1"'],
      ['Connection', 'x-hop'],
      ['X-Hop', '1'],
    ],
  ],
  ['private, max-age=60', [['Set-Cookie', 'a=b']]],
  ['public, max-age=60', [['Vary', 'Authorization, X_Y']]],
  ['public, max-age=60', [['Vary', 'authorization, Cookie']]],
  ['must-understand, no-store, max-age=99999999999', []],
];
const REQUESTS = [
  [],
  [['accept_language', 'de']],
  [
    ['accept', 'a/b'],
    ['if-none-match', '"v0", W/"v1"'],
  ],
  [['cache-control', 'max-stale=60, min-fresh=1']],
  [
    ['cache-control', 'no-cache'],
    ['pragma', 'no-cache'],
  ],
  [
    ['cache-control', 'only-if-cached, max-age="5"'],
    ['if-modified-since', 'Sun, 06 Nov 1994 08:49:37 GMT'],
  ],
];

/** @returns {Promise<object[]>} */
export async function cache_seeds() {
  const stores = ANSWERS.flatMap(([said, more], i) =>
    REQUESTS.map((fields, j) => store(said, more, fields, [200, 200, 404, 301][(i + j) % 4])),
  );
  const narrow = ANSWERS.flatMap(([said, more]) => NARROW.map((plan) => store(said, more, [], 200, plan)));
  const answers = await ask(stores.map((each) => ({ op: 'cache', in: each })));
  const stored = answers.flatMap(({ out }) => (out?.store ? [out] : []));
  return [...stores, ...narrow, ...stored.flatMap((each, i) => uses(each, REQUESTS[i % REQUESTS.length], NOW + i * 7_000))];
}

/** @param {string} said @param {string[][]} more @param {string[][]} fields @param {number} status @param {object} [plan] */
function store(said, more, fields, status, plan = PLAN) {
  const answer_fields = [['Date', 'Thu, 01 Jan 2026 00:00:00 GMT'], ['Cache-Control', said], ...more];
  return { op: 'store', in: { plan, method: 'GET', fields, status, answer_fields, requested: NOW - 500, received: NOW, fwd: 'uri-miss' } };
}

/** @param {{from: string, text: string, variants: string}} stored @param {string[][]} fields @param {number} now */
function uses({ from, text, variants }, fields, now) {
  const asked = { plan: PLAN, method: now % 2 ? 'HEAD' : 'GET', fields, now };
  const nothing = { identity: '', shared: '', invalidated: '' };
  const update = {
    answer_fields: [
      ['ETag', '"v1"'],
      ['Cache-Control', 'max-age=5'],
    ],
    requested: now - 9,
    received: now,
    fwd: 'stale',
  };
  return [
    { op: 'lookup', in: { ...asked, ...nothing, [from]: text, varied: variants !== '' } },
    { op: 'lookup', in: { ...asked, ...nothing, [from]: variants === '' ? text : variants, varied: false } },
    { op: 'stale', in: { ...asked, stored: text, fwd: 'stale', fwd_status: 503 } },
    { op: 'freshen', in: { ...asked, ...update, stored: text } },
    { op: 'invalidate', in: { now, status: 204 } },
  ];
}
