// `upstream_auth: "sigv4"`: what arrives at a back end that checks IAM is signed again there by AWS's own signer, with the
// credentials that STS issued for this caller.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { authenticate } from '../../demo/local_aws/signature.mjs';
import { until } from '../../demo/parts/child.mjs';
import { start_ecs_stack } from '../support/ecs_stack.mjs';

const region = 'us-east-1';
const lattice_arn = `arn:aws:vpc-lattice:${region}:123456789012:service/svc-0a`,
  function_arn = `arn:aws:lambda:${region}:123456789012:function:quotes`;

/** @type {import('../support/ecs_stack.mjs').EcsStack} */
let stack;
/** @type {Awaited<ReturnType<typeof start_back_end>>} */
let api;
/** @type {Awaited<ReturnType<typeof start_back_end>>} */
let lattice;
/** @type {Awaited<ReturnType<typeof start_back_end>>} */
let lambda;

before(async () => {
  [api, lattice, lambda] = await Promise.all([start_back_end('execute-api'), start_back_end('vpc-lattice-svcs'), start_back_end('lambda')]);
  const signed = (/** @type {{url: string, service: string}} */ { url, service }, route = {}, more = {}) => ({
    origin: url,
    wakes: false,
    route,
    more: { upstream_auth: 'sigv4', sigv4: { service, region, ...more } },
  });
  stack = await start_ecs_stack({
    services: {
      api: signed(api),
      lattice: signed(lattice, {}, { resource: lattice_arn }),
      lambda: signed(lambda, {}, { resource: function_arn }),
      streaming: signed(api, { body: 'stream' }),
      keyless: signed(api),
    },
  });
});
after(async () => {
  await stack?.stop();
  await Promise.all([api?.stop(), lattice?.stop(), lambda?.stop()]);
});

/** Each header field came once. @param {import('node:http').IncomingMessage} request */
const as_aws = (request) => /** @type {import('../../demo/local_aws/types.d.ts').Request} */ (request);

