// How the tour tells its story: one line a step, what was expected and what was seen.

/** @typedef {{title: string, expected: string, seen: string, ok: boolean}} Step */
/** @typedef {ReturnType<typeof make_player>} Player */

/** @param {(line: string) => void} say */
export function make_player(say) {
  /** @type {Step[]} */
  const steps = [];

  /** Plays one step: `look` does it for real and says what was seen. It holds when that is what was expected.
   * @param {string} title @param {string} expected @param {() => Promise<string>} look */
  async function step(title, expected, look) {
    const seen = await look().catch((problem) => `error: ${problem instanceof Error ? problem.message : problem}`);
    const ok = seen === expected;
    steps.push({ title, expected, seen, ok });
    say(`${ok ? 'ok  ' : 'FAIL'}  ${title.padEnd(54)}  expected ${expected}  |  seen ${seen}`);
  }

  return {
    step,
    chapter: (/** @type {string} */ title) => say(`\n${title}`),
    note: (/** @type {string} */ text) => say(`      ${text}`),
    steps: () => steps,
  };
}
