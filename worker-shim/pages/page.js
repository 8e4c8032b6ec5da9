// The pages that people see when a request is not answered by the app: one file each, nothing loaded from elsewhere. Here
// is what they share, and the page of a refusal.

/** By status; what the reader can do, never why in detail. @type {Record<number, string>} */
const ADVICE = {
  400: 'Your browser sent a request that cannot be handled safely. Go back and try again.',
  401: 'You need to sign in, or your session has expired. Sign in where you usually do, then reload this page. If you do not know where, ask the owner of this service.',
  403: 'You are signed in, but you do not have access to this page. If you need it, ask its owner and quote the request id below.',
  404: 'There is nothing at this address.',
  413: 'What you sent is too large.',
  429: 'There were too many requests. Wait a while, then try again.',
  501: 'This address does not support that kind of request.',
  503: 'The service is unavailable at the moment. Try again in a minute.',
  504: 'The service took too long to respond. Try again in a minute.',
};
const OTHERWISE = 'Something went wrong on our side. Try again in a minute. If it happens again, quote the request id below.';

export const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif;
       color: light-dark(#1c2430, #e6e9ee); background: light-dark(#f5f6f8, #14181f); }
main { box-sizing: border-box; width: min(34rem, 100%); padding: 2rem; }
p { margin: .5rem 0; }
.status { margin: 0; font-size: .9rem; letter-spacing: .08em; overflow-wrap: anywhere; color: light-dark(#5a6472, #9aa4b2); }
h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.25; }
dl { margin: 1.5rem 0 0; padding-top: 1rem; border-top: 1px solid light-dark(#d5d9e0, #333b47); font-size: .9rem; }
dt { color: light-dark(#5a6472, #9aa4b2); }
dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere; user-select: all; }
`;

/**
 * @param {import('../core/wire.js').Refusal} refusal
 * @returns {string} a complete HTML document
 */
export function refusal_page({ status, title, request_id }) {
  return html_document({
    title: `${status} ${title}`,
    style: STYLE,
    main: `<p class="status">${status}</p>
<h1>${escaped(title)}</h1>
<p>${ADVICE[status] ?? OTHERWISE}</p>
${request_id_note(request_id)}`,
  });
}

/**
 * @param {{title: string, style: string, main: string, head?: string, script?: string}} parts title as text, the rest as HTML;
 *   style and script exactly as they were hashed
 */
export function html_document({ title, style, main, head = '', script }) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${head}<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}

/** @param {string} request_id */
export function request_id_note(request_id) {
  return `<dl><dt>Request id</dt><dd>${escaped(request_id)}</dd></dl>`;
}

/** @param {string} text */
export function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
