import { Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useUser } from '../api/session.ts'
import { ColorSchemeControl } from '../app/ColorScheme.tsx'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { TimeText } from '../ui/TimeText.tsx'
import { ApiKeys } from './ApiKeys.tsx'
import { PasswordForm } from './PasswordForm.tsx'
import { Sessions } from './Sessions.tsx'
import { TokenForm } from './TokenForm.tsx'

function Section({ id, title, text, children }: { id: string; title: string; text?: ReactNode; children: ReactNode }) {
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h3" id={id}>
        {title}
      </Title>
      {text !== undefined && (
        <Text size="sm" c="dimmed" maw="72ch">
          {text}
        </Text>
      )}
      <Paper p="md" mt="xs">
        {children}
      </Paper>
    </section>
  )
}

/** My account: who I am, where I am signed in, and the keys that act for me. */
export function AccountPage() {
  const user = useUser()
  return (
    <Page>
      <PageHead title="Account" crumbs={[{ label: 'Courses', to: paths.home() }, { label: 'Account' }]} />
      <Stack gap="xl">
        <Section id="who" title="You">
          <Stack gap={6}>
            <Text fw={600} dir="auto" style={{ overflowWrap: 'anywhere' }}>
              {user.display_name}
            </Text>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {user.email} · account made <TimeText at={user.created_at} show="absolute" />
              {user.is_admin && ' · administrator'}
              {user.is_creator && ' · may make courses'}
            </Text>
            <Text size="sm" mt="xs">
              Colours on this device
            </Text>
            <div style={{ maxWidth: 280 }}>
              <ColorSchemeControl />
            </div>
          </Stack>
        </Section>
        <Section id="password" title="Password" text="Changing it signs you out everywhere else.">
          <PasswordForm />
        </Section>
        <Section
          id="sessions"
          title="Where you are signed in"
          text="Browsers and command lines. End what you do not recognise, then change your password."
        >
          <Sessions />
        </Section>
        <Section
          id="token"
          title="Token for a command line or an editor"
          text="Signs a program in as you, until it ends or you end it above. Anyone who has it can act as you."
        >
          <TokenForm />
        </Section>
        <Section
          id="keys"
          title="API keys"
          text="For programs that run without you. A key can do less than you can, by its scopes, and is shown once."
        >
          <ApiKeys />
        </Section>
      </Stack>
    </Page>
  )
}
