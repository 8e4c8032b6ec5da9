// What a person sees while a service starts, and when it could not be started. The first page goes on by itself: with
// its script as soon as there is news, without it by reloading. Both say only what the coordinator really knows. The script
// asks the edge for the state (shared/gate/edge/service_order.hpp), so that the app sees the page's own address once.
import { createHash } from 'node:crypto';
import { STYLE, escaped, html_document, request_id_note } from './page.js';

/** What a start goes through, by the names that the coordinator gives (wake/tasks), in order. */
const STEPS = [
  ['provisioning', 'Finding a place to run'],
  ['pulling', 'Loading the application'],
  ['starting', 'Starting the application'],
  ['checking', 'Checking that it works'],
];

/** By reason; what went wrong, as far as callers may know. @type {Record<string, string>} */
const FAILURES = {
  wake_failed: 'A start was attempted, but the application did not come up.',
  wake_timeout: 'A start was attempted, but the application did not come up in time.',
  aws_capacity: 'There is no capacity for it at the moment.',
  aws_throttled: 'Too many services are being started at the moment.',
  aws_unavailable: 'The platform that starts it is unavailable at the moment.',
  service_stopped: 'Visiting this page does not start it.',
};
const FAILED_OTHERWISE = 'It cannot be started with its current configuration.';

const WAITING_STYLE = `${STYLE}
ol { list-style: none; margin: 1.25rem 0; padding: 0; }
li { display: flex; gap: .75rem; align-items: center; padding: .3rem 0; color: light-dark(#5a6472, #9aa4b2); }
li::before { content: ''; box-sizing: border-box; flex: none; width: 1.1rem; height: 1.1rem; border-radius: 50%;
             border: 2px solid light-dark(#c3c9d2, #465061); }
li.done { color: inherit; }
li.done::before { content: '\\2713'; border: 0; font-size: .8rem; line-height: 1.1rem; text-align: center;
                  color: #fff; background: light-dark(#1b7f4b, #23824f); }
li[aria-current] { color: inherit; font-weight: 600; }
li[aria-current]::before { border-color: light-dark(#2456c7, #8ab0ff); border-right-color: transparent;
                           animation: turn 1s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { li[aria-current]::before { animation: none; } }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.time { font-variant-numeric: tabular-nums; color: light-dark(#5a6472, #9aa4b2); }
a { color: light-dark(#1c4bb4, #8ab0ff); }
`;

// Asks for the state and shows it; loads its own address again, once, when the service is no longer starting: whatever is
// there now, the browser handles as it would have at first. A failure of the edge is no news, and is asked past.
const SCRIPT = `
const status = document.querySelector('[role=status]');
const time = document.querySelector('.time');
const turn = document.querySelector('.turn');
const steps = [...document.querySelectorAll('li')];
const names = steps.map((step) => step.dataset.step);
let begun = Date.now() - Number(time.dataset.elapsed) * 1000;
let pause = 1000;

function words(seconds) {
  const rest = seconds % 60;
  return seconds < 60 ? seconds + ' s' : Math.floor(seconds / 60) + ' min ' + (rest < 10 ? '0' : '') + rest + ' s';
}

function tick() {
  time.firstChild.textContent = words(Math.max(0, Math.round((Date.now() - begun) / 1000)));
}

function place(position) {
  return typeof position !== 'number' ? '' : position === 0 ? 'It is the next one to start.' : position + ' are started before it.';
}

function show(told) {
  turn.textContent = place(told.position);
  if (typeof told.elapsed === 'number') begun = Date.now() - told.elapsed * 1000;
  const at = names.indexOf(told.progress);
  if (at < 0 || steps[at].hasAttribute('aria-current')) return;
  steps.forEach((step, index) => {
    step.className = index < at ? 'done' : '';
    if (index === at) step.setAttribute('aria-current', 'step');
    else step.removeAttribute('aria-current');
  });
  status.textContent = 'Step ' + (at + 1) + ' of ' + steps.length + ': ' + steps[at].textContent + '.';
}

async function ask() {
  try {
    const headers = { accept: 'application/json' };
    const answer = await fetch(time.dataset.asks, { headers, cache: 'no-store', redirect: 'manual' });
    if (answer.status < 500 && answer.status !== 429) {
      const told = answer.ok ? await answer.json() : {};
      if (told.state !== 'starting' && told.state !== 'queued') return location.reload();
      show(told);
    }
  } catch {
    // No network at the moment: asked again like any other time.
  }
  pause = Math.min(pause + 250, 3000);
  setTimeout(ask, pause);
}

setInterval(tick, 1000);
tick();
setTimeout(ask, pause);
`;

