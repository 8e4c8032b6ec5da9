// The first screen of README.md is true: its policy loads, and its curl lines get the statuses that stand behind them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../../demo/parts/child.mjs';
import { start_edge } from '../support/edge.mjs';
import { fences_of, parse_jsonc } from '../support/fences.mjs';
import { root } from '../../demo/parts/worker.mjs';

const [policy, calls] = fences_of('README.md').map(({ text }) => text);
const folder = mkdtempSync(join(tmpdir(), 'sallyport-readme-'));
/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;
/** @type {Record<string, string>} */
let tokens;

/** The same policy, with issuer and service on loopback. @param {string} issuer @param {string} origin */
function on_loopback(issuer, origin) {
  const document = parse_jsonc(policy ?? '');
  document.issuers.okta = { issuer, audiences: document.issuers.okta.audiences };
  document.services.reports = { origin };
  return JSON.stringify(document);
}

before(async () => {
  edge = await start_edge({ policy: on_loopback });
  tokens = { ALICE: await edge.issuer.token(), BOB: await edge.issuer.token({ sub: 'bob', groups: ['sales'] }) };
});
after(async () => {
  await edge?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the policy of the first screen loads, without a warning', async () => {
  const file = join(folder, 'policy.jsonc');
  writeFileSync(file, policy ?? '');
  await run(`${root}build/dev/sallyport`, ['policy', 'check', '--strict', file]);
});

for (const line of (calls ?? '').trim().split('\n')) {
  test(`gets what it says: ${line}`, async () => {
    const [, expected] = /# (\d{3}):/.exec(line) ?? [];
    const here = line
      .replace('https://reports.acme.example', `http://127.0.0.1:${edge.worker.port}`)
      .replace('curl', "curl --silent --output /dev/null --write-out '%{http_code}' --header 'Host: reports.acme.example'");
    assert.equal(await run('bash', ['-euc', here], { env: tokens }), expected);
  });
}
