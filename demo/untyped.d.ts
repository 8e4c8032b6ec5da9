// Packages of the tests that bring no types.
declare module 'oidc-provider';
declare module 'oidc-provider/lib/adapters/memory_adapter.js';
