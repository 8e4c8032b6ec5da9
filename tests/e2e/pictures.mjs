// See scripts/make-pictures. alice opens a service that sleeps: the page that she sees while it starts, and the decisions of both ends on
// the request that finally reached the app.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { start_browser } from '../support/browser.mjs';
import { until } from '../../demo/parts/child.mjs';
import { host_of, start_ecs_stack } from '../support/ecs_stack.mjs';

const folder = process.argv[2];
const service = 'reports';
const path = '/reports/april';
/** Points for each pixel of the page, so that text stays sharp on dense screens. */
const sharp = { deviceScaleFactor: 2, colorScheme: /** @type {const} */ ('light') };

mkdirSync(folder, { recursive: true });
// Slow enough that the page has steps to show.
const stack = await start_ecs_stack({ services: { [service]: { hold: '0s', pull_ms: 6_000 } }, tuning: { retry_first: 10_000 } });
const browser = await start_browser(stack.worker.port);
try {
  const id = await picture_of_waking();
  await picture_of_audit(id);
} finally {
  await browser.stop();
  await stack.stop();
}

/** @returns {Promise<string>} id of the request that the app answered */
async function picture_of_waking() {
  const page = await browser.open(host_of(service), await stack.token_of('alice'), { viewport: { width: 620, height: 440 }, ...sharp });
  /** @type {string | undefined} */
  let answered;
  page.on('response', (response) => {
    if (response.status() === 200 && response.url().endsWith(path)) answered = response.headers()['sallyport-request-id'];
  });
  await page.goto(`http://${host_of(service)}${path}`);
  await page.locator('[aria-current=step][data-step=pulling]').waitFor();
  await page.waitForFunction(() => Number.parseInt(document.querySelector('.time b')?.textContent ?? '0', 10) >= 3);
  await page.screenshot({ path: join(folder, 'waking.png') });
  await until('the app has answered', () => answered !== undefined);
  return String(answered);
}

/** @param {string} id */
async function picture_of_audit(id) {
  const outputs = { edge: () => stack.worker.output(), origin: () => stack.tasks(service).map(agent_output).join('') };
  const line_of = (/** @type {() => string} */ output) =>
    output()
      .split('\n')
      .find((line) => line.includes('"decision":"allow"') && line.includes(`"id":"${id}"`));
  await until('both ends have written their lines', () => Object.values(outputs).every(line_of));
  const page = await browser.open('audit.acme.example', '', { viewport: { width: 980, height: 100 }, ...sharp });
  await page.setContent(
    terminal(
      id,
      Object.entries(outputs).map(([end, output]) => [end, String(line_of(output))]),
    ),
  );
  await page.locator('main').screenshot({ path: join(folder, 'audit.png') });
}

/** @param {{containers: {container: {name: string}, output: string}[]}} task */
function agent_output({ containers }) {
  return containers.find(({ container }) => container.name === 'sallyport')?.output ?? '';
}

/** @param {string} id @param {string[][]} lines of each end */
function terminal(id, lines) {
  const escaped = (/** @type {string} */ text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const marked = (/** @type {string} */ text) => escaped(text).replaceAll(',"', ',<wbr>"').replaceAll(id, `<b>${id}</b>`);
  return `<style>
body { margin: 0; }
main { padding: 18px 22px; background: #14181f; color: #cfd6e0; font: 13px/1.5 ui-monospace, monospace; }
p { margin: 0 0 10px; overflow-wrap: anywhere; }
i { font-style: normal; color: #8ab0ff; }
b { color: #14181f; background: #f2c14e; font-weight: 600; }
</style>
<main>${lines.map(([end, line]) => `<p><i>${end}</i> ${marked(line)}</p>`).join('\n')}</main>`;
}
