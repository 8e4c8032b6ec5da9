// Processes that a test or the demo starts: told apart by pid, ended by pid, their output kept. None outlives the process that
// started it, however that ends: the kernel sees to it (setpriv sets PR_SET_PDEATHSIG, prctl(2)).
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';

const patience_ms = 240_000;
/** From SIGTERM to SIGKILL. */
const grace_ms = 10_000;

/**
 * @typedef {object} Child
 * @property {number} pid
 * @property {() => string} output what it wrote so far, both streams
 * @property {(pattern: RegExp, patience_ms?: number) => Promise<RegExpExecArray>} saw waits until its output matches; fails when it ends first
 * @property {Promise<number | null>} ended its exit status; null after a signal
 * @property {() => Promise<void>} stop SIGTERM, and SIGKILL when that does not help; safe to call twice
 * @property {(signal: NodeJS.Signals) => void} signal
 */

/** Starts a program. @param {string} name for messages @param {string} program @param {string[]} args
 * @param {{env?: Record<string, string>, cwd?: string, at_exit?: 'KILL' | 'TERM'}} [options] at_exit: what it gets when this
 *   process is gone; TERM for one that must then end others
 * @returns {Child} */
export function start_child(name, program, args, { env = {}, cwd, at_exit = 'KILL' } = {}) {
  const child = spawn('setpriv', ['--pdeathsig', at_exit, '--', program, ...args], {
    cwd,
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let over = false;
  /** @type {Set<() => void>} */
  const watchers = new Set();
  const notify = () => [...watchers].forEach((watch) => watch());
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece) => {
      text += piece;
      notify();
    });
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => {
    const end = (/** @type {number | null} */ status) => {
      over = true;
      notify();
      resolve(status);
    };
    child.once('close', end);
    child.once('error', (problem) => {
      text += String(problem);
      end(127);
    });
  });

  /** @type {Child['saw']} */
  const saw = (pattern, patience = patience_ms) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => finish(() => reject(new Error(`${name} did not print ${pattern} in ${patience / 1000} s:\n${text}`))),
        patience,
      );
      const finish = (/** @type {() => void} */ how) => {
        clearTimeout(timer);
        watchers.delete(look);
        how();
      };
      const look = () => {
        const found = pattern.exec(text);
        if (found) finish(() => resolve(found));
        else if (over) finish(() => reject(new Error(`${name} ended:\n${text}`)));
      };
      watchers.add(look);
      look();
    });

  const stop = async () => {
    if (over) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), grace_ms);
    await ended;
    clearTimeout(timer);
  };
  return { pid: child.pid ?? 0, output: () => text, saw, ended, stop, signal: (signal) => void child.kill(signal) };
}

/** What the test itself was told by SALLYPORT_*, or tells its own miniflare (worker.mjs), is not meant for the programs that it starts. */
const inherited = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_') && name !== 'MINIFLARE_WORKERD_PATH'));

/** Runs a program to its end and returns what it printed; fails with its output. @param {string} program @param {string[]} args
 * @param {{env?: Record<string, string>, cwd?: string}} [options] */
export async function run(program, args, options) {
  const child = start_child(program, program, args, options);
  const status = await child.ended;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with status ${status}:\n${child.output()}`);
  return child.output();
}

/** Waits until something is true, asking again and again; fails with `what` when it never is.
 * @param {string} what @param {() => Promise<boolean> | boolean} test */
export async function until(what, test) {
  const end = Date.now() + patience_ms;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`waited ${patience_ms / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether something listens there. @param {number} port @returns {Promise<boolean>} */
export const listens = (port) =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** CPU time that a process took so far, in seconds. Linux counts it in ticks of 10 ms. @param {number} pid */
export function cpu_seconds(pid) {
  // The second field is the program's name in parentheses, which may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory of a process in bytes: now, and at most since reset_peak_memory. @param {number} pid */
export function memory_of(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (/** @type {string} */ name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024;
  return { now: kib('VmRSS'), peak: kib('VmHWM') };
}

/** Makes the peak start again from now (proc(5), clear_refs). @param {number} pid */
export const reset_peak_memory = (pid) => writeFileSync(`/proc/${pid}/clear_refs`, '5');
