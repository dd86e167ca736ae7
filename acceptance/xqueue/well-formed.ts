import { spawnSync } from 'node:child_process'

/** Whether a machine has a Python to run what graders run. */
export const hasPython = spawnSync('python3', ['--version']).status === 0

/** Whether a text is well-formed XML, by the parser of the standard library that an LMS asks first. */
export function isWellFormed(xml: string): boolean {
  const program = 'import sys, xml.etree.ElementTree as e; e.fromstring(sys.stdin.buffer.read().decode("utf-8"))'
  return spawnSync('python3', ['-c', program], { input: xml }).status === 0
}
