// Ready is what the agent says: through the gate, its object, local-aws and light tasks, whose status the core writes as real agents do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start_aws_edge } from '../support/aws_edge.mjs';

const status_type = 'application/vnd.sallyport.agent+json';
const light = { port: 8443, health_ms: 0 };
const services = {
  // Its app listens six seconds after its agent, and ECS finds the task healthy at once.
  late: { light: { ...light, app_ms: 6_000 } },
  unchecked: { light: { port: 8443, health: false } },
  apart: { light: { ...light, app_ms: 600_000 } },
};
/** What the edge asked with. @type {Record<string, string | undefined>[]} */
const asked = [];
/** @type {import('../support/aws_edge.mjs').AwsEdge} */
let edge;

/** @param {import('node:http').IncomingMessage} request @param {import('../../demo/local_aws/light_agent.mjs').AgentStatus} told */
async function status({ headers, method, url }, { task, ready, why, in_flight, idle_ms, up_ms }) {
  asked.push({ method, url, ...claims_of(String(headers['sallyport-assertion'])), input: String(headers['signature-input']) });
  const id = /id="([^"]+)"/.exec(String(headers['sallyport-context']))?.[1];
  const body = { v: 1, id, task, ready, why, in_flight, upgraded: 0, idle_ms, policy: ['digest'], agent: '0.1', up_ms };
  return { status: 200, fields: { 'Content-Type': status_type, 'Sallyport-Agent': '1' }, body: JSON.stringify(body) };
}

/** @param {string} assertion */
function claims_of(assertion) {
  return JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());
}

before(async () => {
  edge = await start_aws_edge({
    services,
    ecs: { ready: 'agent' },
    tuning: { poll_first: 300, poll_then: 300, expected_start: 300 },
    light_checks: { status },
  });
});
after(() => edge.stop());

test('a task is ready when its app listens, not when ECS calls it healthy', async () => {
  const told = await edge.wake('late').ensure('alice');
  assert.equal(told.answer, 'ready', JSON.stringify(told));
  const [{ address, port }] = told.endpoints;
  assert.equal((await fetch(`http://${address}:${port}/`)).status, 200);
});

test('a task without a health check is ready, too', async () => {
  const told = await edge.wake('unchecked').ensure('alice');
  assert.equal(told.answer, 'ready', JSON.stringify(told));
});

test('the agent is asked as the protocol has it', async () => {
  const [first] = asked;
  assert.deepEqual(
    [first.method, first.url, first.kind, first.idp, first.sub, first.route, Number(first.exp) - Number(first.iat)],
    ['GET', '/.sallyport/agent', 'edge', 'sallyport', 'sallyport', 'sallyport agent', 10],
  );
  assert.match(String(first.input), /^sallyport=\("@method" "@path" "@query" "sallyport-assertion" "sallyport-context"\);/);
  assert.equal(new Set(asked.map(({ jti }) => jti)).size, asked.length);
});

test('a task whose app does not listen is not ready, and the callers are told that it starts', async () => {
  const told = await edge.wake('apart').ensure('alice', 3_000);
  assert.deepEqual([told.answer, told.progress], ['starting', 'checking']);
});
