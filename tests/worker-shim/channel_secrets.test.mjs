// What makes the keys of a channel does not stay in the core's memory.
import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import create from '../../build/wasm/sallyport.js';
import { root } from '../../demo/parts/worker.mjs';
import { MAILBOX } from '../../worker-shim/core/names.js';
import { read_signed, write_answered, write_signing } from '../../worker-shim/core/wire.js';
import { CryptoHost } from '../../worker-shim/host/crypto.js';
import { policy_for, signing_key } from '../support/edge.mjs';

/** The core, outside of a Worker. */
async function started_core() {
  const { Module } = /** @type {{Module: any}} */ (WebAssembly);
  const module = new Module(readFileSync(`${root}build/wasm/sallyport.wasm`));
  const core = await create({
    crypto: new CryptoHost(),
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance, module);
      return instance.exports;
    },
  });
  const mailbox = core.mailbox() / Uint32Array.BYTES_PER_ELEMENT;
  const word = (/** @type {number} */ index) => /** @type {number} */ (core.HEAPU32[mailbox + index]);
  return {
    core,
    word,
    /** @param {string} text */
    put(text) {
      const { written } = new TextEncoder().encodeInto(text, core.HEAPU8.subarray(word(MAILBOX.inbox)));
      return written;
    },
    answer: () => Buffer.from(core.HEAPU8.buffer, word(MAILBOX.answer), word(MAILBOX.answer_bytes)).toString(),
    holds: (/** @type {Buffer} */ octets) => Buffer.from(core.HEAPU8.buffer).includes(octets),
  };
}

test('of the private key of a channel, and of what was agreed with it, nothing stays in memory', async () => {
  const { core, word, put, answer, holds } = await started_core();
  const policy = policy_for('https://idp.example', 'https://app.internal.example');
  const signing_keys = JSON.stringify({ keys: [await signing_key()] });
  assert.ok(core.start(put(JSON.stringify({ policy, signing_keys, service_secrets: '', aws_role: '', build: 't' }))), answer());
  const agent = createECDH('prime256v1');
  const offer = `key=:${agent.generateKeys().toString('base64')}:;v=1`;
  const own = createECDH('prime256v1');
  own.generateKeys();
  const entropy = Buffer.concat([own.getPrivateKey(), Buffer.alloc(16, 7)]);
  const order = ['app', 'GET', '/x', '', '', 'CCCCCCCCCCCCCCCCCCCCCA', '', '1760000000', '0', ''].join('\n');
  const headers = { 'sallyport-assertion': 'a.b.c', 'sallyport-context': 'id=x' };
  const signed = [];
  for (let i = 0; i < 4; i += 1) {
    core.HEAPU8.set(entropy, word(MAILBOX.entropy));
    assert.ok(core.sign(put(write_signing({ to_sign: order, headers }, '', 'first')), 1_760_000_000_000), answer());
    signed.push(read_signed(answer()));
    core.answered(put(write_answered(signed[i].sent, 200, offer)), 1_760_000_000_000);
  }
  const [, payload] = signed[3].fields['sallyport-channel-grant'].split('.');
  const { cnf } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  assert.equal(cnf.jwk.x, own.getPublicKey().subarray(1, 33).toString('base64url'), 'the channel was made of that key');
  assert.ok(holds(own.getPublicKey()), 'memory is what is looked at');
  assert.ok(!holds(own.getPrivateKey()), 'e');
  assert.ok(!holds(own.computeSecret(agent.getPublicKey())), 'Z');
});
