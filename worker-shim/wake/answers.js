// What a coordinator tells those who ask, out of the state that the core wrote.

/**
 * @typedef {{task_arn: string, address: string, port: number}} TaskEndpoint
 * @typedef {{answer: 'ready', endpoints: TaskEndpoint[]}
 *   | {answer: 'starting', phase: string, progress: string, since_ms: number, retry_after_s: number}
 *   | {answer: 'failed', reason: string, retry_after_s: number, detail: string}
 *   | {answer: 'refused', reason: string}} WakeAnswer `since_ms`: for how long already; `detail`: for operators
 * @typedef {{phase_name: string, step: number, phase_since: number, alarm: number, in_flight: number,
 *   in_flight_until: number, known_tasks: string[], retry_at: number, usual_start: number, progress: string,
 *   detail: string, endpoints: TaskEndpoint[]}} WakeState what is read of the state in JavaScript
 */

/** What a start is taken for before one was seen (wake_settings::expected_start). */
const EXPECTED_START_MS = 30_000;

/**
 * @param {WakeState} state
 * @returns {WakeAnswer}
 */
export function ready({ endpoints }) {
  return { answer: 'ready', endpoints };
}

/**
 * @param {WakeState} state
 * @param {string} reason
 * @returns {WakeAnswer}
 */
export function failed({ retry_at, detail }, reason) {
  return { answer: 'failed', reason, retry_after_s: whole_seconds(retry_at - Date.now(), 1, 300), detail };
}

/**
 * @param {WakeState} state
 * @returns {WakeAnswer}
 */
export function starting({ phase_name, progress, phase_since, usual_start }) {
  const since_ms = Date.now() - phase_since;
  const left = (usual_start || EXPECTED_START_MS) - since_ms;
  return { answer: 'starting', phase: phase_name, progress, since_ms, retry_after_s: whole_seconds(left, 2, 30) };
}

/**
 * @param {number} milliseconds
 * @param {number} least
 * @param {number} most
 */
function whole_seconds(milliseconds, least, most) {
  return Math.min(Math.max(Math.ceil(milliseconds / 1000), least), most);
}
