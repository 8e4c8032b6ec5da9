// Fifth chapter: what happens on an ordinary day: keys are rotated, the provider is down, large files go through.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { memory_of, reset_peak_memory } from '../parts/child.mjs';
import { log_in } from '../provider.mjs';
import { start_load } from './load.mjs';
import { call } from './look.mjs';

/** @typedef {import('../stack.mjs').Stack} Stack */

const mib = 1024 * 1024;
const file_bytes = 20 * mib;
/** Verifiers take note of a new key within this time: an agent that meets one it does not know asks for the set again, but not
 * within five seconds of the time before. */
const cache_age = '6s';
/** What the agent may take for a file of 20 MiB: a few buffers. */
const memory_bound = 4 * mib;

/** @param {import('./play.mjs').Player} tour @param {Stack} stack */
export async function play_operations(tour, stack) {
  tour.chapter('On an ordinary day');
  const token = await log_in(stack.provider, 'alice');
  await play_rotation(tour, stack, token);
  await play_files(tour, stack, token);
  await tour.step('the OIDC provider is down', '200 with the keys in memory', async () => {
    await stack.provider.stop();
    const down = await fetch(stack.provider.issuer).then(
      () => false,
      () => true,
    );
    const seen = await call(stack, '/reports/april', { token });
    return `${seen.status} ${down ? 'with the keys in memory' : 'but the provider is still up'}`;
  });
}

/** Publishes a second key, signs with it, and keeps calling all the while. @param {import('./play.mjs').Player} tour @param {Stack} stack @param {string} token */
async function play_rotation(tour, stack, token) {
  await tour.step("the edge's key is rotated under load", 'another key signs, 0 requests failed', async () => {
    const before = await signing_kid(stack);
    const load = start_load(`${stack.edge}/reports/april`, token);
    try {
      await rotate_and_deploy(stack, load);
      await rotate_and_deploy(stack, load);
    } finally {
      await load.stop();
    }
    const { sent, failed } = load.counts();
    tour.note(`${sent} requests during the rotation; \`sallyport keys rotate\` retires the old key when nothing it signed can be valid`);
    const after = await signing_kid(stack);
    return `${before === after ? 'the same' : 'another'} key signs, ${failed.length} requests failed${failed.length > 0 ? `: ${failed[0]}` : ''}`;
  });
}

/** One step of `sallyport keys rotate`, which first publishes a second key and then signs with it; and its deployment: new
 * connections reach the new Worker, the old one ends when its last call is over.
 * @param {Stack} stack @param {ReturnType<typeof start_load>} load */
async function rotate_and_deploy(stack, load) {
  await stack.sallyport(
    'keys',
    'rotate',
    stack.keys_file,
    '--jwks-url',
    `${stack.edge}/.well-known/jwks.json`,
    '--cache-age',
    cache_age,
    '--wait',
  );
  const { before } = await stack.deploy(readFileSync(stack.keys_file, 'utf8'));
  await load.turned_over();
  await before?.stop();
}

/** @param {Stack} stack */
async function signing_kid(stack) {
  const keys = await (await fetch(`${stack.edge}/.well-known/jwks.json`)).json();
  return keys.keys[0].kid;
}

/** @param {import('./play.mjs').Player} tour @param {Stack} stack @param {string} token */
async function play_files(tour, stack, token) {
  const expected = 'all bytes arrive, the agent takes less than 4 MiB more';
  await tour.step('20 MiB go up', expected, () =>
    measured(stack, async () => {
      const file = randomBytes(file_bytes);
      const seen = await call(stack, '/upload', { token, method: 'PUT', body: file });
      if (seen.status !== 200) return `${seen.status} ${seen.text}`;
      const { bytes, sha256 } = JSON.parse(seen.text);
      return `${bytes === file_bytes && sha256 === createHash('sha256').update(file).digest('hex') ? 'all' : 'not all'} bytes arrive`;
    }),
  );
  await tour.step('20 MiB come down', expected, () =>
    measured(stack, async () => {
      const answer = await fetch(`${stack.edge}/download?bytes=${file_bytes}`, { headers: { authorization: `Bearer ${token}` } });
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const piece of answer.body ?? []) {
        hash.update(piece);
        bytes += piece.length;
      }
      return `${bytes === file_bytes && hash.digest('hex') === sha256_of_pattern(file_bytes) ? 'all' : 'not all'} bytes arrive`;
    }),
  );
}

/** What the app sends for a download: the bytes 0 to 250 over and over. @param {number} bytes */
function sha256_of_pattern(bytes) {
  const pattern = Buffer.from(Array.from({ length: 251 }, (_, value) => value));
  return createHash('sha256').update(Buffer.alloc(bytes, pattern)).digest('hex');
}

/** @param {Stack} stack @param {() => Promise<string>} transfer */
async function measured(stack, transfer) {
  reset_peak_memory(stack.agent.pid);
  const before = memory_of(stack.agent.pid).now;
  const outcome = await transfer();
  const more = memory_of(stack.agent.pid).peak - before;
  return `${outcome}, the agent takes ${more < memory_bound ? 'less than 4 MiB' : `${(more / mib).toFixed(1)} MiB`} more`;
}
