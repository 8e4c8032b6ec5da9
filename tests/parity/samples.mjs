// Plain samples of what the parsers read.

export const JSON_TEXTS = [
  '{}',
  '[]',
  'null',
  '"text"',
  '{"b":1,"a":[true,false,null]}',
  '{"n":[0,-0,1.5,1e21,1e-7,123456789012345680000,0.1,5e-324,1.7976931348623157e308]}',
  '{"u":"\\u00e9\\ud83d\\ude00\\n\\"","é":"😀"}',
  '  {"deep":[[[[[[[[1]]]]]]]]}  ',
  '{"a":{"b":{"c":"d"}},"z":-12.25e2}',
  '[9007199254740991,-9007199254740991,4.35,100,1e2]',
  '[281674916028284928,281674916028284930,-9007199254740993,9223372036854775808,18446744073709551615]',
  '18446744073709551616',
  '-9223372036854775809',
  '[281674916028284930.0,2.8167491602828493e17,1.79e26,1700000000.123456789]',
  '9007199254740992.5',
  '1e-400',
  '0.99999999999999999999',
];

export const STRUCTURED_FIELDS = [
  ['item', ['1']],
  ['item', ['-42;a=1;b']],
  ['item', ['4.5']],
  ['item', ['"text with \\"quotes\\""']],
  ['item', ['token/x:y']],
  ['item', [':aGVsbG8=:']],
  ['item', ['?1;x=?0']],
  ['item', ['@1659578233']],
  ['item', ['%"f%c3%bc"']],
  ['list', ['1, 2, 3']],
  ['list', ['("a" "b";x=1);y, token', '4.0']],
  ['list', ['']],
  ['dictionary', ['a=1, b;x, c=(1 2);k="v"']],
  ['dictionary', ['sig=("@method" "@path");created=1;keyid="k"']],
  ['dictionary', ['a=:AAAA:, b=@0, c=%"x", d=-0.001']],
  ['item', ['123456789012.125;long-parameter.name*=token']],
];

/** Values of the right shape that no structured field can carry. */
export const UNSERIALIZABLE = [
  ['item', [1e15, []]],
  ['item', [-1e15, []]],
  ['item', [1e12 + 0.5, []]],
  ['item', ['é', []]],
  ['item', [{ __type: 'token', value: 'two words' }, []]],
  ['item', [{ __type: 'token', value: '' }, []]],
  ['item', [1, [['Upper', true]]]],
  ['dictionary', [['1a', [1, []]]]],
  ['list', [['\u0000', []]]],
  [
    'dictionary',
    [
      [
        'a',
        [
          [
            [1, []],
            ['\n', []],
          ],
          [],
        ],
      ],
    ],
  ],
];

const TOKEN_FIELDS = 'Host: app.example\nUser-Agent: curl/8\nAccept: */*\n';

export const HEADS = [
  `GET / HTTP/1.1\n${TOKEN_FIELDS}\n`,
  `POST /a/b?c=d HTTP/1.1\n${TOKEN_FIELDS}Content-Type: application/json\nContent-Length: 12\n\n`,
  `PUT /x HTTP/1.1\n${TOKEN_FIELDS}Transfer-Encoding: chunked\n\n`,
  'GET /x HTTP/1.0\nHost: a\n\n',
  'DELETE /a%20b HTTP/1.1\nhost: [::1]:8443\nX-A:  spaced \t\nX-A: again\nCookie: a=1; b=2\n\n',
  'OPTIONS /?q HTTP/1.1\nHost: app.example:443\nExpect: 100-continue\nContent-Length: 0\nConnection: keep-alive, x-y\nX-Y: 1\n\n',
];