/** Answers with the session behind the request, or 403. @param {string} service */
async function start_back_end(service) {
  const seen = /** @type {{fields: import('node:http').IncomingHttpHeaders, body: Buffer}[]} */ ([]);
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    seen.push({ fields: request.headers, body });
    try {
      const session = await authenticate({ config: { region }, sessions: stack.aws.sessions }, as_aws(request), body, service);
      response.end(
        JSON.stringify({
          name: session.sourceIdentity,
          signed: /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '')?.[1].split(';'),
        }),
      );
    } catch (problem) {
      response.writeHead(403).end(String(problem));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    service,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

for (const path of [
  '/',
  '/things',
  '/things/a%20b/%E2%82%AC?x=1&y=%20z&x=0&empty=&%E2%82%AC=%2F',
  '/a/b/?',
  "/q?a=b%3Dc&k='()*!~",
  '/q?a=b+c&d=%2B',
]) {
  test(`GET ${path} is accepted by AWS's signer, in the caller's name`, async () => {
    const seen = await stack.ask('api', path);
    assert.equal(seen.status, 200, seen.text);
    assert.equal(seen.json().name, 'alice');
  });
}

test('the AWS signature covers ours, and what a hop may change is left out', async () => {
  const { signed } = (
    await stack.ask('api', '/', { headers: { 'x-custom': '1', 'content-type': 'text/plain' }, method: 'POST', body: 'x' })
  ).json();
  for (const name of [
    'host',
    'x-amz-date',
    'x-amz-security-token',
    'x-amz-content-sha256',
    'sallyport-assertion',
    'signature',
    'signature-input',
    'content-digest',
    'content-type',
  ]) {
    assert.ok(signed.includes(name), name);
  }
  for (const name of ['x-custom', 'accept-encoding', 'cf-connecting-ip', 'user-agent']) assert.ok(!signed.includes(name), name);
});

test('a body is covered by its hash', async () => {
  const seen = await stack.ask('api', '/things', { method: 'PUT', body: 'thing' });
  assert.equal(seen.status, 200, seen.text);
  assert.equal(api.seen.at(-1)?.body.toString(), 'thing');
});

test('a body that streams is read first where its hash is needed, as far as that goes', async () => {
  const small = await stack.ask('streaming', '/', { method: 'POST', body: 'x'.repeat(100_000) });
  assert.equal(small.status, 200, small.text);
  assert.equal(api.seen.at(-1)?.body.length, 100_000);
  const before = api.seen.length;
  const large = await stack.ask('streaming', '/', { method: 'POST', body: 'x'.repeat(3 << 20) });
  assert.deepEqual([large.status, large.json().code, api.seen.length], [413, 'too_large', before]);
});

test('VPC Lattice, which looks at no body, gets a long one as it comes', async () => {
  const seen = await stack.ask('lattice', '/', { method: 'POST', body: 'x'.repeat(3 << 20) });
  assert.equal(seen.status, 200, seen.text);
  const { fields, body } = /** @type {(typeof lattice.seen)[0]} */ (lattice.seen.at(-1));
  assert.deepEqual([fields['x-amz-content-sha256'], body.length], ['UNSIGNED-PAYLOAD', 3 << 20]);
});

/** Of the credentials that signed the last request. @param {{seen: {fields: import('node:http').IncomingHttpHeaders}[]}} end */
function session_policy_of({ seen }) {
  const key = /Credential=(\w+)/.exec(String(seen.at(-1)?.fields.authorization))?.[1] ?? '';
  return stack.aws.sessions.find(key)?.sessionPolicy ?? [];
}

test('the session may call this one back end and nothing else', async () => {
  await stack.ask('lattice', '/');
  assert.deepEqual(
    session_policy_of(lattice).flatMap((statement) => statement.Action),
    ['vpc-lattice-svcs:Invoke'],
  );
});

test('credentials are asked for once per caller, not per request', async () => {
  const before = stack.calls('AssumeRoleWithWebIdentity').length;
  for (let i = 0; i < 5; i += 1) assert.equal((await stack.ask('api', '/')).status, 200);
  assert.equal(stack.calls('AssumeRoleWithWebIdentity').length, before);
});

test('a query that AWS could read in another way is refused', async () => {
  const before = api.seen.length;
  assert.equal((await stack.ask('api', '/?x=%FF')).status, 400);
  assert.equal(api.seen.length, before);
});

test('without credentials nothing is sent, and the words of AWS stay with the operators', async () => {
  stack.aws.faults.set({ fail: { AssumeRoleWithWebIdentity: ['AccessDenied', 403, 20] } });
  const before = api.seen.length;
  const seen = await stack.ask('keyless', '/');
  stack.aws.faults.set({ fail: {} });
  assert.deepEqual([seen.status, seen.json().code, api.seen.length], [502, 'upstream_unavailable', before]);
  assert.ok(!seen.text.includes('AccessDenied'));
});

test('an upload that its client breaks off is a 400 for it, and costs nobody a session', async () => {
  assert.equal((await stack.ask('api', '/')).status, 200);
  const before = stack.calls('AssumeRoleWithWebIdentity').length;
  const token = await stack.token_of('alice');
  for (const [service, length] of [
    ['streaming', 100_000],
    ['api', 2_000_000],
    ['streaming', 3],
  ]) {
    const client = connect(stack.worker.port, '127.0.0.1');
    client.on('error', () => {});
    client.write(
      `POST / HTTP/1.1\r\nHost: ${service}.acme.example\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${length}\r\n\r\nab`,
    );
    await until('the core decided', () => stack.worker.output().includes(`"service":"${service}"`));
    client.end();
    await once(client.resume(), 'close');
  }
  assert.equal((await stack.ask('api', '/')).status, 200);
  assert.equal(stack.calls('AssumeRoleWithWebIdentity').length, before);
  assert.doesNotMatch(stack.worker.output(), /the core failed/);
});

test('a session for a function or a Lattice service names the one that the policy names', async () => {
  const session = async (/** @type {string} */ service, /** @type {{seen: any[]}} */ end) => {
    assert.equal((await stack.ask(service, '/')).status, 200);
    return session_policy_of(end).map((each) => [each.Action, each.Resource, each.Condition]);
  };
  assert.deepEqual(await session('lattice', lattice), [[['vpc-lattice-svcs:Invoke'], `${lattice_arn}/*`, undefined]]);
  assert.deepEqual(await session('lambda', lambda), [
    [['lambda:InvokeFunctionUrl'], function_arn, undefined],
    [['lambda:InvokeFunction'], function_arn, { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }],
  ]);
});
