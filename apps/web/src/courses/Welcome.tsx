import { getSystem } from '@gradus/contract/system'
import { Anchor, Button, Group, Paper, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconBulb, IconFileUpload, IconListCheck, IconShieldCheck } from '@tabler/icons-react'
import { useCall } from '../api/calls.ts'
import { useCanRegister } from '../api/session.ts'
import { Page, usePageTitle } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { JoinField } from '../roster/JoinField.tsx'
import { languageNames } from '../ui/languages.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { OpenCourses } from './OpenCourses.tsx'

const reasons = [
  {
    icon: IconListCheck,
    title: 'Every test, in seconds',
    text: 'Write in the browser, run the visible tests as often as you like, hand in when it works. Each verdict arrives as it is made.',
  },
  {
    icon: IconBulb,
    title: 'Told, not just marked',
    text: 'What your program printed stands beside what was expected, with the difference marked. All attempts stay; the best one counts unless your teacher says otherwise.',
  },
  {
    icon: IconShieldCheck,
    title: 'Nothing gets lost',
    text: 'What you hand in is stored before you are told so. If the connection drops, sending again makes no second attempt. If our grader fails, it costs you nothing.',
  },
]

/** What Gradus is, and the ways in. */
export function Welcome() {
  usePageTitle('Welcome')
  const system = useCall(getSystem, {})
  const canRegister = useCanRegister()
  const languages = [...new Set((system.data?.languages ?? []).map((each) => languageNames[each.language]))]
  return (
    <Page>
      <Stack gap={40} py={32}>
        <Stack gap="md" maw={640}>
          <Title order={1} style={{ fontSize: 34, lineHeight: 1.15 }}>
            Hand in code. See what is right, and why the rest is not.
          </Title>
          <Text size="lg" c="dimmed">
            Gradus collects, grades and explains student work. It runs on your school’s own server.
          </Text>
          <Group>
            <Button component={RouteLink} to={paths.signIn()} size="md">
              Sign in
            </Button>
            {canRegister && (
              <Button component={RouteLink} to={paths.register()} size="md" variant="default">
                Make an account
              </Button>
            )}
          </Group>
        </Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" maw={860}>
          <Paper p="lg">
            <JoinField label="You have a join code for a course?" />
          </Paper>
          <Paper p="lg">
            <Text size="sm" fw={600} mb={4}>
              You sit an exam and have a code on a slip?
            </Text>
            <Button component={RouteLink} to={paths.handIn()} variant="default" leftSection={<IconFileUpload size={16} aria-hidden />}>
              Hand in a file
            </Button>
          </Paper>
        </SimpleGrid>
        <OpenCourses title="Begin without an account" text="These courses are open to everybody. What you do comes along when you register." />
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="lg">
          {reasons.map(({ icon: Icon, title, text }) => (
            <Stack key={title} gap={6}>
              <ThemeIcon variant="light" size={36} aria-hidden>
                <Icon size={20} stroke={1.6} />
              </ThemeIcon>
              <Title order={2} size="h4">
                {title}
              </Title>
              <Text size="sm" c="dimmed">
                {text}
              </Text>
            </Stack>
          ))}
        </SimpleGrid>
        <Text size="sm" c="dimmed" mih={20}>
          {languages.length > 0 && `This server grades ${languages.join(', ')} right now. `}
          <Anchor href={paths.api()} size="sm" underline="always">
            API for programs
          </Anchor>
        </Text>
      </Stack>
    </Page>
  )
}
