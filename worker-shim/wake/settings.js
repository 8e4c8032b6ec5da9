// What the state machine is told beside events: the policy's rule for the service, and the deployment's tuning.

/**
 * The variable SALLYPORT_WAKE_TUNING: members of wake_settings (shared/wake/settings.hpp), times in milliseconds. For tests and
 * small set-ups; what the policy can say, the policy says.
 * @param {string | undefined} text
 * @returns {object | undefined} nothing: not a JSON object
 */
export function tuning_of(text) {
  if (text === undefined || text === '') return {};
  try {
    const tuning = JSON.parse(text);
    if (typeof tuning === 'object' && tuning !== null && !Array.isArray(tuning)) return tuning;
  } catch {
    // Answered below, as whatever else is not an object.
  }
  return undefined;
}

/**
 * @param {{ecs: import('../core/operations.d.ts').EcsService, origin: string}} service without `wake` it is never started
 * @param {object} tuning
 * @param {boolean} has_regions whether this deployment has objects that say when AWS may be called
 */
export function settings_for({ ecs: { wake, port, ready, governor }, origin }, tuning, has_regions) {
  const governed = has_regions && governor !== null;
  return { ...(wake && { idle_stop: wake.idle_stop_ms }), governed, ...tuning, min: wake?.min ?? 0, port, ready, origin };
}
