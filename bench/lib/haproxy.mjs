// HAProxy as people run it before an API: one thread, checks a bearer token with jwt_verify (RS256) and its claims.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listens, start_child, until } from '../../demo/parts/child.mjs';
import { free_port } from '../../demo/parts/ports.mjs';

/** @param {{upstream: number, public_key: string, issuer: string, audience: string, pin: string[]}} options public_key: PEM */
export async function start_haproxy({ upstream, public_key, issuer, audience, pin }) {
  const port = await free_port();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-haproxy-'));
  const pem = join(folder, 'issuer.pem');
  writeFileSync(pem, public_key);
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    `
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  http-request set-var(txn.alg) http_auth_bearer,jwt_header_query('$.alg')
  http-request set-var(txn.iss) http_auth_bearer,jwt_payload_query('$.iss')
  http-request set-var(txn.aud) http_auth_bearer,jwt_payload_query('$.aud')
  http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless { var(txn.alg) -m str RS256 }
  http-request deny deny_status 401 unless { var(txn.iss) -m str ${issuer} }
  http-request deny deny_status 401 unless { var(txn.aud) -m str ${audience} }
  http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }
  http-request deny deny_status 401 unless { http_auth_bearer,jwt_verify(txn.alg,"${pem}") 1 }
  default_backend app
backend app
  server app 127.0.0.1:${upstream}
`,
  );
  const [program, ...args] = [...pin, '/usr/sbin/haproxy', '-db', '-f', join(folder, 'haproxy.cfg')];
  const child = start_child('haproxy', program, args);
  await until('haproxy listens', () => listens(port));
  return {
    port,
    pid: child.pid,
    stop: async () => {
      child.signal('SIGUSR1');
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
