import { logout, type User } from '@gradus/contract/identity'
import { Menu, Text } from '@mantine/core'
import { IconApi, IconLogout, IconUserCircle } from '@tabler/icons-react'
import { client } from '../api/client.ts'
import { leaveTo } from '../api/session.ts'
import { sendWhatWaits } from '../identity/enter.ts'
import { paths } from '../paths.ts'
import { RouteLink } from '../ui/RouteLink.tsx'
import { ColorSchemeItems } from './ColorScheme.tsx'

/** Who is signed in, the way to the account, the colours, and out. */
export function UserMenu({ user, className }: { user: User; className?: string }) {
  const signOut = async () => {
    await sendWhatWaits()
    await client.call(logout)
    leaveTo(paths.home())
  }
  return (
    <Menu position="right-end" width={240} withinPortal={false} floatingStrategy="fixed">
      <Menu.Target>
        <button type="button" className={className} aria-label={`You: ${user.display_name}`}>
          <IconUserCircle size={22} stroke={1.6} aria-hidden />
          <span>You</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label c="var(--mantine-color-text)" fz="sm">
          <Text fw={600} size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
            {user.display_name}
          </Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {user.email}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        <ColorSchemeItems />
        <Menu.Divider />
        <Menu.Item component={RouteLink} to={paths.account()} leftSection={<IconUserCircle size={16} aria-hidden />}>
          Account
        </Menu.Item>
        <Menu.Item component="a" href={paths.api()} target="_blank" rel="noreferrer" leftSection={<IconApi size={16} aria-hidden />}>
          API
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
