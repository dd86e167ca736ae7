import { useEffect, useState } from 'react'
import { askWhoIsHere, learnerOf, useOptionalLearner } from '../api/session.ts'
import { useGo } from '../app/address.ts'
import { learnAs } from '../identity/learner-of-device.ts'
import { paths } from '../paths.ts'

/**
 * A visitor whom the server let into a course is its guest from then on: finds out as which one; returns why that failed, or null. Until that is known nothing else of the
 * course is asked for, since each of several first calls would make a guest of its own.
 */
export function useGuest(is_inside: boolean): unknown {
  const isNobody = useOptionalLearner() === null
  const go = useGo()
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    if (!is_inside || !isNobody) return
    const become = async () => {
      const learner = learnerOf(await askWhoIsHere())
      // A browser that takes no cookie can be nobody's guest.
      if (learner === null) return go(paths.signIn(window.location.pathname), { replace: true })
      await learnAs(learner)
    }
    become().catch(setError)
  }, [is_inside, isNobody, go])
  return error
}
