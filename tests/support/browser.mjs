// A real browser without a window: the Chromium of the system, driven by playwright-core.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** On a machine that does much else, too. */
const patience_ms = 240_000;
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts one for which every host below acme.example is the Worker. @param {number} port of the Worker */
export async function start_browser(port) {
  const chromium_path = places.find((place) => existsSync(place));
  if (chromium_path === undefined) throw new Error('no Chromium; run: scripts/setup');
  // Chromium's own sandbox does not start for root in a container; the pages are ours.
  const args = ['--no-sandbox', `--host-resolver-rules=MAP *.acme.example 127.0.0.1:${port}`];
  const browser = await chromium.launch({ executablePath: chromium_path, args, timeout: patience_ms });
  return {
    /** A person's window, signed in by a cookie. @param {string} host @param {string} token @param {import('playwright-core').BrowserContextOptions} [options] */
    async open(host, token, options) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(patience_ms);
      await context.addCookies([{ name: 'session', value: token, domain: host, path: '/', httpOnly: true, sameSite: 'Lax' }]);
      return context.newPage();
    },
    stop: () => browser.close(),
  };
}
