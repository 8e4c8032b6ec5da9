// Second chapter: an attacker between Worker and agent, and around the Worker.
import { log_in } from '../provider.mjs';
import { put_together, take_apart } from '../parts/raw_http.mjs';
import { build } from '../stack.mjs';
import { audit, call, capture, knock, refusal, without_app } from './look.mjs';

/** @typedef {import('../stack.mjs').Stack} Stack */
/** @typedef {ReturnType<typeof take_apart>} Parts */

const payload = '{"month":"2025-04"}';

/** @param {import('./play.mjs').Player} tour @param {Stack} stack */
export async function play_origin(tour, stack) {
  tour.chapter('At the origin: an attacker in the network behind the edge');
  const token = await log_in(stack.provider, 'alice');
  await tour.step("straight to the agent, unsigned, with alice's token", '401 sallyport_field_missing', () =>
    refused(stack, `GET /reports/april HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`),
  );
  const passed = await capture(stack, '/reports/april', { token });
  await tour.step('a captured request sent once more', '401 replay_detected', () => refused(stack, passed));
  await play_alterations(tour, stack, token);
  await tour.step('signed for another service, delivered here', '401 assertion_audience', () =>
    without_app(stack, async () => refusal(stack, await call(stack, '/payroll/run', { token }), 'origin')),
  );
  await play_slow_clock(tour, stack, token);
}

/** @param {Stack} stack @param {string | Buffer} bytes */
const refused = (stack, bytes) => without_app(stack, async () => refusal(stack, await knock(stack, bytes), 'origin'));

/** One change each to a signed request that the agent has never seen. @type {[string, string, (parts: Parts) => void][]} */
const alterations = [
  [
    'method',
    '401 httpsig_invalid',
    (parts) => {
      parts.method = 'PUT';
    },
  ],
  [
    'path',
    '401 httpsig_invalid',
    (parts) => {
      parts.target = parts.target.replace('/april', '/march');
    },
  ],
  [
    'query',
    '401 httpsig_invalid',
    (parts) => {
      parts.target = parts.target.replace('format=json', 'format=html');
    },
  ],
  [
    'body',
    '401 digest_mismatch',
    (parts) => {
      parts.body = Buffer.from(payload.replace('04', '05'));
    },
  ],
  [
    'assertion',
    '401 httpsig_invalid',
    (parts) => set(parts, 'sallyport-assertion', (value) => value.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))),
  ],
  [
    'context',
    '401 httpsig_invalid',
    (parts) => set(parts, 'sallyport-context', (value) => value.replace('host="127.0.0.1', 'host="127.0.0.2')),
  ],
];

/** @param {Parts} parts @param {string} name @param {(value: string) => string} change */
function set(parts, name, change) {
  for (const field of parts.fields) if (field[0].toLowerCase() === name) field[1] = change(field[1]);
}

/** @param {import('./play.mjs').Player} tour @param {Stack} stack @param {string} token */
async function play_alterations(tour, stack, token) {
  for (const [what, expected, alter] of alterations) {
    await tour.step(`a captured request with its ${what} altered`, expected, async () => {
      const bytes = await capture(stack, '/reports/april?format=json', { token, method: 'POST', body: payload }, { hold: true });
      const parts = take_apart(bytes);
      alter(parts);
      const altered = put_together(parts);
      if (altered.equals(bytes)) throw new Error('nothing was altered');
      return refused(stack, altered);
    });
  }
}

/** A second agent whose clock is behind: the real program with its clock turned (demo/tour/clock_shift.cpp).
 * @param {import('./play.mjs').Player} tour @param {Stack} stack @param {string} token */
async function play_slow_clock(tour, stack, token) {
  const slow = await stack.another_agent({ env: { LD_PRELOAD: `${build}/tests/libclock_shift.so`, CLOCK_SHIFT_SECONDS: '-20' } });
  await tour.step('a fresh request to an agent whose clock is 20 s behind', '401 httpsig_created_in_future, and it says 20 s', async () => {
    const fresh = await capture(stack, '/reports/april', { token }, { hold: true });
    const its_view = { ...stack, agent: slow };
    return without_app(stack, async () => {
      const seen = await knock(its_view, fresh);
      const { reason, detail } = await audit(its_view, seen.id, 'origin');
      // Less by the time that the request was under way, which a busy machine makes seconds.
      return `${seen.status} ${reason}, and it says ${/\b(1[5-9]|2[01]) ?s/.test(detail ?? '') ? '20 s' : detail}`;
    });
  });
  await slow.stop();
}

/** Captured now, delivered when it is too old. @param {Stack} stack */
export async function capture_for_later(stack) {
  const token = await log_in(stack.provider, 'alice');
  return { bytes: await capture(stack, '/reports/april', { token }, { hold: true }), at: Date.now() };
}

/** A signature lives for 30 s, and the agent allows for 5 s of clock difference. */
const too_old_ms = 36_000;

/** @param {import('./play.mjs').Player} tour @param {Stack} stack @param {{bytes: Buffer, at: number}} captured */
export async function play_expiry(tour, stack, captured) {
  const left = captured.at + too_old_ms - Date.now();
  if (left > 0) {
    tour.note(`waiting ${Math.ceil(left / 1000)} s for a captured request to expire`);
    await new Promise((resolve) => setTimeout(resolve, left));
  }
  await tour.step('a captured request delivered 36 s late', '401 httpsig_expired', () => refused(stack, captured.bytes));
}
