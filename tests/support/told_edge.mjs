// The gate, in tests of Regions only, with coordinators that remember what a Region tells them and do nothing else, and Regions that
// can be ended.
import { DurableObject } from 'cloudflare:workers';
import edge, { Jobs, Region as ShippedRegion } from '../../worker-shim/index.js';

export class Wake extends DurableObject {
  /** @type {object[]} */ #told = [];
  /** How many times telling it fails first. */ #failures = 0;

  /** @param {object} facts */
  async facts(facts) {
    if (this.#failures > 0) {
      this.#failures -= 1;
      throw new Error('told in vain, as the test wants it');
    }
    this.#told.push(facts);
  }
  async told() {
    return this.#told;
  }
  /** @param {number} times */
  async fail(times) {
    this.#failures = times;
  }
}
export class Region extends ShippedRegion {
  async end() {
    this.ctx.abort('ended by the test');
  }
}
export { Jobs };
export default edge;
