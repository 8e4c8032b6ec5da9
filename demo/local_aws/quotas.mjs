// AWS's request quotas: a token bucket for each group of actions, shared by all callers of an account and region. Each call
// takes one token before it is carried out; where there is none it is refused as ThrottlingException, HTTP 400.
import { AwsError } from './errors.mjs';

/** Burst and sustained rate a second of a new account: Amazon ECS API reference, "Request throttling"; for `launches`, which
 * Fargate counts by task, the developer guide, "AWS Fargate throttling quotas". @type {Record<string, {burst: number, rate: number}>} */
export const aws_quotas = {
  describe_tasks: { burst: 100, rate: 20 },
  describe_services: { burst: 100, rate: 20 },
  update_service: { burst: 50, rate: 5 },
  run_stop: { burst: 100, rate: 40 },
  launches: { burst: 100, rate: 20 },
};

/** @type {Record<string, string>} */
const bucket_of_action = {
  DescribeTasks: 'describe_tasks',
  ListTasks: 'describe_tasks',
  DescribeServices: 'describe_services',
  UpdateService: 'update_service',
  RunTask: 'run_stop',
  StopTask: 'run_stop',
};

export class Quotas {
  /** @type {Map<string, {tokens: number, at: number}>} */
  #levels = new Map();
  #clock;
  #settings;
  /** How many calls of each action were refused. @type {Map<string, number>} */
  refused = new Map();

  /** @param {import('./clock.mjs').Clock} clock @param {{current: import('./settings.mjs').Settings}} settings */
  constructor(clock, settings) {
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Takes what a call costs, or refuses it. @param {string} action */
  admit(action) {
    const bucket = bucket_of_action[action];
    if (bucket !== undefined && !this.take(bucket, 1)) this.refuse(action);
  }

  /** @param {string} action @returns {never} */
  refuse(action) {
    this.refused.set(action, (this.refused.get(action) ?? 0) + 1);
    throw new AwsError(400, 'ThrottlingException', 'Rate exceeded');
  }

  /** All of them or none. @param {string} bucket @param {number} count */
  take(bucket, count) {
    const level = this.#level(bucket);
    if (level === undefined) return true;
    if (level.tokens < count) return false;
    level.tokens -= count;
    return true;
  }

  /** Somebody else's burst, which takes what is left. @param {string} bucket @param {number} count */
  use_up(bucket, count) {
    const level = this.#level(bucket);
    if (level !== undefined) level.tokens = Math.max(0, level.tokens - count);
  }

  /** What is left in each bucket. */
  tokens() {
    const names = Object.keys(aws_quotas).filter((name) => this.#limits(name) !== undefined);
    return Object.fromEntries(names.map((name) => [name, this.#level(name)?.tokens ?? 0]));
  }

  /** @param {string} bucket */
  #limits(bucket) {
    const { quotas } = this.#settings.current;
    return quotas === 'aws' ? aws_quotas[bucket] : quotas?.[bucket];
  }

  /** The bucket with what has flowed in until now; nothing where there is no quota. @param {string} bucket */
  #level(bucket) {
    const limits = this.#limits(bucket);
    if (limits === undefined) return undefined;
    const now = this.#clock.now();
    const level = this.#levels.get(bucket) ?? { tokens: limits.burst, at: now };
    const rate = limits.rate * (1 - this.#settings.current.others);
    level.tokens = Math.min(limits.burst, level.tokens + ((now - level.at) / 1000) * rate);
    level.at = now;
    this.#levels.set(bucket, level);
    return level;
  }
}
