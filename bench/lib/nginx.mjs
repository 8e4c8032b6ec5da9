// nginx in the foreground with a configuration of ours, in a folder of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listens, start_child, until } from '../../demo/parts/child.mjs';
import { free_port } from '../../demo/parts/ports.mjs';

/** What the upstream answers: small, so that the proxies are measured and not the copying. */
export const small_body = JSON.stringify({ report: 'april', total: 1234567.89, rows: 42 });

/** @param {string} name @param {(port: number) => string} http the http block @param {string[]} [pin] what to start it with, e.g. taskset */
export async function start_nginx(name, http, pin = []) {
  const port = await free_port();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `
worker_processes 1;
daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  ${temporary}
  ${http(port)}
}`,
  );
  const [program, ...args] = [...pin, nginx_program(), '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')];
  const child = start_child(name, program, args);
  await until(`${name} listens`, () => listens(port));
  return {
    port,
    pid: child.pid,
    stop: async () => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Debian keeps it where only root looks. */
const nginx_program = () => '/usr/sbin/nginx';

/** The application behind every proxy. @param {string[]} [pin] */
export const start_upstream = (pin) =>
  start_nginx('upstream', (port) => `server { listen 127.0.0.1:${port} backlog=1024; ${small_answer} }`, pin);

/** In the place of an agent and its app: answers under the request id that the edge has signed, as the agent does. */
export const start_agent_stand_in = () =>
  start_nginx(
    'agent stand-in',
    (port) =>
      `map $http_sallyport_context $request_id_of_edge { '~id="(?<edge_id>[^"]+)"' $edge_id; }
  server { listen 127.0.0.1:${port} backlog=1024; add_header Sallyport-Request-Id $request_id_of_edge; ${small_answer} }`,
  );

const small_answer = `location / { default_type application/json; return 200 '${small_body}'; }`;
