// What the platform has and Node has not: names for streams that pass bytes on, and timers that end with their request.
class FixedLengthStream extends TransformStream {
  // biome-ignore lint/complexity/noUselessConstructor: it drops the length, which would be a transformer here
  constructor() {
    super();
  }
}
Object.assign(globalThis, { IdentityTransformStream: TransformStream, FixedLengthStream });

// What a request began ends with it at the platform; here it must not keep a test from ending.
const { setInterval } = globalThis;
Object.assign(globalThis, {
  setInterval: (/** @type {() => void} */ tell, /** @type {number} */ milliseconds) => setInterval(tell, milliseconds).unref(),
});
