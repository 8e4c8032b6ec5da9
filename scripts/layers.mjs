// The architecture as data, for check_layers.mjs: who may include whom, and what shared/ may take from the outside world.
import { readFileSync } from 'node:fs';

/** What each layer of shared/ needs, itself among it, as CMake links them. @param {string} text of cmake/layers.cmake
 * @returns {Record<string, string[]>} */
function layers_of(text) {
  /** @type {Record<string, string[]>} */
  const all = {};
  for (const [, name, needed] of text.matchAll(/^sallyport_layer\(([\w/]+)((?: [\w/]+)*)\)$/gm)) {
    const direct = needed.trim().split(' ').filter(Boolean);
    all[name] = [...new Set([...direct.flatMap((each) => all[each]), name])];
  }
  return all;
}

const shared = layers_of(readFileSync(new URL('../cmake/layers.cmake', import.meta.url), 'utf8'));
const all_shared = Object.keys(shared);

/** For each layer the layers that its files may include, itself among them. @type {Record<string, string[]>} */
export const allowed_layers = {
  ...shared,
  wasm: [...all_shared, 'wasm'],
  'agent/openssl': [...shared.crypto, 'agent/openssl'],
  agent: [...all_shared, 'agent', 'agent/openssl'],
};

/** Headers of the standard library without I/O, clocks, randomness, threads, locales or exceptions; and the JSON gate's. */
export const allowed_std_headers = new Set([
  'algorithm',
  'array',
  'charconv',
  'cmath',
  'cstddef',
  'cstdint',
  'cstdlib',
  'cstring',
  'deque',
  'functional',
  'initializer_list',
  'iterator',
  'limits',
  'list',
  'map',
  'memory',
  'new',
  'numeric',
  'optional',
  'set',
  'span',
  'string',
  'string_view',
  'tuple',
  'type_traits',
  'unordered_map',
  'unordered_set',
  'utility',
  'variant',
  'vector',
  'nlohmann/json.hpp',
  // snprintf of a double, as ES6 prints numbers (RFC 8785): libc++ 13 has no to_chars for it.
  'cstdio',
]);

/** Words that give a host's facility away even where a header came in through another. */
export const forbidden_words = [
  { pattern: /\b(try|catch|throw)\b\s*[{(]?/, why: 'the core reports failure through result<T>' },
  { pattern: /\b(dynamic_cast|typeid)\b/, why: 'there is no RTTI' },
  { pattern: /\bthread_local\b|\bstd::(thread|mutex|atomic|call_once)\b/, why: 'there are no threads and no shared state' },
  { pattern: /\b(getenv|setlocale|localeconv)\s*\(/, why: 'the core reads no environment' },
  {
    pattern:
      /\bstd::(chrono|random_device|mt19937\w*)\b|\b(time|clock|gettimeofday|clock_gettime|rand|srand|random)\s*\(\s*(NULL|nullptr|0|&|\))/,
    why: 'time and entropy are arguments',
  },
  { pattern: /\b(fopen|fread|fwrite|printf|fprintf|puts|socket|ioctl)\s*\(/, why: 'the core does no I/O' },
  { pattern: /\bstd::(cout|cerr|cin|ostream|istream|o?stringstream|fstream|filesystem)\b/, why: 'the core does no I/O' },
  { pattern: /\bsystem\s*\(|\bexit\s*\(/, why: 'the core does not leave its caller' },
  { pattern: /\b(EM_JS|EM_ASM|emscripten)\b/, why: 'Emscripten belongs into wasm/' },
  { pattern: /\b(mutable|volatile)\b(?!\s*\{)/, why: 'state behind const is shared state' },
];

/** What the core's objects may leave undefined. */
export const allowed_symbols = [
  // memory
  /^operator (new|delete)(\[\])?\(/,
  /^mem(cpy|move|set|cmp|chr)$/,
  /^str(len|cmp|ncmp|chr)$/,
  /^std::nothrow$/,
  // libstdc++: containers, strings, hashing, and its throwing helpers, which end the program where exceptions are off
  /^std::__throw_\w+/,
  /^std::_Rb_tree_\w+/,
  /^std::_Hash_bytes/,
  /^std::_Sp_make_shared_tag::_S_eq/,
  /^std::__detail::_Prime_rehash_policy/,
  /^std::__cxx11::basic_string</,
  /^std::__detail::_List_node_base/,
  /^std::bad_alloc/,
  /^(std::)?__once/,
  // the compiler's own
  /^__stack_chk_fail$/,
  /^__cxa_pure_virtual$/,
  /^vtable for __cxxabiv1::/,
  /^_GLOBAL_OFFSET_TABLE_$/,
  /^__dso_handle$/,
  /^abort$/,
  /^__assert_fail$/,
  /^__(u?div|u?mod|mul)\w+i[34]$/,
  /^__asan_|^__ubsan_|^__sanitizer_/,
  // shared_ptr asks whether it must count atomically
  /^__libc_single_threaded$/,
  // arithmetic without state
  /^(f?abs|floor|ceil|round|trunc|fmod|pow|ldexp|frexp|modf|sqrt|log10|log2|lround|nearbyint|rint|isnan|isinf)[fl]?$/,
  // nlohmann_json: its number lexer (strtod with the C locale, which nothing here changes) and its error classes
  /^strto(d|f|ld|l|ll|ul|ull)$/,
  /^localeconv$/,
  /^__errno_location$/,
  /^snprintf$/,
  /^__snprintf_chk$/,
  /^(typeinfo for )?std::(exception|runtime_error|logic_error)/,
  /^std::(exception|runtime_error)::/,
  /^vtable for std::/,
];
