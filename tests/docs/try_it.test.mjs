// docs/guide/try_it.md is followed to the letter in an empty folder: its files, its commands, its statuses. Only the ports are others,
// because the usual ones may be taken.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run, start_child, until } from '../../demo/parts/child.mjs';
import { fences_of } from '../support/fences.mjs';
import { free_port } from '../../demo/parts/ports.mjs';
import { root } from '../../demo/parts/worker.mjs';

const guide = 'docs/guide/try_it.md';
const usual_ports = ['8787', '8080', '9090', '8000'];
const parent = mkdtempSync(join(tmpdir(), 'sallyport-try-'));
const folder = join(parent, 'my-gate');
/** @type {import('../../demo/parts/child.mjs').Child[]} */
const running = [];
after(async () => {
  for (const child of running.reverse()) await child.stop();
  rmSync(parent, { recursive: true, force: true });
});

/** @type {Map<string, string>} */
const ports = new Map();
for (const usual of usual_ports) ports.set(usual, String(await free_port()));
const here = (/** @type {string} */ text) =>
  text.replace(/\b\d{4}\b/g, (number) => ports.get(number) ?? number).replace('~/sallyport', root.replace(/\/$/, ''));
const env = { CI: 'true', WRANGLER_SEND_METRICS: 'false', SALLYPORT_ADMIN_LISTEN: `127.0.0.1:${ports.get('9090')}` };

const fences = fences_of(guide).map((fence) => ({ ...fence, text: here(fence.text) }));
const commands = fences.filter(({ language }) => language === 'sh').map(({ text }) => text);
const [make_folder = '', make_key = '', check = '', worker = '', agent = '', app = '', calls = ''] = commands;
const lines_of = (/** @type {string} */ text) => text.trim().split('\n');
/** What belongs into every terminal. */
const each_terminal = lines_of(make_folder).slice(0, 2).join('\n');
const in_folder = (/** @type {string} */ script) => run('bash', ['-euc', `${each_terminal}\n${script}`], { cwd: folder, env });

/** @param {string} what @param {string} script */
function serve(what, script) {
  const child = start_child(
    what,
    'bash',
    [
      '-euc',
      `${each_terminal}\nexec ${script.replace('wrangler dev', `wrangler dev --port ${ports.get('8787')} --ip localhost --inspector-port 0 --show-interactive-dev-session=false`)}`,
    ],
    { cwd: folder, env, at_exit: 'TERM' },
  );
  running.push(child);
  return child;
}

test('an own app answers behind an own policy, and only those get in whom the guide says', { timeout: 180_000 }, async () => {
  await run('bash', ['-euc', make_folder], { cwd: parent, env });
  mkdirSync(folder, { recursive: true });
  const files = fences.filter(({ language }) => language !== 'sh');
  for (const [index, name] of ['policy.jsonc', 'agent.jsonc', 'token.mjs'].entries()) {
    assert.ok(readFileSync(root + guide, 'utf8').includes(`\`${name}\``), name);
    writeFileSync(join(folder, name), files[index]?.text ?? '');
  }
  await in_folder(make_key);
  await in_folder(check);
  serve('the app', app);
  await serve('wrangler dev', worker).saw(/Ready on/);
  serve('the agent', agent);
  await until(
    'the agent is ready',
    async () => (await fetch(`http://127.0.0.1:${ports.get('9090')}/readyz`).catch(() => null))?.ok === true,
  );

  const [alice = '', bob = '', ...requests] = lines_of(calls);
  assert.equal(requests.length, 5);
  for (const request of requests) {
    const expected = /# (\d{3}): .*?(sallyport-subject: (\w+))?$/.exec(request);
    const said = await in_folder(`${alice}\n${bob}\n${request.replace('curl -i', 'curl -s -i --retry 5 --retry-connrefused')}`);
    assert.match(said, new RegExp(`^HTTP/1.1 ${expected?.[1]} `), request);
    if (expected?.[3]) assert.match(said, new RegExp(`"sallyport-subject": "${expected[3]}"`));
    assert.doesNotMatch(said, /"authorization"/, request);
  }

  const policy = join(folder, 'policy.jsonc');
  writeFileSync(policy, readFileSync(policy, 'utf8').replace("'finance'", "'sales'"));
  await until('the new policy holds at both ends', async () =>
    (await in_folder(`${alice}\n${bob}\n${requests[2]?.replace('curl -i', 'curl -s -i')}`)).startsWith('HTTP/1.1 200 '),
  );
});
