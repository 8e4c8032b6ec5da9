// Containers as processes: who is stopped when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check_config } from '../../demo/local_aws/config.mjs';
import { Processes } from '../../demo/local_aws/processes.mjs';
import { until } from '../../demo/parts/child.mjs';

/** @param {string} on_term @param {object} [more] @returns {any} */
const container = (on_term, more) => ({
  command: ['/bin/sh', '-c', `trap '${on_term}' TERM; echo up; while :; do sleep 0.02; done`],
  ...more,
});

test('a container is stopped after those that depend on it have ended', async () => {
  /** @type {string[]} */
  const ended = [];
  const containers = [
    container('exit 0', { name: 'app' }),
    container('sleep 0.4; exit 0', { name: 'agent', depends_on: ['app'], essential: false }),
  ];
  const task = new Processes({ containers }, { address: '127.0.0.1', id: 'one' }, (essential) => ended.push(essential ? 'app' : 'agent'));
  await task.start();
  await until('both are up', () => task.containers.every(({ output }) => output.includes('up')));
  await task.stop();
  assert.deepEqual(ended, ['agent', 'app']);
  assert.deepEqual(
    task.containers.map(({ exitCode }) => exitCode),
    [0, 0],
  );
});

test('a container that depends on one below it is refused', () => {
  const containers = [container('exit', { name: 'agent', depends_on: ['app'] }), container('exit', { name: 'app' })];
  const config = /** @type {any} */ ({ account: '123456789012', region: 'us-east-1', task_definitions: { 'one:1': { containers } } });
  assert.throws(() => check_config(config), /container agent depends on app, which is not above it/);
});
