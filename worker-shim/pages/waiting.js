// What a caller is told who cannot be answered yet, because the service starts, or not at all, because it could not be
// started: a page for people, a problem document with the state for programs. Starting and failed are different answers.
import { refusal_response } from './respond.js';
import { failed_page, starting_page } from './waiting_page.js';

/** Without its script the waiting page reloads this often. */
const RELOAD_S = 5;

/**
 * What the coordinator says of a service that is not ready.
 * @typedef {import('../core/operations.d.ts').Starting} Starting
 * @typedef {import('../core/operations.d.ts').StartFailed} Failed
 * @typedef {import('../core/operations.d.ts').OverBudget} Refused
 * @typedef {{answer: 'asleep'}} Asleep
 * @typedef {import('../core/wire.js').Refusal} Refusal
 */

/**
 * How long this request may wait for a start: as long as the policy says, or shorter when the client asks for that (RFC
 * 7240 section 4.3).
 * @param {Request} request
 * @param {number} most_ms
 */
export function hold_of(request, most_ms) {
  const asked = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})/i.exec(request.headers.get('prefer') ?? '')?.[1];
  return asked === undefined ? most_ms : Math.min(Number(asked) * 1000, most_ms);
}

/**
 * @param {Request} request
 * @param {Refusal} refusal
 * @param {Starting | Failed | Refused | Asleep} said
 * @param {{service: string, fields?: [string, string][]}} about the service, and the fields of every refusal of this request
 */
export function not_ready_response(request, { ...refusal }, said, { service, fields }) {
  if (fields !== undefined) refusal.fields = fields;
  switch (said.answer) {
    case 'starting':
      return starting_response(request, refusal, said, service);
    case 'failed':
      return failed_response(request, refusal, said);
    case 'asleep':
      return refusal_response(request, refusal, { members: { state: 'asleep' } });
    case 'refused':
      return refusal_response(request, refusal, { retry_after_s: said.retry_after_s, members: { state: 'asleep' } });
  }
}

/**
 * @param {Request} request
 * @param {Refusal} refusal of the reason wake_starting
 * @param {Starting} start
 * @param {string} service
 */
function starting_response(request, refusal, start, service) {
  const elapsed_s = Math.max(0, Math.round(start.since_ms / 1000));
  const page = {
    url: request.url,
    service,
    progress: start.progress,
    position: start.position,
    elapsed_s,
    reload_s: RELOAD_S,
    request_id: refusal.request_id,
  };
  return refusal_response(request, refusal, {
    retry_after_s: Math.max(start.retry_after_s, 1),
    members: {
      state: start.queued ? 'queued' : 'starting',
      progress: start.progress,
      elapsed: elapsed_s,
      ...(start.position !== undefined && { position: start.position }),
    },
    page: request.method !== 'GET' ? undefined : () => starting_page(page),
  });
}

/**
 * @param {Request} request
 * @param {Refusal} refusal
 * @param {Failed} failure
 */
function failed_response(request, refusal, failure) {
  const retry_after_s = Math.max(Math.ceil(failure.retry_after_s), 0);
  return refusal_response(request, refusal, {
    retry_after_s,
    members: { state: 'failed' },
    page:
      request.method !== 'GET'
        ? undefined
        : () => failed_page({ url: request.url, reason: refusal.reason, retry_after_s, request_id: refusal.request_id }),
  });
}
