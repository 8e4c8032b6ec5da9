// The gate, in tests only, with a clock that a test moves, by the field of a request, in seconds from the true time; and with an
// agreement of keys that comes out wrong while a test wants that.
import { CryptoHost } from '../../worker-shim/host/crypto.js';
import edge, { Jobs, Region, Wake } from '../../worker-shim/index.js';

const true_time = Date.now;
let ahead_ms = 0;
Date.now = () => true_time() + ahead_ms;

const true_agreement = CryptoHost.prototype.p256_agree;
let is_wrong = false;
CryptoHost.prototype.p256_agree = function (secret, point, out) {
  const said = true_agreement.call(this, secret, point, out);
  if (is_wrong) out[0] ^= 1;
  return said;
};

export { Jobs, Region, Wake };
export default {
  /** @param {Request} request @param {any} environment @param {any} context */
  fetch(request, environment, context) {
    const ahead = request.headers.get('test-clock-ahead');
    if (ahead === null) return edge.fetch(request, environment, context);
    ahead_ms = Number(ahead) * 1000;
    is_wrong = request.headers.has('test-wrong-agreement');
    return new Response();
  },
};
