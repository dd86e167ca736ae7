import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser'

/** `npm run house`: who may import whom, names, lengths, and who reads the environment. Exit code 1 where a rule is broken. */

const repository = join(import.meta.dirname, '..')
const { forbidden, refused_names } = createRequire(import.meta.url)('./house.cjs') as {
  forbidden: IForbiddenRuleType[]
  refused_names: RegExp
}

/** Fewer modules than this means that the parser read nothing, and a check of nothing always passes. */
const FEWEST_MODULES = 120
/** 300 is the habit (house.md 10); from here on a file needs a decision record. */
const MOST_LINES = 500
const homes = ['packages', 'apps', 'acceptance', 'bench', 'demo', 'scripts']
const may_read_environment = /(^|\/)(config\.ts|vite\.config\.ts)$|^(apps\/server\/test|packages\/sandbox\/attacks|acceptance|bench)\/|\.test\.tsx?$/

async function cruised(folder: string, entries: string[]): Promise<ICruiseResult> {
  const { output } = await cruise(
    entries,
    {
      baseDir: folder,
      validate: true,
      ruleSet: { forbidden },
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      // The harness runs inside boxes, beside files that exist only there.
      exclude: { path: '^(apps/web/dist|scripts/planted|packages/sandbox/src/harness)/|\\.css$' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'default', 'types'],
        extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
      },
    },
    { extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'] },
  )
  return output as ICruiseResult
}

const failures: string[] = []
const fail = (sentence: string): void => void failures.push(sentence)

const house = await cruised(repository, homes)
for (const { from, to, rule, cycle } of house.summary.violations) {
  fail(`${rule.name}: ${from} -> ${to}${cycle === undefined ? '' : ` (${cycle.map((step) => step.name).join(' -> ')})`}`)
}
const own = house.modules.filter((module) => homes.some((home) => module.source.startsWith(`${home}/`)))
if (own.length < FEWEST_MODULES) fail(`only ${own.length} modules were read, at least ${FEWEST_MODULES} were expected: the parser is not working`)

// The planted house breaks every rule: one that is not reported there could not be reported here either.
const planted_home = join(import.meta.dirname, 'planted')
const planted = await cruised(planted_home, ['packages', 'apps', 'acceptance'])
const caught = new Set(planted.summary.violations.map((violation) => violation.rule.name))
for (const { name } of forbidden) if (!caught.has(name!)) fail(`the rule ${name} does not catch its planted sin in scripts/planted`)
const innocent = planted.summary.violations.find((violation) => violation.from.endsWith('names-a-type.ts'))
if (innocent !== undefined) fail(`the rule ${innocent.rule.name} refuses a type, which may travel`)

const files = homes.flatMap((home) =>
  readdirSync(join(repository, home), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)).split(sep).join('/')),
)
const sources = files.filter(
  (file) => /\.(ts|tsx|cjs|mjs)$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file) && !file.startsWith('scripts/planted/'),
)
for (const file of sources) {
  if (refused_names.test(file)) fail(`${file} is named after a layer or a heap; name its subject`)
  const text = readFileSync(join(repository, file), 'utf8')
  const lines = text.split('\n').length
  if (lines > MOST_LINES && !file.endsWith('/tables.ts')) fail(`${file} has ${lines} lines; ${MOST_LINES} need a decision record`)
  if (/process\.env\b/.test(text) && !may_read_environment.test(file) && file !== 'scripts/house-check.ts')
    fail(`${file} reads process.env; config.ts does that and passes values on`)
}

for (const sentence of failures) console.error(sentence)
console.log(`house: ${own.length} modules, ${forbidden.length} rules, each caught its planted sin; ${failures.length} broken`)
process.exitCode = failures.length === 0 ? 0 : 1
