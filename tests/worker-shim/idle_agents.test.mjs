// Before a stop the object asks the agents: one with a request under way, which no isolate need know of, keeps its service up.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { start_aws_edge } from '../support/aws_edge.mjs';

const services = { quiet: { light: { port: 8443 } }, busy: { light: { port: 8443 } } };
/** How often each service was asked. @type {Record<string, number>} */
const asked = { quiet: 0, busy: 0 };
/** @type {import('../support/aws_edge.mjs').AwsEdge} */
let edge;

/** @param {import('node:http').IncomingMessage} request @param {import('../../demo/local_aws/light_agent.mjs').AgentStatus} told */
async function status({ headers }, { task, service, ready, why, idle_ms, up_ms }) {
  asked[service] = (asked[service] ?? 0) + 1;
  const id = /id="([^"]+)"/.exec(String(headers['sallyport-context']))?.[1];
  const use = service === 'busy' ? { in_flight: 1, idle_ms: 0 } : { in_flight: 0, idle_ms };
  const body = { v: 1, id, task, ready, why, ...use, upgraded: 0, policy: ['digest'], agent: '0.1', up_ms };
  const fields = { 'Content-Type': 'application/vnd.sallyport.agent+json', 'Sallyport-Agent': '1' };
  return { status: 200, fields, body: JSON.stringify(body) };
}

/** Desired counts that AWS was asked for. @param {string} service */
const counts = (service) =>
  edge
    .calls('UpdateService')
    .filter(({ requestParameters }) => requestParameters.service === service)
    .map(({ requestParameters }) => requestParameters.desiredCount);

before(async () => {
  const tuning = { idle_stop: 2_000, poll_first: 300, poll_then: 300, expected_start: 300 };
  edge = await start_aws_edge({ services, ecs: { ready: 'agent' }, tuning, light_checks: { status } });
});
after(() => edge.stop());

test('what all agents call idle goes back to zero, and what one calls busy does not', async () => {
  for (const name of Object.keys(services)) assert.equal((await edge.wake(name).ensure('alice')).answer, 'ready');
  const once = asked['busy'] ?? 0;
  await until('the quiet one is stopped', () => counts('quiet').includes(0));
  await until('the busy one was asked again and again', () => (asked['busy'] ?? 0) >= once + 3);
  assert.deepEqual([counts('quiet'), counts('busy')], [[1, 0], [1]]);
});
