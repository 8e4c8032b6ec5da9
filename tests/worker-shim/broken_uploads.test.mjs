// A streamed upload that its client does not bring to its end never looks whole to the service, and does not count against it.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { until } from '../../demo/parts/child.mjs';
import { start_edge_to_raw_service } from '../support/raw_service.mjs';

/** What came over each connection, and whether it is over. @type {{text: string, closed: boolean}[]} */
const connections = [];
/** @param {import('node:net').Socket} socket */
function serve(socket) {
  const connection = { text: '', closed: false };
  connections.push(connection);
  socket.on('close', () => {
    connection.closed = true;
  });
  socket.on('data', (piece) => {
    connection.text += piece.toString('latin1');
    if (!is_whole(connection.text)) return;
    // The next request on this connection may be another one's.
    connection.text = '';
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
  });
}
/** @param {string} text */
const is_whole = (text) => text.endsWith('\r\n0\r\n\r\n') || (text.startsWith('GET') && text.endsWith('\r\n\r\n'));

/** @type {Awaited<ReturnType<typeof start_edge_to_raw_service>>} */
let stage;
const brief = { id: 'brief', host: 'app.acme.example', path: '/brief/**', service: 'app', body: 'stream', timeout: '1s', allow: 'true' };
before(async () => {
  stage = await start_edge_to_raw_service(serve, [brief]);
});
after(() => stage.stop());

/** Sends the head of an upload and a part of its body, and then ends: by half, as one who still listens, or altogether.
 * @param {string} framing @param {string} body @param {'end' | 'destroy'} how @returns {Promise<string>} the answer */
async function upload(framing, body, how) {
  const authorization = `Bearer ${await stage.edge.issuer.token()}`;
  const before = connections.length;
  const client = connect(stage.edge.worker.port, '127.0.0.1');
  let answer = '';
  client.on('error', () => {});
  client.on('data', (piece) => {
    answer += piece;
  });
  const gone = new Promise((resolve) => client.once('close', resolve));
  client.write(
    `POST /stream/x HTTP/1.1\r\nHost: app.acme.example\r\nAuthorization: ${authorization}\r\nConnection: close\r\n${framing}\r\n\r\n${body}`,
  );
  await until(
    'the service has the part that was sent',
    () => connections.length > before && /abc(\r\n)?$/.test(connections.at(-1)?.text ?? ''),
  );
  client[how]();
  await until('the service has lost the connection', () => connections.at(-1)?.closed === true);
  if (how === 'end') await gone;
  return answer;
}

for (const [what, framing, body] of [
  ['in the middle of a chunk', 'Transfer-Encoding: chunked', '5\r\nabc'],
  ['between two chunks', 'Transfer-Encoding: chunked', '3\r\nabc\r\n'],
  ['before its length is there', 'Content-Length: 5', 'abc'],
]) {
  test(`an upload that ends ${what} is cut off, and whoever still listens is told`, async () => {
    const answer = await upload(framing, body, 'end');
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /"code":"bad_request"/);
    assert.ok(!is_whole(connections.at(-1)?.text ?? ''));
  });
  test(`an upload whose client leaves ${what} is cut off`, async () => {
    await upload(framing, body, 'destroy');
    assert.ok(!is_whole(connections.at(-1)?.text ?? ''));
  });
}

test('broken uploads, however many, say nothing about the service', async () => {
  for (let i = 0; i < 6; i += 1) await upload('Transfer-Encoding: chunked', '5\r\nabc', i % 2 === 0 ? 'end' : 'destroy');
  assert.equal((await stage.edge.send_as_alice('/x')).status, 200);
});

test('an upload that stands still is a 408 for its client alone, and says nothing about the service', async () => {
  const authorization = `Bearer ${await stage.edge.issuer.token({ sub: 'mallory' })}`;
  const stalls = await Promise.all(
    Array.from(
      { length: 12 },
      (_, i) =>
        new Promise((resolve) => {
          const client = connect(stage.edge.worker.port, '127.0.0.1');
          let answer = '';
          client.on('error', () => {});
          // The client still owes its body, so the platform need not close.
          client.on('data', (piece) => {
            answer += piece;
            if (/\}\s*$/.test(answer)) client.destroy();
          });
          client.once('close', () => resolve(answer));
          const framing = i % 2 === 0 ? 'Content-Length: 2000000' : 'Transfer-Encoding: chunked';
          client.write(
            `POST /brief/x HTTP/1.1\r\nHost: app.acme.example\r\nAuthorization: ${authorization}\r\nConnection: close\r\n${framing}\r\n\r\n${i % 2 === 0 ? 'abc' : '3\r\nabc\r\n'}`,
          );
        }),
    ),
  );
  for (const answer of stalls) assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*"code":"timeout"/);
  assert.equal((await stage.edge.send_as_alice('/x')).status, 200);
  assert.doesNotMatch(stage.edge.worker.output(), /no answer within/);
});
