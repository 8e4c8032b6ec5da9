// Random walks of a Region (shared/wake/region.hpp): the same on both sides, step by step.

const NOW = 1_767_225_600_000;

/** Numerical Recipes' generator. @param {number} seed */
function drawing(seed) {
  let state = seed >>> 0;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** @template T @param {(below: number) => number} draw @param {T[]} from */
const any = (draw, from) => from[draw(from.length)];

/** @param {(below: number) => number} draw */
function event(draw) {
  const place = `p${draw(90)}`;
  const names = Array.from({ length: draw(4) }, () => `t${draw(50)}`);
  switch (draw(8)) {
    case 0:
      return { kind: 'alarm' };
    case 1:
      return { kind: 'report', grant: `${NOW}.${draw(80)}`, outcome: any(draw, ['ok', 'throttled', 'refused', 'unused', 'capacity']) };
    case 2:
      return {
        kind: 'watch',
        place,
        cluster: `c${draw(2)}`,
        service: place,
        tasks: names,
        for: any(draw, ['check', 'start', 'run', 'job']),
        soon: draw(2) === 0,
      };
    case 3:
      return {
        kind: 'answered',
        id: draw(60),
        ...(draw(3) === 0 ? { refused: any(draw, ['throttled', 'denied', 'other']) } : {}),
        services: [{ name: place, status: 'ACTIVE', desired: draw(3) }],
        tasks: names.map((arn) => ({ service: place, arn, status: draw(7), version: draw(9), wanted: true })),
        listed: names,
      };
    case 4:
      return draw(2) === 0 ? { kind: 'present', place, policy: 'a', ours: draw(2) === 0 } : { kind: 'remove', place, policy: 'a' };
    default:
      return {
        kind: 'admit',
        place,
        attempt: `${draw(2)}`,
        team: any(draw, ['', 'team']),
        op: any(draw, ['update', 'update', 'run', 'stop', 'read']),
        n: draw(4),
        class: any(draw, ['lost', 'waited_for', 'also', 'predicted', 'stop']),
        waited_ms: draw(3) === 0 ? draw(8_000_000) : 0,
      };
  }
}

/** @param {number} seed */
function walk(seed) {
  const draw = drawing(seed);
  let now = NOW;
  const events = Array.from({ length: 150 }, () => {
    now += draw(5) === 0 ? draw(20_000) : draw(200);
    return { now, ...event(draw) };
  });
  return { op: 'region', in: { began: NOW, settings: { share: 5 + (seed % 2) * 60, quotas: { update_service: 2 }, most: 2 }, events } };
}

const STORED = {
  version: 1,
  rates: { update_service: { rate: 700, slowed_at: NOW - 1 } },
  ours: [{ place: 'p1', since: 5 }],
  policies: [{ policy: 'a', last: 7, removed: 1 }],
};

export const REGION_OPERATIONS = [
  ...[1, 2, 3, 4, 5, 6].map(walk),
  { op: 'region', in: { stored: STORED, began: NOW, events: [{ now: NOW + 20_000, kind: 'alarm' }] } },
  { op: 'region', in: { stored: { ...STORED, version: 2 }, began: NOW, events: [] } },
  { op: 'region', in: { began: NOW, events: [{ now: NOW, kind: 'admit', place: '' }] } },
];
