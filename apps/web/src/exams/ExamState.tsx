import type { Exam } from '@gradus/contract/exams'
import { IconClock, IconDoorEnter, IconHourglass, IconLock } from '@tabler/icons-react'
import { type Look, LookBadge } from '../ui/Verdict.tsx'

const looks: Record<Exam['availability'], Look> = {
  not_open_yet: { word: 'Not open yet', color: 'gray', icon: IconHourglass },
  open: { word: 'Open', color: 'green', icon: IconDoorEnter },
  late: { word: 'Past due, still open', color: 'yellow', icon: IconClock },
  closed: { word: 'Closed', color: 'gray', icon: IconLock },
}

export const ExamState = ({ state }: { state: Exam['availability'] }) => <LookBadge look={looks[state]} />
