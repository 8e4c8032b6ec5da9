// wrk as the load on a Worker: keep-alive connections, each request with the next token of a list.
import { writeFileSync } from 'node:fs';
import { run } from '../../demo/parts/child.mjs';

/** A script for wrk that sends GET `path` with each token in turn. @param {string} file @param {string} path @param {string[]} tokens */
export function write_script(file, path, tokens) {
  writeFileSync(`${file}.tokens`, tokens.join('\n'));
  writeFileSync(
    file,
    `
local requests, at = {}, 0
function init(args)
  for token in io.lines("${file}.tokens") do
    requests[#requests + 1] = wrk.format("GET", "${path}", { ["Authorization"] = "Bearer " .. token, ["Accept"] = "application/json" })
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
`,
  );
}

/** @param {number} port @param {string} script @param {{seconds: number, connections: number}} load @returns {Promise<number>} how many requests were answered with 200 */
export async function send_load(port, script, { seconds, connections }) {
  const text = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}`]);
  const refused = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)/.exec(text);
  if (refused) throw new Error(`not every request was answered with 200:\n${text}`);
  return Number(/(\d+) requests in/.exec(text)?.[1]);
}
