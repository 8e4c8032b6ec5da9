// The native agent as a process of its own, configured by its environment alone.
import { start_child, until } from './child.mjs';
import { free_port } from './ports.mjs';

/**
 * @typedef {object} AgentOptions
 * @property {string} program the binary `sallyport`
 * @property {string} service
 * @property {number} upstream_port where the app listens
 * @property {string} policy_file
 * @property {string} [jwks_url] the edge's keys; or jwks_file
 * @property {string} [jwks_file]
 * @property {string} [secrets_file] for hmac-sha256
 * @property {string} [audit] where audit lines go; default stdout, which `output` holds
 * @property {number} [threads]
 * @property {number} [port]
 * @property {string[]} [pin] what to start it with, e.g. taskset
 * @property {string} [drain] timeouts.drain; default 0s, because nobody here has to hear of a stop first
 * @property {Record<string, string>} [env]
 */

/** @typedef {Awaited<ReturnType<typeof start_agent>>} RunningAgent */

/** Starts it and waits until it says that it is ready. @param {AgentOptions} options */
export async function start_agent(options) {
  const port = options.port ?? (await free_port());
  const admin_port = await free_port();
  const [program, ...args] = [...(options.pin ?? []), options.program, 'agent'];
  const child = start_child('the agent', program, args, { env: { ...environment(options, port, admin_port), ...options.env } });
  const admin = `http://127.0.0.1:${admin_port}`;
  const ready = async () => (await fetch(`${admin}/readyz`).catch(() => null))?.ok === true;
  let over = false;
  const ended = child.ended.then((status) => {
    over = true;
    throw new Error(`the agent ended with status ${status}:\n${child.output()}`);
  });
  // Once it is ready, its end is nobody's failure here.
  ended.catch(() => {});
  await Promise.race([until('the agent is ready', async () => over || ready()), ended]).catch(async (problem) => {
    await child.stop();
    throw new Error(`${problem.message}\n${child.output()}`);
  });
  return { ...child, port, admin };
}

/** @param {AgentOptions} options @param {number} port @param {number} admin_port @returns {Record<string, string>} */
function environment(options, port, admin_port) {
  /** @type {Record<string, string | undefined>} */
  const all = {
    SALLYPORT_SERVICE: options.service,
    SALLYPORT_LISTEN: `127.0.0.1:${port}`,
    SALLYPORT_ADMIN_LISTEN: `127.0.0.1:${admin_port}`,
    SALLYPORT_UPSTREAM_ADDRESS: `127.0.0.1:${options.upstream_port}`,
    SALLYPORT_POLICY_FILE: options.policy_file,
    SALLYPORT_EDGE_JWKS_URL: options.jwks_url,
    SALLYPORT_EDGE_JWKS_FILE: options.jwks_file,
    SALLYPORT_HMAC_FILE: options.secrets_file,
    SALLYPORT_TIMEOUTS_DRAIN: options.drain ?? '0s',
    SALLYPORT_AUDIT_OUTPUT: options.audit ?? 'stdout',
    SALLYPORT_THREADS: options.threads === undefined ? undefined : String(options.threads),
  };
  return Object.fromEntries(
    Object.entries(all)
      .filter((entry) => entry[1] !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
