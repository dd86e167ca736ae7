import { useMe } from '../api/session.ts'
import { MyCourses } from './MyCourses.tsx'
import { Welcome } from './Welcome.tsx'

/** The front door: what Gradus is for a visitor, my courses for everyone else. */
export function HomePage() {
  return useMe() ? <MyCourses /> : <Welcome />
}
