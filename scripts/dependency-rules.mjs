// The arrows of the house, as dependency-cruiser rules over `src/` files. They point down only:
// core imports nothing, an architecture only core, shared packages never an architecture.

const ARCH = '^packages/(arch-[^/]+|xen-gntdev)/src';
const ANY = '^(packages|apps)/';

/** A rule that lets `from` import its own files and `allowed`, and nothing else of the workspace. */
function only(name, comment, from, own, allowed = []) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from },
    to: { path: ANY, pathNot: [own, ...allowed] },
  };
}

const CORE = '^packages/core/src';

export const forbidden = [
  only('core-alone', 'core imports no other package', CORE, CORE),
  only('arch-on-core', 'an architecture imports core alone', ARCH, '^packages/$1/src', [CORE]),
  only(
    'on-core',
    'conformance, mm, dump and triage import core',
    '^packages/(conformance|mm|dump|triage)/src',
    '^packages/$1/src',
    [CORE],
  ),
  only('on-mm', 'scenario imports mm', '^packages/(scenario)/src', '^packages/$1/src', [
    CORE,
    '^packages/mm/src',
  ]),
  only(
    'on-scenario',
    'explore imports mm and scenario',
    '^packages/(explore)/src',
    '^packages/$1/src',
    [CORE, '^packages/(mm|scenario)/src'],
  ),
  only('on-dump', 'inspect imports core and dump', '^packages/(inspect)/src', '^packages/$1/src', [
    CORE,
    '^packages/dump/src',
  ]),
  only(
    'report-alone',
    'report imports no other package',
    '^packages/(report)/src',
    '^packages/$1/src',
  ),
  {
    name: 'shared-knows-no-arch',
    comment: 'only apps name architectures; packages are handed a backend',
    severity: 'error',
    from: { path: '^packages/', pathNot: ARCH },
    to: { path: ARCH },
  },
  {
    name: 'node-at-the-edge',
    comment: 'node: modules only in apps, in the ./node sub-paths and in test kits',
    severity: 'error',
    from: { path: '^packages/[^/]+/src', pathNot: '^packages/[^/]+/src/(node|kit)(/|\\.ts$)' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'nothing-imports-node-sub-path',
    comment: 'the browser half of a package must not reach its own ./node half',
    severity: 'error',
    from: { path: '^packages/([^/]+)/src', pathNot: '^packages/[^/]+/src/(node|kit)(/|\\.ts$)' },
    to: { path: '^packages/$1/src/(node|kit)(/|\\.ts$)' },
  },
  {
    name: 'no-runtime-dependency',
    comment: 'core and architectures depend on nothing but core',
    severity: 'error',
    from: { path: [CORE, ARCH] },
    to: { dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg'] },
  },
  {
    name: 'through-the-front-door',
    comment: 'another package is imported by its name, not by a path into it',
    severity: 'error',
    from: { path: '^(packages|apps)/([^/]+)/src' },
    to: {
      path: ANY,
      pathNot: '^$1/$2/',
      dependencyTypes: ['local'],
      dependencyTypesNot: ['aliased'],
    },
  },
  {
    name: 'source-not-to-test',
    comment: 'what is shipped imports no test',
    severity: 'error',
    from: { path: '/src/' },
    to: { path: '/(test|bench)/' },
  },
  {
    name: 'no-cycle',
    comment: 'modules that load each other cannot be read one after the other',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'resolvable',
    comment: 'every import leads somewhere',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
];