export const TARGETS = [
  '/',
  '/reports',
  '/reports/2026',
  '/reports/2026/08?x=1&y=%20z',
  '/users/alice/files/a.txt',
  '/users/b%C3%A9/x',
  '/a-b_c.d~e',
  '/%7Euser',
  '/caf%c3%a9',
  '/site/a;b=c/d',
  '/open/a/b/c',
  '/exact?',
  "/sub-delims!$&'()*+,=:@",
  '/site/%40%21%3a',
  '/site/[slug]/a|b',
  '/site/a%2fb//c;%3bd',
  '/site/Admin/x',
  '/site/admin./x',
  '/site//admin',
  '/site/%C3%89t%C3%A9.json',
  '/site/%e9',
  '/x?query=with/slash?and=question',
  '/admin/console',
  '/users/%41lice',
  '/users/a/team/fin%61nce/',
  '/USERS/b./TEAM/x%20y',
];

/** Spellings that some server takes for another path of POLICY. */
export const SPELLINGS = ['/site/admin/x', '/users/ann/team/finance', '/site/%C3%A9t%C3%A9', '/reports/2026'].flatMap((path) => [
  path.toUpperCase().replaceAll('%C3%A9', '%C3%89'),
  path.replace('/a', '/%61'),
  path.replace('/', '//'),
  path.replace(/\/(?=[^/]*$)/, '%2F'),
  ...['/', '.', '%20', '.json', '.a.b', ';x', '%3Bx', '//', '/%20', '%00', '%09', '%C0%AF', '..'].map((end) => path + end),
  ...[';x/', './', '%20/', '/;x/', '/.%20/'].map((slash) => path.replace(/\/(?=[^/]*$)/, slash)),
]);

export const POLICY = {
  name: 'parity',
  edge: { issuer: 'https://edge.example' },
  issuers: {
    okta: { issuer: 'https://issuer.example', audiences: ['api'], kind: 'user' },
    github: { preset: 'github-actions', audiences: ['sallyport'], kind: 'workload' },
    access: { preset: 'cloudflare-access', team: 'acme', audiences: ['aud'] },
  },
  services: {
    app: { origin: 'https://origin.example', signature: 'ed25519', signed_headers: ['x-tenant'] },
    shared: { origin: 'https://shared.example', signature: 'hmac-sha256' },
    insensitive: {
      origin: 'https://iis.example',
      signature: 'ed25519',
      paths: { case: 'insensitive', trailing_slash: 'same', suffix: 'distinct', trailing_dot: 'same' },
    },
    billing: {
      ecs: {
        region: 'us-east-1',
        cluster: 'prod',
        service: 'billing',
        port: 8443,
        wake: {},
        operators: "'finance' in identity.groups",
      },
      signature: 'hmac-sha256',
    },
  },
  jobs: {
    export: {
      ecs: { region: 'us-east-1', cluster: 'batch', task_definition: 'export:12', container: 'export' },
      input: { MONTH: { pattern: '20[0-9]{2}-[0-9]{2}' }, FORMAT: { default: 'csv' } },
      inspect: "'audit' in identity.groups",
    },
  },
  routes: [
    { id: 'root', host: 'app.example', path: '/', service: 'app', anonymous: true, allow: 'true' },
    {
      id: 'reports',
      host: 'app.example',
      path: '/reports/**',
      service: 'app',
      allow: "'finance' in identity.groups",
      deny: "request.country == 'KP'",
      shadow: { allow: "identity.kind == 'user'" },
    },
    {
      id: 'year',
      host: 'app.example',
      path: '/reports/:year',
      methods: ['GET'],
      service: 'app',
      allow: "request.params.year.matches('^20[0-9]{2}$') && identity.email.endsWith('@acme.example')",
    },
    {
      id: 'files',
      host: 'app.example',
      path: '/users/:user/files/*',
      service: 'shared',
      allow: 'request.params.user == identity.subject',
      body: 'stream',
    },
    {
      id: 'tenant',
      host: 'app.example',
      path: '/admin/**',
      service: 'app',
      allow: "request.headers['x-tenant'] == 'a' || identity.claims.dept == 'x'",
      cache: true,
      cors: { origins: ['https://page.example'], credentials: true },
    },
    {
      id: 'time',
      host: 'app.example',
      path: '/exact',
      service: 'app',
      allow: "request.time < timestamp('2026-06-01T00:00:00Z') && size(request.query) >= 0",
    },
    {
      id: 'open',
      host: 'app.example',
      path: '/open/**',
      service: 'shared',
      anonymous: true,
      allow: "!cidr('10.0.0.0/8').containsIP(request.ip)",
      cache: { max_age: '5m' },
    },
    {
      id: 'site',
      host: 'app.example',
      path: { pattern: '/site/**', allow: ['%2F', '//', ';'] },
      service: 'app',
      anonymous: true,
      allow: 'true',
    },
    { id: 'site-admin', host: 'app.example', path: '/site/admin/**', service: 'app', allow: "'admins' in identity.groups" },
    {
      id: 'site-summer',
      host: 'app.example',
      path: '/site/%C3%A9T%C3%89',
      methods: ['GET'],
      service: 'shared',
      allow: "identity.kind == 'user'",
    },
    {
      id: 'any-case',
      host: 'app.example',
      path: '/Users/:user/Team/:team',
      service: 'insensitive',
      allow: 'request.params_decoded.team in identity.groups',
    },
    { id: 'billing', host: 'app.example', path: '/billing/**', service: 'billing', timeout: '20s', allow: 'true' },
    { id: 'export', host: 'app.example', path: '/export', job: 'export', allow: "'finance' in identity.groups" },
    {
      id: 'wild',
      host: '*.wild.example',
      path: '/**',
      service: 'app',
      allow: "identity.issuer == 'github' && identity.claims.repository == 'acme/reports'",
    },
  ],
};

