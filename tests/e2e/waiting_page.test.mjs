// What a person sees of a service that sleeps, in a real browser: from the first click to the app's page, or to an honest
// failure.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { start_browser } from '../support/browser.mjs';
import { host_of, start_ecs_stack } from '../support/ecs_stack.mjs';
import { root } from '../../demo/parts/worker.mjs';

/** To look at. */
const pictures = `${root}build/test/waiting_page`;
/** No request is held, so that every start shows its page first. */
const shown = { hold: '0s', pull_ms: 2_500 };

/** @type {import('../support/ecs_stack.mjs').EcsStack} */
let stack;
/** @type {Awaited<ReturnType<typeof start_browser>>} */
let browser;

before(async () => {
  mkdirSync(pictures, { recursive: true });
  stack = await start_ecs_stack({
    // As long as it really is: the pages ask again sooner, and so they all hear of a failure.
    tuning: { retry_first: 10_000 },
    services: {
      reports: shown,
      plain: shown,
      dark: shown,
      crashing: { ...shown, app: ['sh', '-c', 'exit 3'], sound: false },
      hopeless: { ...shown, app: ['false'], sound: false },
    },
  });
  browser = await start_browser(stack.worker.port);
});
after(async () => {
  await browser?.stop();
  await stack?.stop();
});

/** @param {string} service @param {import('playwright-core').BrowserContextOptions} [options] */
async function visit(service, options) {
  const page = await browser.open(host_of(service), await stack.token_of('alice'), { viewport: { width: 720, height: 560 }, ...options });
  const complaints = /** @type {string[]} */ ([]);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
  });
  const response = await page.goto(`http://${host_of(service)}/reports/april?x=1#part`);
  return { page, complaints, response };
}

const app_page = /alice/;

/** Tasks go on when what is to be seen before was seen. @param {string} state of tasks; empty: none */
const hold_tasks_at = (state) => stack.aws.faults.set({ hold: state });

test('a browser is shown how the start goes, and is taken to the app by itself', async () => {
  hold_tasks_at('PENDING');
  const { page, complaints, response } = await visit('reports');
  assert.deepEqual(
    [response?.status(), Number(response?.headers()['retry-after']) >= 1, response?.headers()['cache-control']],
    [503, true, 'no-store'],
  );
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Starting');
  const steps = /** @type {(string | null)[]} */ ([]);
  await page.screenshot({ path: `${pictures}/starting.png` });
  assert.match((await page.getByRole('status').textContent()) ?? '', /^Step [1-4] of 4: /);
  for (const look of [1, 2]) {
    steps.push(await page.locator('[aria-current=step]').textContent());
    if (look === 1)
      await page.waitForFunction(
        (before) => document.querySelector('.time b')?.textContent !== before,
        await page.locator('.time b').textContent(),
      );
  }
  assert.ok(steps.every((step) => step !== null && step !== ''));
  hold_tasks_at('');
  await page.getByText(app_page).first().waitFor();
  assert.equal(page.url(), `http://${host_of('reports')}/reports/april?x=1#part`);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.screenshot({ path: `${pictures}/app.png` });
  assert.deepEqual(complaints, []);
});

test('the page follows the steps of the start', async () => {
  hold_tasks_at('PENDING');
  const { page } = await visit('dark', { colorScheme: 'dark' });
  await page.locator('[aria-current=step][data-step=pulling]').waitFor();
  assert.match((await page.getByRole('status').textContent()) ?? '', /^Step 2 of 4: Loading the application\.$/);
  assert.deepEqual(await page.locator('li.done').allTextContents(), ['Finding a place to run']);
  await page.screenshot({ path: `${pictures}/dark.png` });
  hold_tasks_at('');
  await page.getByText(app_page).first().waitFor();
});

test('without JavaScript the page reloads by itself until the app is there', async () => {
  hold_tasks_at('PENDING');
  const { page } = await visit('plain', { javaScriptEnabled: false });
  assert.match(
    (await page
      .locator('noscript')
      .first()
      .innerText()
      .catch(() => '')) + (await page.content()),
    /http-equiv="refresh"/,
  );
  await page.screenshot({ path: `${pictures}/no_script.png` });
  hold_tasks_at('');
  await page.getByText(app_page).first().waitFor();
});

for (const [service, options] of /** @type {const} */ ([
  ['crashing', {}],
  ['hopeless', { javaScriptEnabled: false }],
])) {
  test(`a start that fails becomes a page that says so, and does not go on trying (${service === 'crashing' ? 'with' : 'without'} JavaScript)`, async () => {
    const { page, complaints } = await visit(service, options);
    await page
      .getByRole('heading', { name: 'This service could not be started' })
      .waitFor()
      .catch(async (problem) => assert.fail(`${problem}\nthe page says: ${await page.locator('body').innerText()}`));
    await page.screenshot({ path: `${pictures}/failed_${service}.png` });
    const words = await page.locator('main').innerText();
    assert.match(words, /the application did not come up/);
    assert.match(words, /tried again in \d+ s/);
    assert.ok(!words.includes('Essential container'), 'the words of AWS are not for callers');
    assert.equal(await page.locator('meta[http-equiv=refresh]').count(), 0);
    const link = page.getByRole('link', { name: 'try again' });
    assert.equal(
      await link.evaluate((element) => /** @type {any} */ (element).href.replace(/#.*/, '')),
      `http://${host_of(service)}/reports/april?x=1`,
    );
    assert.deepEqual(complaints, []);
  });
}
