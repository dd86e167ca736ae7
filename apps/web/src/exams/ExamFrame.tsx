import { Badge, Group } from '@mantine/core'
import { Outlet, useLocation } from '@tanstack/react-router'
import { Page, PageHead } from '../app/PageHead.tsx'
import { type ExamTab, examTabs, paths } from '../paths.ts'
import { TabLinks } from '../teach/TabLinks.tsx'
import { ErrorState } from '../ui/ErrorState.tsx'
import { LoadingState } from '../ui/LoadingState.tsx'
import { DeletionNotice } from './DeletionNotice.tsx'
import { ExamState } from './ExamState.tsx'
import { useExamCall } from './use-exam.ts'

const labels: Record<ExamTab, string> = { board: 'Board', candidates: 'Candidates', import: 'Import', log: 'Log', settings: 'Settings' }

/** The head of an exam's pages and the way between them. */
export function ExamFrame() {
  const call = useExamCall()
  const pathname = useLocation({ select: (location) => location.pathname })
  const exam = call.data
  if (exam === undefined)
    return (
      <Page width="wide">
        {call.isError ? (
          <ErrorState order={1} error={call.error} title="This exam could not be shown" onRetry={() => void call.refetch()} />
        ) : (
          <LoadingState />
        )}
      </Page>
    )
  const present = examTabs.find((tab) => pathname === paths.exam(exam.id, tab)) ?? 'board'
  const needs: Partial<Record<ExamTab, boolean>> = {
    candidates: exam.can_manage_candidates,
    import: exam.can_manage_candidates,
    settings: exam.can_edit,
  }
  const tabs = examTabs.filter((tab) => needs[tab] ?? true)
  return (
    <Page width="wide">
      <PageHead
        title={exam.title}
        crumbs={[{ label: 'Exams', to: paths.exams() }, { label: exam.course_title }]}
        aside={
          <Group gap={6}>
            <ExamState state={exam.availability} />
            {exam.is_default && (
              <Badge variant="outline" color="gray" tt="none" radius="sm">
                Default
              </Badge>
            )}
            {exam.legal_hold_reason !== null && (
              <Badge variant="light" color="orange" tt="none" radius="sm">
                Held: nothing is deleted
              </Badge>
            )}
          </Group>
        }
      />
      <TabLinks label="Exam" items={tabs.map((tab) => ({ to: paths.exam(exam.id, tab), label: labels[tab], is_here: tab === present }))} />
      <DeletionNotice exam={exam} />
      <Outlet />
    </Page>
  )
}
