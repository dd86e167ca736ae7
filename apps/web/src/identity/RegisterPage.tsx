import { register } from '@gradus/contract/identity'
import { problems } from '@gradus/contract/problems'
import { Anchor, Button, Paper, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useChange } from '../api/calls.ts'
import { fieldProblems, isProblem } from '../api/problem.ts'
import { sentence } from '../api/sentence.ts'
import { useCanRegister } from '../api/session.ts'
import { useGo, useSearchWords } from '../app/address.ts'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { RouteLink } from '../ui/RouteLink.tsx'
import { enterWith, sendWhatWaits } from './enter.ts'
import { nextAddress } from './next-address.ts'

const MIN_PASSWORD = 8

/** Makes an account, signs in and goes on. */
export function RegisterPage() {
  const [words] = useSearchWords()
  const go = useGo()
  const make = useChange(register)
  const canRegister = useCanRegister()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const fields = fieldProblems(make.error)
  const isTaken = isProblem(make.error, 'email_taken')
  const tooShort = password !== '' && password.length < MIN_PASSWORD
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (tooShort) return
    await sendWhatWaits()
    await enterWith(await make.mutateAsync({ body: { email: email.trim(), password, display_name: name.trim() } }))
    go(nextAddress(words.next), { replace: true })
  }
  if (!canRegister) {
    return (
      <Page width="narrow">
        <PageHead title="Make an account" />
        <Paper p="lg">
          <Stack gap="md">
            <Text>{problems.registration_closed[1]}</Text>
            <Button component={RouteLink} to={paths.signIn(words.next)}>
              Sign in
            </Button>
          </Stack>
        </Paper>
      </Page>
    )
  }
  return (
    <Page width="narrow">
      <PageHead title="Make an account" />
      <Paper p="lg">
        <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
          <Stack gap="md">
            <TextInput
              label="Your name"
              description="As your teacher knows you"
              name="name"
              autoComplete="name"
              required
              autoFocus
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={fields.display_name}
            />
            <TextInput
              label="E-mail address"
              type="email"
              name="email"
              autoComplete="username"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              error={isTaken ? sentence(make.error) : fields.email}
            />
            <PasswordInput
              label="Password"
              description={`At least ${MIN_PASSWORD} characters; a sentence is good`}
              name="password"
              autoComplete="new-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={
                tooShort
                  ? `${MIN_PASSWORD - password.length} more ${MIN_PASSWORD - password.length === 1 ? 'character' : 'characters'}`
                  : fields.password
              }
              visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
            />
            {!isTaken && <ErrorLine error={make.error} />}
            <Button type="submit" loading={make.isPending}>
              Make the account
            </Button>
          </Stack>
        </form>
      </Paper>
      <Text mt="md" size="sm">
        You have one already?{' '}
        <Anchor component={RouteLink} to={paths.signIn(words.next)} size="sm" underline="always">
          Sign in
        </Anchor>
      </Text>
    </Page>
  )
}
