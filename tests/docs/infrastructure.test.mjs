// What the documents tell others to build: task definitions in which the agent is started, judged and recorded as it must be, and
// infrastructure code that leaves the desired count alone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fences_of, parse_jsonc } from '../support/fences.mjs';

const guide = 'docs/guide/deploy.md';
const folder = mkdtempSync(join(tmpdir(), 'sallyport-infrastructure-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The documents of a page that are JSON as a whole. @param {string} page @returns {any[]} */
const documents_of = (page) =>
  fences_of(page)
    .filter(({ language, text }) => /^jsonc?$/.test(language) && /^\s*[[{]/.test(text))
    .map(({ text }) => parse_jsonc(text));
const tasks = [guide, 'docs/reference/agent.md'].flatMap((page) =>
  documents_of(page)
    .filter((each) => each.containerDefinitions)
    .map((task) => ({ page, task })),
);
const named = (/** @type {any} */ task, /** @type {string} */ name) =>
  task.containerDefinitions.find((/** @type {any} */ each) => each.name === name);
const with_agent = tasks.filter(({ task }) => named(task, 'sallyport'));

test('no task definition lets ECS lose lines of the agent', () => {
  assert.equal(with_agent.length, 2);
  for (const { page, task } of with_agent) {
    const { logDriver, options } = named(task, 'sallyport').logConfiguration ?? {};
    assert.deepEqual([logDriver, options?.mode], ['awslogs', 'blocking'], page);
  }
});

test('every container that is waited for, or that carries requests, has a health check that ECS can go by', () => {
  const tunnel = documents_of(guide).find((each) => each.name === 'cloudflared');
  const both = with_agent.map(({ page, task }) => ({ page, containers: task.containerDefinitions }));
  const shared = both.find(({ page }) => page === guide)?.containers;
  for (const { page, containers } of [...both, { page: `${guide}, way B`, containers: [...shared, tunnel] }]) {
    for (const { name, healthCheck, dependsOn = [] } of containers) {
      assert.match(healthCheck?.command?.[0] ?? '', /^CMD(-SHELL)?$/, `${page}: ${name}`);
      // The default of 30 s is most of a cold start.
      assert.ok(healthCheck.interval <= 5, `${page}: ${name}`);
      for (const { containerName, condition } of dependsOn) {
        assert.ok(
          containers.some((/** @type {any} */ each) => each.name === containerName),
          `${page}: ${name}`,
        );
        assert.equal(condition, 'HEALTHY', `${page}: ${name}`);
      }
    }
  }
});

test('the tunnel beside the agent uses the token and the health check of the tunnel that stands alone', () => {
  const documents = documents_of(guide);
  const alone = documents.find((each) => each.family === 'cloudflared').containerDefinitions[0];
  const beside = documents.find((each) => each.name === 'cloudflared');
  for (const member of ['image', 'essential', 'secrets', 'readonlyRootFilesystem']) assert.deepEqual(beside[member], alone[member]);
  assert.deepEqual(beside.healthCheck.command, alone.healthCheck.command);
  assert.deepEqual(beside.dependsOn, [{ containerName: 'sallyport', condition: 'HEALTHY' }]);
  const metrics = (/** @type {string[]} */ command) => command[command.indexOf('--metrics') + 1];
  assert.equal(metrics(beside.command), metrics(beside.healthCheck.command));
});

/** Runs a program that not every machine has. @param {string} program @param {string[]} options @param {string} [input] */
function run_if_there(program, options, input) {
  const { error, status, stdout, stderr } = spawnSync(program, options, { input, encoding: 'utf8' });
  if (/** @type {{code?: string} | undefined} */ (error)?.code === 'ENOENT') return;
  assert.equal(status, 0, `${program}: ${stdout}${stderr}`);
}

test('Terraform creates the service asleep and ignores its desired count from then on', () => {
  const [code, ...others] = fences_of(guide).filter(({ language }) => language === 'hcl');
  assert.equal(others.length, 0);
  const lines = code?.text.split('\n').map((line) => line.trim()) ?? [];
  assert.equal(lines[0], 'resource "aws_ecs_service" "billing" {');
  assert.deepEqual(
    lines.filter((line) => line.includes('desired_count')),
    ['desired_count   = 0', 'ignore_changes = [desired_count]'],
  );
  assert.equal(lines.filter((line) => line.endsWith('{')).length, lines.filter((line) => line === '}').length);
  run_if_there('terraform', ['fmt', '-check', '-'], code?.text);
});

test('CloudFormation names no desired count', () => {
  const template = documents_of(guide).find((each) => each.Resources);
  const services = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::ECS::Service');
  assert.deepEqual(
    services.map(({ Properties }) => [Properties.ServiceName, Properties.DesiredCount]),
    [['billing', undefined]],
  );
  const file = join(folder, 'template.json');
  writeFileSync(file, JSON.stringify(template));
  run_if_there('cfn-lint', ['--non-zero-exit-code', 'error', file]);
});

test('no command that updates a service of the guides sets a count, but by hand where it says so', () => {
  const commands = [guide, 'docs/guide/operate.md']
    .flatMap((page) => fences_of(page))
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => line.includes('aws ecs update-service'));
  const counts = commands.map((line) => /--desired-count (\d+)/.exec(line)?.[1]);
  assert.deepEqual(counts, ['1', '0', undefined]);
});
