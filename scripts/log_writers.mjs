// Who writes to the Worker's log. One file does (worker-shim/observe.js), so that what operators read has one form and one owner.

/** The only file that may. */
const owner = 'worker-shim/observe.js';
/** Not `//` of a URL. */
const comment = /\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g;

/**
 * @param {Map<string, string>} sources by path
 * @returns {string[]} `path:line` of each use of the console elsewhere, however it is spelled
 */
export function log_writers(sources) {
  return [...sources]
    .filter(([path]) => path !== owner)
    .flatMap(([path, text]) => {
      const lines = text.replace(comment, (found) => found.replace(/[^\n]/g, ' ')).split('\n');
      return lines.flatMap((line, index) => (/\bconsole\b/.test(line) ? [`${path}:${index + 1}`] : []));
    });
}
