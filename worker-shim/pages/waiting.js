// What a caller is told who cannot be answered yet, because the service starts, or not at all, because it could not be
// started: a page for people, a problem document with the state for programs. Starting and failed are different answers.
import { refusalResponse } from './respond.js';
import { failedPage, startingPage } from './waiting_page.js';

/** Without its script the waiting page reloads this often. */
const RELOAD_S = 5;
/** A caller whose budget is used up is told to come back after this. */
const BUDGET_RETRY_S = 60;

/**
 * What the coordinator says of a service that is not ready (worker-shim/wake/object.js).
 * @typedef {{answer: 'starting', phase: string, progress: string, since_ms: number, retry_after_s: number}} Starting
 * @typedef {{answer: 'failed', reason: string, retry_after_s: number, detail: string}} Failed
 * @typedef {{answer: 'refused', reason: string}} Refused
 * @typedef {import('../core/wire.js').Refusal} Refusal
 */

/**
 * How long this request may wait for a start: as long as the policy says, or shorter when the client asks for that (RFC
 * 7240 section 4.3).
 * @param {Request} request
 * @param {number} mostMs
 */
export function holdOf(request, mostMs) {
  const asked = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})/i.exec(request.headers.get('prefer') ?? '')?.[1];
  return asked === undefined ? mostMs : Math.min(Number(asked) * 1000, mostMs);
}

/**
 * @param {Request} request
 * @param {Refusal} refusal
 * @param {Starting | Failed | Refused} said
 * @param {[string, string][]} [fields] of every refusal of this request
 */
export function notReadyResponse(request, { ...refusal }, said, fields) {
  if (fields !== undefined) refusal.fields = fields;
  switch (said.answer) {
    case 'starting':
      return startingResponse(request, refusal, said);
    case 'failed':
      return failedResponse(request, refusal, said);
    case 'refused':
      return refusalResponse(request, refusal, { retryAfterS: BUDGET_RETRY_S, members: { state: 'asleep' } });
  }
}

/**
 * @param {Request} request
 * @param {Refusal} refusal of the reason wake_starting
 * @param {Starting} start
 */
function startingResponse(request, refusal, start) {
  const elapsedS = Math.max(0, Math.round(start.since_ms / 1000));
  const page = { url: request.url, progress: start.progress, elapsedS, reloadS: RELOAD_S, requestId: refusal.requestId };
  return refusalResponse(request, refusal, {
    retryAfterS: Math.max(start.retry_after_s, 1),
    members: { state: 'starting', progress: start.progress, elapsed: elapsedS },
    page: request.method !== 'GET' ? undefined : () => startingPage(page),
  });
}

/**
 * @param {Request} request
 * @param {Refusal} refusal
 * @param {Failed} failure
 */
function failedResponse(request, refusal, failure) {
  const retryAfterS = Math.max(Math.ceil(failure.retry_after_s), 0);
  return refusalResponse(request, refusal, {
    retryAfterS,
    members: { state: 'failed' },
    page:
      request.method !== 'GET'
        ? undefined
        : () => failedPage({ url: request.url, reason: refusal.reason, retryAfterS, requestId: refusal.requestId }),
  });
}
