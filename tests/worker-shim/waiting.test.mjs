// What is answered while a service starts, and when it could not be started: to whom, in which form, and how safely.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { not_ready_response } from '../../worker-shim/pages/waiting.js';
import { failed_page, starting_page } from '../../worker-shim/pages/waiting_page.js';

const start = {
  url: 'https://app.acme.example/x?y=1',
  service: 'billing',
  progress: 'pulling',
  elapsed_s: 12,
  reload_s: 5,
  request_id: 'id-1',
};
const failure = { url: 'https://app.acme.example/x?y=1', reason: 'wake_failed', retry_after_s: 74, request_id: 'id-1' };
const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** @param {any} said @param {RequestInit} [init] */
const answer = (said, init) =>
  not_ready_response(
    new Request('https://app.acme.example/x', init),
    {
      status: 503,
      reason: 'wake_starting',
      title: 'Service Unavailable',
      request_id: 'id-1',
      challenge: '',
      problem: '{"code":"starting","status":503}',
      audit: '',
    },
    said,
    { service: 'billing' },
  );
const starting = { answer: 'starting', phase: 'starting', progress: 'checking', since_ms: 61_400, retry_after_s: 2 };
const failed = { answer: 'failed', reason: 'wake_failed', retry_after_s: 30, detail: 'CannotPullContainerError: secret registry' };

/** @param {string} page @param {string} element */
const inline = (page, element) => [...page.matchAll(new RegExp(`<${element}[^>]*>([^]*?)</${element}>`, 'g'))].map(([, text]) => text);
/** @param {string} text */
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

for (const [name, page] of /** @type {[string, ReturnType<typeof starting_page>][]} */ ([
  ['starting', starting_page(start)],
  ['failed', failed_page(failure)],
])) {
  test(`the ${name} page runs and styles itself with exactly what its policy names, and loads nothing`, () => {
    const directives = new Map(page.policy.split('; ').map((each) => /** @type {[string, string]} */ (each.split(/ (.*)/).slice(0, 2))));
    assert.equal(directives.get('default-src'), "'none'");
    assert.deepEqual(inline(page.html, 'style').map(hash), [directives.get('style-src')]);
    assert.deepEqual(inline(page.html, 'script').map(hash), name === 'starting' ? [directives.get('script-src')] : []);
    assert.equal(directives.get('connect-src'), name === 'starting' ? "'self'" : undefined);
    assert.doesNotMatch(page.html, /\son\w+=|\sstyle=|\ssrc=|<link|javascript:/);
  });

  test(`the ${name} page has a language, a title, one heading, and the request id`, () => {
    assert.match(page.html, /<html lang="en">/);
    assert.match(page.html, /<title>[^<]*app\.acme\.example[^<]*<\/title>/);
    assert.equal(inline(page.html, 'h1').length, 1);
    assert.match(page.html, /id-1/);
  });
}

test('what comes from outside is text on the pages, never markup', () => {
  const hostile = '"><script>alert(1)</script>';
  for (const { html: page } of [
    starting_page({ ...start, url: `https://app.acme.example/?${hostile}`, request_id: hostile, progress: hostile }),
    failed_page({ ...failure, url: `https://app.acme.example/?${hostile}`, request_id: hostile, reason: hostile }),
  ]) {
    assert.ok(!page.includes('<script>alert'));
  }
});

test('the step that the start is at is marked for eyes and for ears, those before as done', () => {
  const { html: page } = starting_page(start);
  assert.match(page, /role="status"[^>]*>Step 2 of 4: Loading the application\./);
  assert.match(page, /data-step="provisioning" class="done"/);
  assert.match(page, /data-step="pulling" aria-current="step"/);
  assert.equal(page.match(/aria-current="step"/g)?.length, 1);
});

test('the page asks the edge for the state of its service, and for nothing else', () => {
  const { html: page } = starting_page({ ...start, url: 'https://app.acme.example/log%20in?token=a%2Fb&x="<' });
  assert.match(page, /data-asks="\/\.sallyport\/services\/billing\?for=%2Flog%2520in%3Ftoken%3Da%252Fb%26x%3D%2522%253C"/);
  const [script = ''] = inline(page, 'script');
  assert.deepEqual(script.match(/fetch\([^,]*/g), ['fetch(time.dataset.asks']);
});

test('a progress that is not known is shown as the first step', () => {
  assert.match(starting_page({ ...start, progress: '' }).html, /data-step="provisioning" aria-current="step"/);
});

test('without its script the page reloads its whole address: a browser that is at a fragment would else only scroll there', () => {
  assert.match(
    starting_page(start).html,
    /<noscript><meta http-equiv="refresh" content="5; url=https:\/\/app\.acme\.example\/x\?y=1"><\/noscript>/,
  );
});

test('a browser gets the page for a GET, everybody else the problem document', async () => {
  const page = answer(starting, { headers: { accept: html } });
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(await page.text(), /<h1>Starting<\/h1>/);
  for (const accept of ['application/json', '*/*', 'application/problem+json', 'text/event-stream']) {
    const response = answer(starting, { headers: { accept } });
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    assert.deepEqual(await response.json(), { code: 'starting', status: 503, state: 'starting', progress: 'checking', elapsed: 61 });
  }
});

test('a form that was posted is not answered with a page that would ask again', async () => {
  const page = await answer(starting, { method: 'POST', headers: { accept: html } }).text();
  assert.doesNotMatch(page, /http-equiv="refresh"|<script>/);
});

test('a HEAD is answered like its GET, without the body', async () => {
  const response = answer(starting, { method: 'HEAD', headers: { accept: html } });
  assert.deepEqual([response.status, response.headers.get('retry-after'), await response.text()], [503, '2', '']);
});

test('nothing of it may be kept, and a client is told when to come back', () => {
  for (const [said, retry] of [
    [starting, '2'],
    [failed, '30'],
    [{ ...starting, retry_after_s: 0 }, '1'],
    [{ ...failed, retry_after_s: 0.2 }, '1'],
  ]) {
    const { headers } = answer(said);
    assert.deepEqual([headers.get('cache-control'), headers.get('vary'), headers.get('retry-after')], ['no-store', 'Accept', retry]);
  }
});

test('a failure is told as one, without the words of AWS', async () => {
  const problem = await answer(failed).text();
  const page = await answer(failed, { headers: { accept: html } }).text();
  assert.deepEqual(JSON.parse(problem), { code: 'starting', status: 503, state: 'failed' });
  assert.match(page, /could not be started/);
  for (const text of [problem, page]) assert.doesNotMatch(text, /CannotPull|registry/);
});

test('a service that is not started by visits is not said to have failed', () => {
  const page = failed_page({ ...failure, reason: 'service_stopped' }).html;
  assert.match(page, /<h1>This service is not running<\/h1>/);
  assert.doesNotMatch(page, /attempt/);
});
