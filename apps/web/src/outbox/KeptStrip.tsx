import { Button } from '@mantine/core'
import { useNetwork } from '@mantine/hooks'
import { IconAlertTriangle, IconCloudOff, IconCloudUpload } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { paths } from '../paths.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import classes from './Kept.module.css'
import { KeptList } from './KeptList.tsx'
import { keptState } from './kept-words.ts'
import { useKept } from './outbox.ts'

const icons = { offline: IconCloudOff, sending: IconCloudUpload, refused: IconAlertTriangle }

/** What is sent within this time is no news. */
const UNNOTICED_MS = 1_200

/** True once `is_on` has been so for that long. */
function useAfter(ms: number, is_on: boolean): boolean {
  const [isOver, setIsOver] = useState(false)
  useEffect(() => {
    setIsOver(false)
    if (!is_on) return
    const timer = setTimeout(() => setIsOver(true), ms)
    return () => clearTimeout(timer)
  }, [ms, is_on])
  return is_on && isOver
}

/** One line above every page while something of the learner's is on this device only; nothing as long as all is well. */
export function KeptStrip() {
  const kept = useKept()
  const { online } = useNetwork()
  const [isOpen, setIsOpen] = useState(false)
  const known = keptState(kept, online)
  const isSlow = useAfter(UNNOTICED_MS, known?.look === 'sending')
  const state = known?.look === 'sending' && !isSlow ? null : known
  const Icon = state === null ? null : icons[state.look]
  return (
    <>
      <div role="status" aria-label="Kept on this device">
        {state !== null && Icon !== null && (
          <div className={classes.strip} data-look={state.look}>
            <Icon size={16} stroke={1.8} aria-hidden />
            <span>{state.sentence}</span>
            {state.must_sign_in && (
              <Button component={RouteLink} to={paths.signIn(window.location.pathname)} size="compact-xs">
                Sign in
              </Button>
            )}
            <Button variant="default" size="compact-xs" onClick={() => setIsOpen(true)}>
              Show
            </Button>
          </div>
        )}
      </div>
      <KeptList kept={kept} is_open={isOpen} onClose={() => setIsOpen(false)} />
    </>
  )
}
