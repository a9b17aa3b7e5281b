// Who may know whom. Imports point down, and an import of a type is an import.
const path = require('node:path');

/** The words that all rooms share. */
const VOCABULARY =
  '^src/(tags/|(records|context|connectionHandle|guard|log|lossWarner|stats|background|config|optionKinds|optionTable|optionErrors|givenOption|nearestName|environment|exporterMark|inFlight|failures|suppressTracing|observer|runtime|version|scopedSwitches|transientMap|lazyCrypto|builtinModules|spanShape|processorMark|registration|globalApi|sentryHint)\\.ts$)';
/** The public face: the only files that know every room. */
const FACE = '^src/(index|driver|register)\\.ts$';

/** Each room, with the rooms that it may know besides itself and the vocabulary. */
const ROOMS = {
  instrumentation: [],
  exporter: [],
  credentials: ['exporter'],
  gate: ['credentials', 'exporter'],
  queue: [],
  hosts: ['gate', 'credentials', 'queue', 'exporter'],
  processor: ['hosts', 'exporter'],
  standalone: ['instrumentation', 'processor', 'exporter', 'inspector'],
  // The page's code runs in a browser: it knows the words of its server, and no code.
  inspector: ['exporter'],
  cli: ['inspector', 'gate'],
};

const room = (name) => `^src/${name}/`;
const npm = (name) => `(^|/)node_modules/${name}(/|$)`;

const PAGE = room('inspector/page');
const INSPECTOR_SERVER = '^src/inspector/(pageServer|requestGuard|eventStream)\\.ts$';
const DOCTOR_NETWORK = '^src/cli/checks/network\\.ts$';

const API = npm('@opentelemetry/api');
const REQUIRE_HOOK = npm('require-in-the-middle');
const UNDICI = npm('undici');
const SDK_TYPES = npm('@opentelemetry/(core|sdk-trace[^/]*)');

const roomRules = Object.entries(ROOMS).map(([name, below]) => ({
  name: `${name}-points-down`,
  comment: `src/${name} knows ${['the vocabulary', ...below].join(', ')} and itself`,
  severity: 'error',
  from: { path: room(name) },
  to: { path: '^src/', pathNot: [VOCABULARY, room(name), ...below.map(room)] },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'vocabulary-knows-no-room',
      comment: 'the vocabulary knows itself at most',
      severity: 'error',
      from: { path: VOCABULARY },
      to: { path: '^src/', pathNot: VOCABULARY },
    },
    {
      name: 'no-room-without-a-rule',
      comment: 'a new room, or a new word of the vocabulary, is entered in this file first',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: [VOCABULARY, FACE, ...Object.keys(ROOMS).map(room)] },
    },
    {
      name: 'no-cycles',
      comment: 'cycles make the order of loading matter; types count',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-missing-modules',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'only-what-users-have',
      comment: 'other packages may be out of reach where this one is installed, or would be bundled',
      severity: 'error',
      from: { path: '^src/', pathNot: PAGE },
      to: { path: 'node_modules/', pathNot: [API, REQUIRE_HOOK, UNDICI, SDK_TYPES] },
    },
    {
      name: 'page-stands-alone',
      comment: "the inspector's page runs in a browser: it knows its server's words, and its view library",
      severity: 'error',
      from: { path: PAGE },
      to: { pathNot: [PAGE, '^src/inspector/model\\.ts$', npm('preact')] },
    },
    {
      name: 'page-is-bundled',
      comment: 'nobody imports the page: its server reads the built files',
      severity: 'error',
      from: { path: '^src/', pathNot: PAGE },
      to: { path: PAGE },
    },
    {
      name: 'inspector-on-demand',
      comment: 'who does not inspect does not load the inspector',
      severity: 'error',
      from: { path: [room('standalone'), FACE] },
      to: { path: room('inspector'), dynamic: false },
    },
    {
      name: 'support-bundle-without-spans',
      comment:
        'the support bundle is made from records and counts: what comes from spans is out of its reach',
      severity: 'error',
      from: { path: '^src/inspector/(supportBundle|bundledState)\\.ts$' },
      to: { path: '^src/inspector/(localLog|tagLines|operationView|recording|processorSource)\\.ts$' },
    },
    {
      name: 'sdk-as-types-only',
      comment:
        'no version of the SDK suits both of its majors: it is met by its types, by structure, or through ' +
        'a search at run time',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: SDK_TYPES, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'http-in-the-exporter-only',
      severity: 'error',
      from: { path: '^src/', pathNot: [room('exporter'), INSPECTOR_SERVER, DOCTOR_NETWORK] },
      to: { path: [UNDICI, '^(node:)?(http|https|http2|net|tls)$'] },
    },
    {
      name: 'patching-in-the-instrumentation-only',
      severity: 'error',
      from: { path: '^src/', pathNot: room('instrumentation') },
      to: { path: REQUIRE_HOOK },
    },
    {
      name: 'tests-stay-outside',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|examples|tools)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: path.join(__dirname, 'tsconfig.json') },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
