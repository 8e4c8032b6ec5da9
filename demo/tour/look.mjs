// How the tour looks at the system: as a caller, and through the audit trails of both ends.
import { until } from '../parts/child.mjs';
import { send_raw } from '../parts/raw_http.mjs';

/** @typedef {import('../stack.mjs').Stack} Stack */
/** @typedef {{status: number, id: string, text: string}} Seen */

/** Calls through the edge like any client. @param {Stack} stack @param {string} path
 * @param {{token?: string, method?: string, headers?: Record<string, string>, body?: BodyInit}} [request] @returns {Promise<Seen>} */
export async function call(stack, path, { token, method = 'GET', headers = {}, body } = {}) {
  const answer = await fetch(stack.edge + path, {
    method,
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    body,
    redirect: 'manual',
  });
  return { status: answer.status, id: answer.headers.get('sallyport-request-id') ?? '', text: await answer.text() };
}

/** Sends bytes to the agent's door, around the edge. @param {Stack} stack @param {string | Buffer} bytes @returns {Promise<Seen>} */
export async function knock(stack, bytes) {
  const answer = await send_raw(stack.agent.port, bytes);
  return { status: answer.status, id: answer.fields.get('sallyport-request-id') ?? '', text: answer.body };
}

/** What the app saw of a request (demo/app). @param {Seen} seen @returns {{method: string, target: string, headers: Record<string, string>}} */
export const app_saw = (seen) => JSON.parse(seen.text);

/** @typedef {{end: 'edge' | 'origin', decision?: string, reason: string, detail: string | null, id: string, subject: string | null}} Record_ */

/** The audit record of a refusal with this request id; waits until `end` has written it. @param {Stack} stack @param {string} id
 * @param {'edge' | 'origin'} end @returns {Promise<Record_>} */
export async function audit(stack, id, end) {
  const find = () =>
    (end === 'edge' ? stack.worker_output() : stack.agent.output())
      .split('\n')
      .filter((line) => line.startsWith('{') && line.includes(id))
      .map((line) => JSON.parse(line))
      .find((record) => record.end === end && record.reason !== 'ok');
  await until(`the audit record of ${id} at the ${end}`, () => find() !== undefined);
  return find();
}

/** Status and reason of a refusal, as the tour shows them. @param {Stack} stack @param {Seen} seen @param {'edge' | 'origin'} end */
export async function refusal(stack, seen, end) {
  const record = await audit(stack, seen.id, end);
  return `${seen.status} ${record.reason}`;
}

/** Does something and says whether a byte of it reached the app. @param {Stack} stack @param {() => Promise<string>} act */
export async function without_app(stack, act) {
  const before = stack.ways.app.counts();
  const seen = await act();
  const after = stack.ways.app.counts();
  return after.to_target === before.to_target ? seen : `${seen}, and ${after.to_target - before.to_target} bytes reached the app`;
}

/** Calls through the edge while the tap between Worker and agent looks on, and returns what it saw there. @param {Stack} stack
 * @param {string} path @param {Parameters<typeof call>[2]} request @param {{hold?: boolean}} [options] hold: keep it from the agent */
export async function capture(stack, path, request, { hold = false } = {}) {
  const captured = stack.ways.agent.next_request({ hold });
  const calling = call(stack, path, request);
  const bytes = await captured;
  await calling;
  return bytes;
}
