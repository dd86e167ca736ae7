/**
 * The house's order, written once. `npm run house` checks it with dependency-cruiser and against scripts/planted/, a
 * small house in which every rule is broken. What the floors mean: docs/architecture.md.
 */

/** Cellar first: a slice imports from floors below only. Slices of one floor do not know each other. */
const floors = [
  ['http', 'db', 'storage'],
  ['queue', 'outbox', 'audit'],
  ['identity'],
  ['roster'],
  ['courses'],
  ['progress', 'drafts'],
  ['submissions'],
  ['grading', 'depository'],
  ['analytics', 'admin'],
]

/** Statements live in queries, locate and db. These files hold one hot statement each, beside the verb it is. */
const hot_statement_files = [
  'roster/authorize',
  'identity/grader-session',
  'queue/lease',
  'queue/lease-due',
  'queue/enqueue',
  'outbox/send',
  'outbox/call-back',
  'progress/count-attempt',
]

/** Which packages of ours each workspace may import besides itself. */
const may_import = {
  'packages/contract': [],
  'packages/client': ['packages/contract'],
  'packages/problem': [],
  'packages/sandbox': ['packages/problem'],
  'apps/server': ['packages/contract', 'packages/problem'],
  'apps/worker': ['packages/client', 'packages/contract', 'packages/problem', 'packages/sandbox'],
  'apps/web': ['packages/client', 'packages/contract'],
  'apps/cli': ['packages/client', 'packages/contract'],
  'apps/vscode': ['packages/client', 'packages/contract'],
}

const src = '^apps/server/src/'
const slice = (names) => `${src}(${names.join('|')})/`
const is_test = '\\.test\\.tsx?$'

const upward = floors.slice(0, -1).map((names, i) => ({
  name: `floor-${i}-looks-up`,
  comment: `${names.join(', ')} may not import from a floor above`,
  severity: 'error',
  from: { path: slice(names), pathNot: is_test },
  to: { path: slice(floors.slice(i + 1).flat()) },
}))

const neighbours = floors.slice(1).flatMap((names, i) =>
  names.length < 2
    ? []
    : [
        {
          name: `floor-${i + 1}-knows-its-neighbour`,
          comment: `${names.join(', ')} stand on one floor and do not import each other`,
          severity: 'error',
          from: { path: slice(names), pathNot: is_test },
          to: { path: slice(names), pathNot: `${src}$1/` },
        },
      ],
)

const workspaces = Object.entries(may_import).map(([home, allowed]) => ({
  name: `${home.replace('/', '-')}-imports-a-stranger`,
  comment: `${home} may import ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^${home}/`, pathNot: is_test },
  to: { path: '^(packages|apps|demo|scripts|bench|acceptance)/', pathNot: `^(${[home, ...allowed].join('|')})/` },
}))

/** The demo's content is data that the server's seeding reads. */
workspaces.find((rule) => rule.name === 'apps-server-imports-a-stranger').to.pathNot = '^(apps/server|packages/contract|packages/problem|demo)/'

const forbidden = [
  {
    name: 'circle',
    comment: 'imports of values form a circle',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'unresolved',
    comment: 'an import that leads nowhere would be invisible to every other rule',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  ...upward,
  ...neighbours,
  {
    name: 'private-part-of-a-slice',
    comment: "another slice's queries, routes and locators are private; verbs and rules are doors, app.ts sees all",
    severity: 'error',
    from: { path: `${src}([^/]+)/`, pathNot: is_test },
    to: { path: `${src}[^/]+/(queries|routes|locate)(/|\\.ts$)`, pathNot: `${src}$1/` },
  },
  {
    name: 'authorize-outside-the-guard',
    comment: 'roster/authorize is the guard that app.ts installs; slices are guarded by what their endpoints declare',
    severity: 'error',
    from: { path: src, pathNot: `${src}app\\.ts$|${is_test}` },
    to: { path: `${src}roster/authorize\\.ts$` },
  },
  {
    name: 'imports-the-roof',
    comment: 'app.ts and the process above it are imported by no slice',
    severity: 'error',
    from: { path: `${src}[^/]+/`, pathNot: is_test },
    to: { path: `${src}(app|main|run|lifecycle|adoption)\\.ts$` },
  },
  {
    name: 'sql-outside-queries',
    comment: 'values of kysely and pg are for queries, locators, db/ and the named hot files; types may travel',
    severity: 'error',
    from: {
      path: src,
      pathNot: `${src}(db/|[^/]+/queries(/|\\.ts$)|[^/]+/locate\\.ts$|(${hot_statement_files.join('|')})\\.ts$)|${is_test}`,
    },
    to: { path: 'node_modules/(kysely|pg)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'problem-is-pure',
    comment: 'packages/problem does no input or output: no module of Node, no package',
    severity: 'error',
    from: { path: '^packages/problem/src/', pathNot: is_test },
    to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
  },
  {
    name: 'contract-imports-zod-only',
    comment: 'packages/contract runs in browsers, workers and servers alike',
    severity: 'error',
    from: { path: '^packages/contract/src/', pathNot: is_test },
    to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: 'node_modules/zod/' },
  },
  ...workspaces,
  {
    name: 'acceptance-looks-inside',
    comment: 'acceptance knows the product by HTTP alone',
    severity: 'error',
    from: { path: '^acceptance/' },
    to: { path: '^(packages|apps|demo|scripts|bench)/' },
  },
]

/** Words that name a layer or a heap instead of a subject. */
const refused_names = /(^|[/-])(service|utils?|helpers?|common|lib|manager)s?([/.-]|$)/

module.exports = { floors, forbidden, refused_names }
