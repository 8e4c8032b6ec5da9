// The gate, in tests only, with coordinators that can be ended in the middle of whatever they do, as the platform ends
// objects when it likes.
import edge, { Jobs as ShippedJobs, Region as ShippedRegion, Wake as ShippedWake } from '../../worker-shim/index.js';

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
export class Region extends ShippedRegion {
  /** @type {'' | 'hang' | 'throw'} */ #fault = '';

  async end() {
    this.ctx.abort('ended by the test');
  }
  /** From now on, whoever asks. @param {'hang' | 'throw'} how */
  async fail(how) {
    this.#fault = how;
  }
  /** @override @param {any} asked */
  async admit(asked) {
    await this.#hold();
    return super.admit(asked);
  }
  /** @override @param {any} asked */
  async watch(asked) {
    await this.#hold();
    return super.watch(asked);
  }
  async #hold() {
    if (this.#fault === 'throw') throw new Error('broken by the test');
    if (this.#fault === 'hang') await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
}
export default edge;
