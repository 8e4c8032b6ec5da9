// The gate, in tests only, with coordinators that can be ended in the middle of whatever they do, as the platform ends
// objects when it likes.
import edge, { Jobs as ShippedJobs, Wake as ShippedWake } from '../../worker-shim/index.js';

export class Wake extends ShippedWake {
  async end() {
    this.ctx.abort('ended by the test');
  }
}
export class Jobs extends ShippedJobs {
  async end() {
    this.ctx.abort('ended by the test');
  }
}
export default edge;
