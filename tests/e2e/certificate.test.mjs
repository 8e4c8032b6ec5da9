// `mtls_certificate`: an origin that asks for a client certificate is reached with the one of the binding, and with nothing
// else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { policy_for, start_edge } from '../support/edge.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
const server_pair = key_pair('server', 'IP:127.0.0.1');
const edge_pair = key_pair('edge', 'DNS:edge.acme.example');
/** @type {string[]} */
const callers = [];
const server = createServer(
  {
    key: server_pair.privateKey,
    cert: server_pair.certificateChain,
    ca: edge_pair.certificateChain,
    requestCert: true,
    rejectUnauthorized: true,
  },
  (request, response) => {
    callers.push(String(/** @type {import('node:tls').TLSSocket} */ (request.socket).getPeerCertificate().subject?.CN));
    response.end('behind TLS');
  },
);

/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;

before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const origin = `https://127.0.0.1:${port}`;
  const binding = (/** @type {object} */ tls) => ({
    network: { allow: ['127.0.0.0/8'], tlsOptions: { trustedCertificates: [server_pair.certificateChain], ...tls } },
  });
  const ways = { with: { mtls_certificate: 'CERTIFICATE' }, without: { vpc: 'PLAIN' }, unbound: { mtls_certificate: 'NOT_THERE' } };
  edge = await start_edge({
    policy: (issuer) =>
      JSON.stringify({
        ...JSON.parse(policy_for(issuer, origin)),
        services: Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, { origin, ...way }])),
        routes: Object.keys(ways).map((name) => ({ id: name, host: 'app.acme.example', path: `/${name}`, service: name, allow: 'true' })),
      }),
    miniflare: { serviceBindings: { CERTIFICATE: binding({ keypair: edge_pair }), PLAIN: binding({}) } },
  });
});
after(async () => {
  await edge?.stop();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A key and a certificate that it signs itself. @param {string} name @param {string} also */
function key_pair(name, also) {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-addext',
      `subjectAltName=${also}`,
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'pipe' },
  );
  return { privateKey: readFileSync(key, 'utf8'), certificateChain: readFileSync(certificate, 'utf8') };
}

test('the certificate of the binding is shown to the origin', async () => {
  const received = await edge.send_as_alice('/with');
  assert.deepEqual([received.status, received.body.toString(), callers], [200, 'behind TLS', ['edge']]);
});

test('another way to the same origin does not have it', async () => {
  const received = await edge.send_as_alice('/without');
  assert.deepEqual([received.status, callers.length], [502, 1]);
});

test('where the Worker lacks the binding nothing is sent, and the log names it', async () => {
  const received = await edge.send_as_alice('/unbound');
  assert.deepEqual([received.status, JSON.parse(received.body.toString()).code, callers.length], [503, 'unavailable', 1]);
  await until('the log names it', () => /no binding NOT_THERE/.test(edge.worker.output()));
});
