// What a service says about itself, newest first, in AWS's words (developer guide, "Viewing service event messages"). A
// placement that fails is told here and nowhere else: there is no task that could tell it.
import { randomUUID } from 'node:crypto';

/** @typedef {{id: string, createdAt: number, message: string}} ServiceEvent */

const kept_events = 100;
const see = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

/** @param {string[]} ids */
const tasks_text = (ids) => ids.map((id) => `(task ${id})`).join('');

export const event_texts = {
  /** @param {string[]} ids */
  started: (ids) => `has started ${ids.length} tasks: ${tasks_text(ids)}.`,
  /** @param {string[]} ids */
  stopped: (ids) => `has stopped ${ids.length} running tasks: ${tasks_text(ids)}.`,
  /** @param {string} id */
  unhealthy: (id) => `(task ${id}) failed container health checks.`,
  steady: 'has reached a steady state.',
  impaired: `is unable to consistently start tasks successfully. ${see}`,
  /** `why` is a reason, or goes on with "because …", as for EC2. @param {string} why */
  unplaced: (why) =>
    why.startsWith('because ') ? `was unable to place a task ${why} ${see}` : `was unable to place a task. Reason: ${why}. ${see}`,
};

export class ServiceEvents {
  #name;
  #clock;
  /** @type {ServiceEvent[]} */
  #events = [];

  /** @param {string} name of the service @param {import('./clock.mjs').Clock} clock */
  constructor(name, clock) {
    this.#name = name;
    this.#clock = clock;
  }

  /** Says it, unless that was the last word. @param {string} text @returns whether it was said */
  say(text) {
    const message = `(service ${this.#name}) ${text}`;
    if (this.#events[0]?.message === message) return false;
    const event = { id: randomUUID(), createdAt: this.#clock.now() / 1000, message };
    this.#events = [event, ...this.#events].slice(0, kept_events);
    return true;
  }

  newest(count = kept_events) {
    return this.#events.slice(0, count);
  }
}
