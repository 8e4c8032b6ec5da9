// See scripts/demo.
import { spawn } from 'node:child_process';
import { forget_running, note_running, port_of } from './running.mjs';
import { build, lifelike, start_stack } from './stack.mjs';
import { play_tour } from './tour/tour.mjs';

/** Ports that are easy to remember; a taken one is replaced by any that is free. */
const usual_ports = { edge: 8787, provider: 8788, agent: 8789, app: 8790, login: 8791 };

const started_at = Date.now();
const say = (/** @type {string} */ line) => console.log(line);

if (process.argv.includes('--tour')) await tour();
else await run_until_stopped();

async function tour() {
  say('demo: starting everything on loopback for the tour');
  const stack = await start_stack({ say: (line) => say(`  ${line}`) });
  try {
    const steps = await play_tour(stack, say);
    const held = steps.filter((step) => step.ok).length;
    say(`\n${held} of ${steps.length} steps hold, ${Math.round((Date.now() - started_at) / 1000)} s`);
    process.exitCode = held === steps.length ? 0 : 1;
  } finally {
    await stack.stop();
  }
}

async function run_until_stopped() {
  say('demo: starting');
  const stack = await start_stack({ ports: usual_ports, launch: lifelike, say: (line) => say(`  ${line}`) });
  note_running(stack.provider);
  say(what_to_try(stack));
  const stop_printing = print_records(stack);
  const why = await Promise.race([
    new Promise((resolve) => ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, () => resolve('stopping')))),
    stack.agent.ended.then((status) => `the agent ended with status ${status}:\n${stack.agent.output()}`),
    stack.app.ended.then((status) => `the app ended with status ${status}:\n${stack.app.output()}`),
  ]);
  say(`\ndemo: ${why}`);
  await stop_printing();
  forget_running(stack.provider);
  await stack.stop();
  say('demo: stopped everything it started');
  process.exitCode = why === 'stopping' ? 0 : 1;
}

/** @param {import('./stack.mjs').Stack} stack */
function what_to_try({ edge, agent, cloud, login, provider }) {
  const port = port_of(provider);
  const of_this_demo = port === String(usual_ports.provider) ? '' : ` ${port}`;
  const bearer = (/** @type {string} */ who) => `-H "Authorization: Bearer $(scripts/demo-token ${who}${of_this_demo})"`;
  return `
Up after ${((Date.now() - started_at) / 1000).toFixed(1)} s. In another terminal, in this folder:

  alice is in finance: the app answers, and says who called
    curl --compressed ${bearer('alice')} ${edge}/reports/april
  bob is in sales: 403
    curl -i --compressed ${bearer('bob')} ${edge}/reports/april
  a machine, with a token of its own (client credentials, ES256)
    curl --compressed ${bearer('machine')} ${edge}/nightly/run
  nobody: 401; and with -H 'Accept: text/html' a page instead of JSON
    curl -i ${edge}/reports/april
  bypassing the edge, straight to the agent: 401
    curl -i http://127.0.0.1:${agent.port}/reports/april

  archive is a service in ECS that sleeps. In a browser, as alice: it wakes while you watch, and a minute later sleeps again
    http://127.0.0.1:${login.port}/as/alice?then=/archive/
  as bob: he is refused, and wakes nothing
    http://127.0.0.1:${login.port}/as/bob?then=/archive/
  another one without a browser: the request is held until a task is up
    curl --compressed ${bearer('alice')} ${edge}/payments/
  a service whose app ends as soon as it starts: 503, start_failed
    curl -i ${bearer('alice')} ${edge}/broken/
  a job, run by the machine; then all its runs, with their states
    curl -i -X POST -H 'Content-Type: application/json' -d '{"MONTH":"2026-07"}' ${bearer('machine')} ${edge}/jobs/export
    curl --compressed ${bearer('machine')} ${edge}/.sallyport/jobs
  what AWS noted: who did it, on whose behalf; what runs
    curl ${cloud.url}/_local/trail
    curl ${cloud.url}/_local/state

  what the edge is: policy digest, key ids; its public keys
    curl ${edge}/.sallyport/status
    curl ${edge}/.well-known/jwks.json
  what the agent counts: decisions by reason, latency, age of the keys
    curl ${agent.admin}/metrics

Below, \`sallyport logs\` prints a line for each request, from the records of both ends; of services in ECS it sees the edge's. To put your own
app behind it, read docs/guide/try_it.md. Ctrl-C stops everything.
`;
}

/** Prints each request, and each change of a service that sleeps, as it comes: the lines of both ends, through `sallyport logs`.
 * @param {import('./stack.mjs').Stack} stack */
function print_records(stack) {
  const printer = spawn(`${build}/sallyport`, ['logs'], { stdio: ['pipe', 'inherit', 'inherit'] });
  // Ctrl-C ends it, too.
  printer.stdin.on('error', () => {});
  const ended = new Promise((resolve) => printer.once('exit', resolve));
  const sources = [() => stack.worker_output(), () => stack.agent.output()].map((output) => ({ output, read: 0 }));
  const timer = setInterval(() => {
    for (const source of sources) {
      const fresh = source.output().slice(source.read);
      const whole = fresh.slice(0, fresh.lastIndexOf('\n') + 1);
      source.read += whole.length;
      if (whole !== '') printer.stdin.write(whole);
    }
  }, 100);
  return async () => {
    clearInterval(timer);
    printer.stdin.end();
    await ended;
  };
}
