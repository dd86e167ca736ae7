import type { Language, Limits } from '@gradus/problem/spec'
import type { Source } from '../sandbox.ts'
import type { View } from './arguments.ts'
import { PYTHON_GATE } from './python-gate.ts'

/** How one language is compiled and run in a box. All paths are as seen from inside. */
export interface Toolchain {
  language: Language
  /** The runtime's own words for its version. */
  runtime: string
  /**
   * For a compiled language: the command that reads /sub and writes the program's bytes to stdout and what the compiler
   * says to stderr. Null where the run's own gate checks the syntax.
   */
  compile: ((source: Source) => string[]) | null
  /** Only JavaScript: checks the syntax of what its gate was unsure about. */
  check?: (source: Source) => string[]
  /** Compiled languages find their program as /sub/program. */
  run(source: Source, limits: Limits): string[]
  /** Host paths it needs beside /usr. Each costs 0.1 ms a box, so a box gets its own language's only. */
  shown: View['shown']
  /** A runtime that cannot start in less gets this much, whatever the test allows. */
  least_memory_mb: number
  /** What the runtime says when a program outgrows the heap it was given. */
  out_of_memory: RegExp | null
}

/** Reads the runtime's version; the argument list is run in a box, so an answer proves that it works there. */
export interface Candidate {
  language: Language
  /** Names to look for on the host's path, all of which are needed. */
  commands: readonly string[]
  /** The package that brings it, for Debian and Ubuntu. */
  package: string
  version(commands: readonly string[]): string[]
  build(commands: readonly string[], version_text: string, shown: View['shown']): Toolchain
}

const named = (source: Source, ...endings: string[]) => Object.keys(source.files).filter((name) => endings.some((ending) => name.endsWith(ending)))
/** A file name that begins with a dash must not be read as a flag. */
const path = (name: string) => (name.startsWith('-') ? `./${name}` : name)
const firstLine = (text: string) => text.trim().split('\n')[0] ?? ''

/** Runs a compiler in /sub, its words on stderr, then sends `what` to the stdout that the compiler never had. */
const compileThenSend = (what: string) => `exec 4>&1 1>&2; cd /sub && "$@" && exec ${what} >&4`

function native(language: 'c' | 'cpp', command: string, pack: string, endings: string[]): Candidate {
  return {
    language,
    commands: [command],
    package: pack,
    version: ([compiler]) => [compiler!, '-dumpfullversion'],
    build: ([compiler], words, shown) => ({
      shown,
      language,
      runtime: `${pack === 'gcc' ? 'GCC' : 'G++'} ${firstLine(words)}`,
      compile: (source) => [
        ...['/bin/sh', '-c', compileThenSend('cat /box/program'), 'sh', compiler!, ...source.compiler_flags],
        ...['-o', '/box/program', ...named(source, ...endings).map(path), '-lm'],
      ],
      run: () => ['/sub/program'],
      least_memory_mb: 0,
      out_of_memory: null,
    }),
  }
}

const python: Candidate = {
  language: 'python',
  commands: ['python3'],
  package: 'python3',
  version: ([python3]) => [
    python3!,
    '-I',
    '-c',
    'import sys, os\nprint("Python", sys.version.split()[0])\nprint(":".join(p for p in sys.path if p.endswith("-packages")))',
  ],
  build: ([python3], words, shown) => ({
    shown,
    language: 'python',
    runtime: firstLine(words),
    compile: null,
    run: (source) => [
      ...[python3!, '-I', '-S', '-B', '-c', PYTHON_GATE, words.trim().split('\n')[1] ?? '', source.main],
      ...named(source, '.py').filter((name) => name !== source.main),
    ],
    least_memory_mb: 0,
    out_of_memory: /^MemoryError\b/m,
  }),
}

/** Heap for the program out of the box's memory; the rest is for the runtime's own code and threads. */
const heapMb = (memory_mb: number, least_memory_mb: number, own_mb: number) => Math.max(memory_mb, least_memory_mb) - own_mb

const NODE_LEAST_MB = 96
const javascript: Candidate = {
  language: 'javascript',
  commands: ['node'],
  package: 'nodejs',
  version: ([node]) => [node!, '--version'],
  build: ([node], words, shown) => ({
    shown,
    language: 'javascript',
    runtime: `Node ${firstLine(words)}`,
    compile: null,
    check: (source) => [node!, '--check', `/sub/${source.main}`],
    run: (source, { memory_mb }) => [
      ...[node!, `--max-old-space-size=${heapMb(memory_mb, NODE_LEAST_MB, 64)}`, '--require', '/opt/gradus/gate.cjs', `/sub/${source.main}`],
    ],
    least_memory_mb: NODE_LEAST_MB,
    out_of_memory: /JavaScript heap out of memory|RangeError: Array buffer allocation failed/,
  }),
}

/** One processor, no shared-memory counters, no warnings on the program's stdout. */
const JVM = [
  '-XX:+UseSerialGC',
  '-XX:ActiveProcessorCount=1',
  '-XX:-UsePerfData',
  '-XX:-UseContainerSupport',
  '-Xshare:auto',
  '-Xlog:disable',
  '-Xlog:all=off',
]
const JAVA_LEAST_MB = 128
const java: Candidate = {
  language: 'java',
  commands: ['javac', 'java', 'tar'],
  package: 'default-jdk-headless',
  version: ([javac]) => [javac!, '-J-Xlog:disable', '--version'],
  build: ([javac, java, tar], words, shown) => ({
    shown,
    language: 'java',
    runtime: firstLine(words),
    // Annotation processors are code of the learner's that would run in the compiler; the box would hold it, but no exercise needs it.
    compile: (source) => [
      ...['/bin/sh', '-c', compileThenSend(`${tar} -cf - -C /box/classes .`), 'sh'],
      ...[javac!, ...JVM.map((flag) => `-J${flag}`), '-J-Xmx256m', '-J-XX:TieredStopAtLevel=1', '-encoding', 'UTF-8', '-proc:none'],
      ...[...source.compiler_flags, '-d', '/box/classes', ...named(source, '.java').map(path)],
    ],
    run: (source, { memory_mb }) => [
      ...['/bin/sh', '-c', `${tar} -xf /sub/program -C /tmp && exec "$@"`, 'sh', java!, ...JVM],
      ...[
        `-Xmx${heapMb(memory_mb, JAVA_LEAST_MB, 80)}m`,
        '-Xss16m',
        '-XX:ReservedCodeCacheSize=32m',
        '-cp',
        '/tmp',
        source.main.replace(/\.java$/, ''),
      ],
    ],
    least_memory_mb: JAVA_LEAST_MB,
    out_of_memory: /java\.lang\.OutOfMemoryError/,
  }),
}

export const candidates: readonly Candidate[] = [
  python,
  javascript,
  native('c', 'gcc', 'gcc', ['.c']),
  native('cpp', 'g++', 'g++', ['.cpp', '.cc', '.cxx']),
  java,
]
