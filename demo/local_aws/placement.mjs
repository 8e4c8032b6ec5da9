// Whether there is room for one more task, and what AWS says where there is none.

/** With the apostrophe that AWS writes. */
export const vcpu_limit = 'You’ve reached the limit on the number of vCPUs you can run concurrently';

const units_a_vcpu = 1024;
const default_cpu = 256;

/** @typedef {import('./types.d.ts').Definition} Definition */

export class Placement {
  #faults;
  #tasks;

  /** @param {import('./faults.mjs').Faults} faults @param {Map<string, import('./task.mjs').Task>} tasks all there are */
  constructor(faults, tasks) {
    this.#faults = faults;
    this.#tasks = tasks;
  }

  /** Why a task of a service is not placed; empty when it may be. @param {Definition} definition */
  refusal_for_service(definition) {
    return this.#faults.current.unplaceable || this.refusal(definition);
  }

  /** Why a task is not placed; empty when it may be. @param {Definition} definition */
  refusal({ cpu = default_cpu }) {
    const { vcpus } = this.#faults.current;
    if (vcpus === 0) return '';
    const running = [...this.#tasks.values()].filter((task) => task.lastStatus !== 'STOPPED');
    const used = running.reduce((sum, task) => sum + (task.definition.cpu ?? default_cpu), 0);
    return used + cpu > vcpus * units_a_vcpu ? vcpu_limit : '';
  }
}
