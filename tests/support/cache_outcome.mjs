// What an outcome must say of the cache.
import assert from 'node:assert/strict';

/** The same as the client was told. @param {{status: number, cache: string}} received `cache`: its Cache-Status
 * @param {{decision: any, outcome: any}} told */
export function check_outcome({ status, cache }, { decision, outcome }) {
  if (decision.decision === 'deny') return;
  const use = cache.startsWith('Sallyport; hit')
    ? 'hit'
    : cache.includes('stale-if-error')
      ? 'stale'
      : cache.includes('fwd-status=304')
        ? 'revalidated'
        : 'miss';
  const from_cache = use !== 'miss';
  assert.deepEqual(
    [outcome.status, outcome.how],
    [status, from_cache ? 'cached' : outcome.reason === 'ok' ? 'handed_on' : 'complete'],
    cache,
  );
  if (from_cache || cache.includes('stored')) assert.equal(outcome.cache, use, cache);
}
