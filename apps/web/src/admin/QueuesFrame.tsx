import type { ReactNode } from 'react'
import { Page, PageHead } from '../app/PageHead.tsx'
import { paths } from '../paths.ts'
import { TabLinks } from '../teach/TabLinks.tsx'

/** The monitor and its settings share a head. */
export function QueuesFrame({ tab, aside, children }: { tab: 'monitor' | 'settings'; aside?: ReactNode; children: ReactNode }) {
  return (
    <Page width="wide">
      <PageHead title={tab === 'monitor' ? 'Queues' : 'Queues and graders'} crumbs={[{ label: 'Administration' }]} aside={aside} />
      <TabLinks
        label="Queues"
        items={[
          { to: paths.adminQueues(), label: 'Monitor', is_here: tab === 'monitor' },
          { to: paths.adminQueueSettings(), label: 'Queues and graders', is_here: tab === 'settings' },
        ]}
      />
      {children}
    </Page>
  )
}
