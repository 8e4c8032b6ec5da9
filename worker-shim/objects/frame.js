// What every object of the Worker stands on: a core with a way to AWS, one alarm, and a new beginning when the core fails.
//
// Rules
// * A deployment that cannot start loses nothing: what is stored stays, and the alarm is put off until there is one that can.
// * The platform hears of an alarm only when its time changes.
// * A core that stopped half-way is not asked again: the object begins anew from what is stored, with another one.
import { Aws } from '../aws/aws.js';
import { CoreFailed } from '../core/core.js';
import { replace_core, started_core } from '../core/start.js';
import { describe } from '../host/describe.js';
import { fail } from '../observe.js';

/** Until a deployment that cannot start is replaced by one that can. */
const UNREADY_MS = 30_000;

/** @typedef {{core: import('../core/core.js').Core, aws: Aws}} Parts */

export class Frame {
  #context;
  /** Nothing: this deployment cannot start. @type {Parts | undefined} */ #parts;
  /** Why it cannot. */ #problem = '';
  /** When the platform will ring; unknown at first. @type {number | undefined} */ #alarm_at;

  /** @param {DurableObjectState} context */
  constructor(context) {
    this.#context = context;
  }

  /**
   * @param {import('../core/start.js').CoreEnvironment} environment
   * @param {string} [mistake] of the object's own settings
   * @returns {Promise<boolean>} whether it can work
   */
  async start(environment, mistake = '') {
    const { core, endpoints, problem = mistake } = await started_core(environment);
    this.#problem = problem;
    if (problem === '') this.#parts = { core, aws: new Aws(core, { endpoints }) };
    else fail('object not started', { detail: problem });
    return this.started;
  }

  get started() {
    return this.#parts !== undefined;
  }

  /** @throws where the deployment cannot start: why */
  get parts() {
    if (this.#parts === undefined) throw new Error(`not started: ${this.#problem}`);
    return this.#parts;
  }

  /**
   * Asks the core for an operation; what the core throws ends this object.
   * @template {import('../core/core.js').OperationName} Op
   * @param {Op} op
   * @param {import('../core/operations.d.ts').Operations[Op]['in']} input
   * @returns {import('../core/operations.d.ts').Operations[Op]['out']}
   */
  operate(op, input) {
    try {
      return this.parts.core.operate(op, input);
    } catch (error) {
      throw this.begin_again(error);
    }
  }

  /**
   * A call of AWS in somebody's name. `sent`: there were credentials; without, nothing was asked of ECS.
   * @template {import('../core/operations.d.ts').EcsAction} Action
   * @param {{action: Action, parameters: import('../core/operations.d.ts').EcsActions[Action]['in'],
   *   who: import('../core/operations.d.ts').Who, retries: number}} call
   */
  async call({ action, parameters, who, retries }) {
    try {
      const { aws } = this.parts;
      const held = await aws.credentials(who);
      if (held.refused !== undefined) return { sent: false, answer: held };
      return { sent: true, answer: await aws.call(action, parameters, who, { retries }) };
    } catch (error) {
      throw this.begin_again(error);
    }
  }

  /** Sets the alarm. @param {number} at in milliseconds; 0: none */
  ring(at) {
    if (at === this.#alarm_at || (at === 0 && !this.#alarm_at)) return;
    this.#alarm_at = at;
    this.#context.waitUntil(at === 0 ? this.#context.storage.deleteAlarm() : this.#context.storage.setAlarm(at));
  }

  /**
   * The alarm rang. Whatever it does then must not throw: that would use up the platform's few tries.
   * @returns {boolean} whether there is a core to do it with; if not, it rings again
   */
  rang() {
    this.#alarm_at = 0;
    if (!this.started) this.ring(Date.now() + UNREADY_MS);
    return this.started;
  }

  /**
   * Ends this object; the platform begins another one with what is stored.
   * @template T
   * @param {T} error
   * @returns {T}
   */
  begin_again(error) {
    const what = error instanceof CoreFailed ? 'the core failed and is replaced' : 'an object begins again';
    fail(what, { detail: describe(error) });
    void replace_core(this.parts.core, error);
    this.#context.abort(`${what}: ${describe(error)}`);
    return error;
  }
}
