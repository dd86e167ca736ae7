import { Anchor } from '@mantine/core'
import { isProblem } from '../api/problem.ts'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'

/** Why something could not be saved. Where the session has ended one signs in beside this page and saves again here. */
export function SaveError({ error }: { error: unknown }) {
  return (
    <div>
      <ErrorLine error={error} />
      {isProblem(error, 'sign_in_required') && (
        <Anchor href={paths.signIn()} target="_blank" rel="noreferrer" size="sm" underline="always">
          Sign in in another window, then save here again
        </Anchor>
      )}
    </div>
  )
}
