import { type CSSVariablesResolver, createTheme } from '@mantine/core'

/** The one place for look: system fonts, 15 px text, 4 px grid, radius 6, borders instead of shadows, indigo as the one accent. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'md',
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '15px', lg: '17px', xl: '20px' },
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '26px', lineHeight: '1.25' },
      h2: { fontSize: '20px', lineHeight: '1.3' },
      h3: { fontSize: '17px', lineHeight: '1.35' },
      h4: { fontSize: '15px', lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Paper: { defaultProps: { withBorder: true, shadow: undefined } },
    Card: { defaultProps: { withBorder: true, shadow: undefined } },
    // Mantine's placeholder for the first focus is a presentational child that takes focus, which ARIA forbids in a menu.
    Menu: { defaultProps: { shadow: 'xs', withInitialFocusPlaceholder: false, transitionProps: { duration: 100 } } },
    Modal: { defaultProps: { transitionProps: { duration: 120 }, closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { transitionProps: { duration: 140 }, closeButtonProps: { 'aria-label': 'Close' } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } } },
    Table: { defaultProps: { fz: 'sm', verticalSpacing: 6, horizontalSpacing: 'sm' } },
    Alert: { defaultProps: { variant: 'light' } },
  },
})

/** Colours that carry a meaning; verdicts and states use no others. */
const tones = ['green', 'red', 'yellow', 'orange', 'blue', 'violet', 'gray'] as const

/** `--gradus-tone-green` and so on: a tone as text or sign on the page's ground, in either scheme. */
const toneVariables = (of: (tone: (typeof tones)[number]) => string): Record<string, string> =>
  Object.fromEntries(tones.map((tone) => [`--gradus-tone-${tone}`, of(tone)]))

/** Some of Mantine's own pairs (gray for secondary text, red for errors, yellow badges) miss 4.5:1; these meet it in both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-disabled-color': 'var(--mantine-color-gray-7)',
    '--mantine-color-default-border': 'var(--mantine-color-gray-3)',
    '--mantine-color-green-light-color': '#1b6b2e',
    '--mantine-color-yellow-light-color': '#764500',
    '--mantine-color-orange-light-color': '#9a3a00',
    '--mantine-color-red-light-color': '#a81f1f',
    ...toneVariables((tone) => `var(--mantine-color-${tone}-light-color)`),
    '--gradus-ground': 'var(--mantine-color-gray-0)',
    '--gradus-added': 'var(--mantine-color-green-1)',
    '--gradus-removed': 'var(--mantine-color-red-1)',
  },
  dark: {
    '--mantine-color-body': '#16181c',
    '--mantine-color-text': '#d6d9de',
    '--mantine-color-dimmed': '#a0a6b0',
    '--mantine-color-placeholder': '#a0a6b0',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--mantine-color-disabled-color': '#9aa0aa',
    '--mantine-color-default': '#1d2025',
    '--mantine-color-default-hover': '#262a31',
    '--mantine-color-default-border': '#353a42',
    ...toneVariables((tone) => `var(--mantine-color-${tone}-4)`),
    '--gradus-ground': '#1b1e23',
    '--gradus-added': '#123d22',
    '--gradus-removed': '#4d1c1f',
  },
})
