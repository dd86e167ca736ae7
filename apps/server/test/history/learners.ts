import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import type { HandIn, History } from './history.ts'

export interface Learner {
  id: string
  token: string
}

interface Answer {
  status: number
  body: Record<string, unknown>
}

/** Statuses after which the same request may succeed: nothing was promised. 429 where a hundred of the learner's hand-ins wait. */
const mayRetry = (status: number): boolean => [429, 502, 503, 504].includes(status)

async function post(url: string, learner: Learner, key: string, code: string): Promise<Answer | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${learner.token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ language: 'python', code }),
      signal: AbortSignal.timeout(5_000),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  } catch {
    return null
  }
}

/**
 * One learner at work until `until`: hands in unique code, doubles requests, repeats after silence with the same key, sometimes
 * goes away, sometimes reuses a key for other work, and looks at results again and again.
 */
export async function learn(
  cluster: Cluster,
  learner: Learner,
  questions: string[],
  until: number,
  random: () => number,
  history: History,
): Promise<void> {
  const any = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const seen: string[] = []
  let count = 0
  while (Date.now() < until) {
    const assignment_question_id = any(questions)
    const hand_in: HandIn = {
      learner: learner.id,
      assignment_question_id,
      key: `key-${learner.id}-${count++}`,
      code: `# ${learner.id} ${count} ${random()}\r\nprint("\u00e4\u{1f600}")\n`,
      acks: [],
      refusal: null,
      is_abandoned: false,
    }
    history.hand_ins.push(hand_in)
    const path = `/api/assignment-questions/${assignment_question_id}/submissions`
    const once = (): Promise<Answer | null> => post(any(cluster.base_urls) + path, learner, hand_in.key, hand_in.code)
    const isDoubled = random() < 0.25
    const goesAway = random() < 0.1
    // The last tries go on after the run: an offline client replays until it is answered.
    for (let tries = 0; tries < 200; tries++) {
      const answers = await Promise.all(isDoubled ? [once(), once()] : [once()])
      for (const answer of answers) take(answer, hand_in, history)
      if (hand_in.acks.length > 0 || hand_in.refusal !== null) break
      if (goesAway) {
        hand_in.is_abandoned = true
        break
      }
      await sleep(50 + random() * 150)
    }
    const [ack] = hand_in.acks
    if (ack !== undefined) {
      seen.push(ack.id)
      if (random() < 0.1) await refusesOtherWork(cluster.base_urls[0]! + path, learner, hand_in, history)
    }
    if (seen.length > 0) await look(any(cluster.base_urls), learner, any(seen), history)
    await sleep(random() * 30)
  }
}

function take(answer: Answer | null, hand_in: HandIn, history: History): void {
  if (answer === null || mayRetry(answer.status)) return
  if (answer.status === 201 || answer.status === 200) {
    hand_in.acks.push({ id: String(answer.body.id), attempt_number: Number(answer.body.attempt_number) })
  } else if (answer.status === 409 && answer.body.code === 'attempts_exhausted') hand_in.refusal = 'attempts_exhausted'
  else {
    hand_in.refusal = String(answer.body.code)
    history.violations.push(`a hand-in was answered ${answer.status} ${String(answer.body.code)}`)
  }
}

/** The same key for other work must be refused and change nothing. */
async function refusesOtherWork(url: string, learner: Learner, hand_in: HandIn, history: History): Promise<void> {
  const answer = await post(url, learner, hand_in.key, `${hand_in.code}# other`)
  if (answer === null || mayRetry(answer.status)) return
  if (answer.status !== 422) history.violations.push(`key ${hand_in.key} was reused for other work and answered ${answer.status}`)
}

async function look(base_url: string, learner: Learner, submission_id: string, history: History): Promise<void> {
  try {
    const response = await fetch(`${base_url}/api/submissions/${submission_id}`, {
      headers: { authorization: `Bearer ${learner.token}` },
      signal: AbortSignal.timeout(5_000),
    })
    if (response.status === 404) history.violations.push(`acknowledged submission ${submission_id} was not found`)
    if (response.status !== 200) return
    const body = (await response.json()) as { state: string; points: number | null }
    history.sights.push({ submission_id, state: body.state, points: body.points, at: Date.now() })
  } catch {
    // No answer is no sight.
  }
}