/**
 * @typedef {{html: string, policy: string}} Page a document, and its Content-Security-Policy
 */

/**
 * @param {{url: string, service: string, progress: string, position?: number, elapsed_s: number, reload_s: number, request_id: string}} start
 *   `position`: how many are before it in line for a start
 * @returns {Page}
 */
export function starting_page({ url, service, progress, position, elapsed_s, reload_s, request_id }) {
  const { host, pathname, search } = new URL(url);
  const asks = `/.sallyport/services/${encodeURIComponent(service)}?for=${encodeURIComponent(pathname + search)}`;
  const at = Math.max(
    STEPS.findIndex(([name]) => name === progress),
    0,
  );
  const main = `<p class="status">${escaped(host)}</p>
<h1>Starting</h1>
<p>The service opens here as soon as it is ready.</p>
<p role="status" class="spoken">Step ${at + 1} of ${STEPS.length}: ${STEPS[at]?.[1]}.</p>
<ol>
${STEPS.map((step, index) => step_line(step, index - at)).join('\n')}
</ol>
<p class="turn">${place_in_line(position)}</p>
<p class="time" data-elapsed="${elapsed_s}" data-asks="${escaped(asks)}"><b>${duration(elapsed_s)}</b> so far</p>
<noscript><p>This page reloads every ${duration(reload_s)}.</p></noscript>
${request_id_note(request_id)}`;
  return {
    html: html_document({
      title: `Starting ${host}`,
      style: WAITING_STYLE,
      // With the address, which has no fragment: a browser that is at one would only scroll there.
      head: `<noscript><meta http-equiv="refresh" content="${reload_s}; url=${escaped(url)}"></noscript>\n`,
      main,
      script: SCRIPT,
    }),
    policy: page_policy(true),
  };
}

/**
 * @param {{url: string, reason: string, retry_after_s: number, request_id: string}} failure
 * @returns {Page}
 */
export function failed_page({ url, reason, retry_after_s, request_id }) {
  const { host } = new URL(url);
  const title = reason === 'service_stopped' ? 'This service is not running' : 'This service could not be started';
  const main = `<p class="status">${escaped(host)}</p>
<h1>${title}</h1>
<p>${FAILURES[reason] ?? FAILED_OTHERWISE} Give the request id below to its owner, who can look up the reason.</p>
<p>${retry_after_s > 0 ? `It can be tried again in ${duration(retry_after_s)}: ` : ''}<a href="${escaped(url)}">try again</a></p>
${request_id_note(request_id)}`;
  return { html: html_document({ title: `${title}: ${host}`, style: WAITING_STYLE, main }), policy: page_policy(false) };
}

/** As the script has it. @param {number} [position] */
function place_in_line(position) {
  if (position === undefined) return '';
  return position === 0 ? 'It is the next one to start.' : `${position} are started before it.`;
}

/**
 * @param {string[]} step
 * @param {number} distance negative: done
 */
function step_line([name, words], distance) {
  const state = distance < 0 ? ' class="done"' : distance === 0 ? ' aria-current="step"' : '';
  return `<li data-step="${name}"${state}>${words}</li>`;
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** @param {boolean} runs whether the page has the script */
function page_policy(runs) {
  const script = runs ? `script-src '${hash_of(SCRIPT)}'; connect-src 'self'; ` : '';
  return `default-src 'none'; style-src '${hash_of(WAITING_STYLE)}'; ${script}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/**
 * Exactly this text may run (CSP Level 3 section 2.3.1).
 * @param {string} text
 */
function hash_of(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
