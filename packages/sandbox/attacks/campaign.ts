import { type Attack, attacks, breachesOf, filled, type Observation } from './corpus.ts'
import type { Stage } from './stage.ts'

/** What came of one attack. */
export interface Outcome {
  id: string
  language: string
  verdict: string
  time_ms: number
  /** What the program did that it must not. Empty when the box held. */
  breaches: string[]
  /** What else is wrong: a verdict that is not allowed, a next run that was not like the first. */
  faults: string[]
}

const HELLO: Attack = attacks.find(({ id }) => id === '00-ok')!

/**
 * Runs attacks one after the other, each followed by a harmless program that must not notice. Every case asserts the
 * verdict, the breach, the canary, no process left and nothing changed outside; that this process is still here to say
 * so is the last assertion.
 */
export async function attackAll(
  stage: Stage,
  chosen: readonly Attack[],
  attackOne: (attack: Attack) => Promise<Observation>,
  tell: (outcome: Outcome) => void = () => {},
) {
  const outcomes: Outcome[] = []
  for (const one of chosen) {
    const attack = filled(one, stage.places)
    const started = performance.now()
    const outcome: Outcome = { id: attack.id, language: attack.language, verdict: 'box failed', time_ms: 0, breaches: [], faults: [] }
    try {
      const seen = await attackOne(attack)
      outcome.verdict = seen.verdict
      outcome.breaches = [...breachesOf(attack, seen), ...stage.changes()]
      if (!attack.allowed_verdicts.includes(seen.verdict)) outcome.faults.push(`${seen.verdict} is not among ${attack.allowed_verdicts.join(', ')}`)
      const next = await attackOne({ ...HELLO, id: `${attack.id}-next` })
      if (next.verdict !== 'ok' || next.output !== 'hello\n')
        outcome.faults.push(`the next run gave ${next.verdict} ${JSON.stringify(next.output.slice(0, 80))}`)
    } catch (error) {
      outcome.faults.push((error as Error).message)
    }
    outcome.time_ms = Math.round(performance.now() - started)
    outcomes.push(outcome)
    tell(outcome)
  }
  return outcomes
}

export const holds = ({ breaches, faults }: Outcome): boolean => breaches.length + faults.length === 0

/** Programs print what they like; a terminal gets plain characters. */
export const plain = (text: string): string => text.replace(/[^\x20-\x7e]/g, '.').slice(0, 200)
