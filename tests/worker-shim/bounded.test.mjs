// Answers from elsewhere are read up to a bound, and left alone from there on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read_bounded } from '../../worker-shim/host/bounded.js';

/** @param {string[]} pieces */
function answer_of(pieces) {
  const left = pieces.map((piece) => new TextEncoder().encode(piece));
  const state = { cancelled: false };
  const body = new ReadableStream(
    {
      pull(controller) {
        const piece = left.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { answer: new Response(body), state };
}

for (const [what, pieces] of /** @type {[string, string[]][]} */ ([
  ['in one piece', ['12345678']],
  ['in pieces', ['123', '', '45', '678']],
  ['empty', []],
])) {
  test(`an answer that comes ${what} is read whole`, async () => {
    const bytes = await read_bounded(answer_of(pieces).answer, 8);
    assert.equal(new TextDecoder().decode(bytes), pieces.join(''));
  });
}

test('an answer without a body is read as nothing', async () => {
  assert.equal((await read_bounded(new Response(null), 8))?.length, 0);
});

test('an answer of one byte more is not read on', async () => {
  const { answer, state } = answer_of(['12345678', '9', 'more']);
  assert.equal(await read_bounded(answer, 8), undefined);
  assert.equal(state.cancelled, true);
});
