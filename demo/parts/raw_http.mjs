// HTTP/1.1 as bytes: sends exactly what it is given, so that a test can say what no client library would.
import { createConnection } from 'node:net';

const patience_ms = 15_000;

/** @typedef {{status: number, fields: Map<string, string>, body: string}} Answer */

/** Sends bytes over a connection of their own and reads one answer. @param {number} port @param {string | Buffer} bytes
 * @returns {Promise<Answer>} */
export function send_raw(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    let received = Buffer.alloc(0);
    const finish = (/** @type {() => void} */ how) => {
      clearTimeout(timer);
      socket.destroy();
      how();
    };
    const timer = setTimeout(
      () => finish(() => reject(new Error(`no answer in ${patience_ms / 1000} s, only ${JSON.stringify(received.toString('latin1'))}`))),
      patience_ms,
    );
    socket.on('connect', () => socket.write(bytes));
    socket.on('error', (problem) => finish(() => reject(problem)));
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      const answer = read_answer(received, false);
      if (answer) finish(() => resolve(answer));
    });
    socket.on('end', () => {
      const answer = read_answer(received, true);
      finish(() => (answer ? resolve(answer) : reject(new Error(`closed after ${received.length} bytes without an answer`))));
    });
  });
}

/** @param {Buffer} received @param {boolean} over no more bytes will come @returns {Answer | null} */
function read_answer(received, over) {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [status_line, ...lines] = received.toString('latin1', 0, end).split('\r\n');
  const status = Number(status_line.split(' ')[1]);
  if (status >= 100 && status < 200) return read_answer(received.subarray(end + 4), over);
  const fields = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const rest = received.subarray(end + 4);
  const length = fields.get('content-length');
  if (length !== undefined)
    return rest.length >= Number(length) ? { status, fields, body: rest.toString('utf8', 0, Number(length)) } : null;
  if (fields.get('transfer-encoding') === 'chunked') {
    const body = dechunk(rest);
    return body === null ? null : { status, fields, body };
  }
  return over ? { status, fields, body: rest.toString('utf8') } : null;
}

/** @param {Buffer} bytes @returns {string | null} the body, when it is all there */
function dechunk(bytes) {
  let body = '';
  for (let at = 0; ; ) {
    const line_end = bytes.indexOf('\r\n', at);
    if (line_end < 0) return null;
    const size = parseInt(bytes.toString('latin1', at, line_end), 16);
    const data = line_end + 2;
    if (bytes.length < data + size + 2) return null;
    if (size === 0) return body;
    body += bytes.toString('utf8', data, data + size);
    at = data + size + 2;
  }
}

/** A captured request as parts that can be changed one at a time. @param {Buffer} bytes */
export function take_apart(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  const [request_line, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [method, target] = request_line.split(' ');
  const fields = lines.map(
    (line) => /** @type {[string, string]} */ ([line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { method, target, fields, body: bytes.subarray(end + 4) };
}

/** @param {ReturnType<typeof take_apart>} parts */
export function put_together({ method, target, fields, body }) {
  const head = [`${method} ${target} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
