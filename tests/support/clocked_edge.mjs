// The gate, in tests only, with a clock that a test moves: by the request's field, in seconds, from the true time.
import edge, { Jobs, Wake } from '../../worker-shim/index.js';

const true_time = Date.now;
let ahead_ms = 0;
Date.now = () => true_time() + ahead_ms;

export { Jobs, Wake };
export default {
  /** @param {Request} request @param {any} environment @param {any} context */
  fetch(request, environment, context) {
    const ahead = request.headers.get('test-clock-ahead');
    if (ahead === null) return edge.fetch(request, environment, context);
    ahead_ms = Number(ahead) * 1000;
    return new Response();
  },
};
