// The core as Wasm (bindings.cpp). How requests and outcomes are written: wire.hpp; who reads and writes them here:
// worker-shim/core/wire.js.

/** What worker-shim/host/crypto.js implements: node:crypto for wasm/host_crypto.cpp. Nothing of it throws. */
export interface CryptoPort {
  import_key(kind: number, data: Uint8Array): number;
  release_key(key: number): void;
  verify(key: number, family: number, hash: number, data: Uint8Array, signature: Uint8Array): number;
  sign(key: number, family: number, hash: number, data: Uint8Array, out: Uint8Array): number;
  p256_public(secret: Uint8Array, out: Uint8Array): number;
  p256_agree(secret: Uint8Array, point: Uint8Array, out: Uint8Array): number;
  seal(key: Uint8Array, nonce: Uint8Array, bound: Uint8Array, plain: Uint8Array, out: Uint8Array): number;
  open(key: Uint8Array, nonce: Uint8Array, bound: Uint8Array, hidden: Uint8Array, tag: Uint8Array, out: Uint8Array): number;
  hash(hash: number, data: Uint8Array, out: Uint8Array): number;
  start_hash(hash: number): number;
  update_hash(hasher: number, data: Uint8Array): number;
  finish_hash(hasher: number, out: Uint8Array): number;
  equal(a: Uint8Array, b: Uint8Array): number;
}

export interface Core {
  /** Wasm memory; another view after the memory grew, so it is never kept. */
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly HEAPU32: Uint32Array<ArrayBuffer>;

  /** The address of five words: inbox, its size, answer, its size, entropy (48 bytes). */
  mailbox(): number;
  /** Makes the inbox at least this large; its contents are lost. */
  reserve(size: number): void;
  /** Starts the edge from JSON in the inbox. False: the answer tells the reason and then what is wrong. */
  start(size: number): boolean;
  /** Decides on the request in the inbox: lines, then body. The kind of the outcome; the answer is the outcome. */
  handle(head_size: number, body_size: number, now_milliseconds: number): number;
  /** Signs the order in the inbox. False: the answer tells the reason and then what is wrong. */
  sign(size: number, now_milliseconds: number): boolean;
  /** Takes what a response says of channels, or that there was none; the answer is what follows. */
  answered(size: number, now_milliseconds: number): void;
  /** Takes what came back for a key request. False: the answer tells the reason and then what is wrong. */
  supply_keys(head_size: number, body_size: number, now_milliseconds: number): boolean;
  /** Writes a refusal that only the host can know of. */
  refusal(size: number, now_milliseconds: number): void;
  /** Writes what came of a request that was allowed (wire.hpp). */
  ended(size: number, now_milliseconds: number): void;
  /** Asks for an operation with the JSON in the inbox (shared/operations/operation.def). */
  operate(size: number): void;
}

export interface CoreOptions {
  crypto: CryptoPort;
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): WebAssembly.Exports;
}

declare const create: (options: CoreOptions) => Promise<Core>;
export default create;
