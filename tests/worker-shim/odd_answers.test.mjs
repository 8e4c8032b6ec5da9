// Answers that a Worker cannot give on: each is a 502 of its own request, and costs nobody else the keys, breakers and
// endpoints that the isolate knows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start_edge_to_raw_service } from '../support/raw_service.mjs';

/** By path, what the service answers. @type {Record<string, string>} */
const odd = {
  '/open/status-999': 'HTTP/1.1 999 Nobody Knows\r\nContent-Length: 2\r\n\r\nhi',
  '/open/status-600': 'HTTP/1.1 600 Nobody Knows\r\nContent-Length: 2\r\n\r\nhi',
  '/open/status-099': 'HTTP/1.1 099 Nobody Knows\r\nContent-Length: 2\r\n\r\nhi',
  '/open/switching': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n',
  // What workerd takes for the answer itself.
  '/open/early-hints': 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
  '/open/control-in-phrase': 'HTTP/1.1 200 \u0001\r\nContent-Length: 2\r\n\r\nhi',
};
const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';

/** @type {Awaited<ReturnType<typeof start_edge_to_raw_service>>} */
let stage;
before(async () => {
  stage = await start_edge_to_raw_service((socket) => {
    socket.on('data', (head) => {
      socket.write(odd[String(head).split(' ')[1] ?? ''] ?? plain);
    });
  });
});
after(() => stage.stop());

for (const path of Object.keys(odd)) {
  test(`${path.slice(6)} is a 502, and the core stays`, async () => {
    const { edge } = stage;
    assert.equal((await edge.send_as_alice('/x')).status, 200);
    const fetched = edge.issuer.seen.length;
    const received = await edge.send(path);
    assert.equal(received.status, 502);
    assert.equal(JSON.parse(received.body.toString()).code, 'upstream_unavailable');
    assert.ok(['upstream_invalid_response', 'upstream_connect_failed'].includes((await edge.told(received)).outcome.reason));
    assert.doesNotMatch(edge.worker.output(), /the core failed/);
    assert.equal((await edge.send_as_alice('/x')).status, 200);
    assert.equal(edge.issuer.seen.length, fetched);
  });
}
