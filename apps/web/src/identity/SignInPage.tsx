import { login } from '@gradus/contract/identity'
import { Anchor, Button, Paper, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems } from '../api/problem.ts'
import { useCanRegister, useOptionalLearner } from '../api/session.ts'
import { useGo, useSearchWords } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { enterWith, sendWhatWaits } from './enter.ts'
import { GuestWorkQuestion } from './GuestWorkQuestion.tsx'
import { nextAddress } from './next-address.ts'

/** Signs in and goes back to where the person wanted to be. */
export function SignInPage() {
  const [words] = useSearchWords()
  const go = useGo()
  const signIn = useChange(login)
  const canRegister = useCanRegister()
  const isGuest = useOptionalLearner()?.is_guest === true
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const fields = fieldProblems(signIn.error)
  const goOn = () => go(nextAddress(words.next), { replace: true })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    await sendWhatWaits()
    const entered = await signIn.mutateAsync({ body: { email: email.trim(), password, guest_work: 'ask' } })
    await enterWith(entered)
    if (entered.guest_work.state !== 'ask') goOn()
  }
  if (signIn.data?.guest_work.state === 'ask') {
    return (
      <Page width="narrow">
        <PageHead title="Is this your work?" />
        <Paper p="lg">
          <GuestWorkQuestion user={signIn.data} work={signIn.data.guest_work} onDecided={goOn} />
        </Paper>
      </Page>
    )
  }
  return (
    <Page width="narrow">
      <PageHead title="Sign in" />
      <Paper p="lg">
        <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
          <Stack gap="md">
            {words.next !== undefined && !signIn.isError && (
              <Text size="sm" c="dimmed">
                {isGuest
                  ? 'Sign in, and what you did as a guest comes along.'
                  : words.next.startsWith('/c/')
                    ? 'This course is for people with an account. Sign in, and you come to the page you asked for.'
                    : 'Sign in, and you come to the page you asked for.'}
              </Text>
            )}
            <TextInput
              label="E-mail address"
              type="email"
              name="email"
              autoComplete="username"
              required
              data-autofocus
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              error={fields.email}
            />
            <PasswordInput
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={fields.password}
              visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
            />
            <ErrorLine error={signIn.error} />
            <Button type="submit" loading={signIn.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
      </Paper>
      {canRegister && (
        <Text mt="md" size="sm">
          New here?{' '}
          <Anchor component={RouteLink} to={paths.register(words.next)} size="sm" underline="always">
            Make an account
          </Anchor>
        </Text>
      )}
    </Page>
  )
}
