// How AWS behaves where the real one is slower, narrower or later than a quick test wants. `"settings"` of the configuration
// takes these members, and so does POST /_local/faults at any time:
//   "quotas": "aws"         calls are throttled as AWS does it (quotas.mjs); {"update_service": {"rate": 5, "burst": 50}} has these
//                           buckets only; null, the default: no quota
//   "others": 0.15          the share of each rate that others use up: the console, CI, Auto Scaling
//   "facts_late_ms": 3000   Describe and List tell what was true so long ago; of a list, each call takes the next, round and round
//   "act_ms": 1000          UpdateService is answered first, and ECS acts so much later
//   "scale_in_ms": 4000     where it takes tasks away, so much later in place of that
//   "health_late_ms": 5000  a change of health is told so much later
//   "capacity_ms": 120000   tasks are PROVISIONING so much longer, as with a capacity provider that has no machine yet
//   "vcpus": 4              the vCPUs that may run at once; 0: no end
//   "unplaceable": "…"      why services can place no task: their events say so, and there is no task
//   "replace_ms": 2000      a task that ran and ended by itself has its successor so much later; the scheduler is no faster
//   "packed": {"tags": 375, "policy": 1060}    characters that fill all of STS's packed size (packed.mjs); null: no limit

/**
 * @typedef {object} Settings
 * @property {'aws' | Record<string, {rate: number, burst: number}> | null} quotas
 * @property {number} others
 * @property {number | number[]} facts_late_ms
 * @property {number} act_ms
 * @property {number} scale_in_ms
 * @property {number} health_late_ms
 * @property {number} capacity_ms
 * @property {number} vcpus
 * @property {string} unplaceable
 * @property {number} replace_ms
 * @property {{tags: number, policy: number} | null} packed
 */

/** Quick, and otherwise AWS's. @returns {Settings} */
export const default_settings = () => ({
  quotas: null,
  others: 0,
  facts_late_ms: 0,
  act_ms: 0,
  scale_in_ms: 0,
  health_late_ms: 0,
  capacity_ms: 0,
  vcpus: 0,
  unplaceable: '',
  replace_ms: 2_000,
  packed: { tags: 375, policy: 1060 },
});