const CREDENTIALS = { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const SCOPE = { credentials: CREDENTIALS, region: 'us-east-1', service: 'service', time: '2015-08-30T12:36:00Z' };

/** @param {object} request @param {object} [options] */
const signed = (request, options = {}) => ({
  ...SCOPE,
  request: { method: 'GET', path: '/', query: '', headers: [['Host', 'example.amazonaws.com']], body_b64: '', ...request },
  options: { normalize: true, sign_body: false, mode: 'header', ...options },
});

export const SIGV4 = [
  signed({}),
  signed({ path: '/a/../b//c/', query: 'b=2&a=1&a=%20' }),
  signed({
    path: '/ünicode and space',
    headers: [
      ['Host', 'h'],
      ['My-Header', '  a   b '],
      ['My-Header', 'c'],
    ],
  }),
  signed(
    {
      method: 'POST',
      body_b64: 'YT1i',
      headers: [
        ['Host', 'h'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
    },
    { sign_body: true },
  ),
  signed({ path: '/key/../with/dots' }, { normalize: false }),
  { ...signed({}, { mode: 'query', expires: 3600 }), credentials: { ...CREDENTIALS, session_token: 'token/with+chars==' } },
  { ...signed({}, { omit_session_token: true }), credentials: { ...CREDENTIALS, session_token: 'token' } },
];

/** What came of requests: every way to end, every use of the cache, text that must not split a line. */
export const OUTCOMES = [
  ...['complete', 'handed_on', 'cut_by_caller', 'cut_by_app', 'cut_by_us', 'upgraded', 'cached', 'lease'].map((how, n) => ({
    end: 'origin',
    how,
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    service: 'app',
    upstream: '127.0.0.1:3000',
    time: 1_767_225_600_000 + n,
    status: 200 + n,
    attempts: n,
    in: n,
    out: 2 ** 53 - 1,
    first_ms: 1,
    ms: 5_000,
    reused: n % 2 === 0,
  })),
  ...['hit', 'stale', 'revalidated', 'miss', 'joined'].map((cache) => ({ end: 'edge', cache, how: 'cached', id: 'b', status: 304 })),
  ...['upstream_timeout', 'wake_starting', 'jwt_expired', 'job_not_found', 'ok'].map((reason) => ({
    reason,
    id: 'c',
    detail: 'a\n\u001b[2J\u202e\u00e9"\\',
    status: 504,
  })),
];
