// What wrangler makes of files that are not JavaScript (rules in wrangler.toml).
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
declare module '*.jsonc' {
  const text: string;
  export default text;
}
