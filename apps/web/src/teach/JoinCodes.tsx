import { createJoinCode, disableJoinCode, listJoinCodes } from '@gradus/contract/roster'
import { Button, CopyButton, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useCall, useChange } from '../api/calls.ts'
import type { CourseOutline } from '../courses/use-course.ts'
import { paths } from '../paths.ts'
import { ConfirmButton } from '../ui/ConfirmButton.tsx'
import { ErrorLine } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { TimeText } from '../ui/TimeText.tsx'
import classes from './Teach.module.css'

/** How students get in: the code for the blackboard and the link for a message. */
export function JoinCodes({ course }: { course: CourseOutline }) {
  const codes = useCall(listJoinCodes, { params: { course_id: course.id } })
  const create = useChange(createJoinCode, [listJoinCodes])
  const disable = useChange(disableJoinCode, [listJoinCodes])
  const open = codes.data?.join_codes.filter((code) => code.disabled_at === null) ?? []
  const make = (replace: boolean) => create.mutateAsync({ params: { course_id: course.id }, body: { replace } })
  return (
    <section aria-labelledby="join-codes">
      <Title order={2} size="h3" id="join-codes" mb={8}>
        Join codes
      </Title>
      <Text size="sm" c="dimmed" mb="sm" maw="72ch">
        Whoever types the code joins as a student. Students find the field on their first page; the link takes them there directly.
        {course.state === 'draft' && ' They can join already, but see nothing until the course is published.'}
      </Text>
      {codes.isPending && <LoadingState shape="rows" rows={2} />}
      {codes.isError && <ErrorLine error={codes.error} />}
      <Stack gap="xs">
        {open.map((code) => (
          <Paper key={code.id} p="sm">
            <Group justify="space-between" gap="sm">
              <Group gap="md">
                <span className={`mono ${classes.code}`}>{code.code}</span>
                <Text size="sm" c="dimmed" component="div">
                  {code.uses === 1 ? '1 person has' : `${code.uses} people have`} used it{code.max_uses === null ? '' : ` of ${code.max_uses}`}
                  {code.expires_at !== null && (
                    <>
                      ; works until <TimeText at={code.expires_at} zone={course.time_zone} />
                    </>
                  )}
                </Text>
              </Group>
              <Group gap="xs">
                <CopyButton value={window.location.origin + paths.join(code.code)} timeout={2_000}>
                  {({ copied, copy }) => (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={copy}
                      leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
                    >
                      {copied ? 'Link copied' : 'Copy the link'}
                    </Button>
                  )}
                </CopyButton>
                <ConfirmButton
                  size="xs"
                  variant="subtle"
                  color="red"
                  aria-label={`Switch off the code ${code.code}`}
                  title="Switch this code off?"
                  consequence={`Nobody can join with ${code.code} any more. Whoever has joined stays.`}
                  verb="Switch it off"
                  onConfirm={() => disable.mutateAsync({ params: { join_code_id: code.id } })}
                >
                  Switch off
                </ConfirmButton>
              </Group>
            </Group>
          </Paper>
        ))}
        {codes.data !== undefined && (
          <Group>
            {open.length === 0 ? (
              <Button size="xs" variant="default" loading={create.isPending} onClick={() => void make(false).catch(() => undefined)}>
                Make a join code
              </Button>
            ) : (
              <ConfirmButton
                size="xs"
                variant="default"
                title="Replace it by a new code?"
                consequence={`${open.map((code) => code.code).join(', ')} will stop working at once, also in links you have sent. Whoever has joined stays.`}
                verb="Make a new code"
                onConfirm={() => make(true)}
              >
                Replace by a new code
              </ConfirmButton>
            )}
          </Group>
        )}
        <ErrorLine error={create.error} />
      </Stack>
    </section>
  )
}
