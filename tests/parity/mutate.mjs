// Small damage to a valid request, of the kinds that attackers and accidents do. Knows the few shapes that nest text in
// text (base64, tokens, JSON), so that the damage gets past the outermost decoder.

/** Pieces that mean something to one of the parsers. */
const TOKENS = [
  '%2f',
  '%2F',
  '%00',
  '%',
  '%e9',
  '..',
  '//',
  '\\',
  '#',
  '?',
  '\r\n',
  '\n',
  '\r',
  '\0',
  '\t',
  ' ',
  '"',
  "'",
  '=',
  ';',
  ',',
  ':',
  '::',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '{}',
  '[]',
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1e400',
  '1e-400',
  '9007199254740993',
  '0.1',
  '1.0',
  '9.9995',
  'é',
  '\u2028',
  '😀',
  '\ufeff',
  '\ud800',
  'A'.repeat(300),
  '@',
  '?1',
  '&&',
  '||',
  '!',
  'in',
  '.',
  '*',
  '**',
  ':id',
  'Host: x\r\n',
  'Content-Length: 1\r\n',
  'Transfer-Encoding: chunked\r\n',
  'sallyport_subject: root\r\n',
  '"alg":"none"',
  '"kid":"x"',
  '"crit":["exp"]',
  '/*',
  '//',
];

/** A copy of `value` with one to three damages. @param {import('./random.mjs').Random} random @param {any} value */
export function mutated(random, value) {
  const copy = structuredClone(value);
  for (let times = 1 + random.below(3); times > 0; times -= 1) damage(random, copy);
  return copy;
}

/** One damage at a random place inside an object or a list. @param {import('./random.mjs').Random} random @param {any} whole */
function damage(random, whole) {
  const places = places_in(whole);
  if (places.length === 0) return;
  const { parent, key } = random.one_of(places);
  if (random.once_in(12)) return restructure(random, parent, key);
  const value = parent[key];
  // The name of a type is one of three; any other ends before the parser.
  if (key === 'type' && !random.once_in(8)) parent[key] = random.one_of(['item', 'list', 'dictionary']);
  else if (typeof value === 'string') parent[key] = damaged_text(random, value, String(key));
  else if (typeof value === 'number') parent[key] = random.one_of([value + 1, value - 1, -value, 0, 1e15, 0.5, value * 1000, 253402300800]);
  else restructure(random, parent, key);
}

/** Every member of every object and list. @param {any} value @returns {{parent: any, key: string | number}[]} */
function places_in(value) {
  if (value === null || typeof value !== 'object') return [];
  return Object.keys(value).flatMap((key) => {
    const place = { parent: value, key: Array.isArray(value) ? Number(key) : key };
    const child = value[key];
    // An object itself is hit less often than what stands in it.
    return typeof child === 'object' && child !== null ? [place, ...places_in(child)] : [place, place];
  });
}

/** @param {import('./random.mjs').Random} random @param {any} parent @param {string | number} key */
function restructure(random, parent, key) {
  const kind = random.below(4);
  if (kind === 0 && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (kind === 0) delete parent[key];
  else if (kind === 1 && Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
  else if (kind === 2) parent[key] = random.one_of([null, {}, [], '', true, 7, 'x', [parent[key]]]);
  else if (!Array.isArray(parent)) parent[`x-${key}`] = structuredClone(parent[key]);
}

/** @param {import('./random.mjs').Random} random @param {string} text @param {string} name of its member */
function damaged_text(random, text, name) {
  if (name.endsWith('_b64') && !random.once_in(8)) return damaged_bytes(random, Buffer.from(text, 'base64')).toString('base64');
  if (/^[\w-]+\.[\w-]*\.[\w-]*$/.test(text) && text.length > 20 && !random.once_in(4)) return damaged_token(random, text);
  if (['n', 'x', 'y', 'd', 'k', 'e', 'payload_b64'].includes(name) && !random.once_in(4))
    return damaged_bytes(random, Buffer.from(text, 'base64url')).toString('base64url');
  return damaged_bytes(random, Buffer.from(text)).toString();
}

/** One part of a compact JWS, opened and closed again. @param {import('./random.mjs').Random} random @param {string} token */
function damaged_token(random, token) {
  const parts = token.split('.');
  const at = random.below(3);
  const bytes = Buffer.from(parts[at], 'base64url');
  parts[at] = (at === 2 ? damaged_bytes(random, bytes) : damaged_json(random, bytes)).toString('base64url');
  return parts.join('.');
}

/** @param {import('./random.mjs').Random} random @param {Buffer} bytes */
function damaged_json(random, bytes) {
  if (random.once_in(2)) return damaged_bytes(random, bytes);
  try {
    return Buffer.from(JSON.stringify(mutated(random, JSON.parse(bytes.toString()))));
  } catch {
    return damaged_bytes(random, bytes);
  }
}

/** @param {import('./random.mjs').Random} random @param {Buffer} bytes */
export function damaged_bytes(random, bytes) {
  const at = random.below(bytes.length + 1);
  const until = Math.min(bytes.length, at + 1 + random.below(6));
  const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, until), bytes.subarray(until)];
  switch (random.below(7)) {
    case 0:
      return Buffer.concat([head, tail]);
    case 1:
      return Buffer.concat([head, middle, middle, tail]);
    case 2:
      return Buffer.concat([head, Buffer.from(random.one_of(TOKENS)), middle, tail]);
    case 3:
      return Buffer.concat([head, Buffer.from(random.one_of(TOKENS)), tail]);
    case 4:
      return Buffer.concat([head, random.bytes(1 + random.below(3)), tail]);
    case 5:
      return random.once_in(3) ? head : Buffer.concat([head, Buffer.from(middle.map((byte) => byte ^ (1 << random.below(8)))), tail]);
    default:
      return Buffer.from(
        bytes
          .toString('latin1')
          .replace(/[a-z]/i, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())),
        'latin1',
      );
  }
}

/** Arguments of the right names with anything at all in them. @param {import('./random.mjs').Random} random @param {any} value @returns {any} */
export function garbage(random, value) {
  if (Array.isArray(value)) return value.slice(0, 3).map((each) => garbage(random, each));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, random.once_in(6) ? anything(random) : garbage(random, each)]),
    );
  if (typeof value === 'number') return random.below(2 ** 31) - 2 ** 30;
  if (typeof value !== 'string') return value;
  const text = random.once_in(2)
    ? random.bytes(random.below(60)).toString('latin1')
    : Array.from({ length: random.below(8) }, () => random.one_of(TOKENS)).join('');
  return random.once_in(2) ? Buffer.from(text).toString('base64') : text;
}

/** @param {import('./random.mjs').Random} random */
function anything(random) {
  return random.one_of([null, true, 0, -1.5, '', 'x', [], {}, [[]], { '': {} }, 1e308, '\u0000']);
}
